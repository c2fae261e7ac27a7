//! The event loop's protocol, on a clock that the test moves: who runs before whom, and what ends a run.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use engine::error::{RunError, TaskFailed};
use engine::event_loop::{self, Selector};
use engine::model::{Model, Speed};
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use engine::time::Nanos;
use engine::trace::{Activity, Clock, Event, ReadyFor, Trace};
use serde::{Deserialize, Serialize};

thread_local! {
    static NOW: Cell<Nanos> = const { Cell::new(Nanos::ZERO) };
}

/// CPython's `asyncio` prints this order for the same program, with `time.sleep(3)` in THREE: what was ready already runs
/// before the timers that came due meanwhile.
#[test]
fn ready_tasks_run_before_timers_that_came_due_meanwhile() {
    let (trace, result) = run(Messages { blocking: "THREE", panicking: "" });
    assert_eq!(result, Ok(Outcome::new()));
    let log: Vec<_> = trace.log().iter().map(|line| format!("{} {}", line.at.0 / 1_000_000_000, line.text)).collect();
    let expected = [
        "0 ONE received",
        "0 TWO received",
        "0 THREE received",
        "3 THREE printed",
        "3 FOUR received",
        "3 FIVE received",
        "3 ONE printed",
        "3 TWO printed",
        "7 FOUR printed",
        "8 FIVE printed",
    ];
    assert_eq!(log, expected);
}

#[test]
fn a_task_whose_timer_is_due_is_ready_from_then_on_and_its_cause_names_who_holds_the_loop() {
    let (trace, _) = run(Messages { blocking: "THREE", panicking: "" });
    let ready: Vec<_> = trace
        .spans
        .iter()
        .filter(|span| span.activity == Activity::Ready(ReadyFor::Turn))
        .map(|span| (trace.task_name(span.task), span.start.0, span.end.0, trace.cause(span)))
        .collect();
    let busy = || "the event loop is busy with THREE".to_owned();
    let seconds = |s: u64| s * 1_000_000_000;
    for late in [("ONE", seconds(1), seconds(3), busy()), ("TWO", seconds(2), seconds(3), busy())] {
        assert!(ready.contains(&late), "{late:?} is not among {ready:?}");
    }
}

#[test]
fn a_panic_fails_the_task_and_reaches_whoever_joins_it() {
    let (_, result) = run(Messages { blocking: "", panicking: "TWO" });
    let failed = TaskFailed { task: "TWO".to_owned(), reason: "it panicked: TWO tore".to_owned() };
    assert_eq!(result, Err(RunError::Task(failed)));
}

#[test]
fn a_task_that_waits_for_nothing_is_named_instead_of_waited_for() {
    let (_, result) = run(Forever);
    assert_eq!(result, Err(RunError::Stalled { waiting: vec!["main".to_owned()] }));
}

fn run(script: impl Script) -> (Trace, Result<Outcome, RunError>) {
    NOW.set(Nanos::ZERO);
    let events = std::rc::Rc::new(std::cell::RefCell::new(Vec::<Event>::new()));
    let record = {
        let events = events.clone();
        move |event| events.borrow_mut().push(event)
    };
    let run = pin!(event_loop::run(Program::new(script), TestClock, Speed::REAL, record));
    let Poll::Ready(result) = run.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the test's clock never makes the loop wait")
    };
    let mut trace = Trace::new(Model::EventLoop, Clock::Virtual, Speed::REAL);
    for event in events.take() {
        trace.apply(event);
    }
    (trace, result.map(|(_, outcome)| outcome))
}

struct TestClock;

impl Selector for TestClock {
    fn now(&self) -> Nanos {
        NOW.get()
    }

    async fn select(&self, deadline: Nanos) {
        NOW.set(NOW.get().max(deadline));
    }
}

#[derive(Clone)]
struct Messages {
    blocking: &'static str,
    panicking: &'static str,
}

#[derive(Serialize, Deserialize)]
struct Deliver {
    name: String,
    seconds: u64,
    blocks: bool,
    panics: bool,
}

impl Script for Messages {
    type Job = Deliver;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let mut handles = Vec::new();
        for (name, seconds) in [("ONE", 1), ("TWO", 2), ("THREE", 3), ("FOUR", 4), ("FIVE", 5)] {
            let (blocks, panics) = (name == self.blocking, name == self.panicking);
            handles.push(task.spawn(&Deliver { name: name.to_owned(), seconds, blocks, panics }).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Work for Deliver {
    type Output = ();

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn run(self, mut task: Task) {
        let delay = Duration::from_secs(self.seconds);
        task.log(format!("{} received", self.name)).await;
        if self.blocks {
            NOW.set(NOW.get() + delay.into());
        } else {
            task.sleep(delay).await;
        }
        assert!(!self.panics, "{} tore", self.name);
        task.log(format!("{} printed", self.name)).await;
    }
}

#[derive(Clone)]
struct Forever;

impl Script for Forever {
    type Job = Deliver;

    async fn main(self, _: Task) -> Result<Outcome, TaskFailed> {
        std::future::pending().await
    }
}
