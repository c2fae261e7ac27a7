//! Concurrency models: the ways in which several tasks can share time.

use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::costs::Costs;
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
    /// One process a task.
    Processes,
    /// An event loop that hands blocking work to a pool of threads.
    LoopAndThreads,
    /// An event loop that hands computing work to a pool of processes.
    LoopAndProcesses,
    /// A fixed number of processes, each with a pool of threads.
    ProcessesOfThreads,
}

impl Model {
    /// Every model, in the order in which they are shown: the five pure ones, then those that mix.
    pub const ALL: [Model; 9] = [
        Model::Sequential,
        Model::Threads,
        Model::ThreadPool,
        Model::EventLoop,
        Model::ProcessPool,
        Model::Processes,
        Model::LoopAndThreads,
        Model::LoopAndProcesses,
        Model::ProcessesOfThreads,
    ];

    /// The five that most lessons run on.
    pub const COMMON: &[Model] =
        &[Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop, Model::ProcessPool];

    /// The name that links, commands and files use, such as `thread-pool`.
    pub fn id(self) -> &'static str {
        match self {
            Model::Sequential => "sequential",
            Model::Threads => "threads",
            Model::ThreadPool => "thread-pool",
            Model::EventLoop => "event-loop",
            Model::ProcessPool => "process-pool",
            Model::Processes => "processes",
            Model::LoopAndThreads => "loop-and-threads",
            Model::LoopAndProcesses => "loop-and-processes",
            Model::ProcessesOfThreads => "processes-of-threads",
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
            Model::Processes => "Processes",
            Model::LoopAndThreads => "Loop and threads",
            Model::LoopAndProcesses => "Loop and processes",
            Model::ProcessesOfThreads => "Processes of threads",
        }
    }

    /// Whether spawned tasks wait in a queue for one of a fixed number of workers.
    pub fn is_pool(self) -> bool {
        matches!(self, Model::ThreadPool | Model::ProcessPool | Model::ProcessesOfThreads)
    }

    /// Whether tasks take turns on an event loop.
    pub fn has_loop(self) -> bool {
        matches!(self, Model::EventLoop | Model::LoopAndThreads | Model::LoopAndProcesses)
    }

    /// Whether spawned tasks run in processes of their own, which share no memory with the first task.
    pub fn spawns_processes(self) -> bool {
        matches!(self, Model::ProcessPool | Model::Processes | Model::ProcessesOfThreads)
    }

    /// Whether there are processes beside that of the first task.
    pub fn has_processes(self) -> bool {
        self.spawns_processes() || self == Model::LoopAndProcesses
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What, beside the program itself, decides how a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The concurrency model.
    pub model: Model,
    /// The most threads of a pool: the model's own, or the one that a loop hands work to.
    pub threads: NonZeroU16,
    /// The number of processes of a pool.
    pub processes: NonZeroU16,
    /// Where every random draw of the run begins.
    pub seed: u64,
    /// What the machine charges; a measured run takes from it only whether there is a GIL, and its switch interval.
    pub costs: Costs,
}

impl Settings {
    /// The most threads that a pool has: the model's own pool, or for a plain event loop the default executor of
    /// `asyncio.to_thread`, which has `min(32, cores + 4)` (CPython's `ThreadPoolExecutor`).
    pub fn executor_threads(&self) -> NonZeroU16 {
        match self.model {
            Model::EventLoop | Model::LoopAndProcesses => {
                let cores_and_four = self.costs.cores.saturating_add(4);
                cores_and_four.min(const { NonZeroU16::new(32).unwrap() })
            }
            _ => self.threads,
        }
    }
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
