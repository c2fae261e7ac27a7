//! Lesson 10, `fan-out`: some equal requests at once, the smallest useful concurrent program.

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work, numbered};
use engine::task::{Client, Task};
use engine::time::Nanos;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf, Service};
use crate::client;
use crate::decided::Decided;
use crate::parameter::{Kind, Parameter, Values, machine};
use crate::published::{Figure, Published, TENTH};
use crate::question::{Answer, Question, wall_s};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "fan-out",
    title: "Three questions at once",
    shows: "three equal requests take as long as one",
    story: taught!(&[
        "A page of yours needs three things from another service, and asks for them one after the other. Each answer takes \
         the same time to come, none of the three depends on another, and the visitor waits for all of them in a row.",
        "It is about the smallest program in which concurrency is of use: a dozen lines, no shared data, nothing computed. \
         What is left of the wait if all three are asked at once?",
    ]),
    look: taught!(&[
        "Look at when each request is sent. That, and not how fast any of them is answered, is all that differs between the \
         models.",
        "Give the pools fewer workers than there are requests, then give the latency a spread, such as “uniform 0.5 2”, and \
         look at which request the end waits for.",
    ]),
    rule: "Requests that do not need one another's answers are sent together: the whole then takes as long as the slowest, and \
           not as long as the sum.",
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("Three requests", &[]),
        ("Twelve requests", &[("requests", "12")]),
        ("Slow and fast ones", &[("requests", "12"), ("latency", "uniform 0.5 2")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
    ],
    questions: taught!(&[
        Question {
            ask: "Three requests of one second each, gathered on an event loop: how many seconds until all are answered?",
            values: &[],
            models: &[Model::EventLoop],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "Each task sends its request and gives way, so all three are on their way before the first answer is due.",
        },
        Question {
            ask: "The same, one after the other?",
            values: &[],
            models: &[Model::Sequential],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "The next request is sent only when the last is answered, so the waits add up.",
        },
        Question {
            ask: "Twelve requests of one second each on a pool of three threads: how many seconds?",
            values: &[("requests", "12")],
            models: &[Model::ThreadPool],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "A thread that waits for an answer takes no other job, so the pool has as many requests under way as it \
                      has threads, and the rest queue.",
        },
    ]),
    published: &[Published {
        of: "three requests of one second: one latency",
        values: &[],
        model: Model::EventLoop,
        figure: Figure::Wall { seconds: 1.0, within: TENTH },
    }],
    hints: &[Check::PoolTooSmall],
    program: ProgramOf::FanOut,
};

static PARAMETERS: [Parameter; 3] = [
    Parameter {
        name: "requests",
        title: "Requests",
        explanation: "how many requests are made",
        unit: "",
        default: "3",
        kind: Kind::Count { least: 1, most: 50 },
    },
    Parameter {
        name: "latency",
        title: "Latency",
        explanation: "how long an answer takes to come",
        unit: "s",
        default: "constant 1",
        kind: Kind::Latency { longest_s: 60.0 },
    },
    machine::workers("3"),
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let requests = values.count("requests");
    let client = client::of_reliable_network(values.latency("latency"), Nanos::ZERO);
    let workers = values.workers("workers");
    Prepared {
        service: Some(Service::with_own_sessions(client.network)),
        tasks: requests as usize,
        threads: workers,
        processes: workers,
        costs,
        program: Program::new(FanOut { requests, client }),
    }
}

#[derive(Clone)]
struct FanOut {
    requests: u32,
    client: Client,
}

/// One of the requests.
#[derive(Serialize, Deserialize)]
struct Ask {
    number: u32,
    client: Client,
}

impl Script for FanOut {
    type Job = Ask;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let mut handles = Vec::new();
        for number in 1..=self.requests {
            handles.push(task.spawn(&Ask { number, client: self.client }).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        task.log("Main ended").await;
        Ok(Outcome::new())
    }
}

impl Work for Ask {
    type Output = ();

    fn name(&self) -> String {
        numbered("request", self.number.into())
    }

    async fn run(self, mut task: Task) {
        task.log(format!("request {} sent", self.number)).await;
        task.request(&self.client, self.number.into()).await;
        task.log(format!("request {} answered", self.number)).await;
    }
}
