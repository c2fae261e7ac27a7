//! The recorder: a run's clock, and the one place that its events go through.

use std::sync::{Mutex, PoisonError};

use web_time::Instant;

use crate::time::Nanos;
use crate::trace::Event;

/// A clock that started with the run, and a sink for what happens. Many threads share it.
pub struct Recorder {
    origin: Instant,
    start: Nanos,
    sink: Mutex<Box<dyn FnMut(Event) + Send>>,
}

impl Recorder {
    /// A recorder whose clock starts now, at `start`, and whose events go to `sink`.
    ///
    /// A run starts at zero. A process that joins a run starts at what the run's clock shows by then.
    pub fn new(start: Nanos, sink: impl FnMut(Event) + Send + 'static) -> Recorder {
        Recorder { origin: Instant::now(), start, sink: Mutex::new(Box::new(sink)) }
    }

    /// The time since the run's start.
    pub fn now(&self) -> Nanos {
        self.start + Nanos::from(self.origin.elapsed())
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
