//! The lab in a real browser: event loop and pool, in a dedicated Worker with shared memory.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use engine::error::RunError;
use engine::model::{Model, Speed};
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Clock, Event, Trace, agreement};
use js_sys::Promise;
use lab::mailbox::{Mailbox, Trouble};
use lab::run::{Wish, run};
use lessons::Values;
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
        tells_the_predicted_story(&wish("delay-messages", model, &[FIVE]));
        tells_the_predicted_story(&wish("fan-out", model, &[]));
    }
    for repair in ["none", "to-thread"] {
        tells_the_predicted_story(&wish("blocking-call", Model::EventLoop, &[("repair", repair)]));
    }
}

/// Computing under the GIL, which is really passed on: both read before either writes.
#[wasm_bindgen_test]
async fn an_update_is_really_lost_between_two_workers() {
    pool().await;
    for (model, lock, last) in [(Model::Threads, "off", 1), (Model::Threads, "on", 2), (Model::EventLoop, "off", 2)] {
        let measured = measure(&wish("lost-update", model, &[("lock", lock)])).expect("the run goes well");
        let found = measured.outcome().and_then(|outcome| outcome.get("final").copied());
        assert_eq!(found, Some(last), "{model} with lock {lock}: {:?}", measured.log());
    }
}

#[wasm_bindgen_test]
async fn workers_that_wait_for_each_other_are_found_and_let_go() {
    pool().await;
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let measured = measure(&wish("deadlock", model, &[])).expect("the run is told to its end");
        let failure = measured.failure();
        assert!(matches!(failure, Some(RunError::Deadlock(links)) if links.len() == 2), "{model}: {failure:?}");
    }
    tells_the_predicted_story(&wish("deadlock", Model::Threads, &[("order", "same")]));
}

#[wasm_bindgen_test]
async fn a_run_that_needs_more_threads_than_there_are_is_refused_in_words() {
    pool().await;
    let refused =
        measure(&wish("delay-messages", Model::Threads, &[("messages", "A=1,B=1,C=1,D=1,E=1,F=1,G=1,H=1,I=1")]));
    let said = "This run needs 10 threads, and the lab was started with 9.";
    assert_eq!(refused.map(|_| ()), Err(Trouble::Run(said.to_owned())));
}

#[wasm_bindgen_test]
async fn a_wish_out_of_bounds_is_refused_in_words() {
    pool().await;
    let refused = measure(&wish("delay-messages", Model::Threads, &[("messages", "TWO=-1")])).map(|_| ());
    let Err(Trouble::Run(said)) = refused else { panic!("a delay of -1 is out of bounds: {refused:?}") };
    assert!(said.contains("TWO=-1") && said.contains("0 to 60"), "{said}");
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

fn tells_the_predicted_story(wish: &Wish) {
    let measured = measure(wish).expect("the run goes well");
    let told = agreement(&predict(wish), &measured, Nanos(50_000_000));
    assert_eq!(told, Ok(()), "{} on {}: {:?}", wish.lesson, wish.model, measured.log());
    assert!(measured.outcome().is_some(), "{} on {} tells its end", wish.lesson, wish.model);
}

fn measure(wish: &Wish) -> Result<Trace, Trouble> {
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let tell = {
        let events = Rc::clone(&events);
        move |told| events.borrow_mut().extend(told)
    };
    run(wish.clone(), &Mailbox::default(), tell)?;
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
