//! What a run's threads tell the coordinator.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use engine::trace::Event;

/// One thing that the coordinator is told.
#[derive(Debug)]
pub enum Told {
    /// This happened.
    Event(Event),
    /// The run is over.
    Over(Result<(), Trouble>),
}

/// Why a run did not go well, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The run was refused or failed; the lab is as good as before.
    Run(String),
    /// A thread of the lab panicked. What it was about to do is never done, so the lab is not to be trusted further.
    Lab(String),
}

/// A queue that many threads put into and one takes out of.
///
/// The standard library's channel cannot wait with a time limit here: it would ask for a clock that wasm lacks. A
/// condition variable can.
#[derive(Clone, Debug, Default)]
pub struct Mailbox(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    told: Mutex<VecDeque<Told>>,
    arrived: Condvar,
}

impl Mailbox {
    /// Puts one thing in.
    pub fn put(&self, told: Told) {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner).push_back(told);
        self.0.arrived.notify_one();
    }

    /// Takes out all that is there.
    pub fn take(&self) -> VecDeque<Told> {
        std::mem::take(&mut *self.0.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes out all that is there; if that is nothing, waits for something to come, up to `most` and perhaps less.
    /// Blocks the thread.
    pub fn wait(&self, most: Duration) -> VecDeque<Told> {
        let mut told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_empty() {
            // Not `wait_timeout_while`, which asks for the clock that wasm lacks. Waking for nothing does no harm.
            (told, _) = self.0.arrived.wait_timeout(told, most).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut *told)
    }
}
