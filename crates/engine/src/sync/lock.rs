//! The two locks: one that its holder can take once, one that counts how often it did.
//!
//! # The protocol
//! A lock is free or has one holder. Who asks for a free lock has it at once; who asks for a held one joins the line.
//!
//! Letting go hands the lock straight to the first in line, before anybody else can ask: there is no barging. A lock
//! with a line is therefore never free. `asyncio.Lock` is as fair; `threading.Lock` lets a quick thread overtake the
//! one that was woken, and so promises no order.
//!
//! The plain lock has no owner, as in Python: its holder is remembered for those who look on, but any task may let it
//! go. A holder that asks for it again stands in line for itself. The reentrant lock belongs to its holder, who may
//! take it again and has to let it go as often; nobody else can.
//!
//! A task that comes back from a [condition](super::condition) joins this line too. Its wait has a result by then, so
//! it stays until it has the lock, however late it gets.

use super::line::Line;
use super::{Answer, Step, Woken};
use crate::trace::TaskId;

/// A lock of either sort.
#[derive(Debug)]
pub(super) struct Lock {
    reentrant: bool,
    holder: Option<TaskId>,
    /// How often the holder took it and has not let it go: 0 if and only if there is no holder.
    times: u64,
    line: Line<Wish>,
}

/// What a task does in a lock's line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    /// It takes the lock.
    Take,
    /// It takes back, as often as it had it, the lock that it let go for a condition.
    TakeBack {
        /// How often it had it.
        times: u64,
        /// What became of its wait for the condition.
        answer: Answer,
    },
}

impl Lock {
    /// A lock that is free.
    pub(super) fn new(reentrant: bool) -> Lock {
        Lock { reentrant, holder: None, times: 0, line: Line::default() }
    }

    /// `task` takes the lock, or waits for it.
    pub(super) fn acquire(&mut self, task: TaskId) -> Step {
        if self.reentrant && self.is_held_by(task) {
            self.times += 1;
            return Step::Answered(Answer::Done);
        }
        self.enter(task, Wish::Take)
    }

    /// `task` has its wish, where the lock is free, or joins the line with it.
    pub(super) fn enter(&mut self, task: TaskId, wish: Wish) -> Step {
        if self.holder.is_some() {
            self.line.join(task, wish);
            return Step::Waits;
        }
        Step::Answered(self.hand_to(task, wish))
    }

    /// `task` lets go once; `false` where it may not.
    pub(super) fn release(&mut self, task: TaskId, woken: &mut Vec<Woken>) -> bool {
        if self.holder.is_none() || (self.reentrant && !self.is_held_by(task)) {
            return false;
        }
        self.times -= 1;
        if self.times == 0 {
            self.pass_on(woken);
        }
        true
    }

    /// `task` lets go however often it took the lock, which is returned; `None` where it does not hold it.
    pub(super) fn release_all(&mut self, task: TaskId, woken: &mut Vec<Woken>) -> Option<u64> {
        if !self.is_held_by(task) {
            return None;
        }
        let times = self.times;
        self.pass_on(woken);
        Some(times)
    }

    /// `task`, which is in the line, has run out of time.
    pub(super) fn give_up(&mut self, task: TaskId) -> Step {
        if let Some(Wish::TakeBack { .. }) = self.line.brought_by(task) {
            return Step::Waits;
        }
        self.leave(task);
        Step::Answered(Answer::TimedOut)
    }

    /// `task` leaves the line.
    pub(super) fn leave(&mut self, task: TaskId) {
        self.line.leave(task);
    }

    /// Whether `task` holds the lock.
    pub(super) fn is_held_by(&self, task: TaskId) -> bool {
        self.holder == Some(task)
    }

    /// The holder, if there is one.
    pub(super) fn holders(&self) -> &[TaskId] {
        self.holder.as_slice()
    }

    /// Who waits.
    pub(super) fn tasks(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.line.tasks()
    }

    fn pass_on(&mut self, woken: &mut Vec<Woken>) {
        self.holder = None;
        self.times = 0;
        if let Some((task, wish)) = self.line.pop() {
            let answer = self.hand_to(task, wish);
            woken.push(Woken { task, answer });
        }
    }

    fn hand_to(&mut self, task: TaskId, wish: Wish) -> Answer {
        let (times, answer) = match wish {
            Wish::Take => (1, Answer::Done),
            Wish::TakeBack { times, answer } => (times, answer),
        };
        self.holder = Some(task);
        self.times = times;
        answer
    }
}
