//! The recorder: a run's clock, and the one place that its events go through.

use std::sync::{Mutex, OnceLock, PoisonError};

use web_time::Instant;

use crate::time::Nanos;
use crate::trace::Event;

/// The clock of a run, and a sink for what happens. Many threads share it.
pub struct Recorder {
    origin: OnceLock<Instant>,
    /// What the clock showed at its origin.
    start: Nanos,
    sink: Mutex<Box<dyn FnMut(Event) + Send>>,
}

impl Recorder {
    /// A recorder for a run that is yet to begin. Its clock starts at zero when it is first read, which is when the first
    /// task is made: what had to be set up before is no part of the run.
    pub fn new(sink: impl FnMut(Event) + Send + 'static) -> Recorder {
        Recorder { origin: OnceLock::new(), start: Nanos::ZERO, sink: Mutex::new(Box::new(sink)) }
    }

    /// A recorder for a process that joins a run whose clock shows `now`.
    pub fn joining(now: Nanos, sink: impl FnMut(Event) + Send + 'static) -> Recorder {
        Recorder { origin: OnceLock::from(Instant::now()), start: now, sink: Mutex::new(Box::new(sink)) }
    }

    /// The time since the run's start.
    pub fn now(&self) -> Nanos {
        self.start + Nanos::from(self.origin.get_or_init(Instant::now).elapsed())
    }

    /// Passes on an event that carries its own time.
    pub fn record(&self, event: Event) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink(event);
    }

    /// Passes on an event that happens now. The time is read where no other thread can come between, so events reach the
    /// sink in the order of their times.
    pub fn record_now(&self, event: impl FnOnce(Nanos) -> Event) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink(event(self.now()));
    }
}
