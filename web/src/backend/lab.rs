//! Measured runs in this browser: the threaded module, which lives in a Web Worker of its own.
//!
//! A lab has one pool size. Another size, a cancel, a crash or a silence ends its Worker; the next job starts another.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use engine::model::Model;
use engine::protocol;
use engine::trace::Clock;
use js_sys::{Reflect, Uint8Array};
use leptos::prelude::{IntervalHandle, set_interval_with_handle};
use lessons::Prepared;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::backend::session::{Effect, Session};
use crate::backend::watch::{TICK_MS, Watch};
use crate::backend::{Backend, Job, LAB_META, Progress, Tell};
use crate::state::browser;

/// A page starts no more Workers than this: each takes memory of its own, and browsers stop at some number.
const MOST_THREADS: usize = 80;

/// The lab of a page. Its Worker ends with it.
#[derive(Default)]
pub struct Lab(Rc<RefCell<Inner>>);

#[derive(Default)]
struct Inner {
    runner: Option<Runner>,
    under_way: Option<(Session, Tell)>,
    next_run: u32,
}

/// A Worker with all that listens to it. Dropping it ends the Worker and its pool.
struct Runner {
    worker: Worker,
    threads: usize,
    watch: Watch,
    ticks: Option<IntervalHandle>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Backend for Lab {
    fn clock(&self) -> Clock {
        Clock::Browser
    }

    fn refuses(&self, model: Model, prepared: &Prepared) -> Option<String> {
        refusal(model, prepared.busy_threads(model))
    }

    fn start(&self, job: Job, tell: Tell) {
        self.stop();
        let prepared = job.prepared();
        let runs = |model: &Model| self.refuses(*model, &prepared).is_none();
        let models: Vec<Model> = job.lesson.models.iter().copied().filter(runs).collect();
        let threads = models.iter().map(|model| prepared.busy_threads(*model)).max().unwrap_or(1);
        let effects = {
            let mut inner = self.0.borrow_mut();
            let mut session = Session::new(job, models, inner.next_run);
            let effects = match inner.runner.as_mut().filter(|runner| runner.threads == threads) {
                Some(runner) => {
                    runner.watch.hear();
                    session.begin()
                }
                None => {
                    inner.runner = None;
                    let mut effects = vec![Effect::Tell(Progress::Starting(threads))];
                    match Runner::start(threads, &self.0) {
                        Ok(runner) => inner.runner = Some(runner),
                        Err(reason) => effects.extend(session.lose(reason)),
                    }
                    effects
                }
            };
            inner.under_way = Some((session, tell));
            effects
        };
        carry_out(&self.0, effects);
    }

    fn stop(&self) {
        let mut inner = self.0.borrow_mut();
        if let Some((session, _)) = inner.under_way.take() {
            inner.next_run = session.next_run();
            inner.runner = None;
        }
    }
}

/// Why a browser cannot run a model that keeps so many threads busy.
fn refusal(model: Model, threads: usize) -> Option<String> {
    if model.spawns_processes() || model == Model::LoopAndProcesses {
        return Some("A browser has no processes to give.".to_owned());
    }
    (threads > MOST_THREADS)
        .then(|| format!("This run takes {threads} threads, and a page starts no more than {MOST_THREADS}."))
}

/// Does what a session wants done. Nothing is borrowed while the page or the Worker is told: the page may start or stop
/// a job, and a Worker may answer at once with an error, which ends in [`lose`].
fn carry_out(inner: &Rc<RefCell<Inner>>, effects: Vec<Effect>) {
    for effect in effects {
        match effect {
            Effect::Send(command) => {
                let worker = inner.borrow().runner.as_ref().map(|runner| runner.worker.clone());
                if worker.is_some_and(|worker| send(&worker, &command).is_err()) {
                    lose(inner, "a command could not be sent to it".to_owned());
                    return;
                }
            }
            Effect::Retire => inner.borrow_mut().runner = None,
            Effect::Tell(progress) => {
                let is_over = matches!(progress, Progress::Over(_));
                let tell = inner.borrow().under_way.as_ref().map(|(_, tell)| Rc::clone(tell));
                if is_over {
                    let mut inner = inner.borrow_mut();
                    if let Some((session, _)) = inner.under_way.take() {
                        inner.next_run = session.next_run();
                    }
                }
                if let Some(tell) = tell {
                    tell(progress);
                }
            }
        }
    }
}

/// Gives the runner up. Where no job is under way nobody needs to hear of it.
fn lose(inner: &Rc<RefCell<Inner>>, reason: String) {
    let effects = match &mut inner.borrow_mut().under_way {
        Some((session, _)) => session.lose(reason),
        None => vec![Effect::Retire],
    };
    carry_out(inner, effects);
}

fn hear(inner: &Rc<RefCell<Inner>>, message: &MessageEvent) {
    let bytes = message.data().dyn_into::<Uint8Array>().map(|array| array.to_vec()).unwrap_or_default();
    let report = match protocol::decode(&bytes) {
        Ok(report) => report,
        Err(reason) => return lose(inner, format!("it said something that this page does not understand ({reason})")),
    };
    let effects = {
        let mut inner = inner.borrow_mut();
        if let Some(runner) = &mut inner.runner {
            runner.watch.hear();
        }
        inner.under_way.as_mut().map(|(session, _)| session.hear(report)).unwrap_or_default()
    };
    carry_out(inner, effects);
}

fn tick(inner: &Rc<RefCell<Inner>>) {
    let silent = {
        let mut inner = inner.borrow_mut();
        let is_awaited = inner.under_way.is_some();
        inner.runner.as_mut().filter(|_| is_awaited).and_then(|runner| runner.watch.tick())
    };
    if let Some(reason) = silent {
        lose(inner, reason);
    }
}

impl Runner {
    fn start(threads: usize, inner: &Rc<RefCell<Inner>>) -> Result<Runner, String> {
        let folder = browser::meta(LAB_META).ok_or("this page was built without it")?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&threads.to_string());
        let worker = Worker::new_with_options(&format!("{folder}/coordinator.js"), &options)
            .map_err(|error| format!("the browser would not start it ({})", message_of(&error)))?;
        let on_message = listener(inner, |inner, message: MessageEvent| hear(inner, &message));
        let on_error = listener(inner, |inner, error: JsValue| lose(inner, crash(&error)));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        let watched = Rc::downgrade(inner);
        let every = Duration::from_millis(TICK_MS.into());
        let ticks = set_interval_with_handle(
            move || {
                if let Some(inner) = Weak::upgrade(&watched) {
                    tick(&inner);
                }
            },
            every,
        );
        Ok(Runner {
            worker,
            threads,
            watch: Watch::default(),
            ticks: ticks.ok(),
            _on_message: on_message,
            _on_error: on_error,
        })
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
        if let Some(ticks) = self.ticks {
            ticks.clear();
        }
    }
}

fn send(worker: &Worker, command: &protocol::Command) -> Result<(), JsValue> {
    worker.post_message(&Uint8Array::from(protocol::encode(command).as_slice()))
}

/// A listener that does not keep alive what it tells.
fn listener<E: wasm_bindgen::convert::FromWasmAbi + 'static>(
    inner: &Rc<RefCell<Inner>>,
    act: impl Fn(&Rc<RefCell<Inner>>, E) + 'static,
) -> Closure<dyn FnMut(E)> {
    let inner = Rc::downgrade(inner);
    Closure::new(move |event| {
        if let Some(inner) = Weak::upgrade(&inner) {
            act(&inner, event);
        }
    })
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
    fn a_browser_refuses_processes_and_too_many_threads_and_nothing_else() {
        let refused: Vec<Model> = Model::ALL.into_iter().filter(|model| refusal(*model, 80).is_some()).collect();
        let with_processes = [Model::ProcessPool, Model::Processes, Model::LoopAndProcesses, Model::ProcessesOfThreads];
        assert_eq!(refused, with_processes);
        assert!(refusal(Model::Threads, 81).is_some_and(|reason| reason.contains("81 threads")));
    }
}
