//! The critical path: what a run's end waited for, from its beginning on. Whoever shortens none of it ends no sooner.

use std::collections::BTreeSet;

use crate::time::Nanos;
use crate::trace::{Activity, History, LaneId, Span, TaskId, Trace, WaitFor};

/// A stretch of the critical path. Times are those of the trace's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Who.
    pub task: TaskId,
    /// Where.
    pub lane: LaneId,
    /// What it did.
    pub activity: Activity,
    /// From when.
    pub from: Nanos,
    /// Until when.
    pub to: Nanos,
}

impl Trace {
    /// The critical path of this run, in the order of time; of a run that goes on, up to now.
    ///
    /// It is followed from the end of the first task backwards: from a wait to whoever ended it, from a beginning to whoever
    /// spawned it. A wait that time or the network ended is itself on the path.
    pub fn critical_path(&self, history: &History) -> Vec<Leg> {
        let first = TaskId(0);
        let Some(record) = self.tasks.first() else { return Vec::new() };
        let (mut task, mut at) = (first, record.ended.unwrap_or(self.end()));
        let mut legs: Vec<Leg> = Vec::new();
        let mut met: BTreeSet<TaskId> = BTreeSet::from([task]);
        while at > Nanos::ZERO {
            let Some(span) = history.span_before(task, at) else {
                // Before its first span there is whoever spawned it; in a gap there is what it did before.
                let earlier = history.of(task).iter().rev().find(|span| span.end < at).map(|span| span.end);
                let parent = self.tasks[task.0 as usize].parent.filter(|parent| met.insert(*parent));
                match (earlier, parent) {
                    (Some(end), _) => at = end,
                    (None, Some(parent)) => task = parent,
                    (None, None) => break,
                }
                continue;
            };
            let cause = cause(span, at).filter(|cause| history.span_before(*cause, at).is_some());
            if let Some(cause) = cause.filter(|cause| met.insert(*cause)) {
                task = cause;
                continue;
            }
            legs.push(Leg { task, lane: span.lane, activity: span.activity, from: span.start, to: at });
            at = span.start;
            met = BTreeSet::from([task]);
        }
        legs.reverse();
        legs
    }
}

/// The task that `span` waited for up to `at`, by when it may go on.
fn cause(span: &Span, at: Nanos) -> Option<TaskId> {
    match span.activity {
        Activity::Running(_) => None,
        _ if span.ended_by.is_some() && at == span.end => span.ended_by,
        // It still goes on.
        Activity::Waiting(WaitFor::Task(task)) => Some(task),
        Activity::Blocked { holder, .. } => holder,
        _ => None,
    }
    .filter(|cause| *cause != span.task)
}
