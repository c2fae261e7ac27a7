//! What is done some times while nobody waits for it, so that it is quick when somebody does.
//!
//! A browser compiles a module in haste first, and well only what has run for a while. Without practice the first moves of a slider
//! would take twice as long as the later ones.

use std::rc::Rc;

use leptos::leptos_dom::helpers::{IdleCallbackHandle, request_idle_callback_with_handle};
use leptos::prelude::*;

use crate::state::browser;

/// So long browsers take at the most to notice what is worth their while.
const LONG_MS: f64 = 60.0;

/// Does `act`, of which nothing must be left to see, again and again in idle moments, until that has taken so long or whoever wants it
/// is gone. Where a browser tells of no idle moments there is no practice.
pub fn practise(act: impl Fn() + 'static) {
    let next = StoredValue::new(None::<IdleCallbackHandle>);
    on_cleanup(move || {
        if let Some(next) = next.try_get_value().flatten() {
            next.cancel();
        }
    });
    go_on(Rc::new(act), next, LONG_MS);
}

fn go_on(act: Rc<dyn Fn()>, next: StoredValue<Option<IdleCallbackHandle>>, left_ms: f64) {
    let asked = request_idle_callback_with_handle(move || {
        let begun_ms = browser::now_ms();
        act();
        let left_ms = left_ms - (browser::now_ms() - begun_ms);
        if left_ms > 0.0 {
            go_on(Rc::clone(&act), next, left_ms);
        }
    });
    next.try_set_value(asked.ok());
}
