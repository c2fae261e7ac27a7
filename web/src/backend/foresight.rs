//! Predictions that take longer than a frame: a Worker makes them, so that the page goes on meanwhile.
//!
//! The Worker holds the page's own module, which is in the browser's cache already, with a memory of its own. It is asked by a
//! number and a link, since a link carries all that decides a prediction, and answers with one message a model: the number, and
//! the trace as bytes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use engine::model::Model;
use engine::protocol;
use engine::trace::Trace;
use js_sys::{Array, Function, Promise, Uint8Array};
use lessons::Lesson;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::backend::Job;
use crate::backend::predict::Predictions;
use crate::state::browser;
use crate::state::link::{self, Settings};

/// The name of the `<meta>` that holds the folder of the page's module.
const PAGE_META: &str = "interleave-page";

/// The script that starts the page's module in a Worker.
const SCRIPT: &str = "predictor.js";

/// Predicts one run without keeping the page from its frames.
pub async fn run(lesson: &'static Lesson, settings: &Settings, model: Model) -> Arc<Trace> {
    let job = Job::prediction(lesson, settings, model);
    let predictions = match Predictions::within_a_frame(&job) {
        Some(predictions) => {
            browser::breath().await;
            predictions
        }
        None => predict(job.clone()).await,
    };
    predictions.trace(model).unwrap_or_else(|| Arc::new(job.predict(model)))
}

/// Predicts every model of `job` without keeping the page from its frames. Where there can be no Worker, the page waits.
pub async fn predict(job: Job) -> Predictions {
    match ask(&job).await {
        Some(traces) => Predictions::made(traces),
        None => Predictions::of(job),
    }
}

/// Answers a page, in a Worker.
pub fn serve() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let to_page = scope.clone();
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| answer(&to_page, &message.data()));
    scope.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    // It listens as long as there is a Worker.
    hear.forget();
    // Says that it hears. A page that is gone hears nothing.
    let _ = scope.post_message(&JsValue::NULL);
}

fn answer(page: &DedicatedWorkerGlobalScope, message: &JsValue) {
    let question: Array = message.clone().unchecked_into();
    let link = question.get(1).as_string().unwrap_or_default();
    let Some(job) = link::job(&link) else { return };
    for &model in &job.models {
        let bytes = Uint8Array::from(protocol::encode(&job.predict(model)).as_slice());
        // A page that is gone hears nothing.
        let _ = page.post_message(&Array::of2(&question.get(0), &bytes));
    }
}

thread_local! {
    static PREDICTOR: RefCell<Option<Rc<Predictor>>> = const { RefCell::new(None) };
    /// A Worker that died would die again.
    static HAS_DIED: Cell<bool> = const { Cell::new(false) };
}

/// The page's side of the Worker.
struct Predictor {
    worker: Worker,
    asked: RefCell<Vec<Asked>>,
    /// What waits until the Worker hears.
    unsent: RefCell<Option<Vec<JsValue>>>,
    listeners: RefCell<Option<(Listener<MessageEvent>, Listener<JsValue>)>>,
}

type Listener<E> = Closure<dyn FnMut(E)>;

/// A job that is being predicted.
struct Asked {
    number: u32,
    /// How many traces are still to come.
    to_come: usize,
    traces: Vec<Arc<Trace>>,
    /// Goes on with whoever asked.
    done: Function,
}

/// The traces of `job`; `None` where there is no Worker, or it has died.
async fn ask(job: &Job) -> Option<Vec<Arc<Trace>>> {
    let predictor = Predictor::of_page()?;
    let number = predictor.asked.borrow().last().map_or(0, |last| last.number.wrapping_add(1));
    let link = link::of_job(job);
    let answered = Promise::new(&mut |done, _| {
        let (to_come, traces) = (job.models.len(), Vec::new());
        predictor.asked.borrow_mut().push(Asked { number, to_come, traces, done });
    });
    predictor.send(Array::of2(&number.into(), &link.into()).into());
    JsFuture::from(answered).await.ok()?;
    predictor.take(number)
}

impl Predictor {
    /// The one that there is, begun if need be; none where it has died.
    fn of_page() -> Option<Rc<Predictor>> {
        if HAS_DIED.get() {
            return None;
        }
        if let Some(predictor) = PREDICTOR.with_borrow(Clone::clone) {
            return Some(predictor);
        }
        let folder = browser::meta(PAGE_META)?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&format!("{folder}/{SCRIPT}"), &options).ok()?;
        let predictor = Rc::new(Predictor {
            worker,
            asked: RefCell::default(),
            unsent: RefCell::new(Some(Vec::new())),
            listeners: RefCell::default(),
        });
        predictor.listen();
        PREDICTOR.set(Some(Rc::clone(&predictor)));
        Some(predictor)
    }

    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let hear = Listener::new(move |message: MessageEvent| {
            if let Some(predictor) = weak.upgrade() {
                predictor.hear(&message.data());
            }
        });
        let weak = Rc::downgrade(self);
        let lose = Listener::new(move |_: JsValue| {
            if let Some(predictor) = weak.upgrade() {
                predictor.lose();
            }
        });
        self.worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        self.worker.set_onerror(Some(lose.as_ref().unchecked_ref()));
        self.listeners.replace(Some((hear, lose)));
    }

    fn send(&self, question: JsValue) {
        match self.unsent.borrow_mut().as_mut() {
            Some(unsent) => unsent.push(question),
            // Plain data can always be sent.
            None => drop(self.worker.post_message(&question)),
        }
    }

    fn hear(&self, message: &JsValue) {
        if let Some(unsent) = self.unsent.take() {
            for question in unsent {
                self.send(question);
            }
            return;
        }
        let answer: Array = message.clone().unchecked_into();
        let number = answer.get(0).as_f64().unwrap_or_default() as u32;
        let bytes = Uint8Array::from(answer.get(1)).to_vec();
        let Ok(trace) = protocol::decode::<Trace>(&bytes) else { return self.lose() };
        let mut all = self.asked.borrow_mut();
        let Some(asked) = all.iter_mut().find(|asked| asked.number == number) else { return };
        asked.traces.push(Arc::new(trace));
        asked.to_come -= 1;
        if asked.to_come == 0 {
            // Fails only where nobody waits any longer.
            let _ = asked.done.call0(&JsValue::NULL);
        }
    }

    /// The Worker has died: whoever asked does without.
    fn lose(&self) {
        PREDICTOR.set(None);
        HAS_DIED.set(true);
        for asked in self.asked.borrow().iter() {
            // Fails only where nobody waits any longer.
            let _ = asked.done.call0(&JsValue::NULL);
        }
    }

    fn take(&self, number: u32) -> Option<Vec<Arc<Trace>>> {
        let mut all = self.asked.borrow_mut();
        let place = all.iter().position(|asked| asked.number == number)?;
        let asked = all.remove(place);
        (asked.to_come == 0).then_some(asked.traces)
    }
}

impl Drop for Predictor {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

#[cfg(test)]
pub mod testing {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// What a future that waits for nothing comes to.
    pub fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::machine::Machine;

    #[test]
    fn a_job_in_a_worker_is_the_job_of_the_page_and_its_traces_arrive_as_they_were() {
        for lesson in lessons::catalogue().iter().filter(|lesson| lesson.id != "paged-api") {
            let values = lessons::Values::read(lesson.parameters, &[]).expect("defaults are right");
            let machine = Machine { seed: 7, keeps_gil: false, ..Machine::USUAL }.with_cores(3);
            let machine = if crate::state::machine::is_lessons_own(lesson, "gil") { Machine::USUAL } else { machine };
            let job = Job { machine, ..Job::usual(lesson, values) };
            let there = link::job(&link::of_job(&job)).unwrap_or_else(|| panic!("{} is none", lesson.id));
            for model in &job.models {
                let bytes = protocol::encode(&there.predict(*model));
                let arrived: Trace = protocol::decode(&bytes).expect("it is a trace");
                assert_eq!(arrived, job.predict(*model), "{} {model}", lesson.id);
            }
        }
    }

    #[test]
    fn what_is_predicted_within_a_frame_is_what_would_be_predicted_anyway() {
        let mut longer = Vec::new();
        for lesson in lessons::catalogue() {
            let values = lessons::Values::read(lesson.parameters, &[]).expect("defaults are right");
            let job = Job::usual(lesson, values);
            let Some(predictions) = Predictions::within_a_frame(&job) else {
                longer.push(lesson.id);
                continue;
            };
            for model in &job.models {
                let trace = predictions.trace(*model).expect("every model is predicted");
                assert_eq!(*trace, job.predict(*model), "{} {model}", lesson.id);
            }
        }
        assert_eq!(
            longer,
            ["merge-sort", "paged-api"],
            "of the lessons as they come, only those with very many spans wait"
        );
    }
}
