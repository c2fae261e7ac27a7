//! What wakers, join handles and bodies ask of the executor that runs them.

use std::any::Any;
use std::task::Waker;

use super::Shared;
use super::platform::Platform;
use super::task::Key;

/// What an executor does for those who do not know its platform: wakers, join handles and bodies.
pub(super) trait Local {
    /// Puts a task at the end of the ready queue, unless it stands there already or has ended.
    fn wake(&self, task: Key);

    /// Has a task dropped when its turn comes.
    fn abort(&self, task: Key);

    /// Whether a task has not ended.
    fn is_running(&self, task: Key) -> bool;

    /// Hears that a task has ended.
    fn ended(&self, task: Key);

    /// Moves what a task came to into `end`, an `Option` of it, if it has ended.
    fn take_end(&self, task: Key, end: &mut dyn Any);

    /// Has `joiner` woken when a task has ended.
    fn join(&self, task: Key, joiner: &Waker);

    /// Hears that nobody will join a task.
    fn detach(&self, task: Key);
}

impl<P: Platform> Local for Shared<P> {
    fn wake(&self, task: Key) {
        let is_new = self.tasks.borrow_mut().wake(task);
        if is_new {
            self.platform.woken(task, self.due.get());
        }
    }

    fn abort(&self, task: Key) {
        self.tasks.borrow_mut().abort(task);
        self.wake(task);
    }

    fn is_running(&self, task: Key) -> bool {
        self.tasks.borrow().is_running(task)
    }

    fn ended(&self, task: Key) {
        self.tasks.borrow_mut().end(task);
    }

    fn take_end(&self, task: Key, end: &mut dyn Any) {
        let body = self.tasks.borrow_mut().take_ended(task);
        if let Some(mut body) = body {
            body.take_end(end);
        }
    }

    fn join(&self, task: Key, joiner: &Waker) {
        if !self.tasks.borrow().is_joined_by(task, joiner) {
            let joiner = joiner.clone();
            let replaced = self.tasks.borrow_mut().join(task, joiner);
            drop(replaced);
        }
    }

    fn detach(&self, task: Key) {
        let forgotten = self.tasks.borrow_mut().detach(task);
        drop(forgotten);
    }
}
