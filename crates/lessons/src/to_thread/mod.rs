//! Lesson 12, `to-thread`: a call that does not give way, moved off the event loop.

mod text;

use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Task, Variable};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{Kind, Parameter, Values};
use crate::published::{Figure, Published, TENTH};

pub(crate) use text::longest_gap_s;

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "to-thread",
    title: "Keep the heart beating",
    shows: "a blocking function moved off the loop",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: &[Model::Threads, Model::ThreadPool, Model::EventLoop],
    cannot: &[(Model::Sequential, text::NO_END), (Model::ProcessPool, text::NOTHING_SHARED)],
    parameters: &PARAMETERS,
    presets: &[
        ("On a thread", &[("repair", "to-thread")]),
        ("On the loop", &[("repair", "none")]),
        ("A slow heart", &[("heartbeat", "0.8")]),
    ],
    python: &[
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
    ],
    questions: taught!(text::QUESTIONS),
    published: &[Published {
        of: "a blocking call in a thread, the loop responsive",
        values: &[],
        model: Model::EventLoop,
        figure: Figure::Wall { seconds: 2.0, within: TENTH },
    }],
    hints: &[Check::BlockingCall],
    program: ProgramOf::ToThread,
};

static PARAMETERS: [Parameter; 3] = [
    Parameter {
        name: "blocking",
        title: "Query",
        explanation: "how long the call takes that does not give way",
        unit: "s",
        default: "2",
        kind: Kind::Seconds { least: 0.0, most: 20.0 },
    },
    Parameter {
        name: "heartbeat",
        title: "Heartbeat",
        explanation: "how long the heart waits between two beats",
        unit: "s",
        default: "0.1",
        kind: Kind::Seconds { least: 0.01, most: 5.0 },
    },
    Parameter {
        name: "repair",
        title: "Repair",
        explanation: "where an event loop makes the call",
        unit: "",
        default: "to-thread",
        kind: Kind::Choice(&[("none", "on the loop itself"), ("to-thread", "on a thread beside it")]),
    },
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let script = KeepBeating {
        every: values.seconds("heartbeat"),
        lasts: values.seconds("blocking"),
        beside: values.choice("repair") == "to-thread",
    };
    // With one worker for the two of them, the heart would never hear of the answer.
    let workers = std::num::NonZeroU16::MIN.saturating_add(1);
    Prepared { service: None, program: Program::new(script), threads: workers, processes: workers, tasks: 2, costs }
}

#[derive(Clone)]
struct KeepBeating {
    every: Duration,
    lasts: Duration,
    beside: bool,
}

#[derive(Serialize, Deserialize)]
enum Job {
    /// Beats until the variable is not 0, and returns how often.
    Heartbeat { stop: Variable, every: Duration },
    /// Makes the query, beside the event loop or on it.
    Report { lasts: Duration, beside: bool },
    /// The call that does not give way.
    Query { lasts: Duration },
}

impl Script for KeepBeating {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let stop = task.variable("stop", 0).await;
        let heart = task.spawn(&Job::Heartbeat { stop, every: self.every }).await;
        let report = task.spawn(&Job::Report { lasts: self.lasts, beside: self.beside }).await;
        task.join(report).await??;
        task.write(stop, 1).await;
        let beats = task.join(heart).await??;
        task.log("Main ended").await;
        Ok(Outcome::from([(text::BEATS.to_owned(), beats)]))
    }
}

impl Work for Job {
    type Output = Result<i64, TaskFailed>;

    fn name(&self) -> String {
        match self {
            Job::Heartbeat { .. } => "heartbeat",
            Job::Report { .. } => "report",
            Job::Query { .. } => "query",
        }
        .to_owned()
    }

    async fn run(self, mut task: Task) -> Result<i64, TaskFailed> {
        match self {
            Job::Heartbeat { stop, every } => Ok(beat(&mut task, stop, every).await),
            Job::Report { lasts, beside: true } => task.to_thread(&Job::Query { lasts }).await?,
            Job::Report { lasts, beside: false } | Job::Query { lasts } => {
                task.log("query sent").await;
                task.block(lasts).await;
                task.log("query answered").await;
                Ok(0)
            }
        }
    }
}

async fn beat(task: &mut Task, stop: Variable, every: Duration) -> i64 {
    task.log("heartbeat begins").await;
    let mut beats = 0;
    loop {
        beats += 1;
        task.sleep(every).await;
        if task.read(stop).await != 0 {
            break;
        }
    }
    task.log("heartbeat ends").await;
    beats
}
