//! What lesson 4 says and asks.

use engine::error::RunError;
use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, found};

pub(super) const STORY: &[&str] = &[
    "Two accounts, A and B, and a lock on each. LEFT moves money from A to B, RIGHT from B to A. Both know that they \
     need both locks, so each takes the lock of the account that it takes from, looks at the balance for a moment, and \
     then takes the other one.",
    "In the tests this worked, every time. Then, in the middle of an ordinary day, the program stood still: no error, \
     no load, nothing more in the log.",
];

pub(super) const LOOK: &[&str] = &[
    "Read the circle that ends the run: who waits for what, and who has it?",
    "Event loop: there is one thread only, and it is free. It does not help.",
    "Set the order to the same, or the pause to 0, and run it again. Only one of the two is a cure.",
    "Set a patience, and see in the log what giving up costs.",
];

pub(super) const RULE: &str = "Take several locks in one order, the same everywhere, and no circle of waiting can \
                               close. A timeout ends a deadlock; it does not prevent it.";

const ENDINGS: &[&str] = &["both are done", "both wait for ever", "one is done, the other waits for ever"];

pub(super) static QUESTIONS: [Question; 4] = [
    Question {
        ask: "LEFT takes A and then B, RIGHT takes B and then A, a thread for each. How does it end?",
        values: &[],
        models: &[Model::Threads],
        answer: Answer::Choice(ENDINGS, |traces| ending(&traces[0])),
        decided: Decided::At(Moment::CycleClosed),
        because: "Each holds what the other waits for, and gives it back only once it has both.",
    },
    Question {
        ask: "The same on an event loop, with one thread for all. How does it end?",
        values: &[],
        models: &[Model::EventLoop],
        answer: Answer::Choice(ENDINGS, |traces| ending(&traces[0])),
        decided: Decided::At(Moment::CycleClosed),
        because: "Locks belong to tasks and not to threads. LEFT awaits something while it holds A, so RIGHT gets its \
                  turn and takes B.",
    },
    Question {
        ask: "Now RIGHT takes the locks in LEFT's order, with a thread for each. How does it end?",
        values: &[("order", super::SAME)],
        models: &[Model::Threads],
        answer: Answer::Choice(ENDINGS, |traces| ending(&traces[0])),
        decided: Decided::At(Moment::FirstLine("has both")),
        because: "Whoever has A finds B free or soon to be, since nobody waits for A while holding B.",
    },
    Question {
        ask: "Opposite orders again, but LEFT waits 1 second at the most, and RIGHT 2. How often does a thread give \
              up?",
        values: &[("timeout", "1")],
        models: &[Model::Threads],
        answer: Answer::Number(|traces| found(&traces[0], super::GIVEN_UP)),
        decided: Decided::At(Moment::FirstLine("gives up")),
        because: "What LEFT lets go of when it gives up is just what RIGHT still waits for.",
    },
];

/// How the run ended, as a place in [`ENDINGS`].
fn ending(trace: &Trace) -> usize {
    let done = trace.log().iter().filter(|line| line.text.ends_with("has both")).count();
    match trace.finished.as_ref().map(|finish| &finish.ending) {
        Some(Err(RunError::Deadlock(_))) if done == 0 => 1,
        Some(Err(_)) => 2,
        _ => 0,
    }
}
