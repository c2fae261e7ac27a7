//! Real networks, as measured runs use them: how a thread that blocks makes a request, and how an event loop's thread waits
//! for many at once.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::event_loop::Exchanging;
use crate::executor::{Parker, Unpark};
use crate::network::Responded;

/// A real network that a run's requests go over. Without one a timer stands in for it.
pub trait Transport: Send + Sync {
    /// Makes one attempt, from 1, at the request of this number. The calling thread blocks until the answer is there.
    ///
    /// # Errors
    /// Why no answer came, as the end of a sentence that begins with the task's name.
    fn exchange(&self, request: u64, attempt: u32) -> Result<Responded, String>;

    /// What the calling thread waits with when it runs an event loop.
    ///
    /// # Errors
    /// Why there is none, as the end of a sentence.
    fn selector(&self) -> Result<Rc<dyn Selector>, String>;
}

/// What an event loop's thread waits with: for a deadline, for other threads, and for sockets.
pub trait Selector {
    /// Waits until a socket is ready or another thread unparks this one, for `limit` at the longest, and wakes who waits
    /// for the sockets that are ready. May end early.
    fn wait(&self, limit: Option<Duration>);

    /// How another thread ends [`Selector::wait`].
    fn unparker(&self) -> Arc<dyn Unpark>;

    /// Begins one attempt, from 1, at the request of this number; `None` where a timer stands in for the network.
    fn exchange(&self, request: u64, attempt: u32) -> Option<Exchanging>;
}

/// A thread without sockets.
#[derive(Default)]
pub(super) struct NoSockets(Arc<Parker>);

impl Selector for NoSockets {
    fn wait(&self, limit: Option<Duration>) {
        if limit != Some(Duration::ZERO) {
            self.0.park(limit);
        }
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        Arc::<Parker>::clone(&self.0)
    }

    fn exchange(&self, _: u64, _: u32) -> Option<Exchanging> {
        None
    }
}
