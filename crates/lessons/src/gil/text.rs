//! What lesson 13 says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, wall_s};

pub(super) static STORY: &[&str] = &[
    "Four tasks, four cores, a thread for each task: so each task has a core of its own, and all are done when the first \
     is. That is what threads are for, is it not?",
    "CPython has a lock, the GIL, and only the thread that has it runs Python code. A thread lets go of it whenever it \
     waits: for a timer, a file, the network. A thread that never waits has to be asked, and is asked once another one \
     has wanted the lock for a switch interval.",
    "So what becomes of the four cores?",
];

pub(super) static LOOK: &[&str] = &[
    "Look at the threads' rows: how many of them run at any one time, and for how long does each run on end?",
    "Raise the share of waiting and see who gets the lock when a thread falls asleep.",
    "Then take the GIL away, and set fewer cores than there are threads.",
];

pub(super) const RULE: &str = "Under the GIL threads overlap waiting, not computing. What computes goes to processes, or \
     to an interpreter without the GIL.";

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        ask: "Four threads compute for 1 s each, on four cores and under the GIL. When is the last one done?",
        values: &[],
        models: &[Model::Threads],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "One thread has the GIL at a time, so the cores are used in turn and the computing adds up.",
    },
    Question {
        ask: "The same four threads on an interpreter without the GIL. When is the last one done?",
        values: &[("gil", "off")],
        models: &[Model::Threads],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "Nothing but the cores is left to share, and there is one for each thread.",
    },
    Question {
        ask: "The GIL is back, and the four threads sleep for 1 s each. When is the last one done?",
        values: &[("waiting", "1")],
        models: &[Model::Threads],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "Who sleeps has let go of the GIL, so all sleep at the same time.",
    },
    Question {
        ask: "All four compute under the GIL. Who is clearly faster than one task after the other?",
        values: &[],
        models: &[Model::Sequential, Model::Threads, Model::ProcessPool],
        answer: Answer::Choice(&["nobody", "threads", "processes", "both"], who_gains),
        decided: Decided::At(Moment::QuickestEnd),
        because: "Every process has an interpreter and a GIL of its own; threads share one.",
    },
];

/// Who needs less than nine tenths of the sequential time: threads count 1, processes 2.
fn who_gains(traces: &[Trace]) -> usize {
    let gains = |trace: &Trace| usize::from(wall_s(trace) < 0.9 * wall_s(&traces[0]));
    gains(&traces[1]) + 2 * gains(&traces[2])
}
