//! Timers: who is to be woken, and when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::platform::Platform;
use super::ready::Sleeper;
use super::{Executor, Nanos};

/// Waits until its deadline. It is set when it is first polled; dropping it takes it back.
#[must_use = "a timer that is not awaited is never set"]
pub struct Timer<P> {
    /// Whose clock it waits for.
    executor: Executor<P>,
    /// When it is due.
    deadline: Nanos,
    /// How far it is.
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    /// It has not been polled yet.
    New,
    /// It stands among the timers, or has come due.
    Set(Entry),
    /// Its deadline had passed when it was made: it only lets those go first that are ready.
    Passed,
    /// It has let them.
    Over,
}

impl<P: Platform + 'static> Timer<P> {
    pub(super) fn new(executor: Executor<P>, deadline: Nanos, now: Nanos) -> Self {
        let stage = if deadline > now { Stage::New } else { Stage::Passed };
        Timer { executor, deadline, stage }
    }

    /// When it is due.
    pub fn deadline(&self) -> Nanos {
        self.deadline
    }
}

impl<P: Platform + 'static> Future for Timer<P> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = &self.executor.shared;
        match self.stage {
            Stage::New => {
                let entry = shared.timers.borrow_mut().set(self.deadline, shared.sleeper(context.waker()));
                self.stage = Stage::Set(entry);
                Poll::Pending
            }
            Stage::Set(entry) => {
                let sleeper = shared.sleeper(context.waker());
                let replaced = shared.timers.borrow_mut().replace(entry, sleeper);
                if replaced.is_some() { Poll::Pending } else { Poll::Ready(()) }
            }
            Stage::Passed => {
                shared.wake_sleeper(shared.sleeper(context.waker()));
                self.stage = Stage::Over;
                Poll::Pending
            }
            Stage::Over => Poll::Ready(()),
        }
    }
}

impl<P> Drop for Timer<P> {
    fn drop(&mut self) {
        if let Stage::Set(entry) = self.stage {
            let sleeper = self.executor.shared.timers.borrow_mut().cancel(entry);
            drop(sleeper);
        }
    }
}

impl<P> fmt::Debug for Timer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timer until {}", self.deadline)
    }
}

/// Timers, the earliest first; of those due at one instant, the one that was set first.
///
/// asyncio has a heap, and so have we for timers that are set now and then. But whoever sets very many at once has them sorted
/// at once: they come out by a step forward each, where a heap would jump through memory for each.
///
/// A timer that is taken back leaves only its slot; what remains of it is passed over when it comes up. Once most of what
/// stands there is such remains, they are cleared out, by the measure that `asyncio` uses.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// What was set since the last look.
    fresh: Vec<Due>,
    /// Timers that were set in great numbers, in order.
    sorted: VecDeque<Due>,
    /// The others.
    heap: BinaryHeap<Reverse<Due>>,
    /// Whom each timer wakes; `None` where the slot is free.
    slots: Vec<Option<Set>>,
    /// The free slots.
    free: Vec<u32>,
    /// How many timers have been set so far.
    set: u64,
}

/// Compared from the top: the earliest deadline, then the order of setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    /// When.
    deadline: Nanos,
    /// Which timer.
    entry: Entry,
}

/// Names a timer, even after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// How many timers were set before it.
    order: u64,
    /// Which slot says whom it wakes.
    slot: u32,
}

#[derive(Debug)]
struct Set {
    /// Which timer has this slot.
    order: u64,
    /// Whom it wakes.
    sleeper: Sleeper,
}

impl Timers {
    /// The most timers that are not worth sorting.
    const FEW: usize = 64;

    pub(super) fn is_empty(&self) -> bool {
        self.entries() == 0
    }

    pub(super) fn set(&mut self, deadline: Nanos, sleeper: Sleeper) -> Entry {
        self.set += 1;
        let set = Some(Set { order: self.set, sleeper });
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = set;
                slot
            }
            None => {
                self.slots.push(set);
                u32::try_from(self.slots.len() - 1).expect("four thousand million timers do not fit into memory")
            }
        };
        let entry = Entry { order: self.set, slot };
        self.fresh.push(Due { deadline, entry });
        entry
    }

    /// Has a timer wake `sleeper` instead of whom it was going to wake, if it is not due yet.
    pub(super) fn replace(&mut self, entry: Entry, sleeper: Sleeper) -> Option<Sleeper> {
        let set = self.slots[entry.slot as usize].as_mut().filter(|set| set.order == entry.order)?;
        Some(mem::replace(&mut set.sleeper, sleeper))
    }

    /// Takes a timer back unless it has come due. The caller drops its sleeper, when nothing is borrowed any more.
    pub(super) fn cancel(&mut self, entry: Entry) -> Option<Sleeper> {
        let sleeper = self.take(entry)?;
        let standing = self.slots.len() - self.free.len();
        let remains = self.entries() - standing;
        if remains > 100 && remains > standing {
            let slots = &self.slots;
            self.fresh.retain(|due| stands(slots, due.entry));
            self.sorted.retain(|due| stands(slots, due.entry));
            self.heap.retain(|Reverse(due)| stands(slots, due.entry));
        }
        Some(sleeper)
    }

    /// When the next timer is due.
    pub(super) fn earliest(&mut self) -> Option<Nanos> {
        self.put_in_order();
        while let Some(due) = self.first() {
            if stands(&self.slots, due.entry) {
                return Some(due.deadline);
            }
            self.remove_first();
        }
        None
    }

    /// Takes out the earliest timer if it is due at `now`, with its deadline and whom it wakes.
    pub(super) fn pop_due(&mut self, now: Nanos) -> Option<(Nanos, Sleeper)> {
        self.put_in_order();
        while let Some(due) = self.first().filter(|due| due.deadline <= now) {
            self.remove_first();
            if let Some(sleeper) = self.take(due.entry) {
                return Some((due.deadline, sleeper));
            }
        }
        None
    }

    /// Puts what was set since the last look where it belongs. Only what is more than all the rest is sorted, and the rest
    /// with it, so that nothing is sorted again and again.
    fn put_in_order(&mut self) {
        if self.fresh.len() <= Timers::FEW.max(self.sorted.len() + self.heap.len()) {
            for due in self.fresh.drain(..) {
                self.heap.push(Reverse(due));
            }
        } else {
            self.sorted.extend(self.fresh.drain(..).chain(self.heap.drain().map(|Reverse(due)| due)));
            self.sorted.make_contiguous().sort_unstable();
        }
    }

    fn first(&self) -> Option<Due> {
        if self.first_is_sorted() { self.sorted.front().copied() } else { self.heap.peek().map(|&Reverse(due)| due) }
    }

    fn remove_first(&mut self) {
        if self.first_is_sorted() {
            self.sorted.pop_front();
        } else {
            self.heap.pop();
        }
    }

    fn first_is_sorted(&self) -> bool {
        match (self.sorted.front(), self.heap.peek()) {
            (Some(sorted), Some(Reverse(heaped))) => sorted < heaped,
            (sorted, _) => sorted.is_some(),
        }
    }

    fn entries(&self) -> usize {
        self.fresh.len() + self.sorted.len() + self.heap.len()
    }

    fn take(&mut self, entry: Entry) -> Option<Sleeper> {
        let set = self.slots[entry.slot as usize].take_if(|set| set.order == entry.order)?;
        self.free.push(entry.slot);
        Some(set.sleeper)
    }
}

/// Whether a timer is neither due nor taken back.
fn stands(slots: &[Option<Set>], entry: Entry) -> bool {
    slots[entry.slot as usize].as_ref().is_some_and(|set| set.order == entry.order)
}
