//! What a waiting task waits for, as whoever runs it remembers it.

use crate::sync::{ObjectId, Objects, Use, Wait};
use crate::trace::{Line, TaskId};

/// What a task waits for that another task is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting {
    /// Its turn with an object, asked for on this line; for ever, if it is patient.
    Object { object: ObjectId, what: Use, line: Line, is_patient: bool },
    /// The end of a task.
    End(TaskId),
}

impl Waiting {
    /// Has the wait go on for as long as it takes. Returns it as it is then.
    pub(crate) fn be_patient(&mut self) -> Waiting {
        if let Waiting::Object { is_patient, .. } = self {
            *is_patient = true;
        }
        *self
    }
}

/// A cycle of waiting that a task has just closed.
pub(crate) struct Closed {
    pub(crate) cycle: Vec<Wait>,
    /// Whether nobody's patience will break it.
    pub(crate) is_for_ever: bool,
}

impl Objects {
    /// The cycle that `task` has just closed by beginning to wait, if it did. `waits` says what a task waits for.
    pub(crate) fn closed_by(&self, task: TaskId, waits: impl Fn(TaskId) -> Option<Waiting>) -> Option<Closed> {
        let joins = |task| match waits(task) {
            Some(Waiting::End(joined)) => Some(joined),
            Some(Waiting::Object { .. }) | None => None,
        };
        let cycle = self.cycle(task, joins)?;
        let is_patient = |wait: &Wait| !matches!(waits(wait.task), Some(Waiting::Object { is_patient: false, .. }));
        let is_for_ever = cycle.iter().all(is_patient);
        Some(Closed { cycle, is_for_ever })
    }
}
