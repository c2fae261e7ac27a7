//! The inside of an isolated Worker: it does what it is told, one job after the other, and knows nothing of the run but what
//! messages tell. The Workers of one process of threads share this memory, and with it the program and its GIL.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use engine::measure::{Recorder, WorkerProcess};
use engine::operation::Job;
use engine::protocol::take;
use engine::trace::{Activity, Doing, Event, LaneId, MarkKind, Post, TaskId};
use engine::work::adopt_spin;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::browser::{clock, post};
use crate::message::{Anchor, Answer, Order, pack};
use crate::run::prepare;

static PROCESS: OnceLock<Result<WorkerProcess, String>> = OnceLock::new();

/// Makes this Worker an isolated one. Returns its memory, for the other threads of its process.
#[wasm_bindgen]
pub fn isolate() -> JsValue {
    // On the web a panic does not unwind: this is the last that is heard of the Worker.
    std::panic::set_hook(Box::new(|panic| say(&Answer::Broke(panic.to_string()), 0)));
    wasm_bindgen::memory()
}

/// Does what a message says.
#[wasm_bindgen]
pub fn obey(message: &Uint8Array) {
    let begun = clock();
    let bytes = message.to_vec();
    match take(&bytes) {
        Some((Order::Prepare { wish, spin }, _)) => {
            adopt_spin(spin);
            let process = PROCESS.get_or_init(|| {
                let prepared = prepare(&wish)?;
                let settings = prepared.settings(wish.model, wish.seed);
                Ok(WorkerProcess::new(prepared.program, settings, wish.speed))
            });
            say(&Answer::Prepared(process.as_ref().map(drop).map_err(String::clone)), 0);
        }
        Some((Order::Do { lane, task, job, anchor }, _filling)) => {
            if let Some(Ok(process)) = PROCESS.get() {
                Errand { lane, task, job, anchor }.run(process, bytes.len() as u64, begun);
            }
        }
        None => panic!("a message of {} bytes is no order", bytes.len()),
    }
}

/// A job that has come.
struct Errand {
    lane: LaneId,
    task: TaskId,
    job: Job,
    anchor: Anchor,
}

impl Errand {
    /// Does it. Its message had so many bytes, and was begun to be read when all Workers' clocks showed `begun`.
    fn run(self, process: &WorkerProcess, bytes: u64, begun: f64) {
        let Errand { lane, task, job, anchor } = self;
        let gathered = Arc::<Mutex<Vec<Event>>>::default();
        let recorder = {
            let gathered = Arc::clone(&gathered);
            Arc::new(Recorder::joining(anchor.at(clock()), move |event| gather(&gathered, event)))
        };
        let enter =
            |at| Event::Enter { task, lane, activity: Activity::Running(Doing::Message), at, line: None, by: None };
        let mark = |post, bytes, took, at| {
            let mark = MarkKind::Message { post, bytes, took };
            Event::Mark { task, lane, at, mark, line: None }
        };
        let now = recorder.now();
        let took = now.since(anchor.at(begun));
        recorder.record(enter(now.since(took)));
        recorder.record(mark(Post::JobRead, bytes, took, now));
        let result = process.work(lane, task, &job, &recorder);
        let ended = recorder.record_now(enter);
        let answer = pack(&Answer::Ended(result), job.result_bytes);
        recorder.record_now(|at| mark(Post::ResultWritten, answer.len() as u64, at.since(ended), at));
        flush(&mut gathered.lock().unwrap_or_else(PoisonError::into_inner));
        post(&Uint8Array::from(answer.as_slice()));
    }
}

/// Keeps an event, and tells all that are kept before the job may be silent for long: each message takes its time.
fn gather(gathered: &Mutex<Vec<Event>>, event: Event) {
    let is_due = event.may_be_silent_after();
    let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
    gathered.push(event);
    if is_due {
        flush(&mut gathered);
    }
}

fn flush(gathered: &mut Vec<Event>) {
    if !gathered.is_empty() {
        say(&Answer::Happened(std::mem::take(gathered)), 0);
    }
}

fn say(answer: &Answer, least: u64) {
    post(&Uint8Array::from(pack(answer, least).as_slice()));
}
