//! The thread that an event loop runs on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::executor::Unpark;
use crate::network::Responded;
use crate::operation::{Exchange, Executor, Job};
use crate::placement::MAIN_LANE;
use crate::program::Ended;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, Line, MarkKind, TaskId};
use crate::work::Computation;

/// A thread, as an event loop uses it: a clock, ways to wait that keep the thread or give it up, and places to send work
/// to.
///
/// The loop is one piece of code; what differs between a simulated thread, a browser's Worker and a machine's thread is this
/// trait.
pub trait LoopThread: 'static {
    /// The time since the run's start.
    fn now(&self) -> Nanos;

    /// Passes on what happened.
    fn record(&self, event: Event);

    /// Passes on that a task does something else from `at` on.
    fn enter(&self, task: TaskId, activity: Activity, at: Nanos, line: Option<Line>, by: Option<TaskId>) {
        self.record(Event::Enter { task, lane: MAIN_LANE, activity, at, line, by });
    }

    /// Passes on what happened just now to a task.
    fn mark(&self, task: TaskId, mark: MarkKind, line: Option<Line>) {
        self.record(Event::Mark { task, lane: MAIN_LANE, at: self.now(), mark, line });
    }

    /// Passes on that a task has ended just now.
    fn end(&self, task: TaskId) {
        self.record(Event::End { task, at: self.now() });
    }

    /// Makes a task of the loop, announces it, and returns its number.
    fn register(&self, name: String, parent: Option<TaskId>) -> TaskId;

    /// The name of a task that was made.
    fn name(&self, task: TaskId) -> String;

    /// How a waker on another thread ends [`LoopThread::park`].
    fn unparker(&self) -> Arc<dyn Unpark>;

    /// Waits until `deadline`, for ever where there is none, or until work comes back or somebody unparks it.
    fn park(&self, deadline: Option<Nanos>) -> impl Future<Output = ()>;

    /// Looks once a turn, without waiting, what has happened outside.
    fn look(&self) {}

    /// Begins an attempt at a request on a real network; `None` where a timer stands in for one. Its wakers are called while
    /// the thread [parks](LoopThread::park) or [looks](LoopThread::look).
    fn exchange(&self, exchange: &Exchange) -> Option<Exchanging> {
        let _ = exchange;
        None
    }

    /// Hears that a task asks for something, and says whether the run goes on: no longer, once more has happened than is
    /// told of one run. Then the task gets no answer, and its thread a nanosecond to spend.
    fn goes_on(&self) -> bool {
        true
    }

    /// Hears which task the loop polls, or that it polls none.
    fn polling(&self, task: Option<TaskId>);

    /// Keeps the thread for a computation that `task` asks for on this line, and returns its result. Tells of what happens
    /// meanwhile.
    fn compute(&self, task: TaskId, computation: &Computation, line: Line) -> impl Future<Output = i64>;

    /// Keeps the thread for a call that comes back after `delay`.
    fn block(&self, delay: Nanos) -> impl Future<Output = ()>;

    /// Keeps the thread for what the loop itself costs; where it is really spent anyway, this does nothing.
    fn spend(&self, cost: Nanos, doing: Doing) -> impl Future<Output = ()>;

    /// What one poll of a task costs, to be [spent](LoopThread::spend).
    fn poll_cost(&self) -> Nanos;

    /// Spends what a poll costs without giving up the thread, where nothing else can happen meanwhile; returns whether that is so.
    fn spend_at_once(&self, cost: Nanos) -> bool {
        let _ = cost;
        false
    }

    /// Sends a job of `spawner`'s away. Returns the task that does it and what sending it costs; `None` where there is no such
    /// place.
    fn send_away(&self, spawner: TaskId, job: Box<Job>, executor: Executor, line: Line) -> Option<(TaskId, Nanos)>;

    /// Whether work may have come back.
    fn has_returned(&self) -> bool {
        true
    }

    /// What has come back of work that was sent away.
    fn take_returned(&self) -> Option<Back>;
}

/// An attempt at a request that is under way on a real network. Its error is the end of a sentence that begins with the
/// task's name.
pub type Exchanging = Pin<Box<dyn Future<Output = Result<Responded, String>>>>;

/// What comes back to an event loop of work that it sent away.
#[derive(Debug)]
pub enum Back {
    /// The work is done.
    Result {
        /// The task that did it.
        task: TaskId,
        /// What it came to.
        result: Ended,
        /// What reading the result costs, to be [spent](LoopThread::spend).
        cost: Nanos,
        /// The one whose end brings it: the same task, or where that failed the last one that it [came later](Back::Later) for.
        by: TaskId,
    },
    /// The work has failed, and its result comes later.
    Later {
        /// The task that did it.
        task: TaskId,
        /// The one for whose end the result waits.
        behind: TaskId,
        /// The one that has ended just now.
        by: TaskId,
    },
}
