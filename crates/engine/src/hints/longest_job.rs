//! A job that runs on alone at the end, when all others are done.

use std::collections::HashSet;

use super::overlap::most_at_once;
use super::{Check, Finding, Hint, Run, Weight};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Span, TaskId, TaskRecord, sort_by_numbers};

/// How much of the run must have passed with one job at work: below it there is little to gain by dividing it.
const ALONE_SHARE: f64 = 0.2;

/// How many jobs there must be: of two, one is always the last.
const SEVERAL: usize = 3;

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    run.trace.finished.as_ref()?;
    // Who spawned others waits for them, or puts together what they found.
    let parents: HashSet<TaskId> = run.trace.tasks.iter().filter_map(|record| record.parent).collect();
    let is_job =
        |(number, record): &(usize, &TaskRecord)| record.parent.is_some() && !parents.contains(&TaskId(*number as u32));
    let jobs = run.trace.tasks.iter().enumerate().filter(is_job);
    let ended = |(number, record): (usize, &TaskRecord)| Some((record.ended?, TaskId(number as u32)));
    let mut jobs: Vec<(Nanos, TaskId)> = jobs.map(ended).collect::<Option<_>>()?;
    sort_by_numbers(&mut jobs, |(ended, task)| [ended.0, task.0.into()]);
    let [.., (others_end, _), (end, last)] = jobs[..] else { return None };
    let computes = |span: &&Span| span.task != TaskId(0) && span.activity == Activity::Running(Doing::Work);
    let computing = run.lives.all().iter().filter(computes).map(|span| (span.start, span.end));
    // Where jobs never run side by side, dividing one would change nothing.
    if jobs.len() < SEVERAL || most_at_once(computing).0 < 2 {
        return None;
    }
    let mine = run.lives.of(last).iter().filter(|span| span.activity.is_running());
    let alone = mine.fold(Nanos::ZERO, |sum, span| sum + span.end.since(span.start.max(others_end)));
    if alone <= run.wall.scaled(ALONE_SHARE) {
        return None;
    }
    let percent = (100.0 * alone.0 as f64 / run.wall.0 as f64).round();
    let says = format!(
        "{} ran on alone for {}, {percent} % of the run: when it ended, the {} other jobs had been done for {}.",
        run.trace.task_name(last),
        run.own(alone),
        jobs.len() - 1,
        run.own(end.since(others_end)),
    );
    let mend = "Start the longest jobs first, or divide them into smaller ones that `pool.map` can deal out, so that all workers \
                are done at about the same time."
        .to_owned();
    let hint = Hint { check: Check::LongestJob, says, mend, task: Some(last), at: others_end };
    Some(Finding { hint, weight: Weight::Time(alone) })
}
