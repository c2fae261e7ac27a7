//! Lesson 16, `advise`: which model for which load.

mod text;

use std::collections::VecDeque;
use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::network::Latency;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Client, Task};
use engine::time::Nanos;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf, Service};
use crate::client::of_reliable_network;
use crate::parameter::{CORES, Kind, Parameter, Values, machine};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "advise",
    title: "Which one, when?",
    shows: "which model for which load, on your own numbers",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[
        Model::Sequential,
        Model::Threads,
        Model::ThreadPool,
        Model::EventLoop,
        Model::ProcessPool,
        Model::LoopAndProcesses,
    ],
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("Waits a lot, computes a little", &[]),
        ("Computes only", text::COMPUTES),
        ("Very many waits", text::WAITS),
        ("Short waits, few connections", text::QUICK),
        ("Waits and computes", text::BOTH),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
        (Model::LoopAndProcesses, python!("python/loop_and_processes.py")),
    ],
    questions: taught!(text::QUESTIONS),
    published: &[],
    hints: &[Check::ThreadsUnderTheGil, Check::PoolTooSmall, Check::UnboundedGather],
    program: ProgramOf::Advise,
};

pub(crate) static PARAMETERS: [Parameter; 5] = [
    Parameter {
        name: "wait",
        title: "Waiting",
        explanation: "how long each task waits for something outside",
        unit: "s",
        default: "1",
        kind: Kind::Seconds { least: 0.0, most: 60.0 },
    },
    Parameter {
        name: "cpu",
        title: "Computing",
        explanation: "how long each task computes after that",
        unit: "s",
        default: "0.0002",
        kind: Kind::Seconds { least: 0.0, most: 0.5 },
    },
    Parameter {
        name: "tasks",
        title: "Tasks",
        explanation: "how many tasks there are, all known at the start",
        unit: "",
        default: "100",
        kind: Kind::Count { least: 1, most: 10_000 },
    },
    Parameter {
        name: "limit",
        title: "Limit",
        explanation: "the most tasks under way at once, each on a connection of its own; 0 for all of them",
        unit: "",
        default: "0",
        kind: Kind::Count { least: 0, most: 1000 },
    },
    machine::cores("4"),
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let tasks = values.count("tasks");
    let limit = u16::try_from(values.count("limit")).ok().and_then(NonZeroU16::new);
    let cores = values.workers(CORES);
    let at_once = limit.map_or(tasks, |limit| tasks.min(limit.get().into())) as usize;
    let latency = Latency::Constant(values.seconds("wait").into());
    let client = of_reliable_network(latency, Nanos::ZERO);
    let work = Piece { client, computes: values.seconds("cpu") };
    Prepared {
        service: Some(Service::with_own_sessions(client.network)),
        program: Program::new(OwnLoad { tasks, at_once, work }),
        // Without a limit as many as `ThreadPoolExecutor()` takes of itself.
        threads: limit.unwrap_or_else(|| cores.saturating_add(4).min(const { NonZeroU16::new(32).unwrap() })),
        processes: limit.map_or(cores, |limit| cores.min(limit)),
        tasks: at_once,
        costs: Costs { cores, ..costs },
    }
}

#[derive(Clone)]
struct OwnLoad {
    tasks: u32,
    at_once: usize,
    work: Piece,
}

/// What there is to do for one task.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Piece {
    client: Client,
    computes: Duration,
}

#[derive(Serialize, Deserialize)]
enum Job {
    /// All of the task of this number.
    Whole(u32, Piece),
    /// What it computes.
    Compute(u32, Duration),
}

impl Script for OwnLoad {
    type Job = Job;

    /// No more tasks are made than may be under way. A semaphore would do the same, but processes could not share it.
    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let mut under_way = VecDeque::new();
        for number in 0..self.tasks {
            if under_way.len() == self.at_once
                && let Some(oldest) = under_way.pop_front()
            {
                task.join(oldest).await??;
            }
            under_way.push_back(task.spawn(&Job::Whole(number, self.work)).await);
        }
        for handle in under_way {
            task.join(handle).await??;
        }
        task.log(format!("{} tasks done", self.tasks)).await;
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = Result<(), TaskFailed>;

    fn name(&self) -> String {
        match self {
            Job::Whole(number, _) => format!("T{}", number + 1),
            Job::Compute(number, _) => format!("C{}", number + 1),
        }
    }

    async fn run(self, mut task: Task) -> Result<(), TaskFailed> {
        match self {
            Job::Whole(number, work) => {
                task.request(&work.client, u64::from(number) + 1).await;
                if !work.computes.is_zero() {
                    task.offload(&Job::Compute(number, work.computes)).await??;
                }
            }
            Job::Compute(_, time) => {
                task.compute(Computation::Spin(time.into())).await;
            }
        }
        Ok(())
    }
}
