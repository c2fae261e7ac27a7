//! Measuring a run on a real clock.
//!
//! [`run()`] runs a program on threads that really block; an event loop is one more thing that such a thread can run. Where
//! a thread comes from and who does the jobs of a pool's worker differ between a machine and a browser: those are
//! [`Threads`] and [`Worker`].

mod body;
mod ending;
mod gil;
mod lanes;
mod loop_thread;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod objects;
mod recorder;
mod shared;
mod station;
mod sync;

pub use gil::Gil;
pub use lanes::{Plan, run};
pub use recorder::Recorder;
pub use station::{Station, run_job};

use crate::error::TaskFailed;
use crate::operation::Job;
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
