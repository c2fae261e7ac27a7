//! Requests go over a run's transport where it has one, on threads that block and on an event loop's sockets.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use engine::error::{RunError, TaskFailed};
use engine::event_loop::Exchanging;
use engine::executor::Unpark;
use engine::measure::{Selector, Transport};
use engine::model::{Model, Speed};
use engine::network::{FAILURES, FailureRate, Latency, Network, OK, Responded, Retries};
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Client, Received, Task};
use engine::time::Nanos;
use engine::trace::{Activity, Marked, Trace, WaitFor};
use serde::{Deserialize, Serialize};

use super::machine::{ON_THREADS, measure_over, settings};

/// The network that the program speaks of always answers 200 at once; the transport refuses each first attempt and says when
/// to come back.
#[test]
fn what_the_transport_answers_is_what_the_task_hears() {
    for model in ON_THREADS {
        for gil in [true, false] {
            let trace = run(model, gil, Pages { numbers: vec![1, 2, 3] });
            let outcome = Outcome::from([("ok".to_owned(), 3), ("attempts".to_owned(), 6)]);
            assert_eq!(trace.outcome(), Some(&outcome), "{model}: {:?}", trace.finished);
            let answered = trace.marks.iter().filter_map(|mark| match mark.kind {
                Marked::Answered { attempt, status, .. } => Some((attempt, status)),
                _ => None,
            });
            let mut answered: Vec<_> = answered.collect();
            answered.sort_unstable();
            assert_eq!(answered, [(1, 503), (1, 503), (1, 503), (2, OK), (2, OK), (2, OK)], "{model}");
            let waits = |wait: fn(&Activity) -> bool| trace.spans.iter().any(|span| wait(&span.activity));
            assert!(waits(|it| matches!(it, Activity::Waiting(WaitFor::Socket(_)))), "{model}");
            assert!(!waits(|it| matches!(it, Activity::Waiting(WaitFor::Request(_)))), "{model}");
        }
    }
}

#[test]
fn a_network_that_fails_ends_the_task_and_says_why() {
    for model in ON_THREADS {
        let trace = run(model, true, Pages { numbers: vec![1, BROKEN, 2] });
        let failed = TaskFailed { task: format!("page {BROKEN}"), reason: REFUSED.to_owned() };
        assert_eq!(trace.failure(), Some(&RunError::Task(failed)), "{model}");
    }
}

const BROKEN: u64 = 13;
const REFUSED: &str = "the connection was refused";

fn run(model: Model, gil: bool, pages: Pages) -> Trace {
    measure_over(&Program::new(pages), settings(model, gil), Speed::REAL, Some(Arc::new(InMemory)))
}

struct InMemory;

fn answer(request: u64, attempt: u32) -> Result<Responded, String> {
    match (request, attempt) {
        (BROKEN, _) => Err(REFUSED.to_owned()),
        (_, 1) => Ok(Responded { status: 503, retry_after: Some(Nanos(1)) }),
        _ => Ok(Responded { status: OK, retry_after: None }),
    }
}

impl Transport for InMemory {
    fn exchange(&self, request: u64, attempt: u32) -> Result<Responded, String> {
        answer(request, attempt)
    }

    fn selector(&self) -> Result<Rc<dyn Selector>, String> {
        Ok(Rc::new(OneAtATime { thread: thread::current(), waiting: Rc::default() }))
    }
}

/// Each wait brings one answer, the last asked for first.
struct OneAtATime {
    thread: Thread,
    waiting: Rc<RefCell<Vec<Waker>>>,
}

impl Selector for OneAtATime {
    fn wait(&self, limit: Option<Duration>) {
        let waker = self.waiting.borrow_mut().pop();
        match (waker, limit) {
            (Some(waker), _) => waker.wake(),
            (None, Some(limit)) => thread::park_timeout(limit),
            (None, None) => thread::park(),
        }
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        Arc::new(Unparks(self.thread.clone()))
    }

    fn exchange(&self, request: u64, attempt: u32) -> Option<Exchanging> {
        let (waiting, mut polls) = (Rc::clone(&self.waiting), 0);
        // As a socket does, it is polled in vain between asking and the answer.
        Some(Box::pin(poll_fn(move |context| {
            polls += 1;
            if polls == 3 {
                return Poll::Ready(answer(request, attempt));
            }
            waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })))
    }
}

struct Unparks(Thread);

impl Unpark for Unparks {
    fn unpark(&self) {
        self.0.unpark();
    }
}

#[derive(Clone)]
struct Pages {
    numbers: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
struct Page(u64);

impl Script for Pages {
    type Job = Page;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let mut pages = Vec::new();
        for number in self.numbers {
            pages.push(task.spawn(&Page(number)).await);
        }
        let (mut ok, mut attempts) = (0, 0);
        for page in pages {
            let received = task.join(page).await?;
            ok += i64::from(received.is_ok());
            attempts += i64::from(received.attempts);
        }
        Ok(Outcome::from([("ok".to_owned(), ok), ("attempts".to_owned(), attempts)]))
    }
}

impl Work for Page {
    type Output = Received;

    fn name(&self) -> String {
        format!("page {}", self.0)
    }

    async fn run(self, mut task: Task) -> Received {
        let network =
            Network { latency: Latency::Constant(Nanos::ZERO), failure_rate: FailureRate::NONE, handling: Nanos::ZERO };
        let client = Client { network, retries: Retries { most: 1, on: FAILURES, backoff: Nanos::ZERO } };
        task.request(&client, self.0).await
    }
}
