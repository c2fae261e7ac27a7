//! The lab in a real browser: executor and pool, in a dedicated Worker with shared memory.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

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

/// Threads of the pool: the first task, and a thread for each of five messages.
const THREADS: usize = 6;

thread_local! {
    /// The pool is the module's own and is started once.
    static POOL: Promise = lab::init_thread_pool(THREADS);
}

#[wasm_bindgen_test]
async fn workers_and_executor_tell_the_predicted_story() {
    pool().await;
    for model in [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let wish = wish(model, "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5");
        let measured = measure(&wish).await.expect("the run goes well");
        assert_eq!(agreement(&predict(&wish), &measured, Nanos(50_000_000)), Ok(()), "{model}: {:?}", measured.log());
        assert!(measured.finished.is_some(), "{model} tells its end");
    }
}

#[wasm_bindgen_test]
async fn a_run_that_needs_more_threads_than_there_are_is_refused_in_words() {
    pool().await;
    let refused = measure(&wish(Model::Threads, "A=1,B=1,C=1,D=1,E=1,F=1")).await;
    let said = "This run needs 7 threads, and the lab was started with 6.";
    assert_eq!(refused.map(|_| ()), Err(Trouble::Run(said.to_owned())));
}

#[wasm_bindgen_test]
async fn a_wish_out_of_bounds_is_refused_in_words() {
    pool().await;
    let refused = measure(&wish(Model::Threads, "TWO=-1")).await.map(|_| ());
    let Err(Trouble::Run(said)) = refused else { panic!("a delay of -1 is out of bounds: {refused:?}") };
    assert!(said.contains("TWO=-1") && said.contains("0 to 60"), "{said}");
}

async fn pool() {
    JsFuture::from(POOL.with(Promise::clone)).await.expect("the pool starts");
}

fn wish(model: Model, messages: &str) -> Wish {
    Wish {
        lesson: "delay-messages".to_owned(),
        parameters: vec![("messages".to_owned(), messages.to_owned())],
        model,
        seed: 0,
        speed: Speed::new(10.0).expect("10 is a speed"),
    }
}

async fn measure(wish: &Wish) -> Result<Trace, Trouble> {
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let tell = {
        let events = Rc::clone(&events);
        move |told| events.borrow_mut().extend(told)
    };
    run(wish.clone(), Mailbox::default(), tell).await?;
    let mut trace = Trace::new(wish.model, Clock::Browser, wish.speed);
    for event in events.take() {
        trace.apply(event);
    }
    Ok(trace)
}

fn predict(wish: &Wish) -> Trace {
    let lesson = lessons::find(&wish.lesson).expect("lesson 1 is open");
    let values = Values::read(lesson.parameters, &wish.parameters).expect("the values are within their bounds");
    let prepared = lesson.prepare(&values);
    simulate(&prepared.program, &prepared.settings(wish.model, wish.seed)).expect("the lesson runs to its end")
}
