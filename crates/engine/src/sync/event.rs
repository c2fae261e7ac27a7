//! The event: a flag for which tasks wait.
//!
//! # The protocol
//! Who waits for an event that is set goes on at once; who waits for one that is not joins the line. Setting it lets
//! everybody in the line go on, in order, even if it is cleared straight afterwards. An event with a line is therefore
//! not set.

use super::line::Line;
use super::{Answer, Step, Woken};
use crate::trace::TaskId;

/// An event; a new one is not set.
#[derive(Debug, Default)]
pub(super) struct Event {
    is_set: bool,
    line: Line<()>,
}

impl Event {
    /// Sets the flag.
    pub(super) fn set(&mut self, woken: &mut Vec<Woken>) -> Step {
        self.is_set = true;
        woken.extend(self.line.pop_many(usize::MAX).map(|(task, ())| Woken { task, answer: Answer::Done }));
        Step::Answered(Answer::Done)
    }

    /// Takes the flag back.
    pub(super) fn clear(&mut self) -> Step {
        self.is_set = false;
        Step::Answered(Answer::Done)
    }

    /// `task` goes on if the flag is set, or waits until it is.
    pub(super) fn wait(&mut self, task: TaskId) -> Step {
        if self.is_set {
            return Step::Answered(Answer::Done);
        }
        self.line.join(task, ());
        Step::Waits
    }

    /// `task` leaves the line.
    pub(super) fn leave(&mut self, task: TaskId) {
        self.line.leave(task);
    }

    /// Who waits.
    pub(super) fn tasks(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.line.tasks()
    }
}
