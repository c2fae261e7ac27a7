//! What an event loop waits with.

use std::future::Future;

use crate::time::Nanos;

/// A clock, and a way to wait for it while nothing else is to be done.
///
/// The event loop is one piece of code; what differs between a predicted run, a browser and a machine is this trait.
/// A virtual selector jumps to the deadline, a browser's sets a timer and returns to the page's own loop, a native one
/// blocks its thread.
pub trait Selector {
    /// The time since the run's start.
    fn now(&self) -> Nanos;

    /// Waits until `deadline`, or a little longer. Waking early is allowed: the loop looks at its timers again.
    fn select(&self, deadline: Nanos) -> impl Future<Output = ()>;
}
