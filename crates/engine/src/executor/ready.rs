//! The ready queue, and the wakers that fill it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{RawWakerVTable, Wake, Waker};

use super::Local;
use super::outside::{Outside, TaskWaker};
use super::task::Key;

/// The tasks that can be polled, in the order in which they became ready. Only the executor's own thread has it; who stands
/// in it already is written beside the task.
#[derive(Debug, Default)]
pub(super) struct ReadyQueue {
    /// The first to be polled is in front.
    keys: VecDeque<Key>,
}

impl ReadyQueue {
    pub(super) fn push(&mut self, task: Key) {
        self.keys.push_back(task);
    }

    pub(super) fn pop(&mut self) -> Option<Key> {
        self.keys.pop_front()
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.keys.clear();
    }
}

/// The waker of `task` in the executor behind `outside`.
pub(super) fn waker(task: Key, outside: &Arc<Outside>) -> Waker {
    Waker::from(Arc::new(TaskWaker::new(task, Arc::clone(outside))))
}

/// Who waits for something of the executor's own, such as a timer. Almost always that is the task itself, and then its key
/// does: a waker would have to be counted, and found again.
#[derive(Debug)]
pub(super) enum Sleeper {
    /// A task of this executor.
    Task(Key),
    /// Something within a task that polls with a waker of its own, or a task of somebody else.
    Other(Waker),
}

/// What tells one waker from another, and is worth nothing once the waker is gone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct WakerIdentity {
    /// What it wakes.
    data: *const (),
    /// How it does that.
    how: *const RawWakerVTable,
}

impl WakerIdentity {
    pub(super) fn of(waker: &Waker) -> Self {
        WakerIdentity { data: waker.data(), how: waker.vtable() }
    }
}

thread_local! {
    /// The executor whose run this thread is polling.
    static INSIDE: RefCell<Option<Resident>> = const { RefCell::new(None) };
}

struct Resident {
    /// By its door an executor is known to its wakers.
    outside: Arc<Outside>,
    /// The executor itself.
    local: Rc<dyn Local>,
}

/// While this lives, this thread is inside an executor: its wakers need no lock.
pub(super) struct Inside {
    /// The executor around this one, where one runs within another's task.
    around: Option<Resident>,
}

impl Inside {
    pub(super) fn enter(outside: &Arc<Outside>, local: Rc<dyn Local>) -> Self {
        let resident = Resident { outside: Arc::clone(outside), local };
        Inside { around: INSIDE.replace(Some(resident)) }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.around.take());
    }
}

impl TaskWaker {
    /// The executor of this waker's task, if this thread is inside it.
    fn inside(&self) -> Option<Rc<dyn Local>> {
        // Where the thread is ending and its locals are gone, it is inside nothing.
        let inside = INSIDE.try_with(|inside| {
            let inside = inside.borrow();
            let resident = inside.as_ref().filter(|resident| Arc::ptr_eq(&resident.outside, &self.outside))?;
            Some(Rc::clone(&resident.local))
        });
        inside.ok().flatten()
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        match self.inside() {
            Some(local) => local.wake(self.task),
            None => self.call(),
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match self.inside() {
            Some(local) => local.wake(self.task),
            None => Arc::clone(self).call(),
        }
    }
}
