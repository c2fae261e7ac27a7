//! What one run keeps about its processes: a clock that they share with it, and the CPU time that they use.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use engine::measure::Recorder;
use engine::time::Nanos;
use engine::trace::{Event, LaneId, MarkKind, Post, TaskId};
use serde::{Deserialize, Serialize};

/// One run, as the threads know it that feed its processes.
pub struct ThisRun {
    /// The run's clock, and where events go.
    pub recorder: Arc<Recorder>,
    anchor: OnceLock<Anchor>,
    cpu: Mutex<Option<Nanos>>,
    looked_out: Mutex<Nanos>,
}

/// An instant on the run's clock and on the system's, which all processes of one machine read alike.
///
/// All processes of a run are given the same: what one of them tells is neither early nor late beside the others.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Anchor {
    run: Nanos,
    /// `None` where the system has no such clock.
    system: Option<Nanos>,
}

impl ThisRun {
    /// A run that has used nothing yet.
    pub fn new(recorder: &Arc<Recorder>) -> ThisRun {
        let (recorder, cpu) = (Arc::clone(recorder), Mutex::new(Some(Nanos::ZERO)));
        ThisRun { recorder, anchor: OnceLock::new(), cpu, looked_out: Mutex::default() }
    }

    /// Marks one end of a message.
    pub fn message(&self, lane: LaneId, task: TaskId, post: Post, bytes: u64, took: Nanos) {
        let mark = MarkKind::Message { post, bytes, took };
        self.recorder.record_now(|at| Event::Mark { task, lane, at, mark, line: None });
    }

    /// What an order has to say for its receiver to know the time.
    pub fn anchor(&self) -> Anchor {
        let here = || Anchor { run: self.recorder.now(), system: system_clock() };
        let anchor = *self.anchor.get_or_init(here);
        // Without a common clock each order says what time it is, and its receiver is late by the way through the pipe.
        if anchor.system.is_some() { anchor } else { here() }
    }

    /// Adds what a process says that it has used; from then on nothing is known where it does not know.
    pub fn add_cpu(&self, cpu: Option<Nanos>) {
        let mut total = self.cpu.lock().unwrap_or_else(PoisonError::into_inner);
        *total = total.zip(cpu).map(|(total, cpu)| total + cpu);
    }

    /// Adds a while in which a thread that waits has looked out for an answer instead of sleeping.
    pub fn add_looked_out(&self, time: Nanos) {
        let mut total = self.looked_out.lock().unwrap_or_else(PoisonError::into_inner);
        *total = *total + time;
    }

    /// All of these so far.
    pub fn looked_out(&self) -> Nanos {
        *self.looked_out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All CPU time so far.
    pub fn cpu(&self) -> Option<Nanos> {
        *self.cpu.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Anchor {
    /// What the run's clock shows now.
    pub fn now(self) -> Nanos {
        let since = self.system.zip(system_clock()).map(|(then, now)| now.since(then));
        self.run + since.unwrap_or_default()
    }
}

#[cfg(unix)]
fn system_clock() -> Option<Nanos> {
    use nix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::CLOCK_MONOTONIC).ok()?;
    Some(Nanos::from(std::time::Duration::from(time)))
}

#[cfg(not(unix))]
fn system_clock() -> Option<Nanos> {
    None
}
