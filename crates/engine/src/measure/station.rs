//! One lane as the task on it knows it: where it waits and computes, and where it tells what it does.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::error::TaskFailed;
use crate::measure::body::{Desk, Left, Over, run_body};
use crate::measure::{Gil, Recorder};
use crate::model::{Settings, Speed};
use crate::operation::{Job, Operation, Reply, Request};
use crate::program::Program;
use crate::simulate::AWAY;
use crate::task::Task;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, LaneId, Line, MarkKind, TaskId, WaitFor};
use crate::work::Computation;

/// A lane, the run's clock, its speed and the GIL of its process.
#[derive(Clone)]
pub struct Station {
    /// The lane.
    pub lane: LaneId,
    /// By how much delays are divided.
    pub speed: Speed,
    /// The run's clock, and where events go.
    pub recorder: Arc<Recorder>,
    /// The GIL, where there is one and other threads want it.
    pub gil: Option<Arc<Gil>>,
}

/// Does one job of `program` on this thread, away from the rest of its run: what a process of a pool does.
///
/// # Errors
/// Where the payload is no job of this program, where the job panics, and where it asks for something that needs the
/// tasks of the run, which are out of its reach.
pub fn run_job(
    program: &Program,
    settings: &Settings,
    station: &Station,
    task: TaskId,
    job: &Job,
) -> Result<Vec<u8>, TaskFailed> {
    station.runs(task, None);
    let begin = |host| program.job(Task::new(task, settings.model, settings.seed, host), job);
    let ended = run_body(&job.name, Away(station.clone()), begin);
    station.leave_gil(Some(task));
    ended.unwrap_or_else(|Over| unreachable!("away from its run nobody learns that it is over"))
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
    ) -> Result<Option<Reply>, Over> {
        let line = request.line;
        match &request.operation {
            Operation::Log(text) => self.mark(task, MarkKind::Log(text.clone()), line),
            Operation::Sleep(delay) | Operation::Block(delay) => {
                let delay = self.speed.shorten(*delay);
                let due = self.recorder.now() + delay;
                self.sleep(task, Activity::Waiting(WaitFor::Timer(due)), delay, line, patience)?;
            }
            Operation::Request(exchange) => {
                // A wait stands in for the network.
                let (request, attempt, response) = (exchange.request, exchange.attempt, exchange.response);
                let latency = self.speed.shorten(response.latency);
                self.sleep(task, Activity::Waiting(WaitFor::Request(request)), latency, line, patience)?;
                self.mark(task, MarkKind::Answered { request, attempt, status: response.status }, line);
            }
            Operation::Compute(computation) => {
                return self.compute(task, computation, line, patience).map(|value| Some(Reply::Value(value)));
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

/// The desk of a task that is away from its run.
struct Away(Station);

impl Desk for Away {
    fn answer(&self, task: TaskId, request: &Request) -> Result<Reply, Left> {
        let Away(station) = self;
        station.answer(task, request, &Undisturbed)?.ok_or_else(|| Left::Failed(AWAY.to_owned()))
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
