//! Lesson 14, `hybrid`: fetch, then crunch, and each where it is at home.

mod text;

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
    id: "hybrid",
    title: "Fetch, then crunch",
    shows: "loop with processes, loop with threads",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[
        Model::Sequential,
        Model::Threads,
        Model::ThreadPool,
        Model::EventLoop,
        Model::ProcessPool,
        Model::LoopAndThreads,
        Model::LoopAndProcesses,
        Model::ProcessesOfThreads,
    ],
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("A mixed load", &[]),
        ("Very many connections, each with a short call that blocks", text::FOR_LOOP_AND_THREADS),
        ("Jobs that block and compute", text::FOR_PROCESSES_OF_THREADS),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
        (Model::LoopAndThreads, python!("python/loop_and_threads.py")),
        (Model::LoopAndProcesses, python!("python/loop_and_processes.py")),
        (Model::ProcessesOfThreads, python!("python/processes_of_threads.py")),
    ],
    questions: taught!(text::QUESTIONS),
    published: &[],
    hints: &[Check::BlockingCall, Check::ThreadsUnderTheGil, Check::PoolTooSmall],
    program: ProgramOf::Hybrid,
};

static PARAMETERS: [Parameter; 7] = [
    Parameter {
        name: "jobs",
        title: "Jobs",
        explanation: "how many jobs there are, all known at the start",
        unit: "",
        default: "40",
        kind: Kind::Count { least: 1, most: 1000 },
    },
    Parameter {
        name: "latency",
        title: "Latency",
        explanation: "how long the answer to a job's request takes",
        unit: "s",
        default: "2",
        kind: Kind::Seconds { least: 0.0, most: 10.0 },
    },
    Parameter {
        name: "cpu",
        title: "Computing",
        explanation: "how long each job computes on what came",
        unit: "s",
        default: "0.2",
        kind: Kind::Seconds { least: 0.0, most: 0.3 },
    },
    Parameter {
        name: "blocking",
        title: "Blocking call",
        explanation: "how long each job is in a call that neither computes nor gives way, before it computes",
        unit: "s",
        default: "0",
        kind: Kind::Seconds { least: 0.0, most: 2.0 },
    },
    Parameter {
        name: "threads",
        title: "Threads of a pool",
        explanation: "how many threads a pool has; with processes of threads, in each process",
        unit: "",
        default: "8",
        kind: Kind::Count { least: 1, most: 64 },
    },
    Parameter {
        name: "processes",
        title: "Processes of a pool",
        explanation: "how many processes a pool has",
        unit: "",
        default: "4",
        kind: Kind::Count { least: 1, most: 16 },
    },
    machine::cores("4"),
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let jobs = values.count("jobs");
    let latency = Latency::Constant(values.seconds("latency").into());
    let client = of_reliable_network(latency, Nanos::ZERO);
    let script = FetchThenCrunch {
        jobs,
        client,
        crunch: Crunch { blocks: values.seconds("blocking"), computes: values.seconds("cpu") },
    };
    Prepared {
        service: Some(Service::with_own_sessions(client.network)),
        program: Program::new(script),
        threads: values.workers("threads"),
        processes: values.workers("processes"),
        tasks: jobs as usize,
        costs: Costs { cores: values.workers(CORES), ..costs },
    }
}

#[derive(Clone)]
struct FetchThenCrunch {
    jobs: u32,
    client: Client,
    crunch: Crunch,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Crunch {
    blocks: Duration,
    computes: Duration,
}

#[derive(Serialize, Deserialize)]
enum Job {
    /// All of a job, under its number.
    Whole(u32, Client, Crunch),
    /// What it does with the answer, under the same number.
    Crunch(u32, Crunch),
}

impl Script for FetchThenCrunch {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let mut handles = Vec::new();
        for number in 0..self.jobs {
            handles.push(task.spawn(&Job::Whole(number, self.client, self.crunch)).await);
        }
        for handle in handles {
            task.join(handle).await??;
        }
        task.log(format!("{} jobs done", self.jobs)).await;
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = Result<(), TaskFailed>;

    fn name(&self) -> String {
        match self {
            Job::Whole(number, ..) => format!("J{}", number + 1),
            Job::Crunch(number, _) => format!("C{}", number + 1),
        }
    }

    async fn run(self, mut task: Task) -> Result<(), TaskFailed> {
        match self {
            Job::Whole(number, client, crunch) => {
                task.request(&client, u64::from(number) + 1).await;
                task.offload(&Job::Crunch(number, crunch)).await?
            }
            Job::Crunch(_, crunch) => {
                if !crunch.blocks.is_zero() {
                    task.block(crunch.blocks).await;
                }
                if !crunch.computes.is_zero() {
                    task.compute(Computation::Spin(crunch.computes.into())).await;
                }
                Ok(())
            }
        }
    }
}
