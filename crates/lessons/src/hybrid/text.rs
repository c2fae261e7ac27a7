//! What lesson 14 says and asks.

use engine::model::Model;
use engine::trace::Trace;

use crate::decided::{Decided, Moment};
use crate::question::{Answer, Question, wall_s};

pub(super) static STORY: &[&str] = &[
    "Every job fetches something over the network and then computes on what came. The fetching wants an event loop, or \
     many threads; the computing wants processes.",
    "Put all of it on a loop, and one thread computes for everybody. Put all of it into a few processes, and each of them \
     waits for one answer after the other. Must one of the two halves be done badly?",
    "Some jobs bring a third kind of time with them: a call into an old library that neither computes nor gives way.",
];

pub(super) static LOOK: &[&str] = &[
    "Look at the cores: when do they begin to compute, and how many of them do?",
    "Then look at who waits for the network, and how many wait at the same time.",
    "The presets are three loads. See which model is fastest for each, and what the others spend their time on.",
];

pub(super) const RULE: &str = "Let each half run where it is at home: waits on a loop, computing in processes, calls that \
     do not give way on threads. Where one job does all of it at once, give each process its own threads.";

/// Very many connections, and for each a short call that does not give way.
pub(super) const FOR_LOOP_AND_THREADS: &[(&str, &str)] =
    &[("jobs", "1000"), ("latency", "0.2"), ("cpu", "0"), ("blocking", "0.002"), ("threads", "32")];

/// Jobs that block for long and then compute a lot.
pub(super) const FOR_PROCESSES_OF_THREADS: &[(&str, &str)] =
    &[("jobs", "40"), ("latency", "0.1"), ("cpu", "0.2"), ("blocking", "1"), ("threads", "10")];

pub(super) static QUESTIONS: &[Question] = &[
    Question {
        ask: "40 jobs fetch for 2 s and compute for 0.2 s, on four cores. The loop does both itself. When are all done?",
        values: &[],
        models: &[Model::EventLoop],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "All the fetching overlaps, but one thread computes for all the jobs in turn.",
    },
    Question {
        ask: "The same jobs, and the loop sends the computing to four processes. When are all done?",
        values: &[],
        models: &[Model::LoopAndProcesses],
        answer: Answer::Seconds(|traces| wall_s(&traces[0])),
        decided: Decided::ByAnswer,
        because: "All the fetching overlaps, and then every core takes its share of the computing.",
    },
    Question {
        ask: "Now each job fetches for 0.1 s and blocks for 1 s in a library's call before it computes for 0.2 s, with ten threads and \
              four processes. Which is the fastest?",
        values: FOR_PROCESSES_OF_THREADS,
        models: HYBRIDS,
        answer: Answer::Choice(&["loop and threads", "loop and processes", "processes of threads"], fastest),
        decided: Decided::At(Moment::QuickestEnd),
        because: "The calls need as many threads as can be had and the computing needs processes, and here each process \
                  has threads of its own.",
    },
    Question {
        ask: "A thousand fetches of 0.2 s, and a call that blocks for 2 ms after each; nothing computes. Which is the fastest, with 32 \
              threads?",
        values: FOR_LOOP_AND_THREADS,
        models: HYBRIDS,
        answer: Answer::Choice(&["loop and threads", "loop and processes", "processes of threads"], fastest),
        decided: Decided::At(Moment::QuickestEnd),
        because: "The loop holds all the connections without a thread for each, and the few threads are enough for calls \
                  that are so short.",
    },
];

const HYBRIDS: &[Model] = &[Model::LoopAndThreads, Model::LoopAndProcesses, Model::ProcessesOfThreads];

fn fastest(traces: &[Trace]) -> usize {
    (0..traces.len()).min_by(|a, b| wall_s(&traces[*a]).total_cmp(&wall_s(&traces[*b]))).unwrap_or_default()
}
