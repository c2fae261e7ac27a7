//! Measuring a run on a real clock.
//!
//! [`run_on_lanes`] runs a program on threads that really block; [`run_on_event_loop`] runs it on the event loop of
//! [`crate::event_loop`]. Where a thread comes from, how an event loop waits and who does the jobs of a pool's worker
//! differ between a machine and a browser: those are [`Threads`], [`Selector`] and
//! [`Worker`].

mod lanes;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod recorder;
mod station;

use std::sync::Arc;

pub use lanes::{Plan, run_on_lanes};
pub use recorder::Recorder;
pub use station::{Station, run_job};

use crate::error::{RunError, TaskFailed};
use crate::event_loop::{self, Selector};
use crate::model::Speed;
use crate::operation::Job;
use crate::program::{Outcome, Program};
use crate::time::Nanos;
use crate::trace::{LaneId, TaskId};

/// Where threads come from: the operating system, or a pool of Web Workers.
pub trait Threads: Send + Sync {
    /// Has `body` run by a thread that runs nothing else meanwhile. The name is for those who look at threads from
    /// outside.
    ///
    /// # Errors
    /// Why no thread could be had, as the end of a sentence; `body` is dropped then.
    fn start(&self, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String>;
}

/// Whoever does the jobs that a pool's lane is given, one after the other, instead of the lane's own thread.
pub trait Worker: Send {
    /// Does one job and returns its serialised output. The worker itself records what happens while it runs.
    ///
    /// # Errors
    /// Where the job ended without an output, or the worker died over it.
    fn work(&mut self, lane: LaneId, task: TaskId, job: &Job) -> Result<Vec<u8>, TaskFailed>;
}

/// Runs `program` on an event loop that waits with `selector`, and returns its end and its outcome.
///
/// # Errors
/// As [`event_loop::run`].
pub async fn run_on_event_loop<S: Selector + 'static>(
    program: Program,
    selector: S,
    speed: Speed,
    recorder: Arc<Recorder>,
) -> Result<(Nanos, Outcome), RunError> {
    event_loop::run(program, selector, speed, move |event| recorder.record(event)).await
}
