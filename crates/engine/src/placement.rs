//! Where a model puts a task that was spawned: on its spawner's own lane, on a lane of its own, or before a pool's
//! worker, perhaps after a wait in the pool's queue.
//!
//! Predicted and measured runs share this policy, so that they differ in time and in nothing else.

use std::collections::VecDeque;

use crate::model::{Model, Settings};
use crate::operation::Executor;
use crate::trace::{Event, LaneId, LaneKind, Process};

/// The lane of the program's first task.
pub const MAIN_LANE: LaneId = LaneId(0);

/// The process that a program begins in.
pub const MAIN_PROCESS: Process = Process(0);

/// Where tasks go; for a pool, who is free and who waits. `T` is a task as its runner knows it.
#[derive(Debug)]
pub struct Placement<T> {
    /// Where the model's tasks go, or for a loop the work that it sends away.
    tasks: Policy<T>,
    /// The threads of `asyncio.to_thread`, where the model's own policy is another.
    threads: Policy<T>,
    /// Whose each lane is.
    owners: Vec<Owner>,
    processes: u32,
}

/// Which of a placement's policies is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The model's own.
    Tasks,
    /// The threads that an event loop sends blocking work to.
    Threads,
}

/// The place that a task was given.
#[derive(Debug, PartialEq, Eq)]
pub enum Place<T> {
    /// On the lane of its spawner, who goes on when the task has ended.
    SpawnersLane(T),
    /// On a lane that is new.
    NewLane(T, NewLane),
    /// On the lane of a worker that was free.
    FreeLane(T, LaneId),
    /// In the queue, which is this lane; [`Placement::release`] gives it back. The lane is to be announced if it is new.
    Queue(LaneId, Option<NewLane>),
}

/// A lane that is to be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLane {
    /// Its number.
    pub lane: LaneId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: LaneKind,
    /// The process that it belongs to.
    pub process: Process,
}

#[derive(Debug)]
enum Policy<T> {
    Inline,
    LaneEach(LaneKind),
    Pool(Pool<T>),
}

#[derive(Debug)]
struct Pool<T> {
    kind: LaneKind,
    most: u32,
    workers: u32,
    free: VecDeque<LaneId>,
    queue_lane: Option<LaneId>,
    queue: VecDeque<T>,
}

impl Owner {
    /// Whose lanes an event loop of `model` sends work to; `None` where it has none and does the work itself.
    pub fn of(executor: Executor, model: Model) -> Option<Owner> {
        match (executor, model) {
            (_, Model::LoopAndThreads) | (Executor::Model, Model::LoopAndProcesses) => Some(Owner::Tasks),
            (Executor::Thread, Model::EventLoop | Model::LoopAndProcesses) => Some(Owner::Threads),
            _ => None,
        }
    }
}

impl NewLane {
    /// The announcement.
    pub fn event(&self) -> Event {
        Event::Lane { lane: self.lane, name: self.name.clone(), kind: self.kind, process: self.process }
    }
}

impl<T> Placement<T> {
    /// The policy of a model, and the lanes that are there before any task is spawned.
    ///
    /// A thread pool starts its threads one by one while tasks find none free, as CPython's `ThreadPoolExecutor` does; a
    /// process pool starts all its processes at once, as `multiprocessing.Pool` does.
    pub fn new(settings: &Settings) -> (Placement<T>, Vec<NewLane>) {
        let mut placement =
            Placement { tasks: Policy::Inline, threads: Policy::Inline, owners: Vec::new(), processes: 1 };
        let kind = if settings.model.has_loop() { LaneKind::EventLoop } else { LaneKind::Main };
        let mut lanes = vec![placement.lane(Owner::Tasks, "MainThread".to_owned(), kind, MAIN_PROCESS)];
        let executor = Pool::new(LaneKind::ExecutorThread, settings.executor_threads().get().into());
        let processes = u32::from(settings.processes.get());
        match settings.model {
            Model::Sequential => {}
            Model::EventLoop => placement.threads = Policy::Pool(executor),
            Model::LoopAndThreads => placement.tasks = Policy::Pool(executor),
            Model::Threads => placement.tasks = Policy::LaneEach(LaneKind::Thread),
            Model::Processes => placement.tasks = Policy::LaneEach(LaneKind::Process),
            Model::ThreadPool => {
                let mut pool = Pool::new(LaneKind::PoolThread, settings.threads.get().into());
                lanes.push(placement.queue_lane(Owner::Tasks, &mut pool));
                placement.tasks = Policy::Pool(pool);
            }
            Model::ProcessPool => {
                let pool = placement.started_pool(LaneKind::PoolProcess, processes, processes, &mut lanes);
                placement.tasks = Policy::Pool(pool);
            }
            Model::ProcessesOfThreads => {
                let workers = processes * u32::from(settings.threads.get());
                let pool = placement.started_pool(LaneKind::ProcessThread, workers, processes, &mut lanes);
                placement.tasks = Policy::Pool(pool);
            }
            Model::LoopAndProcesses => {
                let pool = placement.started_pool(LaneKind::PoolProcess, processes, processes, &mut lanes);
                placement.tasks = Policy::Pool(pool);
                placement.threads = Policy::Pool(executor);
            }
        }
        (placement, lanes)
    }

    /// Finds a place for `task` among the lanes of `owner`.
    pub fn place(&mut self, owner: Owner, task: T) -> Place<T> {
        let mut policy = std::mem::replace(self.policy_mut(owner), Policy::Inline);
        let place = match &mut policy {
            Policy::Inline => Place::SpawnersLane(task),
            Policy::LaneEach(kind) => Place::NewLane(task, self.lane_for_one(owner, *kind)),
            Policy::Pool(pool) => self.place_in(owner, pool, task),
        };
        *self.policy_mut(owner) = policy;
        place
    }

    /// Whether the lanes of `owner` are in other processes than the first.
    pub fn leaves_process(&self, owner: Owner) -> bool {
        match self.policy(owner) {
            Policy::Inline => false,
            Policy::LaneEach(kind) | Policy::Pool(Pool { kind, .. }) => kind.is_in_another_process(),
        }
    }

    /// Takes a lane back whose task has ended, and returns the task that it is for next.
    pub fn release(&mut self, lane: LaneId) -> Option<T> {
        let owner = *self.owners.get(lane.0 as usize)?;
        let Policy::Pool(pool) = self.policy_mut(owner) else {
            return None;
        };
        let next = pool.queue.pop_front();
        if next.is_none() {
            pool.free.push_back(lane);
        }
        next
    }

    /// Takes so many more tasks out of the model's queue for a lane that has one, and no more than half of its share.
    pub fn take_share(&mut self, most: usize) -> Vec<T> {
        let Policy::Pool(pool) = &mut self.tasks else { return Vec::new() };
        let share = pool.queue.len() / (2 * pool.workers.max(1) as usize);
        pool.queue.drain(..most.min(share)).collect()
    }

    fn place_in(&mut self, owner: Owner, pool: &mut Pool<T>, task: T) -> Place<T> {
        if let Some(lane) = pool.free.pop_front() {
            return Place::FreeLane(task, lane);
        }
        if pool.workers < pool.most {
            let name = worker_name(pool.kind, pool.workers, pool.most);
            pool.workers += 1;
            return Place::NewLane(task, self.lane(owner, name, pool.kind, MAIN_PROCESS));
        }
        pool.queue.push_back(task);
        let new = pool.queue_lane.is_none().then(|| self.queue_lane(owner, pool));
        Place::Queue(pool.queue_lane.unwrap_or(MAIN_LANE), new)
    }

    /// A pool of `workers` lanes over so many processes, all of which are there from the beginning.
    fn started_pool(&mut self, kind: LaneKind, workers: u32, processes: u32, lanes: &mut Vec<NewLane>) -> Pool<T> {
        let mut pool = Pool::new(kind, workers);
        lanes.push(self.queue_lane(Owner::Tasks, &mut pool));
        for worker in 0..workers {
            let process = Process(1 + worker % processes);
            let new = self.lane(Owner::Tasks, worker_name(kind, worker, processes), kind, process);
            pool.free.push_back(new.lane);
            lanes.push(new);
        }
        pool.workers = workers;
        self.processes += processes;
        pool
    }

    fn lane_for_one(&mut self, owner: Owner, kind: LaneKind) -> NewLane {
        // The main lane is number 0, so the lane of a thread or a process has its own number.
        let number = self.owners.len();
        if kind == LaneKind::Thread {
            return self.lane(owner, format!("Thread-{number}"), kind, MAIN_PROCESS);
        }
        let process = Process(self.processes);
        self.processes += 1;
        self.lane(owner, format!("Process-{number}"), kind, process)
    }

    fn queue_lane(&mut self, owner: Owner, pool: &mut Pool<T>) -> NewLane {
        let new = self.lane(owner, "queue".to_owned(), LaneKind::Queue, MAIN_PROCESS);
        pool.queue_lane = Some(new.lane);
        new
    }

    fn lane(&mut self, owner: Owner, name: String, kind: LaneKind, process: Process) -> NewLane {
        let lane = LaneId(self.owners.len() as u32);
        self.owners.push(owner);
        NewLane { lane, name, kind, process }
    }

    fn policy(&self, owner: Owner) -> &Policy<T> {
        match owner {
            Owner::Tasks => &self.tasks,
            Owner::Threads => &self.threads,
        }
    }

    fn policy_mut(&mut self, owner: Owner) -> &mut Policy<T> {
        match owner {
            Owner::Tasks => &mut self.tasks,
            Owner::Threads => &mut self.threads,
        }
    }
}

impl<T> Pool<T> {
    fn new(kind: LaneKind, most: u32) -> Pool<T> {
        Pool { kind, most, workers: 0, free: VecDeque::new(), queue_lane: None, queue: VecDeque::new() }
    }
}

/// The name of worker `index`, as CPython calls it; `spread` processes share threads in turn.
fn worker_name(kind: LaneKind, index: u32, spread: u32) -> String {
    match kind {
        LaneKind::PoolProcess => format!("ForkPoolWorker-{}", index + 1),
        LaneKind::ProcessThread => format!("ForkPoolWorker-{}/{}", index % spread + 1, index / spread),
        LaneKind::ExecutorThread => format!("asyncio_{index}"),
        _ => format!("ThreadPoolExecutor-0_{index}"),
    }
}
