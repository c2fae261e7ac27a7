//! What the lesson says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, found, sooner, wall_s};

pub(super) const STORY: &[&str] = &[
    "A service hands out its data in pages, thousands of them, and is in no hurry: every answer takes some seconds. One page \
     after the other, the download runs into the night. The service allows a number of requests at once and no more, and \
     now and then it answers with an error.",
    "A colleague rewrites the program with a pool of threads. Another says that threads are too heavy for this, and rewrites \
     it with asyncio and a semaphore. Which of the two do you take?",
];

pub(super) const LOOK: &[&str] = &[
    "Compare the wall times of thread pool and event loop, then look at where the pages wait: in the pool's queue, or for a \
     permit of the semaphore.",
    "Change the limit and the latency: the wall time is close to pages × latency ÷ limit, whoever does the waiting.",
    "Raise the failure rate and compare the attempts with the pages; a retry holds its permit while it waits.",
];

pub(super) const RULE: &str = "When nearly all of the time is spent waiting, the number of requests under way decides, and not \
     what waits for them. Choose between threads and event loop by what else the program has to do.";

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        ask: "Six thousand pages, fifty at once: which is done sooner, the pool of fifty threads or the event loop with a \
              semaphore of fifty?",
        values: &[],
        models: &[Model::ThreadPool, Model::EventLoop],
        answer: Answer::Choice(&["the thread pool", "the event loop", "about the same"], |traces| {
            sooner(&traces[0], &traces[1])
        }),
        decided: Decided::At(Moment::QuickestEnd),
        because: "Both keep as many requests under way as the limit allows, all the time; what a thread or a task costs beside \
                  that is lost in the seconds of each request.",
    },
    Question {
        ask: "The service allows a hundred at once instead of fifty. How many seconds does the event loop take?",
        values: &[("limit", "100")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "Nothing else is scarce: with twice as many requests under way, pages come in twice as fast.",
    },
    Question {
        ask: "Half of all requests fail, and each is tried again up to three times. About how many of the pages are lost?",
        values: &[("pages", "1000"), ("failure-rate", "0.5")],
        models: &[Model::EventLoop],
        answer: Answer::Choice(&["half", "a quarter", "an eighth", "a sixteenth", "none"], |traces| {
            halvings(&traces[0])
        }),
        decided: Decided::At(Moment::FirstGivenUp),
        because: "A page is lost only if its first attempt and all three retries fail, and each of the four halves what is left.",
    },
];

/// How often all pages are to be halved until about the failed ones are left, counted from one halving, four at the most
/// if any failed.
fn halvings(trace: &Trace) -> usize {
    let (ok, failed) = (found(trace, "ok"), found(trace, "failed"));
    if failed == 0 {
        return 4;
    }
    let halvings = ((ok + failed) as f64 / failed as f64).log2().round();
    (halvings.max(1.0) as usize - 1).min(3)
}
