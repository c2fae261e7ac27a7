//! One lane as the task on it knows it: where it waits, and where it tells what it does.

use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::error::TaskFailed;
use crate::measure::Recorder;
use crate::model::{Model, Speed};
use crate::operation::{Job, Operation, Reply, Request};
use crate::program::{Body, Program, poll_body, waits_for_nothing};
use crate::task::{Host, Task};
use crate::time::Nanos;
use crate::trace::{Activity, Event, LaneId, MarkKind, TaskId, WaitFor};

/// A lane, the run's clock and its speed.
#[derive(Clone)]
pub struct Station {
    /// The lane.
    pub lane: LaneId,
    /// By how much delays are divided.
    pub speed: Speed,
    /// The run's clock, and where events go.
    pub recorder: Arc<Recorder>,
}

/// Does one job of `program` on this thread, away from the rest of its run: what a process of a pool does.
///
/// # Errors
/// Where the payload is no job of this program, or where the job panics. It does so if it spawns or joins: the tasks of
/// the run are out of its reach.
pub fn run_job(
    program: &Program,
    model: Model,
    station: &Station,
    task: TaskId,
    job: &Job,
) -> Result<Vec<u8>, TaskFailed> {
    station.enter(task, Activity::Running, None);
    let handle = Task::new(task, model, Rc::new(Away(station.clone())));
    run_body(&job.name, program.job(handle, job)?)
}

impl Station {
    pub(super) fn enter(&self, task: TaskId, activity: Activity, request: Option<&Request>) {
        let (lane, line) = (self.lane, request.map(|request| request.line));
        self.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line });
    }

    pub(super) fn mark(&self, task: TaskId, mark: MarkKind, request: &Request) {
        let (lane, line) = (self.lane, Some(request.line));
        self.recorder.record_now(|at| Event::Mark { task, lane, at, mark, line });
    }

    pub(super) fn log(&self, task: TaskId, text: &str, request: &Request) -> Reply {
        self.mark(task, MarkKind::Log(text.to_owned()), request);
        Reply::Done
    }

    pub(super) fn sleep(&self, task: TaskId, delay: Nanos, request: &Request) -> Reply {
        let delay = self.speed.shorten(delay);
        let due = self.recorder.now() + delay;
        self.enter(task, Activity::Waiting(WaitFor::Timer(due)), Some(request));
        std::thread::sleep(delay.into());
        self.enter(task, Activity::Running, Some(request));
        Reply::Done
    }
}

/// Runs a body to its end. Its host blocks, so one poll is enough.
pub(super) fn run_body(task: &str, mut body: Body) -> Result<Vec<u8>, TaskFailed> {
    match poll_body(task, &mut body, &mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(waits_for_nothing(task)),
    }
}

/// The host of a task that is away from its run.
struct Away(Station);

impl Host for Away {
    fn poll(&self, task: TaskId, request: &mut Request, _: &mut Context<'_>) -> Poll<Reply> {
        let Away(station) = self;
        Poll::Ready(match &request.operation {
            Operation::Log(text) => station.log(task, text, request),
            Operation::Sleep(delay) => station.sleep(task, *delay, request),
            Operation::CountTasks => Reply::Counted(None),
            Operation::Spawn(_) | Operation::Join(_) => {
                panic!("a task in a process of its own can neither spawn nor join tasks of its run")
            }
        })
    }
}
