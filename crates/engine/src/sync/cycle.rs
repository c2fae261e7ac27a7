//! Deadlock: tasks that wait for each other in a circle.
//!
//! A task waits for one thing at a time, and what it waits for is in the hands of one task or of nobody who could be
//! named. So from each task at most one arrow leads on, and looking for a circle is following the arrows until they come
//! back to where they began, end, or go round without coming back. The last happens where a task waits for somebody in
//! a circle of others.

use serde::{Deserialize, Serialize};

use super::{ObjectId, ObjectKind, Objects};
use crate::trace::TaskId;

/// One link of a cycle of waiting: a task, and the task that it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wait {
    /// Who waits.
    pub task: TaskId,
    /// What it waits for; `None` where it joins the other task.
    pub object: Option<ObjectId>,
    /// Who holds that, or who is to end.
    pub holder: TaskId,
}

impl Objects {
    /// The cycle of waiting that begins and ends with `task`, if there is one; a task that waits for itself is one of
    /// length 1. `also` tells whom a task waits for other than for an object: whom it joins.
    ///
    /// Only a lock, or a semaphore of one permit whose holder is known, leads from a waiter to a holder. Whoever waits
    /// for anything else waits for whoever comes along.
    pub fn cycle(&self, task: TaskId, also: impl Fn(TaskId) -> Option<TaskId>) -> Option<Vec<Wait>> {
        let mut links: Vec<Wait> = Vec::new();
        // A task on the way, moved up each time that the way has doubled: whoever meets it goes round.
        let (mut milestone, mut next_milestone) = (task, 1);
        let mut at = task;
        loop {
            let link = self.link(at, &also)?;
            links.push(link);
            at = link.holder;
            if at == task {
                return Some(links);
            }
            if at == milestone {
                return None;
            }
            if links.len() == next_milestone {
                milestone = at;
                next_milestone *= 2;
            }
        }
    }

    fn link(&self, task: TaskId, also: impl Fn(TaskId) -> Option<TaskId>) -> Option<Wait> {
        let object = self.waits_on(task);
        let holder = match object {
            Some(object) => self.only_holder(object)?,
            None => also(task)?,
        };
        Some(Wait { task, object, holder })
    }

    fn only_holder(&self, object: ObjectId) -> Option<TaskId> {
        match self.kind(object)? {
            ObjectKind::Lock | ObjectKind::ReentrantLock | ObjectKind::Semaphore(1) => {
                self.holders(object).first().copied()
            }
            _ => None,
        }
    }
}
