//! Lesson 3, `lost-update`: read, change, write back, with a switch in between.

mod text;

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work, numbered};
use engine::task::{Lock, Task, Variable};
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{Kind, Parameter, Values, machine};
use crate::published::{Figure, Published};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "lost-update",
    title: "The update that got lost",
    shows: "read, change, write back, with a switch in between",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop],
    cannot: &[(
        Model::ProcessPool,
        "Processes share no memory: each would count in a copy of its own, and the counter would stay what it was.",
    )],
    parameters: &PARAMETERS,
    presets: &[
        ("No lock", &[("lock", "off")]),
        ("With a lock", &[("lock", "on")]),
        ("With an await in between", &[("await", "on")]),
        ("With an await in between and a lock", &[("await", "on"), ("lock", "on")]),
        ("Eight of them, one behind the other", &[("updates", "8"), ("await", "on"), ("lock", "on")]),
        ("Over before the GIL is passed on", &[("change", "0.002")]),
        ("The same without the GIL", &[("change", "0.002"), ("gil", "off")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
    ],
    questions: taught!(&text::QUESTIONS),
    published: &PUBLISHED,
    hints: &[Check::LostUpdate, Check::LockAcrossAwait],
    program: ProgramOf::LostUpdate,
};

/// How long an update awaits something between reading and writing, where it does.
const AWAITED: Duration = Duration::from_millis(100);

static PARAMETERS: [Parameter; 6] = [
    Parameter {
        name: "updates",
        title: "Updates",
        explanation: "how many tasks add 1 to the counter",
        unit: "",
        default: "2",
        kind: Kind::Count { least: 1, most: 16 },
    },
    Parameter {
        name: "pause",
        title: "Pause before reading",
        explanation: "how long each of them waits before it reads the counter",
        unit: "s",
        default: "2",
        kind: Kind::Seconds { least: 0.0, most: 60.0 },
    },
    Parameter {
        name: "change",
        title: "Working out the new value",
        explanation: "the CPU time between reading and writing",
        unit: "s",
        default: "0.02",
        kind: Kind::Seconds { least: 0.0, most: 1.0 },
    },
    Parameter {
        name: "lock",
        title: "Lock",
        explanation: "whether one lock guards reading, changing and writing",
        unit: "",
        default: "off",
        kind: Kind::Switch,
    },
    Parameter {
        name: "await",
        title: "Await in between",
        explanation: "whether an update waits 0.1 s for something else between reading and writing",
        unit: "",
        default: "off",
        kind: Kind::Switch,
    },
    machine::gil(),
];

static PUBLISHED: [Published; 3] = [
    final_value("threads without a lock", &[], Model::Threads, 1),
    final_value("threads with a lock", &[("lock", "on")], Model::Threads, 2),
    final_value("event loop without a lock", &[], Model::EventLoop, 2),
];

const fn final_value(
    of: &'static str,
    values: &'static [(&'static str, &'static str)],
    model: Model,
    value: i64,
) -> Published {
    Published { of, values, model, figure: Figure::Outcome(FINAL, value) }
}

/// The name under which a run tells the counter's last value.
const FINAL: &str = "final";

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let costs = machine::without_gil_if_off(values, costs);
    let updates = values.workers("updates");
    Prepared {
        service: None,
        tasks: usize::from(updates.get()),
        threads: updates,
        processes: NonZeroU16::MIN,
        costs,
        program: Program::new(LostUpdate {
            updates: updates.get(),
            pause: values.seconds("pause"),
            change: values.seconds("change"),
            is_locked: values.is_on("lock"),
            awaits: values.is_on("await"),
        }),
    }
}

#[derive(Clone)]
struct LostUpdate {
    updates: u16,
    pause: Duration,
    change: Duration,
    is_locked: bool,
    awaits: bool,
}

#[derive(Serialize, Deserialize)]
struct Update {
    number: u16,
    counter: Variable,
    lock: Option<Lock>,
    pause: Duration,
    change: Duration,
    awaits: bool,
}

impl Script for LostUpdate {
    type Job = Update;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let LostUpdate { pause, change, awaits, .. } = self;
        task.log("Main started").await;
        let counter = task.variable("counter", 0).await;
        let lock = if self.is_locked { Some(task.lock("lock").await) } else { None };
        let mut handles = Vec::new();
        for number in 1..=self.updates {
            handles.push(task.spawn(&Update { number, counter, lock, pause, change, awaits }).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        let value = task.read(counter).await;
        task.log(format!("The counter is {value}")).await;
        task.log("Main ended").await;
        Ok(Outcome::from([(FINAL.to_owned(), value)]))
    }
}

impl Work for Update {
    type Output = ();

    fn name(&self) -> String {
        numbered("Update", self.number.into())
    }

    async fn run(self, mut task: Task) {
        let number = self.number;
        task.log(format!("Update {number} started")).await;
        task.log(format!("Update {number} pausing")).await;
        task.sleep(self.pause).await;
        if let Some(lock) = self.lock {
            task.acquire(lock).await;
        }
        let value = task.read(self.counter).await;
        task.log(format!("Update {number} read {value}")).await;
        task.compute(Computation::Spin(self.change.into())).await;
        let value = value + 1;
        if self.awaits {
            task.sleep(AWAITED).await;
        }
        task.write(self.counter, value).await;
        task.log(format!("Update {number} wrote {value}")).await;
        if let Some(lock) = self.lock {
            task.release(lock).await;
        }
    }
}
