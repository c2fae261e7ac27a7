//! How an event loop waits in a browser: it sets a timer and gives way to the browser's own loop.

use std::sync::Arc;
use std::time::Duration;

use engine::event_loop::Selector;
use engine::measure::Recorder;
use engine::time::Nanos;
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;

/// A selector on the browser's timers.
pub struct TimerSelector<F> {
    recorder: Arc<Recorder>,
    before_waiting: F,
    longest: Duration,
}

impl<F: Fn()> TimerSelector<F> {
    /// A selector on the clock of `recorder`. It calls `before_waiting` each time before it waits, and wakes after
    /// `longest` at the latest, so that it can do so now and then in a long wait too.
    pub fn new(recorder: Arc<Recorder>, longest: Duration, before_waiting: F) -> Self {
        TimerSelector { recorder, before_waiting, longest }
    }
}

impl<F: Fn()> Selector for TimerSelector<F> {
    fn now(&self) -> Nanos {
        self.recorder.now()
    }

    async fn select(&self, deadline: Nanos) {
        (self.before_waiting)();
        let left = Duration::from(deadline.since(self.recorder.now()));
        sleep(left.min(self.longest)).await;
    }
}

/// Waits for `delay` or a little longer. A browser's timers count whole milliseconds.
async fn sleep(delay: Duration) {
    let milliseconds = delay.as_secs_f64() * 1e3;
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let timer = Promise::new(&mut |resolve, _reject| {
        // A scope that refuses a timer is one that is being closed: nobody is left to wait.
        let _ = scope.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds.ceil() as i32);
    });
    let _ = JsFuture::from(timer).await;
}
