//! What is done after a pause, unless something else is to be done before.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

/// A pause, and what comes after it. It ends with whoever made it.
#[derive(Clone, Copy)]
pub struct Pause(StoredValue<Option<TimeoutHandle>>);

impl Pause {
    /// Nothing to wait for yet.
    pub fn new() -> Pause {
        let pause = Pause(StoredValue::new(None));
        on_cleanup(move || pause.end());
        pause
    }

    /// Does this after a pause, and nothing that was to be done before.
    pub fn then(self, length: Duration, act: impl FnOnce() + 'static) {
        self.end();
        let go_on = move || {
            self.0.try_set_value(None);
            act();
        };
        self.0.set_value(set_timeout_with_handle(go_on, length).ok());
    }

    /// Whether something is still to be done.
    pub fn is_on(self) -> bool {
        self.0.try_with_value(Option::is_some) == Some(true)
    }

    /// Whatever was to be done is not.
    pub fn end(self) {
        if let Some(waiting) = self.0.try_get_value().flatten() {
            waiting.clear();
            self.0.set_value(None);
        }
    }
}
