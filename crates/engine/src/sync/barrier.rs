//! The barrier: where a fixed number of tasks wait for each other.
//!
//! # The protocol
//! Who comes joins the line, until the line would be as long as the barrier is wide: then the last one to come goes on
//! at once and everybody in the line with it. Each is told its place, from 0 for the first to come. The barrier is then
//! empty and serves again.
//!
//! Who leaves early, because its time is up or because it was cancelled, leaves the others waiting for one more, as a
//! task does that is cancelled at an `asyncio.Barrier`. `threading.Barrier` differs: a timeout there breaks it for all.

use std::num::NonZeroU32;

use super::line::Line;
use super::{Answer, Step, Woken};
use crate::trace::TaskId;

/// A barrier.
#[derive(Debug)]
pub(super) struct Barrier {
    parties: NonZeroU32,
    line: Line<()>,
}

impl Barrier {
    /// A barrier at which nobody waits.
    pub(super) fn new(parties: NonZeroU32) -> Barrier {
        Barrier { parties, line: Line::default() }
    }

    /// `task` comes, and opens the barrier or waits.
    pub(super) fn wait(&mut self, task: TaskId, woken: &mut Vec<Woken>) -> Step {
        let place = self.line.len();
        if place + 1 < self.parties.get() as usize {
            self.line.join(task, ());
            return Step::Waits;
        }
        let others = self.line.pop_many(place).zip(0..);
        woken.extend(others.map(|((task, ()), place)| Woken { task, answer: Answer::Value(place) }));
        Step::Answered(Answer::Value(place as i64))
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
