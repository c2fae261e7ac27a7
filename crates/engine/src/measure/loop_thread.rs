//! An event loop on a thread that really blocks: it waits with its selector until its next timer is due, a socket is ready or
//! work that it sent away comes back.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::error::{RunError, TaskFailed};
use crate::event_loop::{self, Back, Exchanging, LoopThread};
use crate::executor::Unpark;
use crate::measure::Station;
use crate::measure::body::Over;
use crate::measure::lanes::Run;
use crate::measure::station::Undisturbed;
use crate::measure::transport::{NoSockets, Selector};
use crate::operation::{Exchange, Executor, Job};
use crate::placement::{MAIN_LANE, Owner};
use crate::program::Outcome;
use crate::time::Nanos;
use crate::trace::{Doing, Event, Line, TaskId};
use crate::work::Computation;

/// Runs the program of `run` on an event loop on this thread.
pub(super) fn run(run: &Arc<Run>) -> (Nanos, Result<Outcome, RunError>) {
    let selector = match &run.transport {
        None => Rc::new(NoSockets::default()),
        Some(transport) => match transport.selector() {
            Ok(selector) => selector,
            Err(reason) => return failed(run, format!("its event loop cannot wait for sockets: {reason}")),
        },
    };
    run.lock().loop_thread = Some(selector.unparker());
    let station = run.station(MAIN_LANE);
    let on = BlockingThread { run: Arc::clone(run), station: station.clone(), selector, polled: Cell::new(None) };
    if let Some(gil) = &station.gil {
        gil.acquire();
    }
    let future = pin!(event_loop::run(run.program.clone(), &run.settings, run.speed, on));
    let polled = future.poll(&mut Context::from_waker(Waker::noop()));
    station.leave_gil(None);
    match polled {
        Poll::Ready(ended) => ended,
        // Its thread blocks wherever it waits, so its first poll is its last; nobody would wake it.
        Poll::Pending => {
            failed(run, "its event loop gave way instead of waiting, which is a mistake in Interleave".to_owned())
        }
    }
}

fn failed(run: &Run, reason: String) -> (Nanos, Result<Outcome, RunError>) {
    (run.recorder.now(), Err(RunError::Task(TaskFailed { task: "main".to_owned(), reason })))
}

struct BlockingThread {
    run: Arc<Run>,
    station: Station,
    selector: Rc<dyn Selector>,
    /// The task that is being polled.
    polled: Cell<Option<TaskId>>,
}

impl LoopThread for BlockingThread {
    fn now(&self) -> Nanos {
        self.run.recorder.now()
    }

    fn record(&self, event: Event) {
        self.run.recorder.record(event);
    }

    fn register(&self, name: String, parent: Option<TaskId>) -> TaskId {
        self.run.register(name, parent)
    }

    fn name(&self, task: TaskId) -> String {
        self.run.lock().name(task)
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        self.selector.unparker()
    }

    async fn park(&self, deadline: Option<Nanos>) {
        let limit = deadline.map(|deadline| Duration::from(deadline.since(self.now())));
        if limit != Some(Duration::ZERO) {
            self.station.leave_gil(None);
            self.selector.wait(limit);
            if let Some(gil) = &self.station.gil {
                gil.acquire();
            }
        }
    }

    fn look(&self) {
        self.selector.wait(Some(Duration::ZERO));
    }

    fn exchange(&self, exchange: &Exchange) -> Option<Exchanging> {
        self.selector.exchange(exchange.request, exchange.attempt)
    }

    fn polling(&self, task: Option<TaskId>) {
        self.polled.set(task);
    }

    async fn compute(&self, task: TaskId, computation: &Computation, line: Line) -> i64 {
        let computed = self.station.compute(task, computation, line, &Undisturbed);
        computed.unwrap_or_else(|Over| unreachable!("as long as its loop computes, a run is not over"))
    }

    async fn block(&self, delay: Nanos) {
        let Some(task) = self.polled.get() else { unreachable!("only a task that is polled makes a call") };
        self.station.leave_gil(Some(task));
        thread::sleep(delay.into());
        self.station.take_gil(task, None);
    }

    /// What the loop costs is really spent.
    async fn spend(&self, _: Nanos, _: Doing) {}

    fn poll_cost(&self) -> Nanos {
        Nanos::ZERO
    }

    fn send_away(&self, spawner: TaskId, job: Box<Job>, executor: Executor, line: Line) -> Option<(TaskId, Nanos)> {
        let owner = Owner::of(executor, self.run.settings.model)?;
        Some((self.run.send_away(owner, spawner, *job, line), Nanos::ZERO))
    }

    fn take_returned(&self) -> Option<Back> {
        self.run.lock().returned.pop_front()
    }
}
