//! What a machine costs, told by lessons that ran on it: of some short runs the spans say how long starting, ending, sending and
//! computing took. So whoever can run lessons can be calibrated, a browser's lab as well, and predicted with its own costs.

use std::num::NonZeroU16;

use engine::costs::{Costs, Factor};
use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Marked, Post, Span, TaskId, Trace, WaitFor};

use crate::catalogue::{Lesson, find};
use crate::parameter::Values;

/// A run that tells some of the costs.
#[derive(Debug)]
pub struct Trial {
    /// The lesson's id.
    lesson: &'static str,
    /// The values that differ from the lesson's own, as texts.
    values: &'static [(&'static str, &'static str)],
    /// The model.
    pub model: Model,
}

/// The bytes of a large message. It takes much longer to copy than to send at all.
const LARGE: &str = "1000000";

/// Nothing to compute, and one job after the other.
const EMPTY: (&str, &str) = ("work", "0");
const IN_TURN: (&str, &str) = ("one-by-one", "on");
const ONE_PROCESS: (&str, &str) = ("processes", "1");

/// How many there are.
pub const COUNT: usize = 8;

/// All of them, some tenths of a second each, in the order in which [`costs`] reads them: threads, processes, small and large
/// messages, turns of a loop, and then work of several kinds.
pub static TRIALS: [Trial; COUNT] = [
    Trial { lesson: "pool-or-spawn", model: Model::Threads, values: &[("jobs", "12"), EMPTY, IN_TURN] },
    Trial {
        lesson: "pool-or-spawn",
        model: Model::Processes,
        values: &[("jobs", "5"), ("payload", "0"), EMPTY, IN_TURN],
    },
    Trial {
        lesson: "pool-or-spawn",
        model: Model::ProcessPool,
        values: &[("jobs", "40"), ("payload", "0"), EMPTY, IN_TURN, ONE_PROCESS],
    },
    Trial {
        lesson: "pool-or-spawn",
        model: Model::ProcessPool,
        values: &[("jobs", "20"), ("payload", LARGE), EMPTY, IN_TURN, ONE_PROCESS],
    },
    Trial { lesson: "pool-or-spawn", model: Model::EventLoop, values: &[("jobs", "1000"), EMPTY] },
    Trial { lesson: "merge-sort", model: Model::Sequential, values: &[("lists", "20")] },
    Trial { lesson: "sum-squares", model: Model::Sequential, values: &[("numbers", "2")] },
    Trial { lesson: "fibonacci", model: Model::Sequential, values: &[("n", "24,24,24")] },
];

impl Trial {
    /// The lesson.
    pub fn lesson(&self) -> &'static Lesson {
        find(self.lesson).unwrap_or_else(|_| unreachable!("a test runs every trial"))
    }

    /// The values of all its parameters.
    pub fn values(&self) -> Values {
        let given: Vec<_> = self.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Values::read(self.lesson().parameters, &given).unwrap_or_else(|_| unreachable!("a test runs every trial"))
    }
}

/// The costs that are told by these runs of [`TRIALS`], in their order, on a machine of so many `cores`; `None` where one of them
/// does not tell what it is for. What none is for is as `usual`: the GIL, and who makes way for whom.
pub fn costs(runs: &[Trace; COUNT], cores: NonZeroU16, usual: Costs) -> Option<Costs> {
    let [threads, processes, small, large, turns, work @ ..] = runs;
    let [_, _, _, _, _, of_work @ ..] = &TRIALS;
    let factors: Option<Vec<f64>> = of_work.iter().zip(work).map(|(trial, run)| factor(trial, run)).collect();
    let message = period(small)?.scaled(1.0 / ENDS);
    Some(Costs {
        cores,
        thread_start: starts(threads)?,
        thread_end: ends(threads)?,
        process_start: comes_up(processes)?,
        process_end: goes(processes, message)?,
        loop_turn: turn(turns)?,
        message,
        message_per_kib: per_kib(small, large)?,
        work: middle(factors?).and_then(Factor::new)?,
        ..usual
    })
}

/// The ends of the two messages of a job, there and back: each is written and read.
pub const ENDS: f64 = 4.0;

/// How long the first task is busy with starting another.
fn starts(trace: &Trace) -> Option<Nanos> {
    let starting = of(trace, TaskId(0)).filter(|span| span.activity == Activity::Running(Doing::Starting));
    middle(starting.map(length).collect())
}

/// From a task's last step, or when somebody began to join it, until they know of its end.
fn ends(trace: &Trace) -> Option<Nanos> {
    let is_step = |span: &&Span| matches!(span.activity, Activity::Running(Doing::Steps | Doing::Work));
    let took = |span: &Span| match span.activity {
        Activity::Waiting(WaitFor::Task(task)) => {
            let last_step = of(trace, task).filter(is_step).map(|span| span.end).max().unwrap_or_default();
            Some(span.end.since(last_step.max(span.start)))
        }
        _ => None,
    };
    middle(of(trace, TaskId(0)).filter_map(took).collect())
}

/// From spawning a task until its process has read what it is to do.
fn comes_up(trace: &Trace) -> Option<Nanos> {
    let has_read = |task| {
        let read = |kind| matches!(kind, Marked::Message { post: Post::JobRead, .. });
        trace.marks.iter().find(|mark| mark.task == task && read(mark.kind)).map(|mark| mark.at)
    };
    middle(spawned(trace).filter_map(|(task, at)| Some(has_read(task)?.since(at))).collect())
}

/// How long a task's process takes to end. A prediction has it write the message with its result in that time, too.
fn goes(trace: &Trace, message: Nanos) -> Option<Nanos> {
    let took = |task| {
        let ending = of(trace, task).filter(|span| span.activity == Activity::Running(Doing::Starting)).last()?;
        let is_read = |kind| matches!(kind, Marked::Message { post: Post::ResultRead, .. });
        let read = trace.marks.iter().find(|mark| mark.task == task && is_read(mark.kind))?.at;
        Some(if read <= ending.start { length(ending) } else { length(ending).since(message) })
    };
    middle(spawned(trace).filter_map(|(task, _)| took(task)).collect())
}

/// From spawning a task to spawning the next one.
fn period(trace: &Trace) -> Option<Nanos> {
    let at: Vec<Nanos> = spawned(trace).map(|(_, at)| at).collect();
    middle(at.windows(2).map(|pair| pair[1].since(pair[0])).collect())
}

/// How much longer each end of a message takes by the KiB.
fn per_kib(small: &Trace, large: &Trace) -> Option<Nanos> {
    let bytes = |trace: &Trace| {
        trace.marks.iter().find_map(|mark| match mark.kind {
            Marked::Message { post: Post::JobWritten, bytes, .. } => Some(bytes as f64),
            _ => None,
        })
    };
    let kib = (bytes(large)? - bytes(small)?) / 1024.0;
    // Only the message with the job is the larger one, and it has two ends.
    (kib > 0.0).then_some(period(large)?.since(period(small)?).scaled(0.5 / kib))
}

/// The mean time from one task's turn to the next one's, where all of them are ready: a browser's clock is too coarse for one.
fn turn(trace: &Trace) -> Option<Nanos> {
    let first = |task| of(trace, task).filter(|span| span.activity.is_running()).map(|span| span.start).min();
    let at: Vec<Nanos> = spawned(trace).filter_map(|(task, _)| first(task)).collect();
    let (from, to) = (*at.iter().min()?, *at.iter().max()?);
    (at.len() > 1).then(|| to.since(from).scaled(1.0 / (at.len() - 1) as f64))
}

/// How many times as long work took as its formula says.
fn factor(trial: &Trial, trace: &Trace) -> Option<f64> {
    let work = |trace: &Trace| {
        let spans = trace.spans.iter().filter(|span| span.activity == Activity::Running(Doing::Work));
        spans.map(length).fold(Nanos::ZERO, |sum, time| sum + time).as_secs_f64()
    };
    let prepared = trial.lesson().prepare_on(&trial.values(), Costs::FREE);
    let formula = work(&simulate(&prepared.program, &prepared.settings(trial.model, 0)));
    let took = work(trace);
    (took > 0.0 && formula > 0.0).then(|| took / formula)
}

fn of(trace: &Trace, task: TaskId) -> impl Iterator<Item = &Span> {
    trace.spans.iter().filter(move |span| span.task == task)
}

/// The tasks that were spawned, and when.
fn spawned(trace: &Trace) -> impl Iterator<Item = (TaskId, Nanos)> {
    (0..).map(TaskId).zip(&trace.tasks).skip(1).map(|(task, record)| (task, record.spawned))
}

fn length(span: &Span) -> Nanos {
    span.end.since(span.start)
}

fn middle<T: PartialOrd + Copy>(mut all: Vec<T>) -> Option<T> {
    all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    all.get(all.len() / 2).copied()
}
