//! The processes of a run as its threads know them: each lane's thread asks the coordinator for what its isolated Worker is to
//! do, and blocks until that is done.

use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use engine::error::TaskFailed;
use engine::measure::{self, Recorder, Worker};
use engine::model::Model;
use engine::operation::Job;
use engine::program::Ended;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Event, LaneId, Process, TaskId};

use crate::mailbox::{Mailbox, Told};
use crate::message::{Anchor, Order, pack};

/// What a lane asks of the coordinator.
#[derive(Debug)]
pub enum Request {
    /// Start this process, which is one lane.
    Start(u32),
    /// Have a job done.
    Do(Seat, Errand),
    /// End this process, and say so by letting go of the other end.
    End(u32, Sender<()>),
}

/// A thread of a process: the number of either, the run's own process being number 0.
pub type Seat = (u32, u32);

/// A job on its way to an isolated Worker.
#[derive(Debug)]
pub struct Errand {
    /// The lane that asks.
    pub lane: LaneId,
    /// The task whose job it is.
    pub task: TaskId,
    /// The message, and how long it took to write it.
    pub order: Vec<u8>,
    /// See there.
    pub took: Nanos,
    /// Where the lane waits for the job's end, or for the reason why it will not come.
    pub end: Sender<Result<Ended, String>>,
}

/// Where a run's lanes have their processes from.
pub struct Processes {
    mailbox: Mailbox,
    recorder: Arc<Recorder>,
    /// Whether each task has a process of its own.
    is_one_a_task: bool,
    /// How many threads of each process have been given to lanes.
    given: Mutex<HashMap<Process, u32>>,
}

struct Lane {
    mailbox: Mailbox,
    recorder: Arc<Recorder>,
    is_one_a_task: bool,
    lane: LaneId,
    seat: Seat,
}

impl Processes {
    /// Those of a run on `model`, whose coordinator hears of `mailbox`.
    pub fn new(model: Model, mailbox: &Mailbox, recorder: &Arc<Recorder>) -> Processes {
        Processes {
            mailbox: mailbox.clone(),
            recorder: Arc::clone(recorder),
            is_one_a_task: model == Model::Processes,
            given: Mutex::default(),
        }
    }
}

impl measure::Processes for Processes {
    fn start(&self, lane: LaneId, process: Process) -> Result<Box<dyn Worker>, String> {
        let Processes { mailbox, recorder, is_one_a_task, given } = self;
        if *is_one_a_task {
            mailbox.put(Told::Asked(Request::Start(process.0)));
        }
        let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
        let threads = given.entry(process).or_default();
        let seat = (process.0, *threads);
        *threads += 1;
        let (mailbox, recorder) = (mailbox.clone(), Arc::clone(recorder));
        Ok(Box::new(Lane { mailbox, recorder, is_one_a_task: *is_one_a_task, lane, seat }))
    }
}

impl Worker for Lane {
    fn work(&mut self, task: TaskId, job: &Job) -> Ended {
        let lane = self.lane;
        let begun = if self.is_one_a_task {
            // Its Worker was asked for just now, and comes up.
            let activity = Activity::Running(Doing::Starting);
            self.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line: None, by: None })
        } else {
            self.recorder.now()
        };
        let (end, ended) = channel();
        let order = Order::Do { lane, task, job: job.clone(), anchor: Anchor::new(begun) };
        let order = pack(&order, job.message_bytes);
        let took = self.recorder.now().since(begun);
        self.mailbox.put(Told::Asked(Request::Do(self.seat, Errand { lane, task, order, took, end })));
        let ended = ended.recv().unwrap_or_else(|_| Err("the run was over before its end".to_owned()));
        ended.unwrap_or_else(|reason| Err(TaskFailed { task: job.name.clone(), reason }))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.is_one_a_task {
            let (tell, told) = channel();
            self.mailbox.put(Told::Asked(Request::End(self.seat.0, tell)));
            // Nothing is ever sent: the other end is let go of when the Worker has been ended, or the run is over.
            let _: Result<(), _> = told.recv();
        }
    }
}
