//! A GIL that is really held: of all threads of a run only its holder executes steps of a body.
//!
//! # The protocol
//! As in CPython's `ceval_gil.c`. A thread acquires the GIL before its body goes on and lets go of it in every wait. Threads
//! that want it stand in line, and each gets it in its turn; CPython leaves open who is next. Whoever is first there waits
//! for the switch interval; has the GIL not changed hands by then, it asks for it, and the holder, who looks at the request
//! at each checkpoint of its work, goes to the end of the line.
//!
//! A place in the line is never given up, so whoever asks will be the next holder, and takes the request back when it is:
//! a request is always meant for the present holder.
//!
//! Each place has its own condition variable, and nobody is woken but the first in line: by the holder when it lets go, by
//! the end of the interval, and once by whoever stood before it, when that one has the GIL and the interval begins. All
//! others sleep, however many they are.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering};
use crate::trace::TaskId;

/// The lock that threads of one run pass to each other.
#[derive(Debug)]
pub struct Gil {
    interval: Duration,
    line: Mutex<Line>,
    /// Whether the first in line has waited for the switch interval. Written under the lock.
    is_asked_for: AtomicBool,
}

#[derive(Debug, Default)]
struct Line {
    is_held: bool,
    /// The places of those who want it. Who is at the front is told when it gets there and when the GIL is free.
    places: VecDeque<Arc<Condvar>>,
    /// The task that its last holder was busy with.
    left_by: Option<TaskId>,
}

impl Gil {
    /// A GIL that nobody holds, with this switch interval.
    pub fn new(interval: Duration) -> Gil {
        Gil { interval, line: Mutex::new(Line::default()), is_asked_for: AtomicBool::new(false) }
    }

    /// Acquires the GIL if nobody has it and nobody stands in line.
    pub fn try_acquire(&self) -> bool {
        let mut line = self.lock();
        let is_free = !line.is_held && line.places.is_empty();
        line.is_held |= is_free;
        is_free
    }

    /// Stands in line for the GIL and waits until it is this thread's. Returns the task that made way.
    pub fn acquire(&self) -> Option<TaskId> {
        let mut line = self.lock();
        let place = Arc::new(Condvar::new());
        line.places.push_back(Arc::clone(&place));
        loop {
            let is_first = line.is_first(&place);
            if is_first && !line.is_held {
                break;
            }
            if is_first && !self.is_asked_for() {
                // Nobody else gets it meanwhile: if it is held when the interval ends, it has not changed hands.
                let (after, waited) = place.wait_timeout(line, self.interval).unwrap_or_else(PoisonError::into_inner);
                line = after;
                if waited.timed_out() && line.is_held {
                    self.is_asked_for.store(true, Ordering::Relaxed);
                }
            } else {
                line = place.wait(line).unwrap_or_else(PoisonError::into_inner);
            }
        }
        line.places.pop_front();
        line.is_held = true;
        self.is_asked_for.store(false, Ordering::Relaxed);
        let left_by = line.left_by;
        Gil::tell_first(line);
        left_by
    }

    /// Lets go of the GIL, which only its holder does. `task` is what it was busy with.
    pub fn release(&self, task: Option<TaskId>) {
        let mut line = self.lock();
        line.is_held = false;
        line.left_by = task;
        Gil::tell_first(line);
    }

    /// Whether somebody stands in line.
    pub fn is_wanted(&self) -> bool {
        !self.lock().places.is_empty()
    }

    /// Whether the holder has been asked for it.
    pub fn is_asked_for(&self) -> bool {
        self.is_asked_for.load(Ordering::Relaxed)
    }

    /// Wakes who is first in line, outside the lock that it will want.
    fn tell_first(line: MutexGuard<'_, Line>) {
        let first = line.places.front().cloned();
        drop(line);
        if let Some(first) = first {
            first.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // Nothing is half changed when a thread panics under the lock.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn is_first(&self, place: &Arc<Condvar>) -> bool {
        self.places.front().is_some_and(|first| Arc::ptr_eq(first, place))
    }
}
