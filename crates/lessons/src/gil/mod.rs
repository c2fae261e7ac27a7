//! Lesson 13, `gil`: who may run when.

mod text;

use std::time::Duration;

use engine::costs::{Costs, Interval};
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{CORES, GIL, Kind, Parameter, Values, machine};
use crate::published::{Figure, Published, TENTH};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "gil",
    title: "One lock to run them all",
    shows: "who may run when, with the GIL and without",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("All compute", &[]),
        ("All wait", &[("waiting", "1")]),
        ("Half and half", &[("waiting", "0.5")]),
        ("Without the GIL", &[("gil", "off")]),
        ("Without the GIL, on two cores", &[("gil", "off"), ("cores", "2")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
    ],
    questions: taught!(text::QUESTIONS),
    // What was published are two sentences; these are the figures that follow from them.
    published: &[
        Published {
            of: "four that compute 1 s each, in turn",
            values: &[],
            model: Model::Sequential,
            figure: Figure::Wall { seconds: 4.0, within: TENTH },
        },
        Published {
            of: "four that compute 1 s each gain nothing under the GIL",
            values: &[],
            model: Model::Threads,
            figure: Figure::Wall { seconds: 4.0, within: TENTH },
        },
        Published {
            of: "four that sleep 1 s each are not hindered by the GIL",
            values: &[("waiting", "1")],
            model: Model::Threads,
            figure: Figure::Wall { seconds: 1.0, within: TENTH },
        },
    ],
    hints: &[Check::ThreadsUnderTheGil],
    program: ProgramOf::Gil,
};

static PARAMETERS: [Parameter; 6] = [
    Parameter {
        name: "threads",
        title: "Tasks",
        explanation: "how many tasks there are: a thread or a process for each",
        unit: "",
        default: "4",
        kind: Kind::Count { least: 1, most: 16 },
    },
    Parameter {
        name: "work",
        title: "Work",
        explanation: "how long each task takes when it has a core to itself",
        unit: "s",
        default: "1",
        kind: Kind::Seconds { least: 0.0, most: 5.0 },
    },
    Parameter {
        name: "waiting",
        title: "Share of waiting",
        explanation: "how much of its time a task waits instead of computing",
        unit: "",
        default: "0",
        kind: Kind::Share,
    },
    Parameter {
        name: GIL,
        title: "GIL",
        explanation: "whether one lock lets one thread at a time run Python code",
        unit: "",
        default: "on",
        kind: Kind::Switch,
    },
    Parameter {
        name: "interval",
        title: "Switch interval",
        explanation: "how long a thread wants the GIL before its holder is asked to let go",
        unit: "s",
        default: "0.005",
        kind: Kind::Seconds { least: 0.001, most: 1.0 },
    },
    machine::cores("4"),
];

/// How often a task computes and waits.
const SLICES: u32 = 4;

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let tasks = values.workers("threads");
    let work = values.seconds("work");
    let waits = work.mul_f64(values.share("waiting"));
    let slice = Slices { computes: work.saturating_sub(waits) / SLICES, waits: waits / SLICES };
    Prepared {
        service: None,
        program: Program::new(TakeTurns { tasks: tasks.get(), slice }),
        threads: tasks,
        processes: tasks,
        tasks: usize::from(tasks.get()),
        costs: Costs {
            gil: values.is_on(GIL).then(|| Interval::new(values.seconds("interval").into())).flatten(),
            cores: values.workers(CORES),
            ..costs
        },
    }
}

#[derive(Clone)]
struct TakeTurns {
    tasks: u16,
    slice: Slices,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Slices {
    computes: Duration,
    waits: Duration,
}

#[derive(Serialize, Deserialize)]
struct Job {
    number: u16,
    slice: Slices,
}

impl Script for TakeTurns {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let mut handles = Vec::new();
        for number in 1..=self.tasks {
            let job = Job { number, slice: self.slice };
            handles.push((job.name(), task.spawn(&job).await));
        }
        for (name, handle) in handles {
            task.join(handle).await?;
            task.log(format!("{name} done")).await;
        }
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        format!("T{}", self.number)
    }

    async fn run(self, mut task: Task) {
        for _ in 0..SLICES {
            if !self.slice.computes.is_zero() {
                task.compute(Computation::Spin(self.slice.computes.into())).await;
            }
            if !self.slice.waits.is_zero() {
                task.sleep(self.slice.waits).await;
            }
        }
    }
}
