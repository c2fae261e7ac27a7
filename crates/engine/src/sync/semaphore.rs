//! The semaphore: a number of permits.
//!
//! # The protocol
//! Who asks while permits are left takes one at once; who asks when there is none joins the line. A permit that is given
//! back goes straight to the first in line, before anybody else can ask. A semaphore with a line therefore has no
//! permits.
//!
//! Giving back needs no earlier taking: that is how a semaphore counts things that one task makes and another uses. It
//! can end with more permits than it was made with.
//!
//! No rule here depends on who holds the permits: it is noted for those who look on, as long as it can be told. Once a
//! task has given back a permit that it did not take, the semaphore counts things, nobody is to blame for a wait, and no
//! holders are named any more.

use super::line::Line;
use super::{Answer, Step, Woken};
use crate::trace::TaskId;

/// A semaphore.
#[derive(Debug)]
pub(super) struct Semaphore {
    permits: u64,
    /// One entry for each permit that is taken, the one taken first in front; `None` once it cannot be told.
    holders: Option<Vec<TaskId>>,
    line: Line<()>,
}

impl Semaphore {
    /// A semaphore of which nobody has taken a permit.
    pub(super) fn new(permits: u32) -> Semaphore {
        Semaphore { permits: permits.into(), holders: Some(Vec::new()), line: Line::default() }
    }

    /// `task` takes a permit, or waits for one.
    pub(super) fn acquire(&mut self, task: TaskId) -> Step {
        if self.permits == 0 {
            self.line.join(task, ());
            return Step::Waits;
        }
        self.permits -= 1;
        self.note(task);
        Step::Answered(Answer::Done)
    }

    /// `task` gives a permit back, or a new one.
    pub(super) fn release(&mut self, task: TaskId, woken: &mut Vec<Woken>) -> Step {
        self.strike_out(task);
        match self.line.pop() {
            Some((task, ())) => {
                self.note(task);
                woken.push(Woken { task, answer: Answer::Done });
            }
            None => self.permits += 1,
        }
        Step::Answered(Answer::Done)
    }

    /// `task` leaves the line.
    pub(super) fn leave(&mut self, task: TaskId) {
        self.line.leave(task);
    }

    /// Who holds permits, as far as can be told.
    pub(super) fn holders(&self) -> &[TaskId] {
        self.holders.as_deref().unwrap_or_default()
    }

    /// Who waits.
    pub(super) fn tasks(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.line.tasks()
    }

    fn note(&mut self, holder: TaskId) {
        if let Some(holders) = &mut self.holders {
            holders.push(holder);
        }
    }

    /// Takes a time that grows with the permits that are taken, not with the line.
    fn strike_out(&mut self, task: TaskId) {
        let Some(holders) = &mut self.holders else {
            return;
        };
        match place_of(task, holders) {
            Some(place) => {
                holders.remove(place);
            }
            None => self.holders = None,
        }
    }
}

/// Looks at several at a time: all permits of a large bound are looked through for each that is given back.
fn place_of(task: TaskId, holders: &[TaskId]) -> Option<usize> {
    let has_it = |some: &[TaskId]| some.iter().fold(false, |has_it, holder| has_it | (*holder == task));
    let some = holders.chunks(8).position(has_it)? * 8;
    holders[some..].iter().position(|holder| *holder == task).map(|place| some + place)
}
