//! The lab in a real browser: event loop and pool, in a dedicated Worker with shared memory.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use engine::error::RunError;
use engine::measure::{Processes as _, Recorder};
use engine::model::{Model, Speed};
use engine::operation::Job;
use engine::packed::Packed;
use engine::program::Ended;
use engine::protocol::encode;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Clock, Event, LaneId, Process, TaskId, Trace, agreement};
use js_sys::{Promise, Reflect, Uint8Array};
use lab::browser::{Hear, end, start_isolated};
use lab::isolates::Isolates;
use lab::mailbox::{Mailbox, Told, Trouble};
use lab::processes::{Processes, Request};
use lab::run::{Wish, run};
use lessons::Values;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Threads of the pool: the first task, and a thread for each of five messages or of an event loop's executor.
const THREADS: usize = 9;

thread_local! {
    /// The pool is the module's own and is started once.
    static POOL: Promise = lab::init_thread_pool(THREADS);
}

#[wasm_bindgen_test]
async fn workers_and_loop_tell_the_predicted_story() {
    const FIVE: (&str, &str) = ("messages", "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5");
    pool().await;
    for model in [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop] {
        tells_the_predicted_story(&wish("delay-messages", model, &[FIVE])).await;
        tells_the_predicted_story(&wish("fan-out", model, &[])).await;
    }
    for repair in ["none", "to-thread"] {
        tells_the_predicted_story(&wish("blocking-call", Model::EventLoop, &[("repair", repair)])).await;
    }
}

#[wasm_bindgen_test]
async fn isolated_workers_tell_the_predicted_story() {
    const APART: (&str, &str) = ("messages", "A=1,B=9");
    pool().await;
    for model in Model::ALL.into_iter().filter(|model| model.has_processes()) {
        tells_the_predicted_story(&wish("delay-messages", model, &[APART])).await;
    }
    for model in [Model::ProcessPool, Model::Processes] {
        let counted = wish("pool-or-spawn", model, &[("jobs", "3")]);
        tells_the_predicted_story(&counted).await;
        let sorted = measure(&wish("merge-sort", model, &[("lists", "3"), ("elements", "2000"), ("chunk", "1")])).await;
        let sorted = sorted.expect("the run goes well");
        let found = sorted.outcome().and_then(|outcome| outcome.get("in_order").copied());
        assert_eq!(found, Some(6000), "{model}: {:?}", sorted.finished);
        let messages = sorted.messages().expect("messages were sent");
        assert_eq!((messages.count, messages.bytes, messages.lost), (6, 6 * 10_000, 0), "{model}");
    }
}

/// Both run this very module, so what lies at an address of one lies there in the other, and is another byte.
#[wasm_bindgen_test]
async fn an_isolated_worker_shares_no_memory() {
    static PROBE: AtomicU8 = AtomicU8::new(7);
    let (mut worker, mut kept) = (None, None);
    let memory = Promise::new(&mut |resolve, _| {
        let hear = Hear::new(move |_, _, said| drop(resolve.call1(&JsValue::NULL, &said)));
        worker = start_isolated(&JsValue::UNDEFINED, 1, 0, &hear).ok();
        kept = Some(hear);
    });
    let memory = JsFuture::from(memory).await.expect("it comes up");
    PROBE.store(42, Ordering::SeqCst);
    let address = PROBE.as_ptr() as u32;
    let bytes = |memory: &JsValue| Uint8Array::new(&Reflect::get(memory, &"buffer".into()).expect("a memory has one"));
    assert_eq!(bytes(&wasm_bindgen::memory()).get_index(address), 42);
    assert_eq!(bytes(&memory).get_index(address), 7);
    bytes(&memory).set_index(address, 9);
    assert_eq!(PROBE.load(Ordering::SeqCst), 42);
    end(&worker.expect("it was started"));
}

/// The second job of the first process panics in its Worker; before the fourth, what is no message breaks the next one.
#[wasm_bindgen_test]
async fn a_worker_that_breaks_down_takes_its_job_along_and_no_other() {
    pool().await;
    watch_workers();
    let (mailbox, recorder) = (Mailbox::default(), Arc::new(Recorder::new(|_| {})));
    let isolates = Isolates::new(&wish("merge-sort", Model::ProcessPool, &[]), 1, true, &recorder, &mailbox);
    let processes = Processes::new(Model::ProcessPool, &mailbox, &recorder);
    let ended = Arc::<Mutex<BTreeMap<u32, Vec<Ended>>>>::default();
    let small = || sort(0, 1, 100);
    let jobs = [vec![small(), sort(u32::MAX, 2, 1), small(), small(), small()], vec![sort(0, 1, 50_000)]];
    for (process, jobs) in (1..).zip(jobs) {
        isolates.start(process);
        let mut lane = processes.start(LaneId(process), Process(process)).expect("there is one");
        let (mailbox, ended) = (mailbox.clone(), Arc::clone(&ended));
        rayon::spawn(move || {
            let all = jobs.iter().map(|job| lane.work(TaskId(process), job)).collect();
            ended.lock().unwrap().insert(process, all);
            mailbox.put(Told::Over(Ok(())));
        });
    }
    let (mut over, mut given) = (0, 0);
    while over < 2 {
        for told in mailbox.next().await {
            if let Told::Asked(request) = told {
                given += u32::from(matches!(request, Request::Do((1, _), _)));
                if matches!(request, Request::Do((1, _), _)) && given == 4 {
                    // The two that were started first, and the one that took a place.
                    js("workers[2].postMessage(null)");
                }
                isolates.answer(request);
            } else if let Told::Over(_) = told {
                over += 1;
            }
        }
    }
    let ended = ended.lock().unwrap();
    let sorted = |elements: i64| Ok(Packed::from(encode(&elements).as_slice()));
    let reason = |job: usize| ended[&1][job].as_ref().expect_err("it was lost").reason.clone();
    assert_eq!(ended[&2], [sorted(50_000)]);
    assert_eq!([0, 2, 4].map(|job| &ended[&1][job]), [&sorted(100), &sorted(100), &sorted(100)]);
    assert!(reason(1).contains("in the middle of the job") && reason(1).contains("overflow"), "{}", reason(1));
    assert!(reason(3).contains("in the middle of the job") && reason(3).contains("null"), "{}", reason(3));
    drop(isolates);
    assert_eq!(js("live.size"), 0.0);
}

#[wasm_bindgen_test]
async fn a_run_leaves_no_isolated_worker() {
    pool().await;
    watch_workers();
    measure(&wish("delay-messages", Model::ProcessPool, &[("workers", "3")])).await.expect("the run goes well");
    assert_eq!((js("workers.length"), js("live.size")), (3.0, 0.0));
    measure(&wish("delay-messages", Model::Processes, &[])).await.expect("the run goes well");
    assert_eq!((js("workers.length"), js("live.size")), (5.0, 0.0));
    // Two jobs are out when the run is over, because what they ask for is out of reach.
    let failed = measure(&wish("lost-update", Model::Processes, &[])).await.map(drop);
    assert!(matches!(&failed, Err(Trouble::Run(said)) if said.contains("process")), "{failed:?}");
    assert_eq!((js("workers.length"), js("live.size")), (7.0, 0.0));
}

/// Computing under the GIL, which is really passed on: both read before either writes. The change takes as long as the lesson allows,
/// so that a Worker that wakes late on a busy machine is still in time.
#[wasm_bindgen_test]
async fn an_update_is_really_lost_between_two_workers() {
    pool().await;
    for (model, lock, last) in [(Model::Threads, "off", 1), (Model::Threads, "on", 2), (Model::EventLoop, "off", 2)] {
        let values = [("lock", lock), ("change", "1")];
        let measured = measure(&wish("lost-update", model, &values)).await.expect("the run goes well");
        let found = measured.outcome().and_then(|outcome| outcome.get("final").copied());
        assert_eq!(found, Some(last), "{model} with lock {lock}: {:?}", measured.log());
    }
}

#[wasm_bindgen_test]
async fn workers_that_wait_for_each_other_are_found_and_let_go() {
    pool().await;
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let measured = measure(&wish("deadlock", model, &[])).await.expect("the run is told to its end");
        let failure = measured.failure();
        assert!(matches!(failure, Some(RunError::Deadlock(links)) if links.len() == 2), "{model}: {failure:?}");
    }
    tells_the_predicted_story(&wish("deadlock", Model::Threads, &[("order", "same")])).await;
}

#[wasm_bindgen_test]
async fn a_run_that_needs_more_threads_than_there_are_is_refused_in_words() {
    pool().await;
    let refused =
        measure(&wish("delay-messages", Model::Threads, &[("messages", "A=1,B=1,C=1,D=1,E=1,F=1,G=1,H=1,I=1")])).await;
    let said = "This run needs 10 threads, and the lab was started with 9.";
    assert_eq!(refused.map(|_| ()), Err(Trouble::Run(said.to_owned())));
}

#[wasm_bindgen_test]
async fn a_wish_out_of_bounds_is_refused_in_words() {
    pool().await;
    let refused = measure(&wish("delay-messages", Model::Threads, &[("messages", "TWO=-1")])).await.map(|_| ());
    let Err(Trouble::Run(said)) = refused else { panic!("a delay of -1 is out of bounds: {refused:?}") };
    assert!(said.contains("TWO=-1") && said.contains("0 to 60"), "{said}");
}

/// Keeps from now on who is started as `workers`, and who of them has not been ended as `live`.
fn watch_workers() {
    js("self.workers = []; self.live = new Set(); self.Real ??= Worker; \
        self.Worker = class extends Real { \
            constructor(...given) { super(...given); workers.push(this); live.add(this); } \
            terminate() { live.delete(this); super.terminate(); } }; 0");
}

fn js(expression: &str) -> f64 {
    js_sys::eval(expression).expect("the expression is right").as_f64().unwrap_or_default()
}

/// A job of the merge sort: so many lists from the first one on.
fn sort(first: u32, lists: u32, elements: u32) -> Job {
    let payload = Packed::from(encode(&(first, lists, elements)).as_slice());
    Job { name: "sort".to_owned(), payload, message_bytes: 0, result_bytes: 0 }
}

async fn pool() {
    JsFuture::from(POOL.with(Promise::clone)).await.expect("the pool starts");
}

fn wish(lesson: &str, model: Model, given: &[(&str, &str)]) -> Wish {
    Wish {
        lesson: lesson.to_owned(),
        parameters: given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        model,
        seed: 0,
        speed: Speed::new(10.0).expect("10 is a speed"),
    }
}

async fn tells_the_predicted_story(wish: &Wish) {
    let measured = measure(wish).await.expect("the run goes well");
    let told = agreement(&predict(wish), &measured, Nanos(50_000_000));
    assert_eq!(told, Ok(()), "{} on {}: {:?}", wish.lesson, wish.model, measured.log());
    assert!(measured.outcome().is_some(), "{} on {} tells its end", wish.lesson, wish.model);
}

async fn measure(wish: &Wish) -> Result<Trace, Trouble> {
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let tell = {
        let events = Rc::clone(&events);
        move |told| events.borrow_mut().extend(told)
    };
    run(wish.clone(), &Mailbox::default(), tell).await?;
    let mut trace = Trace::new(wish.model, Clock::Browser, wish.speed);
    for event in events.take() {
        trace.apply(event);
    }
    Ok(trace)
}

fn predict(wish: &Wish) -> Trace {
    let lesson = lessons::find(&wish.lesson).expect("the lesson is open");
    let values = Values::read(lesson.parameters, &wish.parameters).expect("the values are within their bounds");
    let prepared = lesson.prepare(&values);
    simulate(&prepared.program, &prepared.settings(wish.model, wish.seed))
}
