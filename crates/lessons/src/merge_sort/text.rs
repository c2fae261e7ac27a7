//! What lesson 5 says and asks.

use engine::hints::Check;
use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment, Stretch};
use crate::question::{Answer, Question, wall_s};

pub(super) const STORY: &[&str] = &[
    "A thousand lists of random numbers are to be sorted, with a merge sort written in plain Python. There is nothing \
     to wait for: no server, no disk, only work. It takes long enough for a walk.",
    "The computer has four cores, and one of them is busy. So the lists are dealt out in chunks: to threads, to a pool \
     of four, to tasks on an event loop, to four processes. For a process, each list is packed into a message, and \
     packed again to come back.",
];

pub(super) const LOOK: &[&str] = &[
    "On threads, see who computes at one instant, and what all the others wait for.",
    "Count the cores that are busy under each model.",
    "Make the lists short and the chunks small, and look at what the processes are busy with.",
    "Switch off the GIL, and compare the threads again.",
];

pub(super) const RULE: &str = "Computing takes cores. Under the GIL the threads of one process share one core's worth \
                               of Python, and so does an event loop; processes have one each, and pay for messages.";

const SHARES: &[&str] = &["about a quarter of the time", "about half of the time", "about the same time"];

pub(super) static QUESTIONS: [Question; 4] = [
    Question {
        ask: "A pool of four threads on four cores: how long does it take, compared with one list after the other?",
        values: &[],
        models: &[Model::Sequential, Model::ThreadPool],
        answer: Answer::Choice(SHARES, share),
        decided: Decided::Hint(Check::ThreadsUnderTheGil),
        because: "The GIL lets one thread of a process run Python at a time. The four take turns, and each turn is \
                  taken from another.",
    },
    Question {
        ask: "And a pool of four processes?",
        values: &[],
        models: &[Model::Sequential, Model::ProcessPool],
        answer: Answer::Choice(SHARES, share),
        decided: Decided::At(Moment::QuickestEnd),
        because: "Each process has an interpreter and a GIL of its own, so four cores compute. The messages are small \
                  beside the work in them.",
    },
    Question {
        ask: "Four processes, but all thousand lists go into one chunk. How long does it take now?",
        values: &[("chunk", "1000")],
        models: &[Model::Sequential, Model::ProcessPool],
        answer: Answer::Choice(SHARES, share),
        decided: Decided::At(Moment::Longest(1, Stretch::Work)),
        because: "One chunk is one job, and a job stays with one process. The other three have nothing to do.",
    },
    Question {
        ask: "Four threads in an interpreter without the GIL: how long do they take?",
        values: &[("gil", "off")],
        models: &[Model::Sequential, Model::ThreadPool],
        answer: Answer::Choice(SHARES, share),
        decided: Decided::At(Moment::QuickestEnd),
        because: "Without the GIL a thread needs nothing but a core, and there are four. They share memory, so there \
                  is no message either.",
    },
];

/// What share of the first run's time the second one took, as the nearest place in [`SHARES`].
fn share(traces: &[Trace]) -> usize {
    let share = wall_s(&traces[1]) / wall_s(&traces[0]);
    match share {
        ..0.375 => 0,
        0.375..0.75 => 1,
        _ => 2,
    }
}
