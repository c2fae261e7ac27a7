//! Measuring a run on a real clock.
//!
//! [`run()`] runs a program on threads that really block; an event loop is one more thing that such a thread can run. Where
//! a thread comes from, where a process does and what requests go over differ between a machine and a browser: those are
//! [`Threads`], [`Processes`] and [`Transport`].

mod away;
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
mod starting;
mod station;
mod sync;
mod transport;
mod worker_process;

pub use gil::Gil;
pub use lanes::{Plan, run};
pub use recorder::Recorder;
pub use transport::{Selector, Transport};
pub use worker_process::WorkerProcess;

use std::sync::Arc;

use station::Station;

use crate::operation::Job;
use crate::program::Ended;
use crate::trace::{LaneId, Process, TaskId};

/// Where threads come from: the operating system, or a pool of Web Workers.
pub trait Threads: Send + Sync {
    /// Has `body` run by a thread that runs nothing else meanwhile. The name is for those who look at threads from
    /// outside.
    ///
    /// # Errors
    /// Why no thread could be had, as the end of a sentence; `body` is dropped then.
    fn start(&self, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String>;
}

/// Where the processes of a run come from that are not its first. A pool's are there before the run and are handed out; a
/// task's own is started.
pub trait Processes: Send + Sync {
    /// Gives a lane its worker, which is in `process` of the run. A pool's lanes are given theirs before the run's clock
    /// starts. Where each task has a process, whoever spawns it waits meanwhile: the process is asked for, and need not yet
    /// run.
    ///
    /// # Errors
    /// Why no process can be had, as the end of a sentence.
    fn start(&self, lane: LaneId, process: Process) -> Result<Box<dyn Worker>, String>;
}

/// Whoever does the jobs that a lane in another process is given, one after the other, instead of the lane's own thread.
///
/// A worker whose process was started for one task ends that process when it is dropped, and waits until it has ended.
pub trait Worker: Send {
    /// Does one job and returns its serialised output. The worker itself records what happens while it runs.
    ///
    /// # Errors
    /// Where the job ended without an output, or the worker died over it.
    fn work(&mut self, task: TaskId, job: &Job) -> Ended;

    /// How many jobs it would have at once, if so many wait: more than one where they are so short that handing over each
    /// takes longer than to do it.
    fn appetite(&self) -> usize {
        1
    }

    /// Does several jobs, one after the other, and tells `ended` of each as soon as it hears of its end, of several at once
    /// where their ends come together.
    fn work_all(&mut self, jobs: &[(TaskId, Job)], ended: &mut dyn FnMut(Vec<(TaskId, Ended)>)) {
        for (task, job) in jobs {
            ended(vec![(*task, self.work(*task, job))]);
        }
    }

    /// Whom to give a job that this worker will do next, where that saves waking its thread first.
    fn hand(&self) -> Option<Arc<dyn Hand>> {
        None
    }
}

/// The hand of a worker that has nothing to do.
pub trait Hand: Send + Sync {
    /// Takes a job, and says whether it has. The worker's thread is to be given it all the same, and finds it begun; unless
    /// somebody [waits](Hand::wait) for it in that thread's place.
    fn give(&self, task: TaskId, job: &Job) -> bool;

    /// Waits for the end of a job that was taken. `None` where the worker died over it: its thread is to be given the job, and
    /// sees to that.
    fn wait(&self, task: TaskId) -> Option<Ended>;
}

/// Where a run has one process only.
#[derive(Debug)]
pub struct NoProcesses;

impl Processes for NoProcesses {
    fn start(&self, _: LaneId, _: Process) -> Result<Box<dyn Worker>, String> {
        Err("no other process can be had here".to_owned())
    }
}
