//! Processes that are kept busier by their messages than by their work.

use super::{Check, Finding, Hint, Run, Weight, count};
use crate::model::Model;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Span};

/// How much CPU time the messages must have taken, as a share of the run: below it the run would hardly be shorter without
/// them.
const MESSAGE_SHARE: f64 = 0.1;

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    if !run.trace.model.spawns_processes() && run.trace.model != Model::LoopAndProcesses {
        return None;
    }
    let spent = |doing: Doing| run.lives.all().iter().filter(move |span| span.activity == Activity::Running(doing));
    let time = |sum: Nanos, span: &Span| sum + span.end.since(span.start);
    let messages = spent(Doing::Message).fold(Nanos::ZERO, time);
    let work = spent(Doing::Work).fold(Nanos::ZERO, time);
    if messages <= work || !run.is_share(messages, MESSAGE_SHARE) {
        return None;
    }
    let at = spent(Doing::Message).map(|span| span.start).min().unwrap_or_default();
    let jobs = run.trace.tasks.len().saturating_sub(1);
    let says = format!(
        "Writing and reading the messages of {} took {} of CPU time, and the work itself {}.",
        count(jobs, "job", "jobs"),
        run.own(messages),
        run.own(work),
    );
    let mend =
        "Send fewer and larger jobs, as `pool.map(…, chunksize=…)` does, and hand over what finds the data, such as a \
                file's name, in place of the data."
            .to_owned();
    let hint = Hint { check: Check::CostlyMessages, says, mend, task: None, at };
    Some(Finding { hint, weight: Weight::Time(messages - work) })
}
