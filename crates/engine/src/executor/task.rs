//! Tasks: the futures that an executor owns, each in one allocation with what it comes to.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::join::JoinError;
use super::local::Local;

/// Names a task of one executor, even after its end: until a slot has been used four thousand million times, no other task has the same key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which slot the task stands in. Slots are used again.
    pub(super) index: u32,
    /// The how-manieth task it is that stands there.
    pub(super) generation: NonZeroU32,
}

impl Key {
    /// The slot that the task stands in, from 0; after its end another task may stand there.
    pub fn slot(self) -> usize {
        self.index as usize
    }
}

impl fmt::Debug for Key {
    /// The slot, and after a dot how many tasks stood there before.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation.get() - 1)
    }
}

/// Both numbers in one, as a waker keeps them.
impl From<Key> for u64 {
    fn from(key: Key) -> u64 {
        u64::from(key.generation.get()) << 32 | u64::from(key.index)
    }
}

/// Names no task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoKey;

/// The key behind the number, which zero is not.
impl TryFrom<u64> for Key {
    type Error = NoKey;

    fn try_from(number: u64) -> Result<Key, NoKey> {
        let generation = NonZeroU32::new((number >> 32) as u32).ok_or(NoKey)?;
        Ok(Key { index: number as u32, generation })
    }
}

/// A task's future, whatever its type, and in its place later on what it came to.
pub(crate) struct Body(Pin<Box<dyn Work>>);

impl Body {
    pub(crate) fn new<T: 'static>(future: impl Future<Output = T> + 'static) -> Self {
        Body(Box::pin(Stage::Running { future }))
    }

    /// Polls the future. A panic ends it, as its failure.
    #[inline]
    pub(super) fn poll(&mut self, context: &mut Context<'_>, ending: &Ending<'_>) -> Poll<()> {
        let work = self.0.as_mut();
        let polled = catch_unwind(AssertUnwindSafe(|| work.poll(context, ending)));
        polled.unwrap_or_else(|panic| {
            self.fail(JoinError::from_panic(&*panic), ending);
            Poll::Ready(())
        })
    }

    /// Drops the future where it waits.
    pub(super) fn cancel(&mut self, ending: &Ending<'_>) {
        self.fail(JoinError::Cancelled, ending);
    }

    /// Moves what the task came to into `end`, an `Option` of it.
    pub(super) fn take_end(&mut self, end: &mut dyn Any) {
        self.0.as_mut().take_end(end);
    }

    /// Drops what nobody wants to know.
    pub(super) fn forget(self) {
        contain(|| drop(self));
    }

    #[cold]
    fn fail(&mut self, error: JoinError, ending: &Ending<'_>) {
        ending.tell();
        contain(|| self.0.as_mut().fail(error));
    }
}

/// How a task ended is settled: a destructor that panics now changes nothing and reaches nobody else.
fn contain(destroy: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(destroy));
}

/// Who is told that a task has ended, before its future is dropped: from then on nobody can wake it.
pub(super) struct Ending<'a> {
    /// The task.
    pub(super) task: Key,
    /// Whoever runs it.
    pub(super) executor: &'a dyn Local,
}

impl Ending<'_> {
    fn tell(&self) {
        self.executor.ended(self.task);
    }
}

trait Work {
    /// Polls the future, and puts its output in its place.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>, ending: &Ending<'_>) -> Poll<()>;

    /// Puts the reason why there will be no output in the future's place, unless the task has ended.
    fn fail(self: Pin<&mut Self>, error: JoinError);

    /// Moves what the task came to into an `Option` of it.
    fn take_end(self: Pin<&mut Self>, end: &mut dyn Any);
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F: Future> {
        Running {
            #[pin]
            future: F,
        },
        Ended {
            end: Option<Result<F::Output, JoinError>>,
        },
    }
}

impl<F: Future<Output: 'static>> Work for Stage<F> {
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>, ending: &Ending<'_>) -> Poll<()> {
        let StageProjection::Running { future } = self.as_mut().project() else { return Poll::Ready(()) };
        future.poll(context).map(|output| {
            ending.tell();
            self.set(Stage::Ended { end: Some(Ok(output)) });
        })
    }

    fn fail(mut self: Pin<&mut Self>, error: JoinError) {
        if let StageProjection::Running { .. } = self.as_mut().project() {
            self.set(Stage::Ended { end: Some(Err(error)) });
        }
    }

    fn take_end(self: Pin<&mut Self>, wanted: &mut dyn Any) {
        let wanted = wanted.downcast_mut::<Option<Result<F::Output, JoinError>>>();
        if let (StageProjection::Ended { end }, Some(wanted)) = (self.project(), wanted) {
            *wanted = end.take();
        }
    }
}
