//! Lesson 1, `delay-messages`: waiting in turn against waiting together.

use std::num::NonZeroU16;

use engine::error::TaskFailed;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;

use crate::catalogue::{Lesson, Prepared};
use crate::parameter::{Kind, Message, Parameter, Value, Values};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "delay-messages",
    title: "Waiting in turn, waiting together",
    shows: "waiting in turn against waiting together",
    story: &[
        "Messages arrive, and each takes some seconds to deliver. Nothing is computed meanwhile: the program only waits.",
        "Wait for one after the other, and the delays add up. Wait for all of them together, and only the longest counts. \
         A pool stands in between: it waits for as many at once as it has workers.",
    ],
    models: &Model::ALL,
    parameters: &PARAMETERS,
    presets: &[
        ("Two messages", &[("messages", TWO_MESSAGES)]),
        ("Five messages", &[("messages", "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5")]),
    ],
    prepare,
};

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
    Parameter {
        name: "workers",
        title: "Workers in a pool",
        explanation: "how many threads or processes a pool has",
        unit: "",
        default: "2",
        kind: Kind::Count { least: 1, most: 64 },
    },
];

fn prepare(values: &Values) -> Prepared {
    let messages = match values.get("messages") {
        Some(Value::Messages(messages)) => messages.clone(),
        _ => Vec::new(),
    };
    let workers = match values.get("workers") {
        Some(Value::Count(workers)) => NonZeroU16::new(*workers),
        _ => None,
    };
    Prepared {
        tasks: messages.len(),
        workers: workers.unwrap_or(NonZeroU16::MIN),
        program: Program::new(DelayMessages { messages }),
    }
}

#[derive(Clone)]
struct DelayMessages {
    messages: Vec<Message>,
}

impl Script for DelayMessages {
    type Job = Message;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        if let Some(count) = task.registered_tasks().await {
            task.log(format!("{count} task registered")).await;
        }
        let mut handles = Vec::new();
        for message in &self.messages {
            handles.push(task.spawn(message).await);
        }
        if let Some(count) = task.registered_tasks().await {
            task.log(format!("{count} tasks registered")).await;
        }
        for handle in handles {
            let name = handle.name().to_owned();
            task.join(handle).await?;
            if task.model().is_pool() {
                task.log(format!("{name} done")).await;
            }
        }
        task.log("Main ended").await;
        Ok(Outcome::new())
    }
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
