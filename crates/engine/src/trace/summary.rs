//! The figures of a run that is over.

use crate::time::Nanos;
use crate::trace::{Activity, Trace};

/// What a finished run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// From the start of the first task to its end.
    pub wall: Nanos,
    /// CPU time used by all of it, where the clock can tell.
    pub cpu: Option<Nanos>,
}

impl Trace {
    /// The figures, once the run has finished.
    pub fn summary(&self) -> Option<Summary> {
        self.finished.as_ref().map(|finish| Summary { wall: finish.at, cpu: finish.cpu })
    }

    /// The time that all lanes together spent running tasks.
    pub fn running_time(&self) -> Nanos {
        let running = self.spans.iter().filter(|span| span.activity == Activity::Running);
        running.fold(Nanos::ZERO, |sum, span| sum + span.end.since(span.start))
    }
}

/// How many times faster than `sequential` a run of `wall` is; `None` where either took no time at all.
pub fn speedup(sequential: Nanos, wall: Nanos) -> Option<f64> {
    (sequential.0 > 0 && wall.0 > 0).then(|| sequential.as_secs_f64() / wall.as_secs_f64())
}
