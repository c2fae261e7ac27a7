//! The agenda of a simulation: what is to happen, in the order of virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::Nanos;

/// Things to come, the earliest first; of those at one instant, the one that was entered first. The second half of
/// that rule is what makes equal inputs give equal runs.
#[derive(Debug)]
pub(super) struct Agenda<T> {
    heap: BinaryHeap<Reverse<(Nanos, u64, T)>>,
    entered: u64,
}

impl<T: Ord> Agenda<T> {
    pub(super) fn new() -> Self {
        Agenda { heap: BinaryHeap::new(), entered: 0 }
    }

    pub(super) fn enter(&mut self, at: Nanos, item: T) {
        self.entered += 1;
        self.heap.push(Reverse((at, self.entered, item)));
    }

    pub(super) fn earliest(&self) -> Option<Nanos> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    pub(super) fn next(&mut self) -> Option<(Nanos, T)> {
        self.heap.pop().map(|Reverse((at, _, item))| (at, item))
    }
}
