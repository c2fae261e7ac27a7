//! Timers: who is to be woken, and when.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::platform::Platform;
use super::ready::Sleeper;
use super::task::Key;
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

enum Stage {
    /// It has not been polled yet.
    New,
    /// It stands among the timers, or has come due.
    Set {
        /// How many timers were set before it.
        order: u64,
        /// The task that it wakes, unless that has been changed since, or is none of the executor's.
        task: Option<Key>,
    },
    /// Its deadline had passed when it was made: it only lets those go first that are ready.
    Passed,
    /// It has let them, or has come due.
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
        let Timer { executor, deadline, stage } = &mut *self;
        let shared = &executor.shared;
        match stage {
            Stage::New => {
                let sleeper = shared.sleeper(context.waker());
                let task = sleeper.task();
                *stage = Stage::Set { order: shared.timers.borrow_mut().set(*deadline, sleeper), task };
                Poll::Pending
            }
            Stage::Set { order, .. } if shared.timers.borrow().has_come_due(*deadline, *order) => {
                *stage = Stage::Over;
                Poll::Ready(())
            }
            Stage::Set { order, task } => {
                let sleeper = shared.sleeper(context.waker());
                if task.is_none() || *task != sleeper.task() {
                    *task = None;
                    let replaced = shared.timers.borrow_mut().change(*order, Change::Wakes(sleeper));
                    drop(replaced);
                }
                Poll::Pending
            }
            Stage::Passed => {
                shared.wake_sleeper(shared.sleeper(context.waker()));
                *stage = Stage::Over;
                Poll::Pending
            }
            Stage::Over => Poll::Ready(()),
        }
    }
}

/// A timer that a host has set for one of its tasks. Whoever needs it no longer gives it [back](Executor::take_back).
#[derive(Debug)]
pub(crate) struct TaskTimer {
    deadline: Nanos,
    /// How many timers were set before it; [`PASSED`](TaskTimer::PASSED) where its deadline had passed when it was made.
    order: u64,
}

impl TaskTimer {
    const PASSED: u64 = u64::MAX;
}

impl<P: Platform + 'static> Executor<P> {
    /// Has `task` woken at `deadline`. One that has passed lets those go first that are ready.
    pub(crate) fn set_timer(&self, task: Key, deadline: Nanos) -> TaskTimer {
        if deadline <= self.now() {
            self.wake_local(task);
            return TaskTimer { deadline, order: TaskTimer::PASSED };
        }
        let order = self.shared.timers.borrow_mut().set(deadline, Sleeper::Task(task));
        TaskTimer { deadline, order }
    }

    /// Whether a timer has come due.
    pub(crate) fn is_due(&self, timer: &TaskTimer) -> bool {
        timer.order == TaskTimer::PASSED || self.shared.timers.borrow().has_come_due(timer.deadline, timer.order)
    }

    /// Takes a timer back, unless it has come due.
    pub(crate) fn take_back(&self, timer: &TaskTimer) {
        if timer.order != TaskTimer::PASSED {
            let replaced = self.shared.timers.borrow_mut().cancel(timer.deadline, timer.order);
            drop(replaced);
        }
    }
}

impl<P> Drop for Timer<P> {
    fn drop(&mut self) {
        if let Stage::Set { order, .. } = self.stage {
            let replaced = self.executor.shared.timers.borrow_mut().cancel(self.deadline, order);
            drop(replaced);
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
/// A timer needs no place of its own: it is due once a look at the timers has gone past its deadline. Few are taken back
/// or given to another task before that, so that is written down elsewhere and found when the timer comes up. Once most of
/// what stands here was taken back, it is cleared out, by the measure that `asyncio` uses.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// What was set since the last look.
    fresh: Vec<Due>,
    /// Timers that were set in great numbers, in order.
    sorted: VecDeque<Due>,
    /// The others.
    heap: BinaryHeap<Reverse<Due>>,
    /// What has changed since timers were set, by their order.
    changes: HashMap<u64, Change>,
    /// How many of those that stand here were taken back.
    cancelled: usize,
    /// How many timers have been set so far.
    set: u64,
    /// Until when and among how many timers was last looked for those that are due.
    looked: (Nanos, u64),
}

/// Compared from the top: the earliest deadline, then the order of setting.
#[derive(Clone, Copy, Debug)]
struct Due {
    /// When.
    deadline: Nanos,
    /// How many timers were set before it.
    order: u64,
    /// The task that it wakes, where nothing else is written down.
    task: Option<Key>,
}

/// What has become of a timer since it was set.
#[derive(Debug)]
enum Change {
    /// It was taken back.
    Cancelled,
    /// It wakes this one.
    Wakes(Sleeper),
}

impl Timers {
    /// The most timers that are not worth sorting.
    const FEW: usize = 64;

    pub(super) fn is_empty(&self) -> bool {
        self.entries() == 0
    }

    fn set(&mut self, deadline: Nanos, sleeper: Sleeper) -> u64 {
        let order = self.set;
        self.set += 1;
        let task = sleeper.task();
        self.fresh.push(Due { deadline, order, task });
        if task.is_none() {
            self.changes.insert(order, Change::Wakes(sleeper));
        }
        order
    }

    /// Whether a timer's time has come, so that it stands here no more.
    fn has_come_due(&self, deadline: Nanos, order: u64) -> bool {
        let (until, set) = self.looked;
        deadline <= until && order < set
    }

    /// Notes what has become of a timer that is not due yet. The caller drops what it gets back, when nothing is borrowed any
    /// more.
    fn change(&mut self, order: u64, change: Change) -> Option<Change> {
        self.changes.insert(order, change)
    }

    /// Takes a timer back unless it has come due. The caller drops what it gets back, when nothing is borrowed any more.
    fn cancel(&mut self, deadline: Nanos, order: u64) -> Option<Change> {
        if self.has_come_due(deadline, order) {
            return None;
        }
        let replaced = self.change(order, Change::Cancelled);
        self.cancelled += 1;
        if self.cancelled > 100 && self.cancelled > self.entries() - self.cancelled {
            let changes = &mut self.changes;
            let mut stands = |due: &Due| !was_cancelled(changes, due.order);
            self.fresh.retain(&mut stands);
            self.sorted.retain(&mut stands);
            self.heap.retain(|Reverse(due)| stands(due));
            self.cancelled = 0;
        }
        replaced
    }

    /// When the next timer is due.
    pub(super) fn earliest(&mut self) -> Option<Nanos> {
        self.put_in_order();
        while let Some(due) = self.first() {
            if self.cancelled == 0 || !was_cancelled(&mut self.changes, due.order) {
                return Some(due.deadline);
            }
            self.cancelled -= 1;
            self.remove_first();
        }
        None
    }

    /// Takes out the earliest timer if it is due at `now`, with its deadline and whom it wakes.
    #[inline]
    pub(super) fn pop_due(&mut self, now: Nanos) -> Option<(Nanos, Sleeper)> {
        self.put_in_order();
        self.looked = (now, self.set);
        while let Some(due) = self.first().filter(|due| due.deadline <= now) {
            self.remove_first();
            let change = if self.changes.is_empty() { None } else { self.changes.remove(&due.order) };
            let sleeper = match change {
                None => due.task.map(Sleeper::Task),
                Some(Change::Wakes(sleeper)) => Some(sleeper),
                Some(Change::Cancelled) => {
                    self.cancelled -= 1;
                    None
                }
            };
            if let Some(sleeper) = sleeper {
                return Some((due.deadline, sleeper));
            }
        }
        None
    }

    /// Puts what was set since the last look where it belongs. Only what is more than all the rest is sorted, and the rest
    /// with it, so that nothing is sorted again and again.
    #[inline]
    fn put_in_order(&mut self) {
        if !self.fresh.is_empty() {
            self.put_fresh_in_order();
        }
    }

    #[inline(never)]
    fn put_fresh_in_order(&mut self) {
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
}

/// Whether a timer was taken back; then nothing is known of it from now on.
fn was_cancelled(changes: &mut HashMap<u64, Change>, order: u64) -> bool {
    let is_cancelled = matches!(changes.get(&order), Some(Change::Cancelled));
    if is_cancelled {
        changes.remove(&order);
    }
    is_cancelled
}

impl Due {
    fn key(&self) -> u128 {
        u128::from(self.deadline.0) << 64 | u128::from(self.order)
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Due) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Due {}
