//! Random programs: a tree of tasks that wait, compute, share objects and start others.

pub mod trees;

use std::num::NonZeroU32;
use std::ops::Add;
use std::pin::Pin;
use std::time::Duration;

use engine::error::TaskFailed;
use engine::model::Model;
use engine::network::{FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Script, Work};
use engine::task::{Barrier, Client, Condition, Flag, Lock, Queue, ReentrantLock, Semaphore, Task, Variable};
use engine::time::Nanos;
use engine::work::Computation;
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
    /// A request that may fail, is tried again, and whose answers take CPU time to handle.
    Retried(u64),
    /// Spawn these, and join them all.
    Together(Vec<Vec<Step>>),
    /// The same, and there is news for them: who waits for it, and all who meet at the barrier, can go on.
    Meeting(Vec<Vec<Step>>),
    Locked(usize, Vec<Step>),
    /// The same, unless the lock is not to be had within so long.
    LockedWithin(usize, u64, Vec<Step>),
    Permitted(Vec<Step>),
    /// The steps between taking a reentrant lock twice and letting go of it as often.
    Twice(Vec<Step>),
    Put,
    Get,
    Set,
    WaitForFlag,
    /// Tell all who wait for it that there is news.
    Announce,
    WaitForNews,
    /// The same, but only once and not for long.
    WaitForNewsWithin(u64),
    Meet,
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
    reentrant: ReentrantLock,
    queue: Queue,
    flag: Flag,
    /// Guards the news.
    guard: Lock,
    news: Variable,
    has_news: Condition,
    barrier: Barrier,
}

/// The least time that the steps take, however many cores there are.
pub fn critical_path(steps: &[Step], seed: u64) -> Nanos {
    let path = |steps: &Vec<Step>| critical_path(steps, seed);
    steps.iter().fold(Nanos::ZERO, |sum, step| {
        sum + match step {
            Step::Sleep(time) | Step::Block(time) | Step::Compute(time) => Nanos(time * MILLISECOND),
            Step::Request(number) => client().network.respond(seed, *number, 1).latency,
            Step::Retried(number) => tries(seed, *number).into_iter().fold(Nanos::ZERO, Nanos::add),
            Step::Together(parts) | Step::Meeting(parts) => parts.iter().map(path).max().unwrap_or_default(),
            Step::Locked(_, steps) | Step::Permitted(steps) | Step::Twice(steps) => path(steps),
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

/// A client whose network fails often.
fn persistent_client() -> Client {
    let Client { network, retries } = client();
    let (failure_rate, handling) = (FailureRate::new(0.4).unwrap(), Nanos(HANDLING * MILLISECOND));
    Client {
        network: Network { failure_rate, handling, ..network },
        retries: Retries { most: 3, backoff: Nanos(MILLISECOND), ..retries },
    }
}

/// The milliseconds for which an answer is handled.
const HANDLING: u64 = 2;

/// How long each try of a request takes at the least, with the wait after it.
fn tries(seed: u64, number: u64) -> Vec<Nanos> {
    let Client { network, retries } = persistent_client();
    let mut tries = Vec::new();
    for attempt in 1.. {
        let response = network.respond(seed, number, attempt);
        let wait = retries.after(response.into(), attempt);
        tries.push(response.latency + network.handling + wait.unwrap_or_default());
        if wait.is_none() {
            break;
        }
    }
    tries
}

impl Script for Tree {
    type Job = Part;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let locks = [task.lock("first").await, task.lock("second").await];
        let permits = task.semaphore("permits", 2).await;
        let reentrant = task.reentrant_lock("reentrant").await;
        let queue = task.queue("queue", NonZeroU32::new(1)).await;
        let flag = task.flag("flag").await;
        let guard = task.lock("guard").await;
        let news = task.variable("news", 0).await;
        let has_news = task.condition("has news", guard).await;
        let barrier = task.barrier("barrier", self.party(task.model())).await;
        let objects = Some(Shared { locks, permits, reentrant, queue, flag, guard, news, has_news, barrier });
        let part = Part { name: "main".to_owned(), steps: self.0, objects, spawns: true };
        let worked = part.run_steps(&mut task, &part.steps).await?;
        Ok(Outcome::from([("worked".to_owned(), worked as i64)]))
    }
}

impl Tree {
    /// How many meet at the barrier: all where each has a thread of its own or a loop's turn; a pool may have no worker for
    /// whom the others wait for.
    fn party(&self, model: Model) -> NonZeroU32 {
        let all = self.0.iter().find_map(|step| match step {
            Step::Meeting(parts) => NonZeroU32::new(parts.len() as u32),
            _ => None,
        });
        all.filter(|_| model == Model::Threads || model.has_loop()).unwrap_or(NonZeroU32::MIN)
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
            Step::Retried(number) => {
                let received = task.request(&persistent_client(), *number).await;
                return Ok(HANDLING * u64::from(received.attempts));
            }
            Step::Together(parts) | Step::Meeting(parts) => {
                return self.together(task, index, parts, matches!(step, Step::Meeting(_))).await;
            }
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
            Step::Locked(_, steps) | Step::LockedWithin(_, _, steps) | Step::Permitted(steps) | Step::Twice(steps)
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

    async fn together(
        &self,
        task: &mut Task,
        index: usize,
        parts: &[Vec<Step>],
        has_news: bool,
    ) -> Result<u64, TaskFailed> {
        let mut worked = 0;
        let announced = self.objects.filter(|_| has_news);
        // One after the other, they are over before there could be news after them.
        let is_first = task.model() == Model::Sequential;
        if let Some(shared) = announced.filter(|_| is_first) {
            announce(task, shared).await;
        }
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
        if let Some(shared) = announced.filter(|_| !is_first) {
            announce(task, shared).await;
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
            Step::Twice(steps) => {
                task.acquire(shared.reentrant).await;
                task.acquire(shared.reentrant).await;
                worked = self.run_steps(task, steps).await?;
                task.release(shared.reentrant).await;
                task.release(shared.reentrant).await;
            }
            Step::Announce => announce(task, shared).await,
            Step::WaitForNews => {
                task.acquire(shared.guard).await;
                while task.read(shared.news).await == 0 {
                    task.wait_for_condition(shared.has_news).await;
                }
                task.release(shared.guard).await;
            }
            Step::WaitForNewsWithin(most) => {
                task.acquire(shared.guard).await;
                task.wait_for_condition_within(shared.has_news, Duration::from_millis(*most)).await;
                task.release(shared.guard).await;
            }
            Step::Meet => {
                task.wait_at_barrier(shared.barrier).await;
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

async fn announce(task: &mut Task, shared: Shared) {
    task.acquire(shared.guard).await;
    let news = task.read(shared.news).await;
    task.write(shared.news, news + 1).await;
    task.notify(shared.has_news, u32::MAX).await;
    // Who was notified has to wait for the guard, and may lose patience meanwhile.
    task.yield_now().await;
    task.release(shared.guard).await;
}
