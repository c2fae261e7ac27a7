//! Running a program on threads that really block, and handing a pool's jobs to its workers.
//!
//! # The protocol
//! Everything that threads share is one [`Shared`] behind one lock: the placement policy, the results of ended tasks and
//! the inboxes of a pool's workers. A thread holds the lock only to look and to change, never while a body runs.
//!
//! - Who spawns asks the placement. A new lane becomes a thread, and the spawner waits until it runs; a free lane gets the
//!   task through its inbox; a queued task stays with the placement.
//! - Who ends a task leaves its result, wakes all who join, and asks the placement for the lane's next task. A worker
//!   for which there is none waits at its inbox, and goes home when the run drops the inboxes.
//! - Who joins waits on one condition variable until the result is there.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use crate::error::{RunError, TaskFailed};
use crate::measure::station::run_body;
use crate::measure::{Recorder, Station, Threads, Worker};
use crate::model::{Settings, Speed};
use crate::operation::{Job, Operation, Reply, Request};
use crate::placement::{MAIN_LANE, Place, Placement};
use crate::program::{Outcome, Program};
use crate::task::{Host, Task};
use crate::time::Nanos;
use crate::trace::{Activity, Event, LaneId, LaneKind, MarkKind, ReadyFor, TaskId, WaitFor};

/// All that a run on lanes needs.
pub struct Plan {
    /// What runs.
    pub program: Program,
    /// On which model, and with how many workers.
    pub settings: Settings,
    /// By how much delays are divided.
    pub speed: Speed,
    /// The clock, and where events go.
    pub recorder: Arc<Recorder>,
    /// Where threads come from.
    pub threads: Arc<dyn Threads>,
    /// Who does the jobs of a process pool, one worker a lane; a thread's jobs are done by the thread itself.
    pub workers: Vec<Box<dyn Worker>>,
}

/// Runs the plan's program, its first task on the calling thread, and returns its end and its outcome.
///
/// # Errors
/// [`RunError::Task`] where a task fails that the program does not carry on without.
pub fn run_on_lanes(plan: Plan) -> Result<(Nanos, Outcome), RunError> {
    let (placement, lanes) = Placement::new(&plan.settings);
    let run = Arc::new(Run {
        program: plan.program,
        settings: plan.settings,
        speed: plan.speed,
        recorder: plan.recorder,
        threads: plan.threads,
        shared: Mutex::new(Shared { placement, made: 0, results: HashMap::new(), inboxes: HashMap::new() }),
        ended: Condvar::new(),
    });
    let result = run.announce(lanes, plan.workers).and_then(|()| run.main());
    // However the run ended: without its inbox a worker goes home.
    run.lock().inboxes.clear();
    result
}

struct Run {
    program: Program,
    settings: Settings,
    speed: Speed,
    recorder: Arc<Recorder>,
    threads: Arc<dyn Threads>,
    shared: Mutex<Shared>,
    /// Told whenever a task has ended.
    ended: Condvar,
}

struct Shared {
    placement: Placement<Assigned>,
    /// How many tasks have been made: the number of the next one.
    made: u32,
    /// What ended tasks returned, until they are joined.
    results: HashMap<TaskId, Result<Vec<u8>, TaskFailed>>,
    inboxes: HashMap<LaneId, Sender<Assigned>>,
}

/// A task with what it is to do.
#[derive(Debug)]
struct Assigned {
    task: TaskId,
    job: Job,
}

impl Run {
    /// Tells of the lanes that are there from the beginning, and starts those that are a pool's processes.
    fn announce(self: &Arc<Self>, lanes: Vec<Event>, workers: Vec<Box<dyn Worker>>) -> Result<(), RunError> {
        let mut workers = workers.into_iter();
        for event in lanes {
            if let Event::Lane { lane, name, kind: LaneKind::PoolProcess } = &event {
                let started = self.start_worker(*lane, name, None, workers.next());
                started.map_err(|reason| TaskFailed { task: name.clone(), reason })?;
            }
            self.recorder.record(event);
        }
        Ok(())
    }

    fn main(self: &Arc<Self>) -> Result<(Nanos, Outcome), RunError> {
        let station = self.station(MAIN_LANE);
        let task = self.register("main", None);
        station.enter(task, Activity::Running, None);
        let body = self.program.main(self.handle(task, MAIN_LANE));
        let outcome = Program::outcome(run_body("main", body));
        let end = self.recorder.now();
        self.recorder.record(Event::End { task, at: end });
        Ok((end, outcome?))
    }

    /// Does one task from its beginning to its end, on this thread or by `worker`, and returns what the lane is for next.
    fn do_task(
        self: &Arc<Self>,
        lane: LaneId,
        assigned: &Assigned,
        worker: Option<&mut (dyn Worker + 'static)>,
    ) -> Option<Assigned> {
        let Assigned { task, job } = assigned;
        let result = match worker {
            Some(worker) => worker.work(lane, *task, job),
            None => {
                self.station(lane).enter(*task, Activity::Running, None);
                let body = self.program.job(self.handle(*task, lane), job);
                body.and_then(|body| run_body(&job.name, body))
            }
        };
        self.end(*task, result, Some(lane))
    }

    /// Publishes how a task ended and takes its lane back, if it had one. Both under one lock: whoever joins the task
    /// finds the lane free, as in a prediction.
    fn end(&self, task: TaskId, result: Result<Vec<u8>, TaskFailed>, lane: Option<LaneId>) -> Option<Assigned> {
        self.recorder.record_now(|at| Event::End { task, at });
        let mut shared = self.lock();
        shared.results.insert(task, result);
        self.ended.notify_all();
        lane.and_then(|lane| shared.placement.release(lane))
    }

    fn spawn(self: &Arc<Self>, spawner: TaskId, station: &Station, job: Job, request: &Request) -> TaskId {
        let name = job.name.clone();
        let task = self.register(&name, Some(spawner));
        station.mark(spawner, MarkKind::Spawned(task), request);
        let started = match self.place(task, job) {
            Place::SpawnersLane(assigned) => {
                station.enter(spawner, Activity::Waiting(WaitFor::Task(task)), Some(request));
                self.do_task(station.lane, &assigned, None);
                station.enter(spawner, Activity::Running, Some(request));
                Ok(())
            }
            Place::NewLane(assigned, lane, name, LaneKind::Thread) => self.start_thread(lane, &name, assigned),
            Place::NewLane(assigned, lane, name, _) => self.start_worker(lane, &name, Some(assigned), None),
            Place::FreeLane(assigned, lane) => self.deliver(lane, assigned),
            Place::Queue(_) => Ok(()),
        };
        if let Err(reason) = started {
            self.end(task, Err(TaskFailed { task: name, reason }), None);
        }
        task
    }

    /// Asks the placement for a place and records it. Both under the lock: nobody hears of a lane before it is announced,
    /// nor of a task that left the queue before it entered it.
    fn place(&self, task: TaskId, job: Job) -> Place<Assigned> {
        let mut shared = self.lock();
        let place = shared.placement.place(Assigned { task, job });
        match &place {
            Place::SpawnersLane(_) => {}
            Place::NewLane(_, lane, name, kind) => {
                self.recorder.record(Event::Lane { lane: *lane, name: name.clone(), kind: *kind });
                self.station(*lane).enter(task, Activity::Ready(ReadyFor::LaneStart), None);
            }
            Place::FreeLane(_, lane) => {
                self.station(*lane).enter(task, Activity::Ready(ReadyFor::LaneStart), None);
            }
            Place::Queue(lane) => self.station(*lane).enter(task, Activity::Queued, None),
        }
        place
    }

    fn start_thread(self: &Arc<Self>, lane: LaneId, name: &str, assigned: Assigned) -> Result<(), String> {
        let run = Arc::clone(self);
        self.start(name, move || drop(run.do_task(lane, &assigned, None)))
    }

    /// Starts the thread of a pool's lane. It does its first task if it has one, and then whatever it is given.
    fn start_worker(
        self: &Arc<Self>,
        lane: LaneId,
        name: &str,
        first: Option<Assigned>,
        mut worker: Option<Box<dyn Worker>>,
    ) -> Result<(), String> {
        let (inbox, tasks) = channel();
        self.lock().inboxes.insert(lane, inbox);
        let run = Arc::clone(self);
        let body = move || {
            let mut next = first.or_else(|| tasks.recv().ok());
            while let Some(assigned) = next {
                let queued = run.do_task(lane, &assigned, worker.as_deref_mut());
                next = queued.or_else(|| tasks.recv().ok());
            }
        };
        self.start(name, body)
    }

    /// Starts a thread and waits until it runs, as CPython's `Thread.start` does: what is started first begins first.
    fn start(&self, name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), String> {
        let (begun, begins) = channel();
        let body = move || {
            drop(begun);
            body();
        };
        self.threads.start(name, Box::new(body))?;
        // Nothing is ever sent: the channel ends when the thread lets go of its end.
        let _: Result<(), _> = begins.recv();
        Ok(())
    }

    fn deliver(&self, lane: LaneId, assigned: Assigned) -> Result<(), String> {
        let sent = self.lock().inboxes.get(&lane).map(|inbox| inbox.send(assigned));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err("the worker that it was given to is gone".to_owned()),
        }
    }

    fn join(&self, task: TaskId, station: &Station, joined: TaskId, request: &Request) -> Reply {
        let mut shared = self.lock();
        if let Some(result) = shared.results.remove(&joined) {
            return Reply::Joined(result);
        }
        station.enter(task, Activity::Waiting(WaitFor::Task(joined)), Some(request));
        let result = loop {
            if let Some(result) = shared.results.remove(&joined) {
                break result;
            }
            shared = self.ended.wait(shared).unwrap_or_else(PoisonError::into_inner);
        };
        station.enter(task, Activity::Running, Some(request));
        Reply::Joined(result)
    }

    fn register(&self, name: &str, parent: Option<TaskId>) -> TaskId {
        let mut shared = self.lock();
        let task = TaskId(shared.made);
        shared.made += 1;
        // Recorded under the lock, so that tasks are announced in the order of their numbers.
        self.recorder.record_now(|at| Event::Task { task, name: name.to_owned(), parent, at });
        task
    }

    fn handle(self: &Arc<Self>, task: TaskId, lane: LaneId) -> Task {
        Task::new(task, self.settings.model, Rc::new(Lane { run: Arc::clone(self), station: self.station(lane) }))
    }

    fn station(&self, lane: LaneId) -> Station {
        Station { lane, speed: self.speed, recorder: Arc::clone(&self.recorder) }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // Nothing is half changed when a thread panics under the lock: each change is one call.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The host of tasks on one lane: it does what they ask for at once, and blocks while that takes.
struct Lane {
    run: Arc<Run>,
    station: Station,
}

impl Host for Lane {
    fn poll(&self, task: TaskId, request: &mut Request, _: &mut Context<'_>) -> Poll<Reply> {
        let (run, station) = (&self.run, &self.station);
        Poll::Ready(match &request.operation {
            Operation::Log(text) => station.log(task, text, request),
            Operation::Sleep(delay) => station.sleep(task, *delay, request),
            Operation::Spawn(job) => Reply::Spawned(run.spawn(task, station, job.clone(), request)),
            Operation::Join(joined) => run.join(task, station, *joined, request),
            Operation::CountTasks => Reply::Counted(None),
        })
    }
}
