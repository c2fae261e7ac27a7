//! A machine's own threads.

use crate::measure::Threads;

/// Threads of the operating system.
#[derive(Debug)]
pub struct OsThreads;

impl Threads for OsThreads {
    fn start(&self, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
        thread.map(drop).map_err(|error| format!("the system gives no further thread ({error})"))
    }
}
