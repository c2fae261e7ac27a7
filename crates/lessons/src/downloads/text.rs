//! What the lesson says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment, Stretch};
use crate::question::{Answer, Question, found, wall_s};

pub(super) const STORY: &[&str] = &[
    "Two sites are downloaded again and again. Every answer is there in a fraction of a second, and then has to be handled: \
     decoded, parsed, put away. That takes a little CPU time, each time.",
    "An HTTP library keeps its connections in a session, so that they need not be opened anew for every request. A session is \
     not made to be shared between threads, so with a pool of threads each gets its own. On an event loop one session is \
     enough for all. The program with the event loop is faster. Is that because of the event loop, or because of something \
     else that came with it?",
];

pub(super) const LOOK: &[&str] = &[
    "Count how many requests are under way at once: as many as the pool has threads, or as many as the session has \
     connections.",
    "On the event loop look at how full the lane is: responses arrive together and are handled one after the other. In the \
     pool look at the threads that wait for the GIL, since their handling shares it too.",
    "Then give each thread of the pool a session, and look at what is left of the loop's lead; or enlarge the pool.",
];

pub(super) const RULE: &str = "How many requests are under way decides first, until the CPU time of handling the responses does: \
     under one GIL it adds up in every model. Share connections as widely as the library allows, and compare models at equal \
     limits.";

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        ask: "On the event loop, with one session for all, what keeps the program from being faster still?",
        values: &[],
        models: &[Model::EventLoop],
        answer: Answer::Choice(&["the network", "the CPU time of handling"], |traces| bound(&traces[0])),
        decided: Decided::At(Moment::Longest(0, Stretch::Turn)),
        because: "So many requests are under way that responses come in faster than one thread can handle them, and its lane \
                  is never empty.",
    },
    Question {
        ask: "As many sessions as the pool has threads, each with one request at a time, for both models: by how much is the \
              event loop still sooner than the pool of five threads?",
        values: &[("session", "thread")],
        models: &[Model::ThreadPool, Model::EventLoop],
        answer: Answer::Choice(
            &["by less than a tenth", "by a tenth to a quarter", "by more than a quarter"],
            |traces| lead(&traces[0], &traces[1]),
        ),
        decided: Decided::At(Moment::QuickestEnd),
        because: "With as many requests under way both wait as long for the network. What is left of the lead comes from the \
                  GIL: threads that take turns with it all finish late, where the loop handles one response to its end and \
                  sends the next request.",
    },
    Question {
        ask: "On the event loop all tasks use one session, which may have a hundred connections. How many does it open for the \
              160 downloads?",
        values: &[],
        models: &[Model::EventLoop],
        answer: Answer::Number(|traces| found(&traces[0], "connections")),
        decided: Decided::At(Moment::FirstBlocked("session")),
        because: "All tasks ask at once and find no connection idle, so the session opens as many as it may; the rest wait, and \
                  then take over one that has become idle.",
    },
    Question {
        ask: "How many seconds do the downloads take on a pool of twenty threads?",
        values: &[("pool", "20")],
        models: &[Model::ThreadPool],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "Twenty threads have enough requests under way to keep the GIL busy with handling; from there on more threads \
                  change nothing.",
    },
];

/// How much sooner than the first run the second ended: by less than a tenth, by less than a quarter, or by more.
fn lead(first: &Trace, second: &Trace) -> usize {
    let lead = 1.0 - wall_s(second) / wall_s(first);
    usize::from(lead >= 0.1) + usize::from(lead >= 0.25)
}

/// What bounds a run on one lane: 0 for waiting, 1 for computing, whichever fills more than half of it.
fn bound(trace: &Trace) -> usize {
    usize::from(2.0 * trace.running_time().as_secs_f64() > wall_s(trace))
}
