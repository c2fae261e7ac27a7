//! Concurrency models: the ways in which several tasks can share time.

use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::time::Nanos;

/// How the tasks of a program share time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// One task after another: a spawned task runs to its end before its spawner goes on.
    Sequential,
    /// One thread a task.
    Threads,
    /// A fixed number of threads that take tasks from one queue.
    ThreadPool,
    /// One thread, on which tasks take turns and give way wherever they wait.
    EventLoop,
    /// A fixed number of processes that take tasks from one queue and share no memory.
    ProcessPool,
}

impl Model {
    /// Every model, in the order in which they are shown.
    pub const ALL: [Model; 5] =
        [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop, Model::ProcessPool];

    /// The name that links, commands and files use, such as `thread-pool`.
    pub fn id(self) -> &'static str {
        match self {
            Model::Sequential => "sequential",
            Model::Threads => "threads",
            Model::ThreadPool => "thread-pool",
            Model::EventLoop => "event-loop",
            Model::ProcessPool => "process-pool",
        }
    }

    /// The name that people read, such as `Thread pool`.
    pub fn title(self) -> &'static str {
        match self {
            Model::Sequential => "Sequential",
            Model::Threads => "Threads",
            Model::ThreadPool => "Thread pool",
            Model::EventLoop => "Event loop",
            Model::ProcessPool => "Process pool",
        }
    }

    /// Whether spawned tasks wait in a queue for one of a fixed number of workers.
    pub fn is_pool(self) -> bool {
        matches!(self, Model::ThreadPool | Model::ProcessPool)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What, beside the program itself, decides how a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Settings {
    /// The concurrency model.
    pub model: Model,
    /// The most workers that a pool may have; models without a pool take no notice.
    pub workers: NonZeroU16,
    /// Where every random draw of the run begins.
    pub seed: u64,
}

/// How many times faster than written the delays of a measured run pass: a positive, finite number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed(f64);

impl Speed {
    /// Delays as they are written.
    pub const REAL: Speed = Speed(1.0);

    /// The largest factor: beyond it a wait is shorter than a system can time.
    pub const MAX: f64 = 1000.0;

    /// The speed `factor`, unless it is outside 0.01 to [`Speed::MAX`] or no number.
    pub fn new(factor: f64) -> Option<Speed> {
        (0.01..=Speed::MAX).contains(&factor).then_some(Speed(factor))
    }

    /// How long a delay that is written as `delay` lasts at this speed.
    pub fn shorten(self, delay: Nanos) -> Nanos {
        delay.scaled(1.0 / self.0)
    }

    /// The factor by which delays are divided.
    pub fn factor(self) -> f64 {
        self.0
    }
}
