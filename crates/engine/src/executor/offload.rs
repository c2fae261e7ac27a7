//! Work that blocks or computes, done by another thread while the executor goes on.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use super::outside::Expected;
use super::platform::Platform;
use super::{Executor, JoinError};

/// Has `work` done by a thread of `start`, now; what is returned waits for the output. Dropping it does not stop the work,
/// which nothing could.
///
/// The output is [`JoinError::Panicked`] where the work panicked, and [`JoinError::Cancelled`] where `start` dropped it.
pub fn offload<T: Send + 'static, P: Platform + 'static>(
    executor: &Executor<P>,
    work: impl FnOnce() -> T + Send + 'static,
    start: &dyn Fn(Box<dyn FnOnce() + Send>),
) -> Offloaded<T> {
    let parcel = Arc::<Mutex<Parcel<T>>>::default();
    let delivery = Delivery { parcel: Arc::clone(&parcel), _expected: executor.expect_wakes() };
    start(Box::new(move || {
        let output = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| JoinError::from_panic(&*panic));
        delivery.deliver(output);
    }));
    Offloaded { parcel }
}

/// The output of work that another thread does, or why there is none.
#[must_use = "the work is done anyway, but nobody waits for its output until this is awaited"]
pub struct Offloaded<T> {
    parcel: Arc<Mutex<Parcel<T>>>,
}

impl<T> Future for Offloaded<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut parcel = lock(&self.parcel);
        match parcel.output.take() {
            Some(output) => Poll::Ready(output),
            None => {
                parcel.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> fmt::Debug for Offloaded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Offloaded")
    }
}

/// What both threads have in common.
struct Parcel<T> {
    /// What the work gave, until it is taken.
    output: Option<Result<T, JoinError>>,
    /// Who waits for it.
    waker: Option<Waker>,
}

impl<T> Default for Parcel<T> {
    fn default() -> Self {
        Parcel { output: None, waker: None }
    }
}

/// The other thread's duty to hand something over, whatever becomes of the work.
struct Delivery<T> {
    parcel: Arc<Mutex<Parcel<T>>>,
    /// Dropped only after the delivery: until then the executor does not give up.
    _expected: Expected,
}

impl<T> Delivery<T> {
    fn deliver(&self, output: Result<T, JoinError>) {
        let waker = {
            let mut parcel = lock(&self.parcel);
            parcel.output.get_or_insert(output);
            parcel.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Drop for Delivery<T> {
    fn drop(&mut self) {
        // Says something only where the work was dropped instead of done: the first delivery is what counts.
        self.deliver(Err(JoinError::Cancelled));
    }
}

fn lock<T>(parcel: &Mutex<Parcel<T>>) -> std::sync::MutexGuard<'_, Parcel<T>> {
    // Nothing that can panic happens while it is locked.
    parcel.lock().unwrap_or_else(PoisonError::into_inner)
}
