//! The queue: items on their way from those who put to those who get, first in, first out.
//!
//! # The protocol
//! Who gets takes the oldest item, or waits while there is none. Who puts adds an item, or waits with it in hand while
//! the queue is full; a queue without a capacity never is.
//!
//! A put that meets a waiting get hands its item over. A get that makes room lets the first waiting put add its item, at
//! the end. So getters wait only at an empty queue and putters only at a full one: one of the two lines is always empty,
//! and nobody who comes later can overtake.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use super::line::Line;
use super::{Answer, Step, Woken};
use crate::trace::TaskId;

/// A queue.
#[derive(Debug)]
pub(super) struct Queue {
    capacity: Option<NonZeroU32>,
    items: VecDeque<i64>,
    getters: Line<()>,
    /// Each with the item that it puts.
    putters: Line<i64>,
}

impl Queue {
    /// An empty queue; without a capacity it is never full.
    pub(super) fn new(capacity: Option<NonZeroU32>) -> Queue {
        Queue { capacity, items: VecDeque::new(), getters: Line::default(), putters: Line::default() }
    }

    /// `task` puts `item`, or waits until there is room.
    pub(super) fn put(&mut self, task: TaskId, item: i64, woken: &mut Vec<Woken>) -> Step {
        if let Some((getter, ())) = self.getters.pop() {
            woken.push(Woken { task: getter, answer: Answer::Value(item) });
        } else if self.is_full() {
            self.putters.join(task, item);
            return Step::Waits;
        } else {
            self.items.push_back(item);
        }
        Step::Answered(Answer::Done)
    }

    /// `task` gets the oldest item, or waits for one.
    pub(super) fn get(&mut self, task: TaskId, woken: &mut Vec<Woken>) -> Step {
        let Some(oldest) = self.items.pop_front() else {
            self.getters.join(task, ());
            return Step::Waits;
        };
        if let Some((putter, item)) = self.putters.pop() {
            self.items.push_back(item);
            woken.push(Woken { task: putter, answer: Answer::Done });
        }
        Step::Answered(Answer::Value(oldest))
    }

    /// `task` leaves its line; an item that it was to put goes with it.
    pub(super) fn leave(&mut self, task: TaskId) {
        self.getters.leave(task);
        self.putters.leave(task);
    }

    /// Who waits, be it to get or to put.
    pub(super) fn tasks(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.getters.tasks().chain(self.putters.tasks())
    }

    fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.items.len() >= capacity.get() as usize)
    }
}
