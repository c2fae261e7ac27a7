//! Lesson 8, `paged-api`: a big I/O-bound job, in which a pool of threads and an event loop come out alike.

mod text;

use std::num::NonZeroU16;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::network::{FAILURES, FailureRate, Network, Retries};
use engine::program::{Outcome, Program, Script, Work, numbered};
use engine::task::{Client, Received, Semaphore, Task};
use engine::time::Nanos;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf, Service};
use crate::parameter::{Kind, Parameter, Values};
use crate::published::{Figure, Published, TENTH};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "paged-api",
    title: "Six thousand pages",
    shows: "a big I/O-bound job: threads and event loop come out alike",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[Model::Sequential, Model::ThreadPool, Model::EventLoop],
    cannot: &[
        (
            Model::Threads,
            "It could, and is left out as a waste: a thread for each page would be thousands of threads, of which all but those \
             within the limit only wait to be let in. The thread pool does the same with as many threads as the limit.",
        ),
        (
            Model::ProcessPool,
            "The limit is a semaphore, and tasks in other processes cannot acquire it because processes share no memory.",
        ),
    ],
    parameters: &PARAMETERS,
    presets: &[
        ("Six thousand pages, fifty at once", &[]),
        ("A hundred at once", &[("limit", "100")]),
        ("A service in trouble", &[("pages", "600"), ("failure-rate", "0.5")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
    ],
    questions: taught!(text::QUESTIONS),
    published: &[
        published("a pool of 50 threads", Model::ThreadPool),
        published("a semaphore of 50", Model::EventLoop),
    ],
    hints: &[Check::PoolTooSmall],
    program: ProgramOf::PagedApi,
};

const fn published(of: &'static str, model: Model) -> Published {
    Published { of, values: &[], model, figure: Figure::Wall { seconds: 360.0, within: TENTH } }
}

static PARAMETERS: [Parameter; 6] = [
    Parameter {
        name: "pages",
        title: "Pages",
        explanation: "how many pages the service has, a request each",
        unit: "",
        default: "6000",
        kind: Kind::Count { least: 1, most: 20_000 },
    },
    Parameter {
        name: "limit",
        title: "Limit",
        explanation: "how many pages are asked for at once: the permits of the semaphore, and the threads of the pool",
        unit: "",
        default: "50",
        kind: Kind::Count { least: 1, most: 10_000 },
    },
    Parameter {
        name: "latency",
        title: "Latency",
        explanation: "how long the service takes to answer",
        unit: "s",
        default: "uniform 2 4",
        kind: Kind::Latency { longest_s: 60.0 },
    },
    Parameter {
        name: "failure-rate",
        title: "Failure rate",
        explanation: "the share of requests that the service answers with 500, 502 or 504",
        unit: "",
        default: "0.01",
        kind: Kind::Share,
    },
    Parameter {
        name: "retries",
        title: "Retries",
        explanation: "how often a request that failed is tried again",
        unit: "",
        default: "3",
        kind: Kind::Count { least: 0, most: 5 },
    },
    Parameter {
        name: "backoff",
        title: "Backoff factor",
        explanation: "the wait before the second retry is twice this, and doubles with each further one; the first comes at once",
        unit: "s",
        default: "0.1",
        kind: Kind::Seconds { least: 0.0, most: 10.0 },
    },
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let pages = values.count("pages");
    let failure_rate = FailureRate::new(values.share("failure-rate")).unwrap_or(FailureRate::NONE);
    let client = Client {
        network: Network { latency: values.latency("latency"), failure_rate, handling: Nanos::ZERO },
        retries: Retries {
            // The parameter allows up to 5.
            most: u8::try_from(values.count("retries")).unwrap_or(u8::MAX),
            on: FAILURES,
            backoff: values.seconds("backoff").into(),
        },
    };
    Prepared {
        service: Some(Service::with_own_sessions(client.network)),
        tasks: pages as usize,
        threads: values.workers("limit"),
        processes: NonZeroU16::MIN,
        costs,
        program: Program::new(PagedApi { pages, limit: values.count("limit"), client }),
    }
}

/// A page says that it is there when its number is a multiple of this: enough to see the run move.
const SAID_EVERY: u32 = 1_000;

#[derive(Clone)]
struct PagedApi {
    pages: u32,
    limit: u32,
    client: Client,
}

/// One page, to be asked for once there is a permit.
#[derive(Serialize, Deserialize)]
struct Page {
    number: u32,
    client: Client,
    permits: Semaphore,
}

impl Script for PagedApi {
    type Job = Page;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let permits = task.semaphore("limit", self.limit).await;
        let mut handles = Vec::with_capacity(self.pages as usize);
        for number in 1..=self.pages {
            handles.push(task.spawn(&Page { number, client: self.client, permits }).await);
        }
        let (mut ok, mut failed, mut attempts) = (0, 0, 0);
        for handle in handles {
            let received = task.join(handle).await?;
            *(if received.is_ok() { &mut ok } else { &mut failed }) += 1;
            attempts += i64::from(received.attempts);
        }
        task.log(format!("{ok} ok, {failed} failed, {attempts} attempts")).await;
        task.log("Main ended").await;
        let found = [("ok", ok), ("failed", failed), ("attempts", attempts)];
        Ok(found.map(|(name, count)| (name.to_owned(), count)).into())
    }
}

impl Work for Page {
    type Output = Received;

    fn name(&self) -> String {
        numbered("page", self.number.into())
    }

    async fn run(self, mut task: Task) -> Received {
        // A pool of as many threads as permits never waits here: its size is the limit already.
        task.acquire(self.permits).await;
        let received = task.request(&self.client, self.number.into()).await;
        task.release(self.permits).await;
        if self.number.is_multiple_of(SAID_EVERY) {
            task.log(format!("page {} is here", self.number)).await;
        }
        received
    }
}
