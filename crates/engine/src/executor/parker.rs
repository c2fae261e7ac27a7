//! How a thread blocks until another one wants it back.

use std::sync::PoisonError;
use std::time::Duration;

use super::platform::Unpark;
use super::sync::{Condvar, Mutex};

/// One thread's bed, and the bell beside it.
#[derive(Debug, Default)]
pub(crate) struct Parker {
    /// The token: whether the thread was unparked since its last park ended.
    unparked: Mutex<bool>,
    /// Where the thread blocks while there is no token.
    changed: Condvar,
}

impl Parker {
    /// Blocks until there is a token, for `limit` at the longest, and takes the token. May end early.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let mut unparked = self.unparked.lock().unwrap_or_else(PoisonError::into_inner);
        if !*unparked {
            unparked = match limit {
                None => self.changed.wait(unparked).unwrap_or_else(PoisonError::into_inner),
                Some(limit) => self.changed.wait_timeout(unparked, limit).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        *unparked = false;
    }
}

impl Unpark for Parker {
    fn unpark(&self) {
        *self.unparked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }
}
