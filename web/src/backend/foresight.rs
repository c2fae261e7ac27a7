//! Predictions that take longer than a frame: Workers make them, so that the page goes on meanwhile.
//!
//! Each Worker holds the page's own module, which is in the browser's cache already, with a memory of its own. It is asked for one
//! model at a time by a link, since a link carries all that decides a prediction, and answers with the trace as bytes. Another
//! Worker is begun where all are busy and there is a core for it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
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

/// More Workers than these would take more room than time.
const MOST_WORKERS: usize = 4;

/// Predicts one run without keeping the page from its frames.
pub async fn run(lesson: &'static Lesson, settings: &Settings, model: Model) -> Arc<Trace> {
    let job = Job::prediction(lesson, settings, model);
    run_all(job.clone()).await.trace(model).unwrap_or_else(|| Arc::new(job.predict(model)))
}

/// Predicts every model of `job` without keeping the page from its frames, here where that fits into one.
pub async fn run_all(job: Job) -> Predictions {
    match Predictions::within_a_frame(&job) {
        Some(predictions) => {
            browser::breath().await;
            predictions
        }
        None => predict(job, |_| ()).await,
    }
}

/// Predicts every model of `job` without keeping the page from its frames. Where there can be no Worker, it gets them between the
/// models. `arrived` hears of each run while the others are still under way.
pub async fn predict(job: Job, arrived: fn(&Arc<Trace>)) -> Predictions {
    // A loop's run takes longest: begun first, it does not end last.
    let mut models = job.models.clone();
    models.sort_by_key(|model| !model.has_loop());
    let asked: Vec<Option<Question>> = models.iter().map(|model| Question::ask(&job, *model, arrived)).collect();
    let mut traces = Vec::new();
    for question in asked {
        match answer_to(question).await {
            Some(trace) => traces.push(trace),
            None => return predict_here(job).await,
        }
    }
    Predictions::made(traces)
}

async fn predict_here(job: Job) -> Predictions {
    let mut traces = Vec::new();
    for &model in &job.models {
        browser::breath().await;
        traces.push(Arc::new(job.predict(model)));
    }
    Predictions::made(traces)
}

async fn answer_to(question: Option<Question>) -> Option<Arc<Trace>> {
    let question = question?;
    JsFuture::from(question.answered).await.ok()?;
    question.answer.take()
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
    let job = message.as_string().and_then(|link| link::job(&link));
    let Some((job, model)) = job.and_then(|job| job.models.first().copied().map(|model| (job, model))) else { return };
    let bytes = Uint8Array::from(protocol::encode_trace(&job.predict(model)).as_slice());
    // Given away, not copied. A page that is gone hears nothing.
    let _ = page.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}

thread_local! {
    static WORKERS: Workers = Workers::default();
}

/// The Workers of the page.
#[derive(Default)]
struct Workers {
    seats: RefCell<Vec<Rc<Seat>>>,
    /// What no Worker has taken yet.
    waiting: RefCell<VecDeque<Question>>,
    /// A Worker that died would die again.
    has_died: Cell<bool>,
}

/// A model of a job that is to be predicted.
#[derive(Clone)]
struct Question {
    link: String,
    /// Kept when it is there, or will never be.
    answered: Promise,
    /// Keeps the promise.
    done: Function,
    answer: Rc<RefCell<Option<Arc<Trace>>>>,
    /// Hears of the answer first.
    arrived: fn(&Arc<Trace>),
}

/// The page's side of one Worker.
struct Seat {
    worker: Worker,
    /// Whether it hears.
    is_up: Cell<bool>,
    /// What it is at.
    question: RefCell<Option<Question>>,
    listeners: RefCell<Option<(Listener<MessageEvent>, Listener<JsValue>)>>,
}

type Listener<E> = Closure<dyn FnMut(E)>;

impl Question {
    /// Asks for a model of `job`; `None` where there is no Worker, or one has died.
    fn ask(job: &Job, model: Model, arrived: fn(&Arc<Trace>)) -> Option<Question> {
        let link = link::of_job(&Job { models: vec![model], ..job.clone() });
        let mut resolve = None;
        let answered = Promise::new(&mut |done, _| resolve = Some(done));
        let question = Question { link, answered, done: resolve?, answer: Rc::default(), arrived };
        WORKERS.with(|workers| workers.take(question.clone())).then_some(question)
    }

    fn end(&self) {
        // Fails only where nobody waits any longer.
        let _ = self.done.call0(&JsValue::NULL);
    }
}

impl Workers {
    /// Takes a question, for the next Worker that is free, and returns whether there will be one.
    fn take(&self, question: Question) -> bool {
        if self.has_died.get() {
            return false;
        }
        self.waiting.borrow_mut().push_back(question);
        let idle = self.seats.borrow().iter().find(|seat| seat.is_idle()).cloned();
        if let Some(seat) = idle {
            seat.go_on(self);
        } else if self.seats.borrow().len() < browser::cores().min(MOST_WORKERS) {
            self.seats.borrow_mut().extend(Seat::begin());
        }
        let is_any = !self.seats.borrow().is_empty();
        if !is_any {
            self.waiting.take();
        }
        is_any
    }

    /// A Worker has died: whoever asked any does without.
    fn lose(&self) {
        self.has_died.set(true);
        let seats = self.seats.take();
        let taken = seats.iter().filter_map(|seat| seat.question.take());
        taken.chain(self.waiting.take()).for_each(|question| question.end());
    }
}

impl Seat {
    fn begin() -> Option<Rc<Seat>> {
        let folder = browser::meta(PAGE_META)?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&format!("{folder}/{SCRIPT}"), &options).ok()?;
        let (is_up, question, listeners) = (Cell::new(false), RefCell::new(None), RefCell::new(None));
        let seat = Rc::new(Seat { worker, is_up, question, listeners });
        seat.listen();
        Some(seat)
    }

    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let hear = Listener::new(move |message: MessageEvent| {
            if let Some(seat) = weak.upgrade() {
                WORKERS.with(|workers| seat.hear(workers, &message.data()));
            }
        });
        let lose = Listener::new(|_: JsValue| WORKERS.with(Workers::lose));
        self.worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        self.worker.set_onerror(Some(lose.as_ref().unchecked_ref()));
        self.listeners.replace(Some((hear, lose)));
    }

    fn is_idle(&self) -> bool {
        self.is_up.get() && self.question.borrow().is_none()
    }

    /// Takes up the next question, if there is one.
    fn go_on(&self, workers: &Workers) {
        let next = workers.waiting.borrow_mut().pop_front();
        if let Some(question) = &next {
            // A text can always be sent.
            let _ = self.worker.post_message(&question.link.as_str().into());
        }
        self.question.replace(next);
    }

    /// Its first message says that it hears, every other one is an answer.
    fn hear(&self, workers: &Workers, message: &JsValue) {
        let has_heard = self.is_up.replace(true);
        let answered = self.question.take().filter(|_| has_heard);
        // First, so that it is busy while the page reads.
        self.go_on(workers);
        let Some(question) = answered else { return };
        match protocol::decode_trace(&message.unchecked_ref::<Uint8Array>().to_vec()) {
            Ok(trace) => {
                let trace = Arc::new(trace);
                (question.arrived)(&trace);
                question.answer.replace(Some(trace));
                question.end();
            }
            Err(_) => {
                question.end();
                workers.lose();
            }
        }
    }
}

impl Drop for Seat {
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
    use lessons::parameter::GIL;

    use super::*;
    use crate::state::machine::Machine;

    #[test]
    fn a_job_in_a_worker_is_the_job_of_the_page_and_its_traces_arrive_as_they_were() {
        for lesson in lessons::catalogue().iter().filter(|lesson| lesson.id != "paged-api") {
            let values = lessons::Values::read(lesson.parameters, &[]).expect("defaults are right");
            let machine = Machine { seed: 7, keeps_gil: false, ..Machine::USUAL }.with_cores(3);
            let machine = if crate::state::machine::is_lessons_own(lesson, GIL) { Machine::USUAL } else { machine };
            let job = Job { machine, ..Job::usual(lesson, values) };
            let there = link::job(&link::of_job(&job)).unwrap_or_else(|| panic!("{} is none", lesson.id));
            for model in &job.models {
                let bytes = protocol::encode_trace(&there.predict(*model));
                let arrived = protocol::decode_trace(&bytes).expect("it is a trace");
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
