//! The wakers that fill the ready queue.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::task::{RawWakerVTable, Wake, Waker};

use super::local::Local;
use super::outside::{Outside, TaskWaker};
use super::task::Key;

/// A waker that tasks are polled with, one after the other: most never keep theirs, as timers, yields and joins know the
/// task by its key. Whoever clones it keeps it for the task that is being polled, and another is made for the next.
pub(super) struct LentWaker {
    /// What the tasks see.
    waker: Waker,
    /// What stands behind it.
    behind: Arc<TaskWaker>,
}

impl LentWaker {
    /// How many hold what stands behind a waker that nobody has kept.
    const OURS: usize = 2;

    pub(super) fn new(task: Key, outside: &Arc<Outside>) -> Self {
        let behind = Arc::new(TaskWaker::new(task, Arc::clone(outside)));
        LentWaker { waker: Waker::from(Arc::clone(&behind)), behind }
    }

    /// The waker, which is that of `task` from now on. It must not have been kept.
    #[inline]
    pub(super) fn lend(&self, task: Key) -> &Waker {
        self.behind.task.store(u64::from(task), Ordering::Relaxed);
        &self.waker
    }

    /// If somebody has kept the waker, the waker, which remains that of `task`; another is lent from now on.
    #[inline]
    pub(super) fn take_kept(&mut self, task: Key) -> Option<Waker> {
        if Arc::strong_count(&self.behind) == LentWaker::OURS {
            // Another thread that has let go of it has read whose it is before that.
            fence(Ordering::Acquire);
            return None;
        }
        Some(self.replace(task))
    }

    #[cold]
    fn replace(&mut self, task: Key) -> Waker {
        let next = LentWaker::new(task, &self.behind.outside);
        mem::replace(self, next).waker
    }
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

impl Sleeper {
    /// The task, where it is one of this executor's.
    pub(super) fn task(&self) -> Option<Key> {
        match self {
            Sleeper::Task(task) => Some(*task),
            Sleeper::Other(_) => None,
        }
    }
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
    #[inline]
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
    /// Wakes the task, if this thread is inside its executor.
    fn wake_inside(&self) -> bool {
        let Some(local) = self.inside() else { return false };
        if let Ok(task) = Key::try_from(self.task.load(Ordering::Relaxed)) {
            local.wake(task);
        }
        true
    }

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
        if !self.wake_inside() {
            self.call();
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.wake_inside() {
            Arc::clone(self).call();
        }
    }
}
