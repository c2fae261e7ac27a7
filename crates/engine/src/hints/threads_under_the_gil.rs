//! Threads of one process that compute, and let each other wait for the GIL.

use std::collections::BTreeMap;

use super::overlap::most_at_once;
use super::{Check, Finding, Hint, Run, Weight};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, LaneId, Process, Span};

/// How much of the time in which they could have computed the threads must have waited for the GIL. Two that compute all
/// the time wait for half of it; below a quarter they mostly wait for something else.
const WAITING_SHARE: f64 = 0.25;

/// How long a thread must have waited on average, as a share of the run: what it could gain without the GIL at best.
const GAIN_SHARE: f64 = 0.1;

/// What the threads of one process did.
#[derive(Default)]
struct Threads {
    /// Of each lane that computed or wanted to, for how long.
    lanes: BTreeMap<LaneId, (Nanos, Nanos)>,
    first: Option<Nanos>,
}

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    let mut processes: BTreeMap<Process, Threads> = BTreeMap::new();
    for span in run.lives.all() {
        let threads = processes.entry(run.trace.process(span.lane)).or_default();
        let (worked, waited) = threads.lanes.entry(span.lane).or_default();
        let length = span.end.since(span.start);
        match span.activity {
            Activity::Running(Doing::Work) => *worked = *worked + length,
            Activity::WantsGil if length > Nanos::ZERO => {
                *waited = *waited + length;
                threads.first = Some(threads.first.map_or(span.start, |first| first.min(span.start)));
            }
            _ => {}
        }
    }
    let findings = processes.into_values().filter_map(|threads| finding(run, &threads));
    findings.max_by_key(|finding| finding.weight)
}

fn finding(run: &Run<'_>, threads: &Threads) -> Option<Finding> {
    let computing: Vec<_> = threads.lanes.iter().filter(|(_, (worked, _))| *worked > Nanos::ZERO).collect();
    let worked = computing.iter().fold(Nanos::ZERO, |sum, (_, (worked, _))| sum + *worked);
    let waited = computing.iter().fold(Nanos::ZERO, |sum, (_, (_, waited))| sum + *waited);
    let each = Nanos(waited.0 / computing.len().max(1) as u64);
    let could = worked + waited;
    if computing.len() < 2 || waited < could.scaled(WAITING_SHARE) || !run.is_share(each, GAIN_SHARE) {
        return None;
    }
    // A thread that computes nothing, such as one that only starts others, may want the GIL too, and is none of them.
    let wants_to_compute = |span: &&Span| {
        computing.iter().any(|(lane, _)| **lane == span.lane)
            && matches!(span.activity, Activity::Running(Doing::Work) | Activity::WantsGil)
    };
    let wants = run.lives.all().iter().filter(wants_to_compute).map(|span| (span.start, span.end));
    let (most, _) = most_at_once(wants);
    let percent = (100.0 * waited.0 as f64 / could.0 as f64).round();
    let says = format!(
        "{} threads of one process computed {} in all, and the GIL let one of them run at a time: up to {most} could have run at \
         once, and for {percent} % of the time in which they could they waited for it.",
        computing.len(),
        run.own(worked),
    );
    let mend = "Send what computes to processes, each of which has a GIL of its own, with `ProcessPoolExecutor` or \
                `multiprocessing.Pool`, or use a Python that is built without the GIL."
        .to_owned();
    let at = threads.first.unwrap_or_default();
    let hint = Hint { check: Check::ThreadsUnderTheGil, says, mend, task: None, at };
    Some(Finding { hint, weight: Weight::Time(each) })
}
