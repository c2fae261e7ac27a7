//! The jobs that are done in other processes. Whoever joins a task that has failed fails too, where it does not say otherwise, and
//! in the end the run does, with whatever is still being done: so nobody is told of a failure as long as another process has
//! something to do.

use std::collections::BTreeSet;

use crate::program::Ended;
use crate::trace::TaskId;

/// All of them that have not ended, and the failures that are not told.
#[derive(Debug, Default)]
pub(super) struct Away {
    under_way: BTreeSet<TaskId>,
    failed: Vec<(TaskId, Ended)>,
}

/// What is to be told when a task has ended.
#[derive(Debug)]
pub(super) struct Told {
    /// Tasks with their results.
    pub(super) results: Vec<(TaskId, Ended)>,
    /// Tasks that have failed, each with the one for which its failure waits from now on.
    pub(super) held_back: Vec<(TaskId, TaskId)>,
}

impl Away {
    /// Notes that a task waits for a process, or has one.
    pub(super) fn begin(&mut self, task: TaskId) {
        self.under_way.insert(task);
    }

    /// Notes that a task has ended, wherever it was done.
    pub(super) fn end(&mut self, task: TaskId, result: Ended) -> Told {
        let before = self.under_way.first().copied();
        self.under_way.remove(&task);
        let mut results: Vec<_> =
            self.unless_held_back(task, result).map(|result| (task, result)).into_iter().collect();
        let Some(first) = self.under_way.first().copied() else {
            results.append(&mut self.failed);
            return Told { results, held_back: Vec::new() };
        };
        let is_news = |failed: TaskId| failed == task || before != Some(first);
        let held_back = self.failed.iter().filter(|(failed, _)| is_news(*failed)).map(|(failed, _)| (*failed, first));
        Told { results, held_back: held_back.collect() }
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
