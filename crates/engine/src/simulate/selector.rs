//! The event loop's selector on a virtual clock: waiting is jumping.

use std::cell::Cell;

use crate::event_loop::Selector;
use crate::time::Nanos;

/// A clock that stands still until somebody waits.
#[derive(Debug, Default)]
pub(super) struct VirtualSelector {
    now: Cell<Nanos>,
}

impl Selector for VirtualSelector {
    fn now(&self) -> Nanos {
        self.now.get()
    }

    async fn select(&self, deadline: Nanos) {
        self.now.set(deadline.max(self.now.get()));
    }
}
