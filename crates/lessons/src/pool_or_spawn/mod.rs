//! Lesson 15, `pool-or-spawn`: what a worker costs that is started, and one that is kept.

mod text;

use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared};
use crate::parameter::{Kind, Parameter, Values};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "pool-or-spawn",
    title: "What a worker costs",
    shows: "starting threads and processes against keeping them",
    story: text::STORY,
    look: text::LOOK,
    rule: text::RULE,
    models: &[
        Model::Sequential,
        Model::Threads,
        Model::ThreadPool,
        Model::EventLoop,
        Model::ProcessPool,
        Model::Processes,
    ],
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("Small jobs", &[]),
        ("Jobs worth a process", text::LONG_JOBS),
        ("Messages dearer than the work", text::HEAVY_PAYLOAD),
        ("No work at all", &[("work", "0"), ("payload", "0")]),
    ],
    python: &[
        (Model::Sequential, include_str!("python/sequential.py")),
        (Model::Threads, include_str!("python/threads.py")),
        (Model::ThreadPool, include_str!("python/thread_pool.py")),
        (Model::EventLoop, include_str!("python/event_loop.py")),
        (Model::ProcessPool, include_str!("python/process_pool.py")),
        (Model::Processes, include_str!("python/processes.py")),
    ],
    questions: text::QUESTIONS,
    published: &[],
    hints: &[Check::CostlyMessages, Check::ThreadsUnderTheGil],
    prepare,
};

static PARAMETERS: [Parameter; 5] = [
    Parameter {
        name: "jobs",
        title: "Jobs",
        explanation: "how many jobs there are, all known at the start",
        unit: "",
        default: "200",
        kind: Kind::Count { least: 1, most: 1000 },
    },
    Parameter {
        name: "work",
        title: "Work",
        explanation: "how long each job computes",
        unit: "s",
        default: "0.001",
        kind: Kind::Seconds { least: 0.0, most: 0.1 },
    },
    Parameter {
        name: "payload",
        title: "Payload",
        explanation: "how much has to be sent with a job to another process",
        unit: "B",
        default: "1000",
        kind: Kind::Count { least: 0, most: 10_000_000 },
    },
    Parameter {
        name: "threads",
        title: "Threads of a pool",
        explanation: "how many threads are kept",
        unit: "",
        default: "4",
        kind: Kind::Count { least: 1, most: 64 },
    },
    Parameter {
        name: "processes",
        title: "Processes of a pool",
        explanation: "how many processes are kept",
        unit: "",
        default: "4",
        kind: Kind::Count { least: 1, most: 64 },
    },
];

fn prepare(values: &Values, costs: Costs) -> Prepared {
    let jobs = values.count("jobs");
    let script = SmallJobs { jobs, computes: values.seconds("work"), payload: u64::from(values.count("payload")) };
    Prepared {
        service: None,
        program: Program::new(script),
        threads: values.workers("threads"),
        processes: values.workers("processes"),
        tasks: jobs as usize,
        costs,
    }
}

#[derive(Clone)]
struct SmallJobs {
    jobs: u32,
    computes: Duration,
    payload: u64,
}

#[derive(Serialize, Deserialize)]
struct Job {
    number: u32,
    computes: Duration,
    payload: u64,
}

impl Script for SmallJobs {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let mut handles = Vec::new();
        for number in 1..=self.jobs {
            let job = Job { number, computes: self.computes, payload: self.payload };
            handles.push(task.spawn(&job).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        task.log(format!("{} jobs done", self.jobs)).await;
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        format!("J{}", self.number)
    }

    fn message_bytes(&self) -> Option<u64> {
        Some(self.payload)
    }

    async fn run(self, mut task: Task) {
        if !self.computes.is_zero() {
            task.compute(Computation::Spin(self.computes.into())).await;
        }
    }
}
