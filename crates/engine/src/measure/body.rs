//! Running a body on a thread that blocks: from its beginning to its end in one poll, or not to its end at all.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::error::TaskFailed;
use crate::operation::{Reply, Request};
use crate::program::{Body, Ended, poll_body, waits_for_nothing};
use crate::sync::Misuse;
use crate::task::Host;
use crate::trace::TaskId;

/// The run is over, and nothing of it goes on. The thread that learns so has let go of the GIL.
#[derive(Debug)]
pub(super) struct Over;

/// Why a body is left where it is, for good.
#[derive(Debug)]
pub(super) enum Left {
    /// Its task has done what it must not: the end of the sentence "TASK failed: …".
    Failed(String),
    /// See [`Over`].
    Over,
}

/// Whoever does what a task asks for while the task's thread waits.
pub(super) trait Desk {
    /// Does it, however long that takes.
    fn answer(&self, task: TaskId, request: &Request) -> Result<Reply, Left>;
}

/// Runs the body that `begin` makes under its host, which hands all questions to `desk`. The task is called `name`.
///
/// # Errors
/// [`Over`] where the run is over before the body's end.
pub(super) fn run_body(
    name: &str,
    desk: impl Desk + 'static,
    begin: impl FnOnce(Rc<dyn Host>) -> Result<Body, TaskFailed>,
) -> Result<Ended, Over> {
    let host = Rc::new(Blocking { desk, left: Cell::new(None) });
    let mut body = match begin(Rc::<Blocking<_>>::clone(&host)) {
        Ok(body) => body,
        Err(failed) => return Ok(Err(failed)),
    };
    match poll_body(|| name.to_owned(), body.as_mut(), &mut Context::from_waker(Waker::noop())) {
        Poll::Ready(ended) => Ok(ended),
        Poll::Pending => match host.left.take() {
            Some(Left::Failed(reason)) => Ok(Err(TaskFailed { task: name.to_owned(), reason })),
            Some(Left::Over) => Err(Over),
            None => Ok(Err(waits_for_nothing(name))),
        },
    }
}

/// A host that answers at once, or leaves the body pending and remembers why.
struct Blocking<D> {
    desk: D,
    left: Cell<Option<Left>>,
}

impl<D: Desk> Host for Blocking<D> {
    fn poll(&self, task: TaskId, request: &mut Request, _: &mut Context<'_>) -> Poll<Reply> {
        match self.desk.answer(task, request) {
            Ok(reply) => Poll::Ready(reply),
            Err(left) => {
                self.left.set(Some(left));
                Poll::Pending
            }
        }
    }
}

impl From<Over> for Left {
    fn from(Over: Over) -> Self {
        Left::Over
    }
}

impl From<Misuse> for Left {
    fn from(misuse: Misuse) -> Self {
        Left::Failed(misuse.to_string())
    }
}
