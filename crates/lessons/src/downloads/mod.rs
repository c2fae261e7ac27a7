//! Lesson 9, `downloads`: many short requests, whose number under way is limited by sessions and their connections.

mod text;

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work, numbered};
use engine::task::{Client, Semaphore, Task};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf, Service, Session};
use crate::client;
use crate::parameter::{Kind, Parameter, Values};
use crate::published::{Figure, Published, TENTH};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "downloads",
    title: "One session or one each",
    shows: "many short requests, a session a thread against a shared one",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop],
    cannot: &[(
        Model::ProcessPool,
        "One session for all cannot be: its connections belong to one process, and tasks in other processes can neither borrow \
         them nor see which are free. A session for each process could be, and is left out, since it would show no more than a \
         session a thread does.",
    )],
    parameters: &PARAMETERS,
    presets: &[
        ("One session for all", &[]),
        ("A session a thread", &[("session", "thread")]),
        ("A pool of twenty", &[("pool", "20")]),
        ("Nothing to handle", &[("handling", "0")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
    ],
    questions: taught!(text::QUESTIONS),
    published: &[
        Published {
            of: "160 downloads, five threads with a session each",
            values: &[("session", "thread")],
            model: Model::ThreadPool,
            figure: Figure::Wall { seconds: 3.7, within: TENTH },
        },
        Published {
            of: "160 downloads, one shared session",
            values: &[("session", "shared")],
            model: Model::EventLoop,
            figure: Figure::Wall { seconds: 2.6, within: TENTH },
        },
    ],
    hints: &[Check::PoolTooSmall, Check::ThreadsUnderTheGil],
    program: ProgramOf::Downloads,
};

static PARAMETERS: [Parameter; 8] = [
    Parameter {
        name: "sites",
        title: "Sites",
        explanation: "from how many sites is downloaded, in turn",
        unit: "",
        default: "2",
        kind: Kind::Count { least: 1, most: 8 },
    },
    Parameter {
        name: "repeats",
        title: "Repeats",
        explanation: "how often each site is downloaded",
        unit: "",
        default: "80",
        kind: Kind::Count { least: 1, most: 200 },
    },
    Parameter {
        name: "pool",
        title: "Threads in the pool",
        explanation: "how many threads the pool has at the most",
        unit: "",
        default: "5",
        kind: Kind::Count { least: 1, most: 64 },
    },
    Parameter {
        name: "session",
        title: "Session",
        explanation: "one for all, or as many as the pool has threads, each with one request under way at a time",
        unit: "",
        default: "shared",
        kind: Kind::Choice(&[("shared", "one for all"), ("thread", "as many as the pool has threads")]),
    },
    Parameter {
        name: "connections",
        title: "Connections of a shared session",
        explanation: "how many requests one session for all has under way at the most; aiohttp's default is 100",
        unit: "",
        default: "100",
        kind: Kind::Count { least: 1, most: 1_000 },
    },
    Parameter {
        name: "connect",
        title: "Connecting",
        explanation: "how long it takes to open a connection, where the session has none to the site that is idle",
        unit: "s",
        default: "0.05",
        kind: Kind::Seconds { least: 0.0, most: 10.0 },
    },
    Parameter {
        name: "latency",
        title: "Latency",
        explanation: "how long a site takes to answer on an open connection",
        unit: "s",
        default: "uniform 0.06 0.11",
        kind: Kind::Latency { longest_s: 10.0 },
    },
    Parameter {
        name: "handling",
        title: "Handling",
        explanation: "the CPU time that a response takes whoever receives it",
        unit: "s",
        default: "0.0157",
        kind: Kind::Seconds { least: 0.0, most: 0.1 },
    },
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let sites = values.count("sites");
    let downloads = sites * values.count("repeats");
    let pool = values.workers("pool");
    let client = client::of_reliable_network(values.latency("latency"), values.seconds("handling").into());
    let program = Downloads {
        sites,
        downloads,
        at_once: if values.choice("session") == "thread" { pool.get().into() } else { values.count("connections") },
        connect: values.seconds("connect"),
        client,
    };
    Prepared {
        service: Some(Service {
            network: client.network,
            session: match values.choice("session") {
                "thread" => Session::Own,
                _ => Session::Shared { connections: values.count("connections") },
            },
        }),
        tasks: downloads as usize,
        threads: pool,
        processes: NonZeroU16::MIN,
        costs,
        program: Program::new(program),
    }
}

#[derive(Clone)]
struct Downloads {
    sites: u32,
    downloads: u32,
    /// How many requests the sessions have under way at the most: as many as one session has connections, or one for each
    /// session where there are several.
    at_once: u32,
    connect: Duration,
    client: Client,
}

/// What the tasks know of the sessions that they share, each for its own site. Which session a connection belongs to is left
/// out: whoever may send a request finds every connection to its site that is idle.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Sessions {
    /// A permit for each request that may be under way.
    at_once: Semaphore,
    /// A permit for each connection to the site that is open and idle.
    idle: Semaphore,
    connect: Duration,
}

/// One download.
#[derive(Serialize, Deserialize)]
struct Download {
    number: u32,
    client: Client,
    sessions: Sessions,
}

impl Script for Downloads {
    type Job = Download;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let at_once = task.semaphore("session", self.at_once).await;
        let mut sessions = Vec::new();
        for site in 1..=self.sites {
            let idle = task.semaphore(&format!("idle connections to site {site}"), 0).await;
            sessions.push(Sessions { at_once, idle, connect: self.connect });
        }
        let mut handles = Vec::new();
        for (number, sessions) in (1..=self.downloads).zip(sessions.into_iter().cycle()) {
            handles.push(task.spawn(&Download { number, client: self.client, sessions }).await);
        }
        let mut connections = 0;
        for handle in handles {
            connections += i64::from(task.join(handle).await?);
        }
        task.log(format!("{} downloaded", self.downloads)).await;
        task.log("Main ended").await;
        Ok(Outcome::from([("connections".to_owned(), connections)]))
    }
}

impl Work for Download {
    /// Whether a connection had to be opened.
    type Output = bool;

    fn name(&self) -> String {
        numbered("download", self.number.into())
    }

    async fn run(self, mut task: Task) -> bool {
        let Sessions { at_once, idle, connect } = self.sessions;
        task.acquire(at_once).await;
        let connects = !task.acquire_within(idle, Duration::ZERO).await;
        if connects {
            task.sleep(connect).await;
        }
        task.request(&self.client, self.number.into()).await;
        task.release(idle).await;
        task.release(at_once).await;
        connects
    }
}
