//! The processes of a run as its threads know them: each lane's thread asks the coordinator for what its isolated Worker is to
//! do, and blocks until that is done.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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
    /// The message.
    pub order: Vec<u8>,
    /// How long it took to write it.
    pub took: Nanos,
    /// Where the job's end is left, or the reason why there is none.
    pub end: End,
    /// Wakes the lane when it is dropped.
    pub woken: Sender<()>,
}

/// The end of a job, or the reason why it has none.
pub type End = Arc<Mutex<Option<Result<Ended, String>>>>;

impl Errand {
    /// Leaves the lane the job's end, and wakes it.
    pub fn end(self, end: Result<Ended, String>) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }
}

/// Where a run's lanes have their processes from.
pub struct Processes {
    run: Arc<ThisRun>,
    /// The processes whose threads have been given to lanes, each as often as it has such.
    given: Mutex<Vec<Process>>,
}

struct ThisRun {
    mailbox: Mailbox,
    recorder: Arc<Recorder>,
    /// All isolated Workers are given the same, so that what one tells is neither early nor late beside the others.
    anchor: OnceLock<Anchor>,
    /// Whether each task has a process of its own.
    is_one_a_task: bool,
}

struct Lane {
    run: Arc<ThisRun>,
    lane: LaneId,
    seat: Seat,
}

impl Processes {
    /// Those of a run on `model`, whose coordinator hears of `mailbox`.
    pub fn new(model: Model, mailbox: &Mailbox, recorder: &Arc<Recorder>) -> Processes {
        let run = ThisRun {
            mailbox: mailbox.clone(),
            recorder: Arc::clone(recorder),
            anchor: OnceLock::new(),
            is_one_a_task: model == Model::Processes,
        };
        Processes { run: Arc::new(run), given: Mutex::default() }
    }
}

impl measure::Processes for Processes {
    fn start(&self, lane: LaneId, process: Process) -> Result<Box<dyn Worker>, String> {
        let Processes { run, given } = self;
        if run.is_one_a_task {
            run.ask(Request::Start(process.0));
        }
        let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
        let thread = given.iter().filter(|other| **other == process).count();
        given.push(process);
        Ok(Box::new(Lane { run: Arc::clone(run), lane, seat: (process.0, thread as u32) }))
    }
}

impl ThisRun {
    fn ask(&self, request: Request) {
        self.mailbox.put(Told::Asked(request));
    }
}

impl Worker for Lane {
    fn work(&mut self, task: TaskId, job: &Job) -> Ended {
        let Lane { run, lane, seat } = &*self;
        let lane = *lane;
        if run.is_one_a_task {
            // Its Worker was asked for just now, and comes up.
            let activity = Activity::Running(Doing::Starting);
            run.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line: None, by: None });
        }
        let anchor = *run.anchor.get_or_init(|| Anchor::new(run.recorder.now()));
        let begun = run.recorder.now();
        let order = pack(&Order::Do { lane, task, job: job.clone(), anchor }, job.message_bytes);
        let took = run.recorder.now().since(begun);
        let (end, (woken, wakes)) = (End::default(), channel());
        run.ask(Request::Do(*seat, Errand { lane, task, order, took, end: Arc::clone(&end), woken }));
        wait_for_the_other_end(&wakes);
        let ended = end.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = ended.unwrap_or_else(|| Err("the run was over before its end".to_owned()));
        ended.unwrap_or_else(|reason| Err(TaskFailed { task: job.name.clone(), reason }))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if self.run.is_one_a_task {
            let (tell, told) = channel();
            self.run.ask(Request::End(self.seat.0, tell));
            wait_for_the_other_end(&told);
        }
    }
}

/// Waits until the other end is dropped, which it also is where the run is over. Nothing is ever sent.
fn wait_for_the_other_end(told: &Receiver<()>) {
    let _: Result<(), _> = told.recv();
}
