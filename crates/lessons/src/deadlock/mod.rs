//! Lesson 4, `deadlock`: two tasks, two locks, opposite order.

mod text;

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Lock, Task};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{Kind, Parameter, Values};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "deadlock",
    title: "After you. No, after you",
    shows: "two tasks, two locks, opposite order",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop],
    cannot: &[(
        Model::ProcessPool,
        "The two locks stand for memory that both tasks change, and processes share none: these locks reach no further \
         than one process.",
    )],
    parameters: &PARAMETERS,
    presets: &[
        ("Opposite orders", &[("order", "opposite")]),
        ("The same order", &[("order", SAME)]),
        ("Opposite orders, and patience has an end", &[("order", "opposite"), ("timeout", "1")]),
        ("No pause in between", &[("order", "opposite"), ("pause", "0")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
    ],
    questions: taught!(&text::QUESTIONS),
    published: &[],
    hints: &[Check::LockAcrossAwait],
    program: ProgramOf::Deadlock,
};

const SAME: &str = "same";

static PARAMETERS: [Parameter; 3] = [
    Parameter {
        name: "order",
        title: "Order of the locks",
        explanation: "whether RIGHT takes the two locks in the order in which LEFT does",
        unit: "",
        default: "opposite",
        kind: Kind::Choice(&[("opposite", "opposite"), (SAME, "the same")]),
    },
    Parameter {
        name: "pause",
        title: "Pause between the locks",
        explanation: "how long a task is busy with its first lock before it wants the second",
        unit: "s",
        default: "0.5",
        kind: Kind::Seconds { least: 0.0, most: 10.0 },
    },
    Parameter {
        name: "timeout",
        title: "Patience",
        explanation: "how long LEFT waits for its second lock before it gives up, and then before it tries again; \
                      RIGHT twice as long, and both longer each time; 0 is for ever",
        unit: "s",
        default: "0",
        kind: Kind::Seconds { least: 0.0, most: 10.0 },
    },
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let timeout = values.seconds("timeout");
    Prepared {
        service: None,
        tasks: 2,
        threads: const { NonZeroU16::new(2).unwrap() },
        processes: NonZeroU16::MIN,
        costs,
        program: Program::new(Deadlock {
            order: if values.choice("order") == SAME { Order::Same } else { Order::Opposite },
            pause: values.seconds("pause"),
            timeout: (timeout > Duration::ZERO).then_some(timeout),
        }),
    }
}

#[derive(Clone)]
struct Deadlock {
    order: Order,
    pause: Duration,
    timeout: Option<Duration>,
}

#[derive(Clone, Copy)]
enum Order {
    Same,
    Opposite,
}

/// Take two locks, the second while holding the first.
#[derive(Serialize, Deserialize)]
struct TakeBoth {
    name: String,
    first: NamedLock,
    second: NamedLock,
    pause: Duration,
    patience: Option<Duration>,
}

#[derive(Clone, Serialize, Deserialize)]
struct NamedLock {
    name: String,
    lock: Lock,
}

impl Script for Deadlock {
    type Job = TakeBoth;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let a = named_lock(&mut task, "A").await;
        let b = named_lock(&mut task, "B").await;
        let pause = self.pause;
        let left =
            TakeBoth { name: "LEFT".to_owned(), first: a.clone(), second: b.clone(), pause, patience: self.timeout };
        let (first, second) = match self.order {
            Order::Same => (a, b),
            Order::Opposite => (b, a),
        };
        // Unequal, or both could give up at once, come back at once, and meet again.
        let right =
            TakeBoth { name: "RIGHT".to_owned(), first, second, pause, patience: self.timeout.map(|time| 2 * time) };
        let handles = [task.spawn(&left).await, task.spawn(&right).await];
        let mut given_up = 0;
        for handle in handles {
            given_up += task.join(handle).await?;
        }
        task.log("Main ended").await;
        Ok(Outcome::from([(GIVEN_UP.to_owned(), given_up)]))
    }
}

/// The name under which a run tells how often a task gave up waiting.
const GIVEN_UP: &str = "given_up";

async fn named_lock(task: &mut Task, name: &str) -> NamedLock {
    NamedLock { name: name.to_owned(), lock: task.lock(name).await }
}

impl Work for TakeBoth {
    /// How often it gave up.
    type Output = i64;

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn run(self, mut task: Task) -> i64 {
        let TakeBoth { name, first, second, pause, mut patience } = self;
        let mut given_up = 0;
        loop {
            task.acquire(first.lock).await;
            task.log(format!("{name} has {}", first.name)).await;
            task.sleep(pause).await;
            task.log(format!("{name} wants {}", second.name)).await;
            let Some(within) = patience else {
                task.acquire(second.lock).await;
                break;
            };
            if task.acquire_within(second.lock, within).await {
                break;
            }
            given_up += 1;
            task.log(format!("{name} gives up")).await;
            task.release(first.lock).await;
            task.sleep(within).await;
            // Two that are unequal by less than a turn of a loop still meet: it has to grow.
            patience = Some(2 * within);
        }
        task.log(format!("{name} has both")).await;
        task.release(second.lock).await;
        task.release(first.lock).await;
        given_up
    }
}
