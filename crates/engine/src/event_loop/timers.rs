//! The timer heap: who is to be woken, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

use crate::time::Nanos;
use crate::trace::TaskId;

/// Timers, the earliest first; of those due at one instant, the one that was set first.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Timer>>,
    set: u64,
}

/// A timer that has come due.
#[derive(Debug)]
pub(super) struct Due {
    pub deadline: Nanos,
    pub task: TaskId,
    pub waker: Waker,
}

impl Timers {
    pub(super) fn set(&mut self, deadline: Nanos, task: TaskId, waker: Waker) {
        self.set += 1;
        self.heap.push(Reverse(Timer { deadline, order: self.set, task, waker }));
    }

    pub(super) fn earliest(&self) -> Option<Nanos> {
        self.heap.peek().map(|Reverse(timer)| timer.deadline)
    }

    /// Takes out the earliest timer if it is due at `now`.
    pub(super) fn pop_due(&mut self, now: Nanos) -> Option<Due> {
        if self.earliest()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(Timer { deadline, task, waker, .. })| Due { deadline, task, waker })
    }
}

#[derive(Debug)]
struct Timer {
    deadline: Nanos,
    order: u64,
    task: TaskId,
    waker: Waker,
}

impl Timer {
    fn key(&self) -> (Nanos, u64) {
        (self.deadline, self.order)
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
