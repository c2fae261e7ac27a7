//! A process that does jobs away from its run: it has no other task within reach, and no object that tasks share.

use std::sync::Arc;

use crate::measure::body::{Desk, Left, Over, run_body};
use crate::measure::lanes::gil_of;
use crate::measure::station::Undisturbed;
use crate::measure::{Gil, Recorder, Station, Transport};
use crate::model::{Settings, Speed};
use crate::operation::{Job, Reply, Request};
use crate::program::{Ended, Program};
use crate::simulate::AWAY;
use crate::task::Task;
use crate::trace::{LaneId, TaskId};

/// What the threads of one such process share: the program, and a GIL of their own where the run has one.
pub struct WorkerProcess {
    program: Program,
    settings: Settings,
    speed: Speed,
    gil: Option<Arc<Gil>>,
    transport: Option<Arc<dyn Transport>>,
}

impl WorkerProcess {
    /// A process that nobody works in yet.
    pub fn new(program: Program, settings: Settings, speed: Speed) -> WorkerProcess {
        let gil = gil_of(&settings, speed);
        WorkerProcess { program, settings, speed, gil, transport: None }
    }

    /// The same process, whose requests go over `transport`.
    pub fn over(self, transport: Arc<dyn Transport>) -> WorkerProcess {
        WorkerProcess { transport: Some(transport), ..self }
    }

    /// Does one job on this thread, which is `lane` of the run, and tells `recorder` what happens.
    ///
    /// # Errors
    /// Where the payload is no job of this program, where the job panics, and where it asks for something that needs the
    /// tasks of the run, which are out of its reach.
    pub fn work(&self, lane: LaneId, task: TaskId, job: &Job, recorder: &Arc<Recorder>) -> Ended {
        let station = Station {
            lane,
            speed: self.speed,
            recorder: Arc::clone(recorder),
            gil: self.gil.clone(),
            transport: self.transport.clone(),
        };
        station.runs(task, None);
        let Settings { model, seed, .. } = self.settings;
        let begin = |host| self.program.job(Task::new(task, model, seed, host), &job.name, &job.payload);
        let ended = run_body(&job.name, AwayDesk(station.clone()), begin);
        station.leave_gil(Some(task));
        ended.unwrap_or_else(|Over| unreachable!("away from its run nobody learns that it is over"))
    }
}

/// The desk of a task that is away from its run.
struct AwayDesk(Station);

impl Desk for AwayDesk {
    fn answer(&self, task: TaskId, request: &Request) -> Result<Reply, Left> {
        let AwayDesk(station) = self;
        station.answer(task, request, &Undisturbed)?.ok_or_else(|| Left::Failed(AWAY.to_owned()))
    }
}
