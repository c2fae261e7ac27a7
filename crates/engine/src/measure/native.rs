//! A machine's own threads, and an event loop's wait on one of them.

use std::sync::Arc;

use crate::event_loop::Selector;
use crate::measure::{Recorder, Threads};
use crate::time::Nanos;

/// Threads of the operating system.
#[derive(Debug)]
pub struct OsThreads;

impl Threads for OsThreads {
    fn start(&self, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
        thread.map(drop).map_err(|error| format!("the system gives no further thread ({error})"))
    }
}

/// A selector that blocks its thread until the deadline.
pub struct BlockingSelector {
    recorder: Arc<Recorder>,
}

impl BlockingSelector {
    /// A selector on the clock of `recorder`.
    pub fn new(recorder: Arc<Recorder>) -> BlockingSelector {
        BlockingSelector { recorder }
    }
}

impl Selector for BlockingSelector {
    fn now(&self) -> Nanos {
        self.recorder.now()
    }

    async fn select(&self, deadline: Nanos) {
        std::thread::sleep(deadline.since(self.recorder.now()).into());
    }
}
