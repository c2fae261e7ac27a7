//! How one task learns how another has ended.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::local::Local;
use super::task::Key;

/// Why a task has no output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// It was aborted, or dropped at the end of the run.
    Cancelled,
    /// It panicked, and said this.
    Panicked(String),
}

impl JoinError {
    pub(super) fn from_panic(panic: &(dyn Any + Send)) -> Self {
        let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        JoinError::Panicked(said.unwrap_or_else(|| "without a word".to_owned()))
    }
}

/// A spawned task's future end: its output, or why there is none. Awaiting it joins the task; dropping it leaves the task
/// running, and nobody will know its output.
pub struct JoinHandle<T> {
    /// The task.
    task: Key,
    /// Whoever runs it, and keeps its end until it is asked for.
    executor: Rc<dyn Local>,
    /// How it is asked.
    ask: fn(&dyn Local, Key) -> Option<Result<T, JoinError>>,
}

impl<T> JoinHandle<T> {
    pub(super) fn new(task: Key, executor: Rc<dyn Local>) -> Self
    where
        T: 'static,
    {
        let ask = |executor: &dyn Local, task| {
            let mut end = None;
            executor.take_end(task, &mut end);
            end
        };
        JoinHandle { task, executor, ask }
    }

    /// The task's key.
    pub fn key(&self) -> Key {
        self.task
    }

    /// Whether the task has ended.
    pub fn is_finished(&self) -> bool {
        !self.executor.is_running(self.task)
    }

    /// Puts the task into the ready queue, and has it dropped instead of polled when its turn comes. A task that ends before
    /// that has ended.
    pub fn abort(&self) {
        self.executor.abort(self.task);
    }

    /// The task's end, once, if it has ended.
    pub(super) fn take(&self) -> Option<Result<T, JoinError>> {
        (self.ask)(&*self.executor, self.task)
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// Where its output was given already, it stays pending, as there is nothing more to come.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(end) = self.take() {
            return Poll::Ready(end);
        }
        self.executor.join(self.task, context.waker());
        Poll::Pending
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        self.executor.detach(self.task);
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinHandle of {:?}", self.task)
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinError::Cancelled => f.write_str("it was cancelled"),
            JoinError::Panicked(said) => write!(f, "it panicked: {said}"),
        }
    }
}

impl std::error::Error for JoinError {}
