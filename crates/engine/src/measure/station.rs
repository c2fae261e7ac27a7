//! One lane as the task on it knows it: where it waits and computes, and where it tells what it does.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::measure::body::{Left, Over};
use crate::measure::{Gil, Recorder, Transport};
use crate::model::Speed;
use crate::network::Responded;
use crate::operation::{Exchange, Operation, Reply, Request};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, LaneId, Line, MarkKind, TaskId, WaitFor};
use crate::work::Computation;

/// A lane, the run's clock, its speed and the GIL of its process.
#[derive(Clone)]
pub(super) struct Station {
    pub(super) lane: LaneId,
    /// By how much delays are divided.
    pub(super) speed: Speed,
    /// The run's clock, and where events go.
    pub(super) recorder: Arc<Recorder>,
    pub(super) gil: Option<Arc<Gil>>,
    pub(super) transport: Option<Arc<dyn Transport>>,
}

/// How the end of the run cuts a task off that waits or computes.
pub(super) trait Patience {
    /// Waits for so long, and breaks where the run is over before.
    fn sleep(&self, delay: Duration) -> ControlFlow<()>;

    /// Breaks where the run is over.
    fn look(&self) -> ControlFlow<()>;
}

impl Station {
    pub(super) fn enter(&self, task: TaskId, activity: Activity, line: Option<Line>, by: Option<TaskId>) {
        let lane = self.lane;
        self.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line, by });
    }

    pub(super) fn mark(&self, task: TaskId, mark: MarkKind, line: Line) {
        let (lane, line) = (self.lane, Some(line));
        self.recorder.record_now(|at| Event::Mark { task, lane, at, mark, line });
    }

    /// Takes the GIL, if there is one, and tells that the task runs. `by` ended what it did before.
    pub(super) fn runs(&self, task: TaskId, by: Option<TaskId>) {
        let by = self.take_gil(task, by);
        self.enter(task, Activity::Running(Doing::Steps), None, by);
    }

    /// Tells what the task waits for, and lets go of the GIL.
    pub(super) fn waits(&self, task: TaskId, activity: Activity, line: Line) {
        self.enter(task, activity, Some(line), None);
        self.leave_gil(Some(task));
    }

    /// Lets go of the GIL. What `task` does was told before: nobody is to be seen running without it.
    pub(super) fn leave_gil(&self, task: Option<TaskId>) {
        if let Some(gil) = &self.gil {
            gil.release(task);
        }
    }

    /// Takes the GIL for a task whose wait `by` has ended. Returns who made way last.
    pub(super) fn take_gil(&self, task: TaskId, by: Option<TaskId>) -> Option<TaskId> {
        match &self.gil {
            Some(gil) if !gil.try_acquire() => {
                self.enter(task, Activity::WantsGil, None, by);
                gil.acquire()
            }
            _ => by,
        }
    }

    /// Answers what a task can do on its lane alone; `None` for what needs other tasks.
    pub(super) fn answer(
        &self,
        task: TaskId,
        request: &Request,
        patience: &impl Patience,
    ) -> Result<Option<Reply>, Left> {
        let line = request.line;
        match &request.operation {
            Operation::Log(text) => self.mark(task, MarkKind::Log(text.clone()), line),
            Operation::Sleep(delay) | Operation::Block(delay) => {
                let delay = self.speed.shorten(*delay);
                let due = self.recorder.now() + delay;
                self.sleep(task, Activity::Waiting(WaitFor::Timer(due)), delay, line, patience)?;
            }
            Operation::Request(exchange) => {
                let responded = self.exchange(task, exchange, line, patience)?;
                let &Exchange { request, attempt, .. } = exchange;
                self.mark(task, MarkKind::Answered { request, attempt, status: responded.status }, line);
                return Ok(Some(Reply::Responded(responded)));
            }
            Operation::Compute(computation) => {
                return Ok(Some(Reply::Value(self.compute(task, computation, line, patience)?)));
            }
            Operation::Yield => {
                if !self.pass_gil_on(task, Doing::Steps, line, Gil::is_wanted) {
                    thread::yield_now();
                }
            }
            Operation::CountTasks => return Ok(Some(Reply::Counted(None))),
            Operation::Offload(..) => return Ok(Some(Reply::Here)),
            Operation::Spawn(_) | Operation::Join(_) | Operation::Make(..) | Operation::Use { .. } => return Ok(None),
        }
        Ok(Some(Reply::Done))
    }

    /// Really computes. At its checkpoints the GIL is passed on to whoever has asked for it.
    pub(super) fn compute(
        &self,
        task: TaskId,
        computation: &Computation,
        line: Line,
        patience: &impl Patience,
    ) -> Result<i64, Over> {
        self.enter(task, Activity::Running(Doing::Work), Some(line), None);
        let mut checkpoint = || {
            self.pass_gil_on(task, Doing::Work, line, Gil::is_asked_for);
            patience.look()
        };
        let Some(result) = computation.perform(self.speed, &mut checkpoint) else {
            self.leave_gil(Some(task));
            return Err(Over);
        };
        self.enter(task, Activity::Running(Doing::Steps), Some(line), None);
        Ok(result)
    }

    /// Waits for the network's answer, or for the timer that stands in for it.
    fn exchange(
        &self,
        task: TaskId,
        exchange: &Exchange,
        line: Line,
        patience: &impl Patience,
    ) -> Result<Responded, Left> {
        let &Exchange { request, attempt, response } = exchange;
        let Some(transport) = &self.transport else {
            let latency = self.speed.shorten(response.latency);
            self.sleep(task, Activity::Waiting(WaitFor::Request(request)), latency, line, patience)?;
            return Ok(response.into());
        };
        self.waits(task, Activity::Waiting(WaitFor::Socket(request)), line);
        let responded = transport.exchange(request, attempt);
        if patience.look().is_break() {
            return Err(Left::Over);
        }
        self.runs(task, None);
        responded.map_err(Left::Failed)
    }

    fn sleep(
        &self,
        task: TaskId,
        activity: Activity,
        delay: Nanos,
        line: Line,
        patience: &impl Patience,
    ) -> Result<(), Over> {
        self.waits(task, activity, line);
        if patience.sleep(delay.into()).is_break() {
            return Err(Over);
        }
        self.runs(task, None);
        Ok(())
    }

    /// Goes to the end of the line for the GIL if `is_due`. Returns whether it did.
    fn pass_gil_on(&self, task: TaskId, doing: Doing, line: Line, is_due: impl Fn(&Gil) -> bool) -> bool {
        let Some(gil) = self.gil.as_ref().filter(|gil| is_due(gil)) else { return false };
        self.enter(task, Activity::WantsGil, Some(line), None);
        gil.release(Some(task));
        let by = gil.acquire();
        self.enter(task, Activity::Running(doing), Some(line), by);
        true
    }
}

/// Whoever is not cut off by the end of the run: it learns of it later, or never.
pub(super) struct Undisturbed;

impl Patience for Undisturbed {
    fn sleep(&self, delay: Duration) -> ControlFlow<()> {
        thread::sleep(delay);
        ControlFlow::Continue(())
    }

    fn look(&self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
