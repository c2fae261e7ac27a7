//! Wakes that come from outside the executor: from another thread, or from this one while nobody polls the run.
//!
//! This and the parker are all that threads share. The steps stand at the head of the executor's module.

use std::fmt;
use std::mem;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError};

use super::platform::Unpark;
use super::sync::{AtomicBool, Mutex, Ordering};
use super::task::Key;

/// The door of an executor, where wakers leave their calls.
pub(super) struct Outside {
    /// What was left there.
    calls: Mutex<Calls>,
    /// Whether there are calls, so that a turn without any need not take the lock. Written under the lock.
    any: AtomicBool,
    /// How the executor's thread is brought back from its park.
    unparker: Arc<dyn Unpark>,
}

#[derive(Default)]
struct Calls {
    /// The wakers that were called, in that order.
    wakers: Vec<Arc<TaskWaker>>,
    /// How many [`Expected`] there are.
    expected: usize,
}

/// What stands behind a task's [`Waker`](std::task::Waker).
pub(super) struct TaskWaker {
    /// The number of the task to be woken. It stays the same from when anybody has a clone of the waker until nobody has.
    pub(super) task: AtomicU64,
    /// The door of the executor that runs it.
    pub(super) outside: Arc<Outside>,
    /// Whether this waker is among the calls already.
    called: AtomicBool,
}

/// Somebody outside who may yet wake a task; see [`Executor::expect_wakes`](super::Executor::expect_wakes).
#[must_use = "nobody is expected any more once this is dropped"]
pub struct Expected {
    /// Where the wake will come in.
    outside: Arc<Outside>,
}

impl Outside {
    /// A door at which nobody has called.
    pub(super) fn new(unparker: Arc<dyn Unpark>) -> Self {
        Outside { calls: Mutex::new(Calls::default()), any: AtomicBool::new(false), unparker }
    }

    /// Takes all calls, and has `wake` wake each caller's task, in the order of the calls.
    #[inline]
    pub(super) fn take(&self, wake: impl FnMut(Key)) {
        if self.any.load(Ordering::Acquire) {
            self.take_some(wake);
        }
    }

    /// Out of line, as almost always there are none.
    #[inline(never)]
    fn take_some(&self, mut wake: impl FnMut(Key)) {
        let called = self.change(|calls| {
            self.any.store(false, Ordering::Relaxed);
            mem::take(&mut calls.wakers)
        });
        for waker in called {
            waker.called.swap(false, Ordering::AcqRel);
            if let Ok(task) = Key::try_from(waker.task.load(Ordering::Relaxed)) {
                wake(task);
            }
        }
    }

    /// Whether no call is left and nobody is expected: nothing will ever come from outside.
    pub(super) fn is_deserted(&self) -> bool {
        self.change(|calls| calls.wakers.is_empty() && calls.expected == 0)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Calls) -> T) -> T {
        // No change can half happen, so the calls behind a poisoned lock are whole.
        change(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl TaskWaker {
    pub(super) fn new(task: Key, outside: Arc<Outside>) -> Self {
        TaskWaker { task: AtomicU64::new(u64::from(task)), outside, called: AtomicBool::new(false) }
    }

    /// Leaves a call at the door, unless one is left already. Who finds no other there brings the executor to it.
    pub(super) fn call(self: Arc<Self>) {
        if self.called.swap(true, Ordering::AcqRel) {
            return;
        }
        let outside = Arc::clone(&self.outside);
        let first = outside.change(|calls| {
            calls.wakers.push(self);
            outside.any.store(true, Ordering::Release);
            calls.wakers.len() == 1
        });
        if first {
            outside.unparker.unpark();
        }
    }
}

impl Expected {
    pub(super) fn new(outside: &Arc<Outside>) -> Self {
        outside.change(|calls| calls.expected += 1);
        Expected { outside: Arc::clone(outside) }
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        let last = self.outside.change(|calls| {
            calls.expected -= 1;
            calls.expected == 0
        });
        if last {
            // The executor may be parked for this one alone; it is to see that nobody will come.
            self.outside.unparker.unpark();
        }
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expected")
    }
}
