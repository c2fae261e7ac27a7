//! The figures of a run that is over.

use crate::time::Nanos;
use crate::trace::{Switches, Trace};

/// What a run comes to that has ended, well or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// From the start of the first task to its end.
    pub wall: Nanos,
    /// CPU time used by all of it, where the clock can tell.
    pub cpu: Option<Nanos>,
    /// How often a core went from one thread to another, where the clock can tell.
    pub switches: Option<Switches>,
}

impl Trace {
    /// The figures, once the run has finished.
    pub fn summary(&self) -> Option<Summary> {
        self.finished.as_ref().map(|finish| Summary { wall: finish.at, cpu: finish.cpu, switches: finish.switches })
    }

    /// The time that all lanes together spent running tasks.
    pub fn running_time(&self) -> Nanos {
        let running = self.spans.iter().filter(|span| span.activity.is_running());
        running.fold(Nanos::ZERO, |sum, span| sum + span.end.since(span.start))
    }
}

/// How many times faster than `sequential` a run of `wall` is; `None` where either took no time at all.
pub fn speedup(sequential: Nanos, wall: Nanos) -> Option<f64> {
    (sequential.0 > 0 && wall.0 > 0).then(|| sequential.as_secs_f64() / wall.as_secs_f64())
}
