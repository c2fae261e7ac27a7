//! Lesson 1, `delay-messages`: waiting in turn against waiting together.

mod text;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{Kind, Message, Parameter, Values, machine};
use crate::published::{Figure, Published, TENTH};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "delay-messages",
    title: "Waiting in turn, waiting together",
    shows: "waiting in turn against waiting together",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("Two messages", &[("messages", TWO_MESSAGES)]),
        ("Five messages", &[("messages", FIVE_MESSAGES)]),
        ("Five messages, five workers", &[("messages", FIVE_MESSAGES), ("workers", "5")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
    ],
    questions: taught!(&text::QUESTIONS),
    published: &PUBLISHED,
    hints: &[Check::PoolTooSmall],
    program: ProgramOf::DelayMessages,
};

/// Five messages that take 1 to 5 seconds.
pub(crate) const FIVE_MESSAGES: &str = "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5";

const TWO_MESSAGES: &str = "TWO=2,THREE=3";

static PARAMETERS: [Parameter; 2] = [
    Parameter {
        name: "messages",
        title: "Messages",
        explanation: "who sends a message, and how many seconds it takes to deliver",
        unit: "s",
        default: TWO_MESSAGES,
        kind: Kind::Messages { most: 32, longest_s: 60.0 },
    },
    machine::workers("2"),
];

static PUBLISHED: [Published; 5] = [
    two_messages(Model::Sequential, 5.0),
    two_messages(Model::Threads, 3.0),
    two_messages(Model::ThreadPool, 3.0),
    two_messages(Model::EventLoop, 3.0),
    Published {
        of: "five messages gathered",
        values: &[("messages", FIVE_MESSAGES)],
        model: Model::EventLoop,
        figure: Figure::Wall { seconds: 5.0, within: TENTH },
    },
];

const fn two_messages(model: Model, seconds: f64) -> Published {
    Published { of: "two messages", values: &[], model, figure: Figure::Wall { seconds, within: TENTH } }
}

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let messages = values.messages("messages").to_vec();
    let workers = values.workers("workers");
    Prepared {
        service: None,
        tasks: messages.len(),
        threads: workers,
        processes: workers,
        costs,
        program: Program::new(DelayMessages { messages }),
    }
}

#[derive(Clone)]
struct DelayMessages {
    messages: Vec<Message>,
}

impl Script for DelayMessages {
    type Job = Message;

    async fn main(self, task: Task) -> Result<Outcome, TaskFailed> {
        deliver_all(task, &self.messages).await
    }
}

/// The first task of a program that delivers messages: spawns a task for each, and waits for all of them.
pub(crate) async fn deliver_all<W: Work<Output = ()>>(mut task: Task, messages: &[W]) -> Result<Outcome, TaskFailed> {
    task.log("Main started").await;
    if let Some(count) = task.registered_tasks().await {
        task.log(format!("{count} task registered")).await;
    }
    let mut handles = Vec::new();
    for message in messages {
        handles.push((message.name(), task.spawn(message).await));
    }
    if let Some(count) = task.registered_tasks().await {
        task.log(format!("{count} tasks registered")).await;
    }
    for (name, handle) in handles {
        task.join(handle).await?;
        if task.model().is_pool() {
            task.log(format!("{name} done")).await;
        }
    }
    task.log("Main ended").await;
    Ok(Outcome::new())
}

impl Work for Message {
    type Output = ();

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn run(self, mut task: Task) {
        task.log(format!("{} received", self.name)).await;
        task.sleep(self.delay).await;
        task.log(format!("{} printed", self.name)).await;
    }
}
