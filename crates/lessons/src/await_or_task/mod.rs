//! Lesson 11, `await-or-task`: awaiting a coroutine runs it in turn, a task made of it overlaps.

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
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf, Service};
use crate::client;
use crate::decided::Decided;
use crate::parameter::{Kind, Parameter, Values};
use crate::published::{Figure, Published, TENTH};
use crate::question::{Answer, Question, wall_s, written};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "await-or-task",
    title: "Await it, or make it a task",
    shows: "awaiting runs in turn, a task overlaps",
    story: taught!(&[
        "A program sends a request whose answer it needs only at the very end, and has something else to wait for meanwhile. \
         It is written with async and await throughout, and yet it takes as long as if it were not.",
        "The line at fault reads “await request()”. Writing async before a function does not make it run beside others, and \
         neither does await: it runs the coroutine here and now, and goes on when that has ended. To let it run beside the \
         rest, a task must be made of it first, and awaited later.",
    ]),
    look: taught!(&[
        "Look at whether “other work started” comes before or after “answer received”.",
        "On the event loop with “as a task” look at the order of the first lines too: the task is made before the other work, \
         but does not run until the main task waits for something.",
        "The other models know the same choice: it is between joining a thread, or asking a future for its result, at once or \
         at the end. Sequential code has no choice.",
    ]),
    rule: "Await at once what you need at once. Of everything else make a task as early as you can, and await it as late as you \
           can.",
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[("As a task", &[]), ("Awaited first", &[("start", "await")])],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
    ],
    questions: taught!(&[
        Question {
            ask: "A request of 1 s and other work of 5 s, both waits: “await request()” first, then the other work. How many \
                  seconds on the event loop?",
            values: &[("start", "await")],
            models: &[Model::EventLoop],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "Await runs the coroutine to its end before the next line, and no other task is there that could use the \
                      wait.",
        },
        Question {
            ask: "A task is made of the request, then comes the other work, then the task is awaited. How many seconds?",
            values: &[],
            models: &[Model::EventLoop],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "The task waits for its answer while the main task waits for its other work; the longer of the two \
                      decides.",
        },
        Question {
            ask: "The same with a thread that is started first and joined last. How many seconds?",
            values: &[],
            models: &[Model::Threads],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "Starting a thread is to it what making a task is to a coroutine: what counts is how much happens between \
                      start and join.",
        },
        Question {
            ask: "A request of 3 s is made a task, then comes other work of 1 s, then the task is awaited. In which order do they \
                  begin and end on the event loop?",
            values: &[("start", "task"), ("request", "3"), ("other", "1")],
            models: &[Model::EventLoop],
            answer: Answer::Order(
                &["the request is sent", "the answer is received", "the other work begins", "the other work ends"],
                |traces| {
                    let starts = ["request sent", "answer received", "other work started", "other work ended"];
                    written(&traces[0], &starts)
                },
            ),
            decided: Decided::ByAnswer,
            because: "Making a task only puts it into the ready queue. The main task goes on until it first waits, and only then \
                      has the new task its turn. From there on both wait at once, and the shorter wait ends first.",
        },
    ]),
    published: &[
        Published {
            of: "request as a task",
            values: &[("start", "task")],
            model: Model::EventLoop,
            figure: Figure::Wall { seconds: 5.0, within: TENTH },
        },
        Published {
            of: "request awaited first",
            values: &[("start", "await")],
            model: Model::EventLoop,
            figure: Figure::Wall { seconds: 6.0, within: TENTH },
        },
    ],
    hints: &[Check::AwaitedInTurn],
    program: ProgramOf::AwaitOrTask,
};

static PARAMETERS: [Parameter; 3] = [
    Parameter {
        name: "start",
        title: "The request is",
        explanation: "made a task and awaited at the end, or awaited at once",
        unit: "",
        default: "task",
        kind: Kind::Choice(&[("task", "made a task"), ("await", "awaited at once")]),
    },
    Parameter {
        name: "request",
        title: "Request",
        explanation: "how long the answer to the request takes to come",
        unit: "s",
        default: "1",
        kind: Kind::Seconds { least: 0.0, most: 60.0 },
    },
    Parameter {
        name: "other",
        title: "Other work",
        explanation: "how long the other work takes, which waits and computes nothing",
        unit: "s",
        default: "5",
        kind: Kind::Seconds { least: 0.0, most: 60.0 },
    },
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let latency = Latency::Constant(values.seconds("request").into());
    let client = client::of_reliable_network(latency, Nanos::ZERO);
    let program = AwaitOrTask {
        start: if values.choice("start") == "await" { Start::Await } else { Start::Task },
        ask: Ask { client },
        other: values.seconds("other"),
    };
    Prepared {
        service: Some(Service::with_own_sessions(client.network)),
        tasks: 1,
        threads: NonZeroU16::MIN,
        processes: NonZeroU16::MIN,
        costs,
        program: Program::new(program),
    }
}

#[derive(Clone)]
struct AwaitOrTask {
    start: Start,
    ask: Ask,
    other: Duration,
}

#[derive(Clone, Copy)]
enum Start {
    Task,
    Await,
}

/// The request.
#[derive(Clone, Serialize, Deserialize)]
struct Ask {
    client: Client,
}

impl Script for AwaitOrTask {
    type Job = Ask;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let handle = task.spawn(&self.ask).await;
        match self.start {
            Start::Task => {
                self.other_work(&mut task).await;
                task.join(handle).await?;
            }
            Start::Await => {
                task.join(handle).await?;
                self.other_work(&mut task).await;
            }
        }
        task.log("Main ended").await;
        Ok(Outcome::new())
    }
}

impl AwaitOrTask {
    async fn other_work(&self, task: &mut Task) {
        task.log("other work started").await;
        task.sleep(self.other).await;
        task.log("other work ended").await;
    }
}

impl Work for Ask {
    type Output = ();

    fn name(&self) -> String {
        "request".to_owned()
    }

    async fn run(self, mut task: Task) {
        task.log("request sent").await;
        task.request(&self.client, 1).await;
        task.log("answer received").await;
    }
}
