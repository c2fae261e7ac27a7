//! The condition: where tasks wait for news of something that a lock guards.
//!
//! # The protocol
//! A condition stands on a lock, and only the lock's holder may use it. Waiting lets go of the lock, however often it
//! was taken, and joins the condition's line, with nothing in between: news cannot be missed.
//!
//! Notifying lets nobody go on. It moves the first tasks of the condition's line to the end of the lock's line, and each
//! of them goes on once it has the lock again, taken as often as before. A task whose time is up moves in the same way,
//! to be told so when it has the lock. From then on its time does not count any more, and neither does that of a task
//! that was notified in time.
//!
//! So whoever comes back from a condition holds its lock. What it was notified of may have changed meanwhile: it has to
//! look again.

use super::line::Line;
use super::lock::{Lock, Wish};
use super::{Answer, Step, Woken};
use crate::trace::TaskId;

/// A condition without its lock, which every method is given that needs it.
#[derive(Debug, Default)]
pub(super) struct Condition {
    /// Each with how often it held the lock.
    line: Line<u64>,
}

impl Condition {
    /// `task` lets go of the lock and waits for news; `None` where it does not hold the lock.
    pub(super) fn wait(&mut self, task: TaskId, lock: &mut Lock, woken: &mut Vec<Woken>) -> Option<Step> {
        let times = lock.release_all(task, woken)?;
        self.line.join(task, times);
        Some(Step::Waits)
    }

    /// `task` tells the first `most` waiters to come for the lock, and who they are is told to `moved`; `None` where
    /// `task` does not hold the lock.
    pub(super) fn notify(
        &mut self,
        task: TaskId,
        most: u32,
        lock: &mut Lock,
        mut moved: impl FnMut(TaskId),
    ) -> Option<Step> {
        if !lock.is_held_by(task) {
            return None;
        }
        for (waiter, times) in self.line.pop_many(most as usize) {
            lock.enter(waiter, Wish::TakeBack { times, answer: Answer::Done });
            moved(waiter);
        }
        Some(Step::Answered(Answer::Done))
    }

    /// `task`, which is in the line, has run out of time and comes for the lock.
    pub(super) fn give_up(&mut self, task: TaskId, lock: &mut Lock) -> Option<Step> {
        let times = self.line.leave(task)?;
        Some(lock.enter(task, Wish::TakeBack { times, answer: Answer::TimedOut }))
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
