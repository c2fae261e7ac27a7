//! What lesson 2 says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::Decided;
use crate::question::{Answer, Question, wall_s, written};

pub(super) const STORY: &[&str] = &[
    "Five messages are delivered at once, and for a long time that went well. Then somebody replaced the delivery of \
     one of them by a library that knows nothing of coroutines. It is called, it waits, and it comes back when it is \
     done: in Python, `time.sleep(3)` where `await asyncio.sleep(3)` had stood.",
    "The call takes exactly as long as before, and the four other deliveries were not touched. Still their customers \
     complain. What has changed for them, and on which of the programs?",
];

pub(super) const LOOK: &[&str] = &[
    "On the event loop, find the stretch in which nobody can do anything, although timers come due.",
    "Read the order in the log when the call comes back: who was ready already goes first, and only then those whose \
     timers came due meanwhile.",
    "Compare with the threads: the same call, and it is nothing but a wait there.",
];

pub(super) const RULE: &str = "On an event loop a task has the only thread until it awaits. A call that does not give \
                               way makes everybody wait; hand it to a thread, or use one that can be awaited.";

pub(super) static QUESTIONS: [Question; 4] = [
    Question {
        ask: "ONE to FIVE take 1 to 5 seconds, and THREE blocks. When is ONE printed on the event loop?",
        values: &[("blocking", "THREE")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| printed_s(&traces[0], "ONE")),
        decided: Decided::ByAnswer,
        because: "ONE's timer came due in time, but the loop could not look at its timers before THREE gave the thread \
                  back.",
    },
    Question {
        ask: "And when is the event loop done with all five?",
        values: &[("blocking", "THREE")],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "FIVE stood behind THREE in the ready queue, so its own wait began only when THREE's was over.",
    },
    Question {
        ask: "THREE makes the same call with one thread a message. How long does that run take?",
        values: &[("blocking", "THREE")],
        models: &[Model::Threads],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "A blocking call blocks the thread that makes it and no other. A thread cannot wait in any other way, which \
                  is why asyncio.to_thread mends the loop: a thread blocks in its place.",
    },
    Question {
        ask: "ONE to FIVE become tasks in this order on the event loop, and THREE blocks it for 3 seconds. In which order \
              does this happen?",
        values: &[("blocking", "THREE")],
        models: &[Model::EventLoop],
        answer: Answer::Order(
            &["ONE is printed", "TWO is printed", "THREE is printed", "FOUR is received", "FIVE is received"],
            |traces| {
                let starts = ["ONE printed", "TWO printed", "THREE printed", "FOUR received", "FIVE received"];
                written(&traces[0], &starts)
            },
        ),
        decided: Decided::ByAnswer,
        because: "When THREE gives the thread back, FOUR and FIVE have stood in the ready queue all along. The timers of ONE \
                  and TWO are looked at only then, so their tasks come behind.",
    },
];

fn printed_s(trace: &Trace, name: &str) -> f64 {
    let text = format!("{name} printed");
    trace.log().iter().find(|line| line.text == text).map_or(0.0, |line| line.at.as_secs_f64())
}
