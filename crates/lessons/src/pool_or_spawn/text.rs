//! What lesson 15 says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, wall_s};

pub(super) static STORY: &[&str] = &[
    "Small jobs come in by the hundred, each with something to work on. It is easy to start a thread for each, or a \
     process, and to let it end with its job.",
    "But a thread has to be made before it runs, a process even more so, and afterwards both have to be cleared away. \
     Workers that are kept are made once. Then again, a kept process has to be sent each job as a message, with \
     everything that belongs to it.",
    "How large must a job be before it is worth its worker?",
];

pub(super) static LOOK: &[&str] = &[
    "Compare what is work in each row with what is starting and ending.",
    "Then raise the work of a job until the processes begin to pay, and raise the payload until they no longer do.",
    "Have several jobs share a message, and see what becomes of the messages' time, and of the last worker's.",
    "Let the jobs go out one by one, without any work: what is left is the way there and back.",
];

pub(super) const RULE: &str = "Keep workers that are dear to start, and send them jobs that are dearer than the message. \
     What is smaller than its message stays where it is.";

/// Jobs that are worth a process of their own.
pub(super) const LONG_JOBS: &[(&str, &str)] = &[("work", "0.05")];

/// Messages that take longer than the work.
pub(super) const HEAVY_PAYLOAD: &[(&str, &str)] = &[("payload", "5000000")];

/// Nothing but what a worker costs.
pub(super) const NO_WORK: &[(&str, &str)] = &[("work", "0"), ("payload", "0")];

/// The cost of one message there and back.
pub(super) const ONE_BY_ONE: &[(&str, &str)] = &[("work", "0"), ("payload", "0"), ("one-by-one", "on")];

/// The largest messages.
pub(super) const LARGEST: &[(&str, &str)] =
    &[("jobs", "20"), ("work", "0"), ("payload", "16000000"), ("one-by-one", "on")];

/// Small messages that are packed together.
const PACKED: &[(&str, &str)] = &[("work", "0"), ("payload", "0"), ("chunk", "50")];

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        ask: "200 jobs of 1 ms each: all in turn, a new process for every job, or four processes that are kept. Which is done \
              last?",
        values: &[],
        models: &[Model::Sequential, Model::Processes, Model::ProcessPool],
        answer: Answer::Choice(&["all in turn", "a process a job", "four that are kept"], slowest),
        decided: Decided::At(Moment::SlowestEnd),
        because: "Starting a process takes longer than such a job, and whoever starts them has to do so for one after the \
                  other. A message to one that is kept is much less than that.",
    },
    Question {
        ask: "The jobs take 50 ms each now: a new process for every job, or all in turn. Which is done first?",
        values: LONG_JOBS,
        models: &[Model::Sequential, Model::Processes],
        answer: Answer::Choice(&["all in turn", "a process a job"], faster),
        decided: Decided::At(Moment::QuickestEnd),
        because: "A start is soon over against the job, and the jobs share the cores.",
    },
    Question {
        ask: "Jobs of 1 ms again, but with 5 MB to send for each: four processes that are kept, or all in turn?",
        values: HEAVY_PAYLOAD,
        models: &[Model::ProcessPool, Model::Sequential],
        answer: Answer::Choice(&["four that are kept", "all in turn"], faster),
        decided: Decided::At(Moment::QuickestEnd),
        because: "Packing, copying and unpacking so much takes longer than the work that is to be saved.",
    },
    Question {
        ask: "Jobs without work or payload, on four processes that are kept: about how many times as fast are they done when \
              fifty share a message?",
        values: PACKED,
        models: &[Model::ProcessPool],
        answer: Answer::Choice(&["as fast as before", "about ten times", "over thirty times"], packed),
        decided: Decided::At(Moment::LastJobSent),
        because: "Such a job is nothing but its message, and there are four messages now in place of two hundred. A message \
                  costs what it costs, whether one job is in it or fifty.",
    },
];

fn slowest(traces: &[Trace]) -> usize {
    (0..traces.len()).max_by(|a, b| wall_s(&traces[*a]).total_cmp(&wall_s(&traces[*b]))).unwrap_or_default()
}

fn faster(traces: &[Trace]) -> usize {
    usize::from(wall_s(&traces[1]) < wall_s(&traces[0]))
}

/// How many times as fast jobs are whose messages were 200 and are 4, as the nearest choice.
fn packed(traces: &[Trace]) -> usize {
    let messages = |trace: &Trace| trace.messages().map_or(0, |messages| messages.count);
    match 2 * 200 / messages(&traces[0]).max(1) {
        0..5 => 0,
        5..30 => 1,
        _ => 2,
    }
}
