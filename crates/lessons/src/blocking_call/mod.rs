//! Lesson 2, `blocking-call`: one call that does not give way stalls every task on the loop.

mod text;

use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::delay_messages::{FIVE_MESSAGES, deliver_all};
use crate::parameter::{Kind, Message, Parameter, Values, machine};
use crate::published::{Figure, Published, TENTH};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "blocking-call",
    title: "One call that would not give way",
    shows: "one call that does not give way stalls every task on the loop",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("THREE blocks", &[("blocking", "THREE")]),
        ("THREE blocks on a thread of its own", &[("blocking", "THREE"), ("repair", "to-thread")]),
        ("Nobody blocks", &[("blocking", "none")]),
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
    hints: &[Check::BlockingCall],
    program: ProgramOf::BlockingCall,
};

static PARAMETERS: [Parameter; 4] = [
    Parameter {
        name: "messages",
        title: "Messages",
        explanation: "who sends a message, and how many seconds it takes to deliver",
        unit: "s",
        default: FIVE_MESSAGES,
        kind: Kind::Messages { most: 32, longest_s: 60.0 },
    },
    Parameter {
        name: "blocking",
        title: "Who blocks",
        explanation: "whose delivery calls something that does not give way: one of the messages, or none",
        unit: "",
        default: "THREE",
        kind: Kind::NameIn { list: "messages", nobody: "nobody" },
    },
    Parameter {
        name: "repair",
        title: "Repair",
        explanation: "whether the loop hands the blocking call to a thread",
        unit: "",
        default: "none",
        kind: Kind::Choice(&[("none", "none"), (TO_THREAD, "asyncio.to_thread")]),
    },
    machine::workers("5"),
];

const TO_THREAD: &str = "to-thread";

static PUBLISHED: [Published; 3] = [
    on_the_loop("THREE blocks", &[("blocking", "THREE")], 8.0),
    on_the_loop("THREE blocks on a thread of its own", &[("blocking", "THREE"), ("repair", TO_THREAD)], 5.0),
    on_the_loop("nobody blocks", &[("blocking", "none")], 5.0),
];

const fn on_the_loop(of: &'static str, values: &'static [(&'static str, &'static str)], seconds: f64) -> Published {
    Published { of, values, model: Model::EventLoop, figure: Figure::Wall { seconds, within: TENTH } }
}

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let way_of_blocking = if values.choice("repair") == TO_THREAD { Wait::OnAThread } else { Wait::Blocking };
    let jobs = values.messages("messages").iter().map(|message| {
        let blocks = values.name("blocking") == Some(&message.name);
        Job::Deliver(message.clone(), if blocks { way_of_blocking } else { Wait::GivingWay })
    });
    let jobs: Vec<Job> = jobs.collect();
    let workers = values.workers("workers");
    Prepared {
        service: None,
        tasks: jobs.len(),
        threads: workers,
        processes: workers,
        costs,
        program: Program::new(BlockingCall { jobs }),
    }
}

#[derive(Clone)]
struct BlockingCall {
    jobs: Vec<Job>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Job {
    /// Deliver a message, and wait for it like this.
    Deliver(Message, Wait),
    /// Call something that comes back after so long.
    Call(Duration),
}

/// How a delivery waits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Wait {
    GivingWay,
    Blocking,
    OnAThread,
}

impl Script for BlockingCall {
    type Job = Job;

    async fn main(self, task: Task) -> Result<Outcome, TaskFailed> {
        deliver_all(task, &self.jobs).await
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        match self {
            Job::Deliver(message, _) => message.name.clone(),
            Job::Call(_) => "time.sleep".to_owned(),
        }
    }

    async fn run(self, mut task: Task) {
        match self {
            Job::Call(delay) => task.block(delay).await,
            Job::Deliver(Message { name, delay }, wait) => {
                task.log(format!("{name} received")).await;
                match wait {
                    Wait::GivingWay => task.sleep(delay).await,
                    Wait::Blocking => task.block(delay).await,
                    Wait::OnAThread => {
                        if let Err(failed) = task.to_thread(&Job::Call(delay)).await {
                            task.log(failed.to_string()).await;
                        }
                    }
                }
                task.log(format!("{name} printed")).await;
            }
        }
    }
}
