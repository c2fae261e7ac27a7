//! How one task learns how another has ended.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::Local;
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
    /// Where its end is left.
    cell: Rc<JoinCell<T>>,
    /// Whoever runs it.
    executor: Rc<dyn Local>,
}

impl<T> JoinHandle<T> {
    pub(super) fn new(task: Key, cell: Rc<JoinCell<T>>, executor: Rc<dyn Local>) -> Self {
        JoinHandle { task, cell, executor }
    }

    /// The task's key.
    pub fn key(&self) -> Key {
        self.task
    }

    /// Whether the task has ended.
    pub fn is_finished(&self) -> bool {
        !matches!(self.cell.state.borrow().end, End::Running)
    }

    /// Puts the task into the ready queue, and has it dropped instead of polled when its turn comes. A task that ends before
    /// that has ended.
    pub fn abort(&self) {
        self.executor.abort(self.task);
    }

    /// The task's end, once, if it has ended.
    pub(super) fn take(&self) -> Option<Result<T, JoinError>> {
        let mut state = self.cell.state.borrow_mut();
        if matches!(state.end, End::Running) {
            return None;
        }
        match std::mem::replace(&mut state.end, End::Taken) {
            End::Ended(result) => Some(result),
            End::Running | End::Taken => None,
        }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// Where its output was given already, it stays pending, as there is nothing more to come.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(result) = self.take() {
            return Poll::Ready(result);
        }
        let mut state = self.cell.state.borrow_mut();
        match &mut state.joiner {
            Some(joiner) => joiner.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinHandle of {:?}", self.task)
    }
}

/// Where a task leaves its end, and who is to hear of it.
pub(super) struct JoinCell<T> {
    /// Both of them.
    state: RefCell<JoinState<T>>,
}

struct JoinState<T> {
    /// What the task has left.
    end: End<T>,
    /// Who waits for it.
    joiner: Option<Waker>,
}

enum End<T> {
    /// Nothing yet.
    Running,
    /// How the task ended.
    Ended(Result<T, JoinError>),
    /// How the task ended was given to whoever joined it.
    Taken,
}

impl<T> JoinCell<T> {
    /// Leaves the task's end here, unless one was left before. Nobody is woken yet: the task has still to be dropped.
    pub(super) fn end(&self, result: Result<T, JoinError>) {
        let mut state = self.state.borrow_mut();
        if matches!(state.end, End::Running) {
            state.end = End::Ended(result);
        }
    }
}

impl<T> Default for JoinCell<T> {
    fn default() -> Self {
        JoinCell { state: RefCell::new(JoinState { end: End::Running, joiner: None }) }
    }
}

/// A [`JoinCell`] of any type.
pub(super) trait Joined {
    /// Leaves the reason why there will be no output, unless there is one.
    fn fail(&self, error: JoinError);

    /// Wakes whoever waits for the end.
    fn wake(&self);
}

impl<T> Joined for JoinCell<T> {
    fn fail(&self, error: JoinError) {
        self.end(Err(error));
    }

    fn wake(&self) {
        let joiner = self.state.borrow_mut().joiner.take();
        if let Some(joiner) = joiner {
            joiner.wake();
        }
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
