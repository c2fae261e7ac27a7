//! Where a model puts a task that was spawned: on its spawner's own lane, on a thread of its own, or before a pool's
//! worker, perhaps after a wait in the pool's queue.
//!
//! Predicted and measured runs share this policy, so that they differ in time and in nothing else.

use std::collections::VecDeque;

use crate::model::{Model, Settings};
use crate::trace::{Event, LaneId, LaneKind};

/// The lane of the program's first task.
pub const MAIN_LANE: LaneId = LaneId(0);

/// Where spawned tasks go; for a pool, who is free and who waits. `T` is a task as its runner knows it.
#[derive(Debug)]
pub struct Placement<T> {
    policy: Policy<T>,
    lanes: u32,
}

/// The place that a task was given.
#[derive(Debug, PartialEq, Eq)]
pub enum Place<T> {
    /// On the lane of its spawner, who goes on when the task has ended.
    SpawnersLane(T),
    /// On a lane that is new, to be announced under this name.
    NewLane(T, LaneId, String, LaneKind),
    /// On the lane of a worker that was free.
    FreeLane(T, LaneId),
    /// In the queue, which is this lane; [`Placement::release`] gives it back.
    Queue(LaneId),
}

#[derive(Debug)]
enum Policy<T> {
    Inline,
    ThreadEach,
    Pool { kind: LaneKind, most: u32, workers: u32, free: VecDeque<LaneId>, queue_lane: LaneId, queue: VecDeque<T> },
}

impl<T> Placement<T> {
    /// The policy of a model, and the lanes that are there before any task is spawned.
    ///
    /// A thread pool starts its threads one by one while tasks find none free, as CPython's `ThreadPoolExecutor` does; a
    /// process pool starts all its processes at once, as `multiprocessing.Pool` does.
    pub fn new(settings: &Settings) -> (Placement<T>, Vec<Event>) {
        let mut placement = Placement { policy: Policy::Inline, lanes: 0 };
        let mut lanes = vec![placement.announce("MainThread".to_owned(), LaneKind::Main)];
        match settings.model {
            Model::Sequential | Model::EventLoop => {}
            Model::Threads => placement.policy = Policy::ThreadEach,
            Model::ThreadPool | Model::ProcessPool => {
                let queue_lane = LaneId(placement.lanes);
                lanes.push(placement.announce("queue".to_owned(), LaneKind::Queue));
                let most = u32::from(settings.workers.get());
                let mut free = VecDeque::new();
                let (kind, workers) = match settings.model {
                    Model::ProcessPool => (LaneKind::PoolProcess, most),
                    _ => (LaneKind::PoolThread, 0),
                };
                for worker in 0..workers {
                    free.push_back(LaneId(placement.lanes));
                    lanes.push(placement.announce(worker_name(kind, worker), kind));
                }
                let queue = VecDeque::new();
                placement.policy = Policy::Pool { kind, most, workers, free, queue_lane, queue };
            }
        }
        (placement, lanes)
    }

    /// Finds a place for `task`.
    pub fn place(&mut self, task: T) -> Place<T> {
        let lane = LaneId(self.lanes);
        match &mut self.policy {
            Policy::Inline => Place::SpawnersLane(task),
            Policy::ThreadEach => {
                self.lanes += 1;
                // The main lane is number 0, so a thread's lane has the thread's own number.
                Place::NewLane(task, lane, format!("Thread-{}", lane.0), LaneKind::Thread)
            }
            Policy::Pool { kind, most, workers, free, queue_lane, queue } => {
                if let Some(lane) = free.pop_front() {
                    return Place::FreeLane(task, lane);
                }
                if workers < most {
                    let name = worker_name(*kind, *workers);
                    *workers += 1;
                    self.lanes += 1;
                    return Place::NewLane(task, lane, name, *kind);
                }
                queue.push_back(task);
                Place::Queue(*queue_lane)
            }
        }
    }

    /// Takes a lane back whose task has ended, and returns the task that it is for next.
    pub fn release(&mut self, lane: LaneId) -> Option<T> {
        let Policy::Pool { free, queue, .. } = &mut self.policy else {
            return None;
        };
        let next = queue.pop_front();
        if next.is_none() {
            free.push_back(lane);
        }
        next
    }

    fn announce(&mut self, name: String, kind: LaneKind) -> Event {
        let lane = LaneId(self.lanes);
        self.lanes += 1;
        Event::Lane { lane, name, kind }
    }
}

fn worker_name(kind: LaneKind, index: u32) -> String {
    match kind {
        LaneKind::PoolProcess => format!("ForkPoolWorker-{}", index + 1),
        _ => format!("ThreadPoolExecutor-0_{index}"),
    }
}
