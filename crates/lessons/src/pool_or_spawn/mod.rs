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

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{Kind, Parameter, Values, machine};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "pool-or-spawn",
    title: "What a worker costs",
    shows: "starting threads and processes against keeping them",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
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
        ("No work at all", text::NO_WORK),
        ("Ten jobs a message", &[("chunk", "10")]),
        ("One message there and back", text::ONE_BY_ONE),
        ("Messages of 64 kB, one by one", &[("jobs", "20"), ("work", "0"), ("payload", "64000"), ("one-by-one", "on")]),
        (
            "Messages of 1 MB, one by one",
            &[("jobs", "20"), ("work", "0"), ("payload", "1000000"), ("one-by-one", "on")],
        ),
        ("Messages of 16 MB, one by one", text::LARGEST),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
        (Model::Processes, python!("python/processes.py")),
    ],
    questions: taught!(text::QUESTIONS),
    published: &[],
    hints: &[Check::CostlyMessages, Check::ThreadsUnderTheGil],
    program: ProgramOf::PoolOrSpawn,
};

static PARAMETERS: [Parameter; 7] = [
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
        kind: Kind::Count { least: 0, most: 16_000_000 },
    },
    machine::chunk(1000),
    Parameter {
        name: "one-by-one",
        title: "One by one",
        explanation: "on to wait for each message's jobs before the next is sent",
        unit: "",
        default: "off",
        kind: Kind::Switch,
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

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let script = SmallJobs {
        jobs: values.count("jobs"),
        computes: values.seconds("work"),
        payload: u64::from(values.count("payload")),
        chunk: values.count("chunk"),
        one_by_one: values.is_on("one-by-one"),
    };
    Prepared {
        service: None,
        tasks: script.jobs.div_ceil(script.chunk) as usize,
        program: Program::new(script),
        threads: values.workers("threads"),
        processes: values.workers("processes"),
        costs,
    }
}

#[derive(Clone)]
struct SmallJobs {
    jobs: u32,
    computes: Duration,
    /// Of one job.
    payload: u64,
    chunk: u32,
    one_by_one: bool,
}

/// So many jobs, of which the first has this number.
#[derive(Serialize, Deserialize)]
struct Jobs {
    first: u32,
    jobs: u32,
    computes: Duration,
    payload: u64,
}

impl Script for SmallJobs {
    type Job = Jobs;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let SmallJobs { jobs: all, computes, payload, chunk, one_by_one } = self;
        task.log("Main started").await;
        let mut handles = Vec::new();
        // What was lost is told when all else is done.
        let mut failed = None;
        for first in (1..=all).step_by(chunk as usize) {
            let jobs = Jobs { first, jobs: chunk.min(all + 1 - first), computes, payload };
            let handle = task.spawn(&jobs).await;
            match one_by_one {
                true => failed = failed.or(task.join(handle).await.err()),
                false => handles.push(handle),
            }
        }
        for handle in handles {
            failed = failed.or(task.join(handle).await.err());
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
        task.log(format!("{all} jobs done")).await;
        Ok(Outcome::new())
    }
}

impl Work for Jobs {
    type Output = ();

    fn name(&self) -> String {
        match self.jobs {
            1 => format!("J{}", self.first),
            jobs => format!("J{}–J{}", self.first, self.first + jobs - 1),
        }
    }

    fn message_bytes(&self) -> Option<u64> {
        Some(self.payload * u64::from(self.jobs))
    }

    async fn run(self, mut task: Task) {
        if !self.computes.is_zero() {
            for _ in 0..self.jobs {
                task.compute(Computation::Spin(self.computes.into())).await;
            }
        }
    }
}
