//! What the lab asks of the browser itself: isolated Workers and the time.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/isolated.js")]
extern "C" {
    /// An isolated Worker.
    pub type Isolated;

    /// What all Workers' clocks show, in milliseconds.
    pub fn clock() -> f64;

    /// Starts an isolated Worker, which is a thread of a process, and by these numbers `hear` is told of it.
    #[wasm_bindgen(catch)]
    fn start(
        module: &JsValue,
        lab: &JsString,
        memory: &JsValue,
        process: u32,
        thread: u32,
        hear: &JsValue,
    ) -> Result<Isolated, JsValue>;

    /// Ends it.
    pub fn end(worker: &Isolated);

    /// Sends it a copy of a message.
    #[wasm_bindgen(method, js_name = postMessage, catch)]
    pub fn send(this: &Isolated, message: &Uint8Array) -> Result<(), JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static LAB: JsString;

    /// Posts a message from this Worker to whoever started it.
    #[wasm_bindgen(js_name = postMessage)]
    pub fn post(message: &JsValue);
}

/// What is told of an isolated Worker: the numbers of its process and of its thread, and what it says.
pub type Hear = Closure<dyn Fn(u32, u32, JsValue)>;

/// Starts an isolated Worker that runs this very module, with a memory of its own where `memory` is none.
///
/// # Errors
/// What the browser says where it starts none.
pub fn start_isolated(memory: &JsValue, process: u32, thread: u32, hear: &Hear) -> Result<Isolated, String> {
    let started = LAB.with(|lab| start(&wasm_bindgen::module(), lab, memory, process, thread, hear.as_ref()));
    started.map_err(|error| format!("the browser would not start it ({error:?})"))
}
