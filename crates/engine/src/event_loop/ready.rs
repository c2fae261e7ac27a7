//! The ready queue: tasks that can be polled, in the order in which they were woken.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

use crate::trace::TaskId;

/// The queue that wakers push to. The standard library's wakers may be called from any thread, which is why it is behind
/// a lock; a call from another thread does not end a selector's wait, though, so nothing outside the loop wakes tasks yet.
#[derive(Debug, Default)]
pub(super) struct ReadyQueue {
    tasks: Mutex<VecDeque<Arc<ReadyTask>>>,
}

impl ReadyQueue {
    /// The waker of `task`: whoever calls it puts the task at the end of the queue, unless it stands there already.
    pub(super) fn waker(self: &Arc<Self>, task: TaskId) -> Waker {
        Waker::from(Arc::new(ReadyTask { task, queued: AtomicBool::new(false), queue: Arc::clone(self) }))
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Takes the first task out. From now on it can be woken again.
    pub(super) fn pop(&self) -> Option<TaskId> {
        let ready = self.lock().pop_front()?;
        ready.queued.swap(false, Ordering::AcqRel);
        Some(ready.task)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<ReadyTask>>> {
        // A push or a pop that panicked has not half happened, so the queue behind a poisoned lock is whole.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct ReadyTask {
    task: TaskId,
    queued: AtomicBool,
    queue: Arc<ReadyQueue>,
}

impl Wake for ReadyTask {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let queue = Arc::clone(&self.queue);
            queue.lock().push_back(self);
        }
    }
}
