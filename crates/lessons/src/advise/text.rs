//! What lesson 16 says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, wall_s};

pub(super) static STORY: &[&str] = &[
    "You have a program of your own. It has so many things to do; each waits a while for something outside, and then \
     computes a while. Perhaps there is a service that takes no more than so many connections at once.",
    "Everybody has a rule for you: processes for what computes, an event loop for what waits, threads for what is quick. \
     Which of them holds for your numbers?",
    "Type them in.",
];

pub(super) static LOOK: &[&str] = &[
    "Put in your own numbers and compare the wall times; then change one number at a time and see when the order turns.",
    "Two models that are nearly equally fast are a reason to take the simpler one, not the faster one.",
];

pub(super) const RULE: &str = "What computes goes to processes. What waits long, or very often at once, goes to an event \
     loop. What waits briefly on few connections does well on threads. What does both wants both.";

/// What every rule of thumb agrees on.
pub(super) const COMPUTES: &[(&str, &str)] = &[("wait", "0"), ("cpu", "0.1")];

/// Waits that are long and many.
pub(super) const WAITS: &[(&str, &str)] = &[("wait", "1"), ("cpu", "0"), ("tasks", "2000")];

/// Waits that are short and few.
pub(super) const QUICK: &[(&str, &str)] = &[("wait", "0.05"), ("cpu", "0.0001"), ("tasks", "5")];

/// Waits that are long, and much to compute after them.
pub(super) const BOTH: &[(&str, &str)] = &[("wait", "1"), ("cpu", "0.1")];

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        ask: "100 tasks, none waits, each computes for 0.1 s, four cores. Which is the fastest?",
        values: COMPUTES,
        models: CHOICE,
        answer: Answer::Choice(&["threads", "event loop", "process pool"], fastest),
        decided: Decided::At(Moment::QuickestEnd),
        because: "Only processes compute at the same time; on a loop and under the GIL the tasks take turns.",
    },
    Question {
        ask: "2,000 tasks, each waits for 1 s and computes nothing. Which is the fastest?",
        values: WAITS,
        models: CHOICE,
        answer: Answer::Choice(&["threads", "event loop", "process pool"], fastest),
        decided: Decided::At(Moment::QuickestEnd),
        because: "A task of the loop is an object and begins at once. A thread has to be started for each wait, and a few \
                  processes can overlap only a few.",
    },
    Question {
        ask: "2,000 tasks of 1 s of waiting each, and no more than 50 connections at once. When is the event loop done?",
        values: &[("wait", "1"), ("cpu", "0"), ("tasks", "2000"), ("limit", "50")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "A task that is to begin needs a connection, so the tasks go through in rounds of as many as there may be \
                  at once.",
    },
    Question {
        ask: "100 tasks that wait for 1 s and compute for 0.1 s, four cores. Which is the fastest?",
        values: BOTH,
        models: &[Model::EventLoop, Model::ProcessPool, Model::LoopAndProcesses],
        answer: Answer::Choice(&["event loop", "process pool", "loop and processes"], fastest),
        decided: Decided::At(Moment::QuickestEnd),
        because: "The loop overlaps all the waits, and the processes share the computing that would hold it up.",
    },
];

const CHOICE: &[Model] = &[Model::Threads, Model::EventLoop, Model::ProcessPool];

fn fastest(traces: &[Trace]) -> usize {
    (0..traces.len()).min_by(|a, b| wall_s(&traces[*a]).total_cmp(&wall_s(&traces[*b]))).unwrap_or_default()
}
