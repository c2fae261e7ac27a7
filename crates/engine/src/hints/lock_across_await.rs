//! A lock on an event loop whose holder waits, and lets all others who want it wait as well.

use std::collections::{BTreeMap, BTreeSet};

use super::overlap::{Stretch, union, within};
use super::{Check, Finding, Hint, Run, Weight, count};
use crate::sync::{ObjectId, ObjectKind};
use crate::time::Nanos;
use crate::trace::{Activity, Span, TaskId, WaitFor, holdings};

/// For how much of the run a lock must have been held by waiting tasks while others stood before it: below it the run
/// would hardly be shorter had they waited without it.
const HELD_SHARE: f64 = 0.1;

/// What waiting holders did with one lock.
#[derive(Default)]
struct Held {
    /// While others stood before it.
    time: Nanos,
    longest: Option<(Nanos, TaskId, Nanos)>,
    holders: BTreeSet<TaskId>,
    waits: Vec<Stretch>,
}

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    let mut blocked: BTreeMap<ObjectId, Vec<&Span>> = BTreeMap::new();
    for span in run.lives.all() {
        if let Activity::Blocked { object, .. } = span.activity
            && run.is_on_loop(span.lane)
            && matches!(kind(run, object), Some(ObjectKind::Lock | ObjectKind::ReentrantLock))
        {
            blocked.entry(object).or_default().push(span);
        }
    }
    let before: BTreeMap<ObjectId, Vec<Stretch>> = blocked
        .iter()
        .map(|(object, spans)| (*object, union(spans.iter().map(|span| (span.start, span.end)))))
        .collect();
    let mut held: BTreeMap<ObjectId, Held> = BTreeMap::new();
    for holding in holdings(run.trace) {
        let Some(before) = before.get(&holding.object) else { continue };
        let to = holding.to.unwrap_or(run.wall);
        let spans = run.lives.of(holding.task);
        let first = spans.partition_point(|span| span.end <= holding.from);
        let meanwhile = spans[first..].iter().take_while(|span| span.start < to);
        let waits = meanwhile.filter(|span| {
            use WaitFor::{Request, Task, Timer};
            matches!(span.activity, Activity::Waiting(Timer(_) | Request(_) | Task(_)))
        });
        let waits: Vec<Stretch> = waits.map(|span| (span.start.max(holding.from), span.end.min(to))).collect();
        let time = waits.iter().fold(Nanos::ZERO, |sum, wait| sum + within(before, *wait));
        if time > Nanos::ZERO {
            let entry = held.entry(holding.object).or_default();
            entry.time = entry.time + time;
            entry.holders.insert(holding.task);
            entry.waits.extend(waits);
            if entry.longest.is_none_or(|(longest, ..)| time > longest) {
                entry.longest = Some((time, holding.task, holding.from));
            }
        }
    }
    let (object, worst) = held.into_iter().max_by_key(|(_, held)| held.time)?;
    let (longest, task, at) = worst.longest?;
    if !run.is_share(worst.time, HELD_SHARE) {
        return None;
    }
    let waits = union(worst.waits);
    let stood = blocked.get(&object)?.iter().filter(|span| within(&waits, (span.start, span.end)) > Nanos::ZERO);
    let others: BTreeSet<TaskId> = stood.map(|span| span.task).collect();
    let (name, lock) = (run.trace.task_name(task), run.trace.object_name(object));
    let holders = match worst.holders.len() {
        1 => format!("{name} held {lock} while it waited, for {}", run.own(worst.time)),
        holders => format!(
            "{holders} tasks held {lock} while they waited, for {} in all and {name} for {} of it",
            run.own(worst.time),
            run.own(longest),
        ),
    };
    let says = format!("{holders}, and {} stood before it.", count(others.len(), "task", "tasks"));
    let mend = format!(
        "Await what takes time before `async with {lock}:` or after it, and hold {lock} only for the steps that need it."
    );
    let hint = Hint { check: Check::LockAcrossAwait, says, mend, task: Some(task), at };
    Some(Finding { hint, weight: Weight::Time(worst.time) })
}

fn kind(run: &Run<'_>, object: ObjectId) -> Option<ObjectKind> {
    run.trace.objects.get(object.0 as usize).map(|record| record.kind)
}
