//! The recorder: a run's clock, and the one place that its events go through.
//!
//! An event costs about a hundred nanoseconds: a look at the clock, a lock, and a place in the trace. `cargo bench -p bench
//! --bench recorder` told, on two shared cores, that a lock taken and let go, which is two events, takes 25 ns with nobody
//! told, 191 to 211 ns with events that go nowhere, and 202 to 229 ns with events that are kept; a line for the log took 127
//! to 503 ns more where its text was kept. That is little beside a wait, and much beside an operation that does nothing.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use web_time::Instant;

use crate::time::Nanos;
use crate::trace::Event;

/// The clock of a run, and a sink for what happens. Many threads share it.
pub struct Recorder {
    origin: OnceLock<Instant>,
    /// What the clock showed at its origin.
    start: Nanos,
    sink: Mutex<Sink>,
}

struct Sink {
    tell: Box<dyn FnMut(Event) + Send>,
    is_closed: bool,
}

impl Recorder {
    /// A recorder for a run that is yet to begin. Its clock starts at zero when it is first read, which is when the first
    /// task is made: what had to be set up before is no part of the run.
    pub fn new(sink: impl FnMut(Event) + Send + 'static) -> Recorder {
        Recorder::with(OnceLock::new(), Nanos::ZERO, sink)
    }

    /// A recorder for a process that joins a run whose clock shows `now`.
    pub fn joining(now: Nanos, sink: impl FnMut(Event) + Send + 'static) -> Recorder {
        Recorder::with(OnceLock::from(Instant::now()), now, sink)
    }

    fn with(origin: OnceLock<Instant>, start: Nanos, sink: impl FnMut(Event) + Send + 'static) -> Recorder {
        Recorder { origin, start, sink: Mutex::new(Sink { tell: Box::new(sink), is_closed: false }) }
    }

    /// The time since the run's start.
    pub fn now(&self) -> Nanos {
        self.start + Nanos::from(self.origin.get_or_init(Instant::now).elapsed())
    }

    /// Passes on an event that carries its own time.
    pub fn record(&self, event: Event) {
        self.sink().tell(event);
    }

    /// Passes on an event that happens now. The time is read where no other thread can come between, so events reach the
    /// sink in the order of their times. Returns the time.
    pub fn record_now(&self, event: impl FnOnce(Nanos) -> Event) -> Nanos {
        let mut sink = self.sink();
        let now = self.now();
        sink.tell(event(now));
        now
    }

    /// Closes the run's account: what those still do who are cut off is no part of it, and is not passed on. Only the
    /// [end](Event::Finish) is.
    pub(super) fn close(&self) {
        self.sink().is_closed = true;
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink {
    fn tell(&mut self, event: Event) {
        if !self.is_closed || matches!(event, Event::Finish { .. }) {
            (self.tell)(event);
        }
    }
}
