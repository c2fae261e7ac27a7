//! Measured runs in this browser: the threaded module, which lives in a Web Worker of its own.
//!
//! A lab has one pool size. Another size, a cancel, a crash or a silence ends its Worker; the next job starts another.

use engine::model::Model;
use js_sys::{Reflect, Uint8Array};
use lessons::Prepared;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::backend::remote::{Ears, Line, Remote};
use crate::backend::{Backend, Job, LAB_META, Name, Tell};
use crate::state::browser;

/// A page starts no more Workers than this: each takes memory of its own, and browsers stop at some number.
const MOST_WORKERS: usize = 80;

/// The lab of a page. Its Worker ends with it.
#[derive(Default)]
pub struct Lab(Remote<Coordinator>);

/// A Worker with all that listens to it. Dropping it ends the Worker and its pool.
struct Coordinator {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Backend for Lab {
    fn refuses(&self, model: Model, prepared: &Prepared) -> Option<String> {
        refusal(prepared.busy_threads(model), prepared.threads_elsewhere(model))
    }

    fn start(&self, job: Job, tell: Tell) {
        let prepared = job.prepared();
        let runs = |model: &Model| self.refuses(*model, &prepared).is_none();
        let models: Vec<Model> = job.models.iter().copied().filter(runs).collect();
        let threads = models.iter().map(|model| prepared.busy_threads(*model)).max().unwrap_or(1);
        self.0.start(job, models, threads, tell, |ears| Coordinator::start(threads, ears));
    }

    fn stop(&self) {
        self.0.stop();
    }
}

/// Why a browser cannot do a run that keeps so many threads busy, and so many isolated Workers beside them.
fn refusal(threads: usize, isolated: usize) -> Option<String> {
    let beside = if isolated == 0 { String::new() } else { format!(" and {isolated} isolated Workers") };
    (threads + isolated > MOST_WORKERS).then(|| {
        format!("This run takes {threads} threads{beside}, and a page starts no more than {MOST_WORKERS} Workers.")
    })
}

impl Line for Coordinator {
    const NAME: Name = Name { is_gone: "The lab was ended", mend: "The next run starts another one." };

    fn send(&self, message: &[u8]) -> Result<(), JsValue> {
        self.worker.post_message(&Uint8Array::from(message))
    }
}

impl Coordinator {
    fn start(threads: usize, ears: &Ears<Coordinator>) -> Result<Coordinator, String> {
        let folder = browser::meta(LAB_META).ok_or("this page was built without it")?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&threads.to_string());
        let worker = Worker::new_with_options(&format!("{folder}/coordinator.js"), &options)
            .map_err(|error| format!("the browser would not start it ({})", message_of(&error)))?;
        let on_message = ears.listener(|ears, message: MessageEvent| {
            let bytes = message.data().dyn_into::<Uint8Array>().map(|array| array.to_vec());
            ears.hear(&bytes.unwrap_or_default());
        });
        let on_error = ears.listener(|ears, error: JsValue| ears.lose(crash(&error)));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Coordinator { worker, _on_message: on_message, _on_error: on_error })
    }
}

impl Drop for Coordinator {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

fn crash(error: &JsValue) -> String {
    match message_of(error) {
        message if message.is_empty() => "it crashed, or could not be loaded".to_owned(),
        message => format!("it crashed ({message})"),
    }
}

/// The message of an error or an error event; empty where it has none.
fn message_of(error: &JsValue) -> String {
    Reflect::get(error, &JsValue::from_str("message")).ok().and_then(|message| message.as_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_refuses_what_takes_too_many_workers_and_nothing_else() {
        assert_eq!(refusal(80, 0), None);
        assert_eq!(refusal(41, 39), None);
        let said = refusal(41, 40).expect("81 Workers are too many");
        assert!(said.contains("41 threads and 40 isolated Workers"), "{said}");
        assert!(refusal(81, 0).is_some_and(|said| said.contains("81 threads, and")));
    }
}
