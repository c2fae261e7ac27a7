//! Coroutines that a task of an event loop awaited one after another, with nobody else there to use their waits.

use super::overlap::{Stretch, union, within};
use super::{Check, Finding, Hint, Run, Weight};
use crate::time::Nanos;
use crate::trace::{Activity, TaskId, WaitFor, sort_by_numbers};

/// How much of the run side by side would have saved: below it there is little to gain.
const SAVED_SHARE: f64 = 0.1;

/// What a task waited for while nobody else was under way.
#[derive(Default)]
struct InTurn {
    /// The tasks that it awaited as soon as it had spawned them, with how long they waited.
    awaited: Vec<(TaskId, Nanos)>,
    /// How long it waited by itself.
    own: Nanos,
    since: Option<Nanos>,
}

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    let crowd = Crowd::new(run);
    let waits = run.lives.all().iter().filter(|span| run.is_on_loop(span.lane) && is_answered_by_time(span.activity));
    let waits = union(waits.map(|span| (span.start, span.end)));
    let tasks = (0..run.trace.tasks.len() as u32).map(TaskId);
    let found = tasks.map(|task| (task, in_turn(run, &crowd, &waits, task)));
    let (task, worst) = found.max_by_key(|(_, in_turn)| in_turn.saved())?;
    let saved = worst.saved();
    let (at, &(first, first_took)) = (worst.since?, worst.awaited.first()?);
    if !run.is_share(saved, SAVED_SHARE) {
        return None;
    }
    let name = |task| run.trace.task_name(task);
    let mut says = match worst.awaited.len() {
        1 => format!("{} awaited {} for {}", name(task), name(first), run.own(first_took)),
        many => format!(
            "{} awaited {many} coroutines one after another, {} first, for {} in all",
            name(task),
            name(first),
            run.own(worst.awaited.iter().fold(Nanos::ZERO, |sum, (_, took)| sum + *took)),
        ),
    };
    if worst.own > Nanos::ZERO {
        says.push_str(&format!(" and waited for {} itself", run.own(worst.own)));
    }
    says.push_str(&format!(
        ", each in its turn, while nobody else was there: side by side it would have been {} less.",
        run.own(saved)
    ));
    let mend = "Unless one needs what the other finds out, make a task of it first, with `task = asyncio.create_task(…)`, and \
                `await task` as late as you can; or await all of them at once with `asyncio.gather(…)`."
        .to_owned();
    let hint = Hint { check: Check::AwaitedInTurn, says, mend, task: Some(task), at };
    Some(Finding { hint, weight: Weight::Time(saved) })
}

/// What `task` waited for in turn on its loop. `waits` are all waits on loops that time or an answer ends.
fn in_turn(run: &Run<'_>, crowd: &Crowd, waits: &[Stretch], task: TaskId) -> InTurn {
    let mut found = InTurn::default();
    // The end of its last wait, whatever that was for: what it had spawned before is no coroutine that it awaited at once.
    let mut waited = Nanos::ZERO;
    for span in run.lives.of(task).iter().filter(|span| run.is_on_loop(span.lane)) {
        let awaits = match span.activity {
            Activity::Waiting(WaitFor::Task(other)) => Some(other),
            activity if is_answered_by_time(activity) => None,
            Activity::Waiting(_) | Activity::Blocked { .. } => {
                waited = span.end;
                continue;
            }
            _ => continue,
        };
        let took = within(waits, (span.start, span.end));
        let began = std::mem::replace(&mut waited, span.end);
        if took == Nanos::ZERO {
            continue;
        }
        match awaits.and_then(|other| Some((other, run.trace.tasks.get(other.0 as usize)?))) {
            None if crowd.is_alone(task, span.start) => found.own = found.own + took,
            Some((other, record))
                if record.parent == Some(task) && record.spawned >= began && crowd.is_alone(other, span.start) =>
            {
                found.awaited.push((other, took));
            }
            _ => continue,
        }
        found.since.get_or_insert(span.start);
    }
    found
}

impl InTurn {
    /// How much sooner all of it would have been over side by side. A task's own waits stay one behind the other.
    fn saved(&self) -> Nanos {
        if self.awaited.is_empty() {
            return Nanos::ZERO;
        }
        let all = self.awaited.iter().fold(self.own, |sum, (_, took)| sum + *took);
        all.since(self.awaited.iter().fold(self.own, |longest, (_, took)| longest.max(*took)))
    }
}

/// Which waits are over when their time has come, and for which nobody else is needed.
fn is_answered_by_time(activity: Activity) -> bool {
    matches!(activity, Activity::Waiting(WaitFor::Timer(_) | WaitFor::Request(_) | WaitFor::Socket(_)))
}

/// How many tasks there were at each instant, and how many of them a task came of.
struct Crowd {
    spawned: Vec<Nanos>,
    ended: Vec<Nanos>,
    ancestors: Vec<usize>,
}

impl Crowd {
    fn new(run: &Run<'_>) -> Crowd {
        let tasks = &run.trace.tasks;
        let mut ancestors: Vec<usize> = Vec::with_capacity(tasks.len());
        for record in tasks {
            // Who spawned a task came before it.
            let of_parent = record.parent.and_then(|parent| ancestors.get(parent.0 as usize));
            ancestors.push(of_parent.map_or(0, |count| count + 1));
        }
        let mut spawned: Vec<Nanos> = tasks.iter().map(|record| record.spawned).collect();
        let mut ended: Vec<Nanos> = tasks.iter().filter_map(|record| record.ended).collect();
        sort_by_numbers(&mut spawned, |at| [at.0]);
        sort_by_numbers(&mut ended, |at| [at.0]);
        Crowd { spawned, ended, ancestors }
    }

    /// Whether at this instant there was nobody but `task` and those that it came of.
    fn is_alone(&self, task: TaskId, at: Nanos) -> bool {
        let over = |times: &[Nanos]| times.partition_point(|time| *time <= at);
        let there = over(&self.spawned).saturating_sub(over(&self.ended));
        self.ancestors.get(task.0 as usize).is_some_and(|ancestors| there == ancestors + 1)
    }
}
