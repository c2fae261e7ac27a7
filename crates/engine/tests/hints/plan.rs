//! Small programs: jobs whose bodies do a few things one after the other.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::model::{Model, Settings};
use engine::network::{FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::simulate;
use engine::task::{Client, Lock, Semaphore, Task, Variable};
use engine::time::Nanos;
use engine::trace::Trace;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use Do::*;

/// What a task's body does, one after the other; times in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Do {
    Sleep(u64),
    Block(u64),
    Spin(u64),
    Request,
    Acquire,
    Release,
    AcquireOther,
    ReleaseOther,
    TryOther(u64),
    Permit,
    GiveBack,
    Read,
    Write(i64),
    WriteOneMore,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub jobs: Vec<Job>,
    /// Whether each is awaited as soon as it is spawned, or all of them at the end.
    pub awaits_each: bool,
    /// How long the first task sleeps when it has spawned all of them, in milliseconds.
    pub then_sleeps: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    name: String,
    steps: Vec<Do>,
    pub bytes: u64,
    shared: Option<Shared>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Shared {
    lock: Lock,
    other: Lock,
    permits: Option<Semaphore>,
    counter: Variable,
}

impl Script for Plan {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let has_permits = self.jobs.iter().any(|job| job.steps.iter().any(|step| matches!(step, Permit)));
        let (lock, other) = (task.lock("lock").await, task.lock("other lock").await);
        let permits = if has_permits { Some(task.semaphore("permits", 2).await) } else { None };
        let counter = task.variable("counter", 0).await;
        let shared = Some(Shared { lock, other, permits, counter });
        let mut handles = Vec::new();
        for job in self.jobs {
            let handle = task.spawn(&Job { shared, ..job }).await;
            if self.awaits_each {
                task.join(handle).await?;
            } else {
                handles.push(handle);
            }
        }
        if self.then_sleeps > 0 {
            task.sleep(Duration::from_millis(self.then_sleeps)).await;
        }
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        self.name.clone()
    }

    fn message_bytes(&self) -> Option<u64> {
        Some(self.bytes)
    }

    async fn run(self, mut task: Task) {
        let Some(Shared { lock, other, permits, counter }) = self.shared else { return };
        let mut value = 0;
        for (number, step) in self.steps.into_iter().enumerate() {
            match step {
                Sleep(ms) => task.sleep(Duration::from_millis(ms)).await,
                Block(ms) => task.block(Duration::from_millis(ms)).await,
                Spin(ms) => drop(task.compute(Computation::Spin(milliseconds(ms))).await),
                Request => drop(task.request(&client(), number as u64).await),
                Acquire => task.acquire(lock).await,
                Release => task.release(lock).await,
                AcquireOther => task.acquire(other).await,
                ReleaseOther => task.release(other).await,
                TryOther(ms) => {
                    assert!(!task.acquire_within(other, Duration::from_millis(ms)).await);
                }
                Permit => task.acquire(permits.expect("it was made")).await,
                GiveBack => task.release(permits.expect("it was made")).await,
                Read => value = task.read(counter).await,
                Write(value) => task.write(counter, value).await,
                WriteOneMore => task.write(counter, value + 1).await,
            }
        }
    }
}

fn client() -> Client {
    let latency = Latency::Constant(milliseconds(1000));
    let network = Network { latency, failure_rate: FailureRate::NONE, handling: Nanos::ZERO };
    Client { network, retries: Retries { most: 0, on: [500, 502, 504], backoff: Nanos::ZERO } }
}

pub fn named<const N: usize>(jobs: [Vec<Do>; N], names: [&str; N]) -> Plan {
    let job = |(steps, name): (Vec<Do>, &str)| Job { name: name.to_owned(), steps, bytes: 100, shared: None };
    Plan { jobs: jobs.into_iter().zip(names).map(job).collect(), awaits_each: false, then_sleeps: 0 }
}

/// Jobs that all do the same.
pub fn many(count: usize, steps: &[Do]) -> Plan {
    let job = |number| Job { name: format!("T{number}"), steps: steps.to_vec(), bytes: 100, shared: None };
    Plan { jobs: (0..count).map(job).collect(), awaits_each: false, then_sleeps: 0 }
}

pub fn run(plan: Plan, model: Model) -> Trace {
    run_on(plan, model, Costs::FREE, 2)
}

pub fn run_on(plan: Plan, model: Model, costs: Costs, workers: u16) -> Trace {
    let workers = NonZeroU16::new(workers).expect("a pool has workers");
    simulate(&Program::new(plan), &Settings { model, threads: workers, processes: workers, seed: 0, costs })
}

pub fn milliseconds(count: u64) -> Nanos {
    Nanos(count * 1_000_000)
}
