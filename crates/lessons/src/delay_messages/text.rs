//! What lesson 1 says and asks.

use std::collections::BTreeSet;

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, wall_s, written};

pub(super) const STORY: &[&str] = &[
    "Messages arrive, and each takes some seconds to deliver. Nothing is computed meanwhile: the program only waits, \
     as it would for a server, a disk or a person.",
    "The same messages go through five programs. All of them have to wait just as often and just as long. When is each \
     of them done, and what did it need for that?",
];

pub(super) const LOOK: &[&str] = &[
    "See on the timeline which waits lie above one another and which stand one behind the other.",
    "Read the lanes in the log: who receives a message, and who prints it?",
    "Give a pool fewer workers than there are messages, and find those that stand in its queue.",
];

pub(super) const RULE: &str = "Waits that are taken in turn add up; waits that are taken together cost as much as the \
                               longest. A pool takes as many together as it has workers.";

pub(super) static QUESTIONS: [Question; 4] = [
    Question {
        ask: "TWO takes 2 seconds and THREE takes 3. How long does the program with one thread a message run?",
        values: &[],
        models: &[Model::Threads],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "Both waits begin at once, so the run is over when the longer one is.",
    },
    Question {
        ask: "How many threads print the two messages on the event loop?",
        values: &[],
        models: &[Model::EventLoop],
        answer: Answer::Number(|traces| lanes_that_print(&traces[0])),
        decided: Decided::At(Moment::LastLine("printed")),
        because: "An event loop is one thread. A task that waits gives it back, and it is free for whoever is ready: so any \
                  number of tasks wait at once.",
    },
    Question {
        ask: "Five messages take 1, 2, 3, 4 and 5 seconds. How long does a pool of two threads take for them?",
        values: &[("messages", super::FIVE_MESSAGES), ("workers", "2")],
        models: &[Model::ThreadPool],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "Two messages are under way at once. Whichever worker is free takes the next one from the queue, so a \
                  long message that comes last keeps one worker busy while the other has nothing left.",
    },
    Question {
        ask: "FIVE (5 s), ONE (1 s), TWO (2 s) and FOUR (4 s) stand in line in this order, and a pool of two threads takes \
              them. In which order are they printed?",
        values: &[("messages", "FIVE=5,ONE=1,TWO=2,FOUR=4"), ("workers", "2")],
        models: &[Model::ThreadPool],
        answer: Answer::Order(&["FIVE", "ONE", "TWO", "FOUR"], |traces| {
            written(&traces[0], &["FIVE printed", "ONE printed", "TWO printed", "FOUR printed"])
        }),
        decided: Decided::ByAnswer,
        because: "One worker has FIVE all the time. The other takes what is next in line whenever it has printed \
                  something, so a message counts from when it is taken, not from the beginning.",
    },
];

fn lanes_that_print(trace: &Trace) -> i64 {
    let log = trace.log();
    let lanes: BTreeSet<&str> =
        log.iter().filter(|line| line.text.ends_with("printed")).map(|line| line.lane).collect();
    lanes.len() as i64
}
