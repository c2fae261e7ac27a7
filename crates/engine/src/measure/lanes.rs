//! Running a program on threads that really block, and handing a pool's jobs to its workers.
//!
//! # The protocol
//! Everything that threads share is one [`Shared`] behind one lock: the placement policy, the results of ended tasks, the
//! objects that tasks share and the inboxes of a pool's workers. A thread holds the lock only to look and to change, never
//! while a body runs.
//!
//! - Who spawns asks the placement. A new lane becomes a thread, and the spawner waits until it runs; if it is in a process
//!   of its own, the spawner waits until that has been asked for, and the lane's thread feeds it, waits until it has ended,
//!   and only then tells that the task has. A free lane gets the task through its inbox; a queued task stays with the
//!   placement. A worker with a hand takes it at once; if the spawner's next word is to join it, the spawner waits for the worker
//!   itself and ends the task, and otherwise the worker's thread is told, and finds it begun.
//! - Who ends a task leaves its result to whoever joins it, and asks the placement for the lane's next task. A worker for
//!   which there is none waits at its inbox.
//! - Who waits for another task, for its end or for an object, leaves a [`Waiter`](super::shared::Waiter) and waits on its own
//!   condition variable. Whoever lets it go on leaves the answer there.
//! - A body is polled with the GIL, where there is one. Its thread lets go of it only after it has told what it does instead,
//!   and tells that it runs only once it has it back: nobody is seen running without it. Nobody waits for it under the lock.
//! - A cycle of waiting is noticed by the task that closes it, a standstill by the last task that could go on. Where no
//!   patience will end it, the run is broken off.
//! - A run that is over, because its first task has ended or because it was broken off, cuts off whoever is left: all who
//!   wait or sleep are told, who computes looks at each checkpoint, and the next operation is not answered. Bodies are left
//!   where they are, and their threads go home. [`run()`] returns when all have; only a [`Worker`](super::Worker) is not
//!   waited for: whoever gave the processes ends those that were started for a task.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::costs::Interval;
use crate::error::RunError;
use crate::measure::body::{Desk, Left, Over, run_body};
use crate::measure::shared::{Assigned, Made, Shared, Waiting};
use crate::measure::{Gil, Hand, Processes, Recorder, Station, Threads, Transport, loop_thread};
use crate::model::{Settings, Speed};
use crate::operation::{Job, Operation, Reply, Request};
use crate::placement::{MAIN_LANE, Owner, Place, Placement};
use crate::program::{Ended, Outcome, Program};
use crate::simulate::BESIDE_THE_LOOP;
use crate::task::{Host, Task};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, LaneId, Line, MarkKind, ReadyFor, TaskId, WaitFor};
use crate::work::calibrate_spin;

/// All that a run needs.
pub struct Plan {
    /// What runs.
    pub program: Program,
    /// On which model, with how many workers, and with which GIL.
    pub settings: Settings,
    /// By how much delays are divided.
    pub speed: Speed,
    /// The clock, and where events go.
    pub recorder: Arc<Recorder>,
    /// Where threads come from.
    pub threads: Arc<dyn Threads>,
    /// What requests go over; a timer stands in for it where there is none.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where processes come from, under a model that has them.
    pub processes: Arc<dyn Processes>,
}

/// Runs the plan's program, its first task or its event loop on the calling thread. Returns when it ended and what it came to.
pub fn run(plan: Plan) -> (Nanos, Result<Outcome, RunError>) {
    // What takes time before the run is no part of it.
    calibrate_spin();
    let (placement, lanes) = Placement::new(&plan.settings);
    let gil = gil_of(&plan.settings, plan.speed);
    let run = Arc::new(Run {
        program: plan.program,
        settings: plan.settings,
        speed: plan.speed,
        recorder: plan.recorder,
        threads: plan.threads,
        transport: plan.transport,
        processes: plan.processes,
        gil,
        shared: Mutex::new(Shared::new(placement)),
        is_over: AtomicBool::new(false),
        over: Condvar::new(),
        home: Condvar::new(),
    });
    let ended = match run.announce(lanes) {
        Ok(()) if plan.settings.model.has_loop() => loop_thread::run(&run),
        Ok(()) => run.main(),
        Err(error) => (run.recorder.now(), Err(error)),
    };
    run.send_all_home();
    ended
}

/// The GIL of one process of a run, where there is one.
pub(super) fn gil_of(settings: &Settings, speed: Speed) -> Option<Arc<Gil>> {
    // The switch interval is a time of the program's own, as delays are: at ten times the speed the same threads take turns.
    let interval = |interval: Interval| speed.shorten(interval.nanos()).into();
    settings.costs.gil.map(|it| Arc::new(Gil::new(interval(it))))
}

pub(super) struct Run {
    pub(super) program: Program,
    pub(super) settings: Settings,
    pub(super) speed: Speed,
    pub(super) recorder: Arc<Recorder>,
    pub(super) threads: Arc<dyn Threads>,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) processes: Arc<dyn Processes>,
    gil: Option<Arc<Gil>>,
    shared: Mutex<Shared>,
    /// Whether nothing of the run is to go on. Written under the lock.
    pub(super) is_over: AtomicBool,
    /// Told when the run is over, for those who sleep.
    pub(super) over: Condvar,
    /// Told when the last thread has gone home.
    pub(super) home: Condvar,
}

impl Run {
    fn main(self: &Arc<Self>) -> (Nanos, Result<Outcome, RunError>) {
        let station = self.station(MAIN_LANE);
        let task = self.register("main".to_owned(), None);
        station.runs(task, None);
        let begin = |host| Ok(self.program.main(self.handle(task, host)));
        let ended = run_body("main", self.desk(MAIN_LANE), begin);
        // Who was cut off has let go of it.
        let has_gil = ended.is_ok();
        // The end and whether the run was broken off are settled under one lock: who is left can no longer break it off.
        let shared = self.lock();
        let (at, settled) = match (&shared.broken, ended) {
            (Some((at, error)), _) => (*at, Err(error.clone())),
            (None, Ok(result)) => {
                let at = self.recorder.record_now(|at| Event::End { task, at });
                self.recorder.close();
                self.is_over.store(true, Ordering::Relaxed);
                (at, Ok(result))
            }
            (None, Err(Over)) => {
                unreachable!("before its first task has ended a run is over only if it was broken off")
            }
        };
        drop(shared);
        if has_gil {
            station.leave_gil(Some(task));
        }
        (at, settled.and_then(|result| Program::outcome(result).map_err(RunError::from)))
    }

    /// Does tasks on this thread, one after the other, as long as the lane is given some.
    pub(super) fn work_on(
        self: &Arc<Self>,
        lane: LaneId,
        first: Assigned,
        inbox: Option<&Receiver<Assigned>>,
    ) -> Result<(), Over> {
        let station = self.station(lane);
        let mut next = Some(first);
        while let Some(Assigned { task, job }) = next {
            station.runs(task, None);
            let mut result = self.do_here(lane, task, &job)?;
            let mut ended = task;
            // Who finds a task in the queue keeps the GIL and goes on.
            while let Some(Assigned { task, job }) = self.end(ended, result, Some(lane)) {
                station.enter(task, Activity::Running(Doing::Steps), None, Some(ended));
                result = self.do_here(lane, task, &job)?;
                ended = task;
            }
            station.leave_gil(Some(ended));
            next = inbox.and_then(|inbox| inbox.recv().ok());
        }
        Ok(())
    }

    fn do_here(self: &Arc<Self>, lane: LaneId, task: TaskId, job: &Job) -> Result<Ended, Over> {
        run_body(&job.name, self.desk(lane), |host| self.program.job(self.handle(task, host), &job.name, &job.payload))
    }

    /// Publishes how a task ended and takes its lane back, if it had one. Both under one lock: whoever joins the task
    /// finds the lane free, as in a prediction.
    pub(super) fn end(&self, task: TaskId, result: Ended, lane: Option<LaneId>) -> Option<Assigned> {
        self.end_all(vec![(task, result)], lane)
    }

    /// The same of several tasks that are heard of together: whoever joins one after the other is woken once.
    pub(super) fn end_all(&self, ended: Vec<(TaskId, Ended)>, lane: Option<LaneId>) -> Option<Assigned> {
        for &(task, _) in &ended {
            self.recorder.record_now(|at| Event::End { task, at });
        }
        let mut shared = self.lock();
        for (task, result) in ended {
            let turned = shared.publish(task, result);
            if self.is_over() {
                return None;
            }
            self.tell_who_turn_to_others(&shared, &turned, task);
        }
        let next = lane.and_then(|lane| shared.placement.release(lane));
        shared.going_on += usize::from(next.is_some());
        self.look_for_a_standstill(&mut shared);
        next
    }

    fn spawn(self: &Arc<Self>, spawner: TaskId, desk: &Lane, job: Job, line: Line) -> Result<TaskId, Over> {
        let station = &desk.station;
        let task = self.register(job.name.clone(), Some(spawner));
        station.mark(spawner, MarkKind::Spawned(task), line);
        match self.place(Owner::Tasks, task, job) {
            Place::SpawnersLane(Assigned { task, job }) => {
                self.lock().begin_to_wait(spawner, Waiting::Call(task), station.lane, line);
                station.enter(spawner, Activity::Waiting(WaitFor::Task(task)), Some(line), None);
                station.enter(task, Activity::Running(Doing::Steps), None, None);
                let result = self.do_here(station.lane, task, &job)?;
                self.lock().end_call(spawner);
                self.end(task, result, Some(station.lane));
                station.enter(spawner, Activity::Running(Doing::Steps), Some(line), Some(task));
            }
            place @ Place::NewLane(..) => {
                // The spawner keeps the GIL: whoever is started stands in line for it, as in a prediction.
                station.enter(spawner, Activity::Running(Doing::Starting), Some(line), None);
                self.start(place);
                station.enter(spawner, Activity::Running(Doing::Steps), Some(line), None);
            }
            Place::FreeLane(assigned, lane) => match self.give(lane, &assigned) {
                Some(hand) => desk.in_hand.set(Some(InHand { hand, lane, assigned })),
                None => self.leave_to_worker(lane, assigned),
            },
            Place::Queue(..) => {}
        }
        Ok(task)
    }

    /// Has a job of an event loop's task done by another lane.
    pub(super) fn send_away(self: &Arc<Self>, owner: Owner, spawner: TaskId, job: Job, line: Line) -> TaskId {
        let task = self.register(job.name.clone(), Some(spawner));
        self.station(MAIN_LANE).mark(spawner, MarkKind::Spawned(task), line);
        self.lock().sent_by_loop.insert(task);
        let place = self.place(owner, task, job);
        self.start(place);
        task
    }

    /// Asks the placement for a place and records it. Both under the lock: nobody hears of a lane before it is announced,
    /// nor of a task that left the queue before it entered it.
    fn place(&self, owner: Owner, task: TaskId, job: Job) -> Place<Assigned> {
        let mut shared = self.lock();
        let place = shared.placement.place(owner, Assigned { task, job });
        if shared.placement.leaves_process(owner) {
            shared.away.begin(task);
        }
        shared.going_on += usize::from(!matches!(place, Place::Queue(..)));
        let (lane, new, activity) = match &place {
            Place::SpawnersLane(_) => return place,
            Place::NewLane(_, new) => (new.lane, Some(new), Activity::Ready(ReadyFor::LaneStart)),
            Place::FreeLane(_, lane) => (*lane, None, Activity::Ready(ReadyFor::LaneStart)),
            Place::Queue(lane, new) => (*lane, new.as_ref(), Activity::Queued),
        };
        if let Some(new) = new {
            self.recorder.record(new.event());
        }
        self.station(lane).enter(task, activity, None, None);
        place
    }

    pub(super) fn register(&self, name: String, parent: Option<TaskId>) -> TaskId {
        let mut shared = self.lock();
        let task = TaskId(shared.tasks.len() as u32);
        shared.tasks.push(Made { name: name.clone(), has_ended: false });
        // Recorded under the lock, so that tasks are announced in the order of their numbers.
        self.recorder.record_now(|at| Event::Task { task, name, parent, at });
        task
    }

    fn handle(&self, task: TaskId, host: Rc<dyn Host>) -> Task {
        Task::new(task, self.settings.model, self.settings.seed, host)
    }

    fn desk(self: &Arc<Self>, lane: LaneId) -> Lane {
        Lane { run: Arc::clone(self), station: self.station(lane), in_hand: Cell::default() }
    }

    pub(super) fn station(&self, lane: LaneId) -> Station {
        Station {
            lane,
            speed: self.speed,
            recorder: Arc::clone(&self.recorder),
            gil: self.gil.clone(),
            transport: self.transport.clone(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        // Nothing is half changed when a thread panics under the lock: each change is one call.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The desk of tasks on one lane: it does what they ask for at once, and blocks while that takes.
struct Lane {
    run: Arc<Run>,
    station: Station,
    /// What was last given by hand, until something else is asked for.
    in_hand: Cell<Option<InHand>>,
}

/// A task that was given to a worker by hand, and of which the worker's thread does not know: whoever joins it at once can wait
/// in that thread's place, which takes two threads fewer to be woken.
pub(super) struct InHand {
    pub(super) hand: Arc<dyn Hand>,
    pub(super) lane: LaneId,
    pub(super) assigned: Assigned,
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Some(in_hand) = self.in_hand.take() {
            self.run.leave_to_worker(in_hand.lane, in_hand.assigned);
        }
    }
}

impl Desk for Lane {
    fn answer(&self, task: TaskId, request: &Request) -> Result<Reply, Left> {
        let (run, station, line) = (&self.run, &self.station, request.line);
        if run.is_over() {
            station.leave_gil(Some(task));
            return Err(Left::Over);
        }
        match (self.in_hand.take(), &request.operation) {
            (Some(in_hand), Operation::Join(joined)) if in_hand.assigned.task == *joined => {
                return Ok(run.join_in_hand(station, task, in_hand, line)?);
            }
            (Some(in_hand), _) => run.leave_to_worker(in_hand.lane, in_hand.assigned),
            (None, _) => {}
        }
        if let Some(reply) = station.answer(task, request, &**run)? {
            return Ok(reply);
        }
        match &request.operation {
            Operation::Spawn(job) => Ok(Reply::Spawned(run.spawn(task, self, Job::clone(job), line)?)),
            Operation::Join(joined) => Ok(run.join(station, task, *joined, line)?),
            // They belong to the loop, which runs elsewhere.
            Operation::Make(..) | Operation::Use { .. } if run.settings.model.has_loop() => {
                Err(Left::Failed(BESIDE_THE_LOOP.to_owned()))
            }
            Operation::Make(kind, name) => Ok(run.make(*kind, name)?),
            &Operation::Use { object, what, patience } => run.use_object(station, task, object, what, patience, line),
            answered => unreachable!("the station answers {answered:?}"),
        }
    }
}
