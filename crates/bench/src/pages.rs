//! Pages to be received through a bound: what the simulator is timed with, beside others and in wasm.
//!
//! Each is a task that waits for one of [`PERMITS`] permits, and then for an answer whose latency is random.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::model::{Model, Settings};
use engine::network::{FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Program, Script, Work, numbered};
use engine::simulate::simulate;
use engine::task::{Client, Semaphore, Task};
use engine::time::Nanos;
use serde::{Deserialize, Serialize};
use web_time::Instant;

/// How many pages a comparison is made with.
pub const TASKS: u64 = 6_000;

/// How many of them may be asked for at once.
pub const PERMITS: u16 = 50;

/// How many pages the growth of the time is looked at with.
pub const GROWTH: [u64; 4] = [600, 6_000, 60_000, 600_000];

/// The models that they are predicted on, with what those are called in a table.
pub const MODELS: [(&str, Model); 2] = [("event loop", Model::EventLoop), ("pool of 50", Model::ThreadPool)];

/// Predicts so many pages on `model`, and returns how long that took. The whole trace is recorded meanwhile.
pub fn predict(tasks: u64, model: Model, costs: Costs) -> Duration {
    let threads = NonZeroU16::new(PERMITS).unwrap_or(NonZeroU16::MIN);
    let settings = Settings { model, threads, processes: threads, seed: 0, costs };
    let program = Program::new(Pages { tasks });
    let start = Instant::now();
    let trace = simulate(&program, &settings);
    let time = start.elapsed();
    assert_eq!(trace.outcome().map(|outcome| outcome["received"]), Some(tasks as i64));
    time
}

/// The network that answers.
pub fn network() -> Network {
    let latency = Latency::Exponential { mean: Nanos(100_000_000) };
    Network { latency, failure_rate: FailureRate::NONE, handling: Nanos::ZERO }
}

#[derive(Clone)]
struct Pages {
    tasks: u64,
}

#[derive(Serialize, Deserialize)]
struct Page {
    number: u64,
    permits: Semaphore,
}

impl Script for Pages {
    type Job = Page;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let permits = task.semaphore("permits", PERMITS.into()).await;
        let mut pages = Vec::new();
        for number in 0..self.tasks {
            pages.push(task.spawn(&Page { number, permits }).await);
        }
        let mut received = 0;
        for page in pages {
            received += i64::from(task.join(page).await?);
        }
        Ok(Outcome::from([("received".to_owned(), received)]))
    }
}

impl Work for Page {
    type Output = bool;

    fn name(&self) -> String {
        numbered("page", self.number)
    }

    async fn run(self, mut task: Task) -> bool {
        let client =
            Client { network: network(), retries: Retries { most: 0, on: [500, 502, 504], backoff: Nanos::ZERO } };
        task.acquire(self.permits).await;
        let received = task.request(&client, self.number).await;
        task.release(self.permits).await;
        received.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_received_on_every_model() {
        for (_, model) in MODELS {
            predict(100, model, Costs::FREE);
        }
    }
}
