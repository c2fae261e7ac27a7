//! The world around an executor.

use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use web_time::Instant;

use super::parker::Parker;
use super::task::Key;
use crate::time::Nanos;

/// A clock, a way to wait for it while no task is ready, and somebody who is told what happens.
///
/// The executor is one piece of code; what differs between a simulated thread, a browser's worker and a machine's thread is
/// this trait. Who does not need to be told leaves the hooks as they are: they compile to nothing.
pub trait Platform {
    /// The time since the run's start.
    fn now(&self) -> Nanos;

    /// Waits until `deadline`, for ever where there is none, or until it is unparked; at once, if it was unparked since the
    /// last park ended. Waking early is allowed: the executor looks at everything again.
    fn park(&self, deadline: Option<Nanos>) -> impl Future<Output = ()>;

    /// Hears that a turn begins, and looks without waiting whether somebody outside has called, where calls do not come by
    /// themselves.
    fn look(&self) {}

    /// How a waker that is called outside ends [`park`](Platform::park).
    fn unparker(&self) -> Arc<dyn Unpark>;

    /// Hears that a task went into the ready queue, just now or, where a timer woke it, as of that timer's deadline. A wake
    /// from another thread is told when the executor takes it up.
    fn woken(&self, task: Key, deadline: Option<Nanos>) {
        let _ = (task, deadline);
    }

    /// Hears that the turn of a task has come, and says whether it is polled. Where it is not, all goes on as if it had been
    /// and still waited.
    fn polling(&self, task: Key) -> bool {
        let _ = task;
        true
    }

    /// Hears that a task was polled and has not ended, and says who is polled next. What it awaits meanwhile holds up all
    /// tasks.
    fn polled(&self, task: Key) -> impl Future<Output = After> {
        let _ = task;
        ready(After::Next)
    }
}

/// Who is polled after a task that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The next one in the ready queue.
    Next,
    /// The same one, before any other: it holds the thread, as a call that blocks or computes does.
    Again,
}

/// Ends a platform's park from another thread, or the next one if it is not parked.
pub trait Unpark: Send + Sync {
    /// Ends the park.
    fn unpark(&self);
}

/// A thread that blocks while no task is ready: a machine's, or a browser's worker that may block.
#[derive(Debug)]
pub struct ThreadPlatform {
    /// The instant that counts as zero.
    start: Instant,
    /// What the thread blocks on.
    parker: Arc<Parker>,
}

impl ThreadPlatform {
    /// A platform whose clock starts now.
    pub fn new() -> Self {
        ThreadPlatform { start: Instant::now(), parker: Arc::default() }
    }
}

impl Default for ThreadPlatform {
    fn default() -> Self {
        ThreadPlatform::new()
    }
}

impl Platform for ThreadPlatform {
    fn now(&self) -> Nanos {
        self.start.elapsed().into()
    }

    async fn park(&self, deadline: Option<Nanos>) {
        let wait = deadline.map(|deadline| Duration::from(deadline.since(self.now())));
        if wait != Some(Duration::ZERO) {
            self.parker.park(wait);
        }
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        Arc::<Parker>::clone(&self.parker)
    }
}
