//! Random programs: a tree of tasks that wait, compute, share objects and start others.

use std::num::{NonZeroU16, NonZeroU32};
use std::pin::Pin;
use std::time::Duration;

use engine::costs::{Costs, Interval};
use engine::error::TaskFailed;
use engine::model::{Model, Settings};
use engine::network::{FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Script, Work};
use engine::task::{Client, Flag, Lock, Queue, Semaphore, Task};
use engine::time::Nanos;
use engine::work::Computation;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

pub const MILLISECOND: u64 = 1_000_000;

/// One thing that a task does. Times are milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    Log,
    Sleep(u64),
    Block(u64),
    Compute(u64),
    Yield,
    Request(u64),
    /// Spawn these, and join them all.
    Together(Vec<Vec<Step>>),
    Locked(usize, Vec<Step>),
    /// The same, unless the lock is not to be had within so long.
    LockedWithin(usize, u64, Vec<Step>),
    Permitted(Vec<Step>),
    Put,
    Get,
    Set,
    WaitForFlag,
    ToThread(Vec<Step>),
    Offload(Vec<Step>),
}

/// The steps of the first task.
#[derive(Clone, Debug)]
pub struct Tree(pub Vec<Step>);

/// A task's steps, and where it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    name: String,
    steps: Vec<Step>,
    objects: Option<Shared>,
    /// Whether it can spawn.
    spawns: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Shared {
    locks: [Lock; 2],
    permits: Semaphore,
    queue: Queue,
    flag: Flag,
}

/// Trees of some dozen steps. Some of them come to no end: they use locks in any order, and wait for what nobody may do.
pub fn trees() -> impl Strategy<Value = Tree> {
    let parts = prop::collection::vec(steps(2, true), 2..6);
    (steps(1, true), parts, steps(2, true)).prop_map(|(before, parts, after)| {
        Tree(before.into_iter().chain([Step::Together(parts)]).chain(after).collect())
    })
}

/// Trees whose first task does nothing but spawn tasks that spawn none, and join them.
pub fn flat_trees() -> impl Strategy<Value = Tree> {
    prop::collection::vec(steps(0, false), 1..6).prop_map(|parts| Tree(vec![Step::Together(parts)]))
}

fn steps(depth: u32, shares: bool) -> BoxedStrategy<Vec<Step>> {
    let simple = prop_oneof![
        Just(Step::Log),
        (0..4u64).prop_map(Step::Sleep),
        (0..4u64).prop_map(Step::Block),
        (0..20u64).prop_map(Step::Compute),
        Just(Step::Yield),
        (0..9u64).prop_map(Step::Request),
    ];
    let mut step = simple.boxed();
    if shares {
        let shared = prop_oneof![Just(Step::Put), Just(Step::Get), Just(Step::Set), Just(Step::WaitForFlag)];
        step = prop_oneof![30 => step, 1 => shared].boxed();
    }
    if depth > 0 {
        let inner = || steps(depth - 1, shares);
        let nested = prop_oneof![
            3 => prop::collection::vec(inner(), 1..4).prop_map(Step::Together),
            4 => (0..2usize, inner()).prop_map(|(lock, steps)| Step::Locked(lock, steps)),
            2 => (0..2usize, 0..9u64, inner()).prop_map(|(lock, most, steps)| Step::LockedWithin(lock, most, steps)),
            1 => inner().prop_map(Step::Permitted),
            1 => inner().prop_map(Step::ToThread),
            1 => inner().prop_map(Step::Offload),
        ];
        step = prop_oneof![1 => step, 1 => nested].boxed();
    }
    prop::collection::vec(step, 1..5).boxed()
}

pub fn settings() -> impl Strategy<Value = Settings> {
    let costs = (1..5u16, prop_oneof![Just(None), Just(Some(1)), Just(Some(5))], 1..4u64, any::<bool>());
    let costs = costs.prop_map(|(cores, gil, slice, is_free)| {
        let interval = |milliseconds: u64| Interval::new(Nanos(milliseconds * MILLISECOND)).unwrap();
        let cores = NonZeroU16::new(cores).unwrap();
        let costs = Costs { cores, gil: gil.map(interval), time_slice: interval(slice), ..Costs::FREE };
        let cost = |nanos| Nanos(if is_free { 0 } else { nanos });
        Costs {
            context_switch: cost(4_000),
            thread_start: cost(100_000),
            thread_end: cost(40_000),
            process_start: cost(2_000_000),
            process_end: cost(800_000),
            loop_turn: cost(3_000),
            message: cost(100_000),
            message_per_kib: cost(1_000),
            ..costs
        }
    });
    (prop::sample::select(Model::ALL.to_vec()), 1..4u16, 1..4u16, 0..9u64, costs).prop_map(
        |(model, threads, processes, seed, costs)| Settings {
            model,
            threads: NonZeroU16::new(threads).unwrap(),
            processes: NonZeroU16::new(processes).unwrap(),
            seed,
            costs,
        },
    )
}

/// The least time that the steps take, however many cores there are.
pub fn critical_path(steps: &[Step], seed: u64) -> Nanos {
    let path = |steps: &Vec<Step>| critical_path(steps, seed);
    steps.iter().fold(Nanos::ZERO, |sum, step| {
        sum + match step {
            Step::Sleep(time) | Step::Block(time) | Step::Compute(time) => Nanos(time * MILLISECOND),
            Step::Request(number) => client().network.respond(seed, *number, 1).latency,
            Step::Together(parts) => parts.iter().map(path).max().unwrap_or_default(),
            Step::Locked(_, steps) | Step::Permitted(steps) => path(steps),
            Step::ToThread(steps) | Step::Offload(steps) => path(steps),
            _ => Nanos::ZERO,
        }
    })
}

fn client() -> Client {
    let latency = Latency::Exponential { mean: Nanos(3 * MILLISECOND) };
    let network = Network { latency, failure_rate: FailureRate::NONE, handling: Nanos::ZERO };
    Client { network, retries: Retries { most: 0, on: [500, 502, 504], backoff: Nanos::ZERO } }
}

impl Script for Tree {
    type Job = Part;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let locks = [task.lock("first").await, task.lock("second").await];
        let permits = task.semaphore("permits", 2).await;
        let queue = task.queue("queue", NonZeroU32::new(1)).await;
        let flag = task.flag("flag").await;
        let objects = Some(Shared { locks, permits, queue, flag });
        let part = Part { name: "main".to_owned(), steps: self.0, objects, spawns: true };
        let worked = part.run_steps(&mut task, &part.steps).await?;
        Ok(Outcome::from([("worked".to_owned(), worked as i64)]))
    }
}

impl Work for Part {
    /// The milliseconds that it and those whom it joined have computed for.
    type Output = Result<u64, TaskFailed>;

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn run(self, mut task: Task) -> Result<u64, TaskFailed> {
        self.run_steps(&mut task, &self.steps).await
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<u64, TaskFailed>> + 'a>>;

impl Part {
    fn part(&self, index: usize, steps: &[Step]) -> Part {
        Part { name: format!("{}.{index}", self.name), steps: steps.to_vec(), ..self.clone() }
    }

    /// Does what can be done where this runs.
    fn run_steps<'a>(&'a self, task: &'a mut Task, steps: &'a [Step]) -> Running<'a> {
        Box::pin(async move {
            let mut worked = 0;
            for (index, step) in steps.iter().enumerate() {
                worked += self.run_step(task, index, step).await?;
            }
            Ok(worked)
        })
    }

    async fn run_step(&self, task: &mut Task, index: usize, step: &Step) -> Result<u64, TaskFailed> {
        match step {
            Step::Log => task.log(format!("{} {index}", self.name)).await,
            Step::Sleep(time) => task.sleep(Duration::from_millis(*time)).await,
            Step::Block(time) => task.block(Duration::from_millis(*time)).await,
            Step::Compute(time) => {
                task.compute(Computation::Spin(Nanos(time * MILLISECOND))).await;
                return Ok(*time);
            }
            Step::Yield => task.yield_now().await,
            Step::Request(number) => {
                task.request(&client(), *number).await;
            }
            Step::Together(parts) => return self.together(task, index, parts).await,
            Step::ToThread(steps) => {
                let beside = task.model().has_loop();
                let objects = self.objects.filter(|_| !beside);
                return task.to_thread(&Part { objects, ..self.part(index, steps) }).await?;
            }
            Step::Offload(steps) => {
                let goes = matches!(task.model(), Model::LoopAndThreads | Model::LoopAndProcesses);
                let objects = self.objects.filter(|_| !goes);
                let spawns = self.spawns && task.model() != Model::LoopAndProcesses;
                return task.offload(&Part { objects, spawns, ..self.part(index, steps) }).await?;
            }
            Step::Locked(_, steps) | Step::LockedWithin(_, _, steps) | Step::Permitted(steps)
                if self.objects.is_none() =>
            {
                return self.run_steps(task, steps).await;
            }
            _ => match self.objects {
                Some(shared) => return self.share(task, shared, step).await,
                None => return Ok(0),
            },
        }
        Ok(0)
    }

    async fn together(&self, task: &mut Task, index: usize, parts: &[Vec<Step>]) -> Result<u64, TaskFailed> {
        let mut worked = 0;
        let mut handles = Vec::new();
        for (place, steps) in parts.iter().enumerate() {
            let away = task.model().spawns_processes();
            let objects = self.objects.filter(|_| !away);
            let part = Part { objects, spawns: !away, ..self.part(10 * index + place, steps) };
            if self.spawns {
                handles.push(task.spawn(&part).await);
            } else {
                worked += part.run_steps(task, steps).await?;
            }
        }
        for handle in handles {
            worked += task.join(handle).await??;
        }
        Ok(worked)
    }

    async fn share(&self, task: &mut Task, shared: Shared, step: &Step) -> Result<u64, TaskFailed> {
        let mut worked = 0;
        match step {
            Step::Locked(lock, steps) => {
                task.acquire(shared.locks[*lock]).await;
                worked = self.run_steps(task, steps).await?;
                task.release(shared.locks[*lock]).await;
            }
            Step::LockedWithin(lock, most, steps) => {
                if task.acquire_within(shared.locks[*lock], Duration::from_millis(*most)).await {
                    worked = self.run_steps(task, steps).await?;
                    task.release(shared.locks[*lock]).await;
                }
            }
            Step::Permitted(steps) => {
                task.acquire(shared.permits).await;
                worked = self.run_steps(task, steps).await?;
                task.release(shared.permits).await;
            }
            Step::Put => task.put(shared.queue, 1).await,
            Step::Get => {
                task.get(shared.queue).await;
            }
            Step::Set => task.set(shared.flag).await,
            _ => task.wait_for_flag(shared.flag).await,
        }
        Ok(worked)
    }
}
