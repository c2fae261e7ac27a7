//! What lesson 12 says and asks.

use engine::model::Model;
use engine::trace::{Marked, Trace, Used};

use crate::decided::{Decided, Moment, Stretch};
use crate::question::{Answer, Question, found, wall_s};

pub(super) static STORY: &[&str] = &[
    "A server tells the world that it is alive: it sends a heartbeat, waits a moment, sends the next. Whoever hears none for \
     a while takes it for dead.",
    "Now the same program needs the answer to a query, and the only library for it is an old one: its call comes back when \
     the answer is there, and not before. Nothing in it says `await`.",
    "Does the heart go on beating while the query is out?",
];

pub(super) static LOOK: &[&str] = &[
    "Look at the heartbeat's row while the query is out: each wait that ends is a beat.",
    "Then see on which lane the query is sent. Without the repair it is the event loop's own, and nothing else runs there \
     until the answer comes.",
    "Look at the end, too: the program waits for the heart, and the heart hears that it may stop at its next beat only.",
];

pub(super) const RULE: &str = "A call that does not give way belongs on a thread of its own: `asyncio.to_thread` waits for \
     it there, and the event loop goes on.";

pub(super) const NO_END: &str = "One task after another, the heartbeat would have to end before the query is sent, and it \
     ends only once the answer is there.";

pub(super) const NOTHING_SHARED: &str =
    "Processes share no variable, so the heartbeat would never hear that it may stop.";

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        ask: "A query of 3 s runs on the event loop itself, beside a heart that beats every 0.1 s. For how long does the heart stand still \
              at the longest?",
        values: &[("blocking", "3"), ("heartbeat", "0.1"), ("repair", "none")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| longest_gap_s(&traces[0])),
        decided: Decided::At(Moment::Longest(0, Stretch::BlockingCall)),
        because: "Between two beats the loop has to come round to the heartbeat, and the query keeps it from doing so \
                  until the answer is there.",
    },
    Question {
        ask: "The same query of 3 s, moved to a thread, and a beat every 0.1 s. For how long does the heart stand still at the longest \
              now?",
        values: &[("blocking", "3"), ("heartbeat", "0.1"), ("repair", "to-thread")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| longest_gap_s(&traces[0])),
        decided: Decided::At(Moment::FirstReadAfter("query sent")),
        because: "The thread waits for the answer, and the loop is free to wake the heartbeat whenever its timer is due.",
    },
    Question {
        ask: "A query of 1 s on a thread, a beat every 0.3 s, the first at once. How many beats are there?",
        values: &[("blocking", "1"), ("heartbeat", "0.3"), ("repair", "to-thread")],
        models: &[Model::EventLoop],
        answer: Answer::Number(|traces| found(&traces[0], BEATS)),
        decided: Decided::At(Moment::LastWrite),
        because: "The heart beats at 0 and after each wait until the answer is there; the wait that is then under way \
                  still runs to its end, but no beat follows it.",
    },
    Question {
        ask: "A query of 2.2 s on a thread, a beat every half second. When does the program end?",
        values: &[("blocking", "2.2"), ("heartbeat", "0.5"), ("repair", "to-thread")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "The heartbeat asks whether it may stop after each wait only, so the program ends with the wait during \
                  which the answer came.",
    },
];

/// The outcome that counts the beats.
pub(super) const BEATS: &str = "beats";

/// The longest time between two beats, in seconds. The heart reads a variable after each wait, and nobody else reads one.
pub(crate) fn longest_gap_s(trace: &Trace) -> f64 {
    let reads = trace.marks.iter().filter(|mark| matches!(mark.kind, Marked::Used(_, Used::Read(_))));
    let mut last = 0.0;
    let gaps = reads.map(|read| {
        let at = read.at.as_secs_f64();
        at - std::mem::replace(&mut last, at)
    });
    gaps.fold(0.0, f64::max)
}
