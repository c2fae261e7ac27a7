//! What lesson 3 says and asks.

use engine::hints::Check;
use engine::model::Model;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, found, written};

pub(super) const STORY: &[&str] = &[
    "A counter stands at 0, and every update adds 1: it reads the counter, works out the new value, and writes that \
     back. Each step is right. Whoever counts the updates afterwards expects to find as many in the counter.",
    "The textbook shows this with `count += 1` on some threads, and on the Python that you have, most likely nothing \
     goes wrong: since CPython 3.10 the interpreter lets go of the GIL at fewer places, and there is none left between \
     that line's reading and its writing. Nobody promised that. `c = c + f()` still loses updates on every version, \
     since a call to a function is such a place.",
    "So here the new value takes some computing, as it does wherever it matters: a balance, a stock, a total.",
];

pub(super) const LOOK: &[&str] = &[
    "Find in the log the write that undoes another one: what had its task read, and when?",
    "With the lock, see on the timeline who waits for whom, and for how long.",
    "On the event loop, switch on the await between reading and writing, and nothing else.",
    "Make the change shorter than the GIL's switch interval. The program did not become right: it became lucky. Then \
     switch off the GIL.",
];

pub(super) const RULE: &str = "Reading, changing and writing back is one step only where nobody can come in between: \
                               under a lock, or on an event loop between two awaits. That it went well is no proof.";

pub(super) static QUESTIONS: [Question; 4] = [
    Question {
        ask: "Two threads add 1 each, without a lock. What is the counter in the end?",
        values: &[],
        models: &[Model::Threads],
        answer: Answer::Number(|traces| found(&traces[0], super::FINAL)),
        decided: Decided::Hint(Check::LostUpdate),
        because: "The GIL goes to the second thread while the first works out its new value. Both have read the same, \
                  so both write the same.",
    },
    Question {
        ask: "The same two updates on an event loop, still without a lock, and with an await between reading and writing. What \
              is the counter now?",
        values: &[("await", "on")],
        models: &[Model::EventLoop],
        answer: Answer::Number(|traces| found(&traces[0], super::FINAL)),
        decided: Decided::Hint(Check::LostUpdate),
        because: "A task on a loop gives way only where it awaits: without this await nobody could come in between. At it the \
                  other task has its turn and reads the counter as it was, and what it writes back is as old as what it \
                  read.",
    },
    Question {
        ask: "Two threads again, with no lock, but the change is shorter than the GIL's switch interval. What is the \
              counter?",
        values: &[("change", "0.002")],
        models: &[Model::Threads],
        answer: Answer::Number(|traces| found(&traces[0], super::FINAL)),
        decided: Decided::At(Moment::LastWrite),
        because: "Nobody takes the GIL away before the interval is over, and then the first update has been written. A \
                  longer change, a slower machine or an interpreter without the GIL, and it is lost again.",
    },
    Question {
        ask: "Two threads, no lock, and a change that is longer than the switch interval. In which order do they read and \
              write?",
        values: &[],
        models: &[Model::Threads],
        answer: Answer::Order(&["update 1 reads", "update 1 writes", "update 2 reads", "update 2 writes"], |traces| {
            let starts = ["Update 1 read", "Update 1 wrote", "Update 2 read", "Update 2 wrote"];
            written(&traces[0], &starts)
        }),
        decided: Decided::ByAnswer,
        because: "Both have read before either writes, so the second write is made from a value that the first has \
                  replaced by then.",
    },
];
