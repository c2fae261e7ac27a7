//! The jobs that are done in other processes. Whoever joins a task that has failed fails the run, and with it whatever is still
//! being done: so nobody is told of a failure as long as another process has something to do.

use std::collections::BTreeSet;

use crate::program::Ended;
use crate::trace::TaskId;

/// All of them that have not ended, and the failures that are not told.
#[derive(Debug, Default)]
pub(super) struct Away {
    under_way: BTreeSet<TaskId>,
    failed: Vec<(TaskId, Ended)>,
}

impl Away {
    /// Notes that a task waits for a process, or has one.
    pub(super) fn begin(&mut self, task: TaskId) {
        self.under_way.insert(task);
    }

    /// Notes that a task has ended, wherever it was done, and returns whose results are to be told now.
    pub(super) fn end(&mut self, task: TaskId, result: Ended) -> Vec<(TaskId, Ended)> {
        self.under_way.remove(&task);
        let told = self.unless_held_back(task, result).map(|result| (task, result));
        let no_longer = if self.under_way.is_empty() { std::mem::take(&mut self.failed) } else { Vec::new() };
        told.into_iter().chain(no_longer).collect()
    }

    /// The result, unless it is a failure that is to wait; it comes back from [`Away::end`] then.
    pub(super) fn unless_held_back(&mut self, task: TaskId, result: Ended) -> Option<Ended> {
        if result.is_err() && !self.under_way.is_empty() {
            self.failed.push((task, result));
            return None;
        }
        Some(result)
    }

    /// For whom the failure of this task waits; `None` where it does not.
    pub(super) fn stands_behind(&self, task: TaskId) -> Option<TaskId> {
        let is_held_back = self.failed.iter().any(|(failed, _)| *failed == task);
        self.under_way.first().copied().filter(|_| is_held_back)
    }
}
