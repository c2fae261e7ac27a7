//! A line of tasks that wait for one object: first come, first served.

use std::collections::VecDeque;

use crate::trace::TaskId;

/// The tasks in a line, each with what it brought along.
#[derive(Debug)]
pub(super) struct Line<T>(VecDeque<(TaskId, T)>);

impl<T> Line<T> {
    /// Puts `task` at the end.
    pub(super) fn join(&mut self, task: TaskId, brought: T) {
        self.0.push_back((task, brought));
    }

    /// Takes the first one out.
    pub(super) fn pop(&mut self) -> Option<(TaskId, T)> {
        self.0.pop_front()
    }

    /// Takes the first `most` out, or all where there are fewer.
    pub(super) fn pop_many(&mut self, most: usize) -> impl Iterator<Item = (TaskId, T)> + '_ {
        let count = most.min(self.0.len());
        self.0.drain(..count)
    }

    /// Takes `task` out from wherever it stands, in a time that grows with the line.
    pub(super) fn leave(&mut self, task: TaskId) -> Option<T> {
        let place = self.0.iter().position(|(waiter, _)| *waiter == task)?;
        self.0.remove(place).map(|(_, brought)| brought)
    }

    /// What `task` brought along.
    pub(super) fn brought_by(&self, task: TaskId) -> Option<&T> {
        self.0.iter().find(|(waiter, _)| *waiter == task).map(|(_, brought)| brought)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Who waits, the first one first.
    pub(super) fn tasks(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.0.iter().map(|(task, _)| *task)
    }
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Line(VecDeque::new())
    }
}
