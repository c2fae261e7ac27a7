//! Tasks that stood in a pool's queue while its workers did nothing but wait.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::overlap::{Stretch, most_at_once, union, within};
use super::{Check, Finding, Hint, Run, Weight, count, unbounded_gather};
use crate::time::Nanos;
use crate::trace::{Activity, LaneId, LaneKind, ReadyFor, Span};

/// How much of the time of its tasks the pool must have spent waiting meanwhile: where it computes for half of it, more
/// workers would have to share the cores, or the GIL, rather than overlap their waits.
const WAITING_SHARE: f64 = 0.5;

/// How long somebody must have stood in the queue, as a share of the run: the last ones to come in a run of many rounds,
/// such as six tasks for five workers, stand there for much longer.
const QUEUED_SHARE: f64 = 0.1;

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    let lanes = (0..run.trace.lanes.len() as u32).map(LaneId);
    let queues = lanes.filter(|lane| run.lane_kind(*lane) == Some(LaneKind::Queue));
    queues.filter_map(|queue| finding(run, queue)).max_by_key(|finding| finding.weight)
}

fn finding(run: &Run<'_>, queue: LaneId) -> Option<Finding> {
    let workers: BTreeSet<LaneId> = run.lives.workers(queue).into_iter().collect();
    let is_queued = |span: &&Span| span.lane == queue && span.activity == Activity::Queued;
    let queued: Vec<&Span> = run.lives.all().iter().filter(is_queued).collect();
    let longest = queued.iter().copied().min_by_key(|span| Reverse(span.end.since(span.start)))?;
    let stood = longest.end.since(longest.start);
    // Of so many workers one may suppose that the pool is the bound that somebody wanted.
    if !run.is_share(stood, QUEUED_SHARE) || workers.len() >= unbounded_gather::MANY {
        return None;
    }
    let stretches: Vec<Stretch> = queued.iter().map(|span| (span.start, span.end)).collect();
    let busy_queue = union(stretches.iter().copied());
    let (mut waiting, mut in_all) = (Nanos::ZERO, Nanos::ZERO);
    for span in run.lives.all().iter().filter(|span| workers.contains(&span.lane)) {
        let time = within(&busy_queue, (span.start, span.end));
        match span.activity {
            Activity::Waiting(_) => waiting = waiting + time,
            // Beginning is what a worker does before it is one.
            Activity::Ready(ReadyFor::LaneStart) => continue,
            _ => {}
        }
        in_all = in_all + time;
    }
    if waiting == Nanos::ZERO || waiting < in_all.scaled(WAITING_SHARE) {
        return None;
    }
    let (most, _) = most_at_once(stretches);
    let percent = (100.0 * waiting.0 as f64 / in_all.0 as f64).round();
    let says = format!(
        "Up to {} stood in the queue, {} for {}, while the pool's {} spent {percent} % of the time waiting.",
        count(most, "task", "tasks"),
        run.trace.task_name(longest.task),
        run.own(stood),
        count(workers.len(), "worker", "workers"),
    );
    let is_of_processes = workers.iter().any(|lane| run.lane_kind(*lane).is_some_and(LaneKind::is_in_another_process));
    let mend = match is_of_processes {
        true => {
            "Wait in a `ThreadPoolExecutor` with more workers or on an event loop: a process is a dear place to wait in, and \
                 waiting needs no core."
        }
        false => "Raise `max_workers`: a thread that waits needs no core, and its wait can overlap with others.",
    };
    let hint =
        Hint { check: Check::PoolTooSmall, says, mend: mend.to_owned(), task: Some(longest.task), at: longest.start };
    Some(Finding { hint, weight: Weight::Time(stood) })
}
