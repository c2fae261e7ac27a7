//! `cargo bench -p bench --bench simulate`: how long predicting takes, beside tokio with its clock paused and SimPy.
//!
//! All do the same: tasks that wait for one of fifty permits, and then for an answer whose latency is random. Ours records
//! its whole trace meanwhile; the others record nothing. The rounds are interleaved, as in `executor`.
//!
//! SimPy is taken from the Python that `SIMPY_PYTHON` names; without it, one is set up in the target folder.

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use engine::costs::{Costs, Preset};
use engine::error::TaskFailed;
use engine::model::{Model, Settings};
use engine::network::{FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::simulate;
use engine::task::{Client, Semaphore, Task};
use engine::time::Nanos;
use serde::{Deserialize, Serialize};

const ROUNDS: usize = 15;
const TASKS: u64 = 6_000;
const PERMITS: u32 = 50;
const GROWTH: [u64; 4] = [600, 6_000, 60_000, 600_000];

/// A name, and how long so many tasks take; `None` where it cannot be run here.
type Contender = (&'static str, Box<dyn Fn(u64) -> Option<Duration>>);

fn main() {
    let contenders: [Contender; 6] = [
        ("ours, event loop", Box::new(|tasks| Some(ours(tasks, Model::EventLoop, Costs::FREE)))),
        ("ours, pool of 50", Box::new(|tasks| Some(ours(tasks, Model::ThreadPool, Costs::FREE)))),
        ("  with costs: loop", Box::new(|tasks| Some(ours(tasks, Model::EventLoop, Preset::CPython.costs())))),
        ("  with costs: pool", Box::new(|tasks| Some(ours(tasks, Model::ThreadPool, Preset::CPython.costs())))),
        ("tokio, paused", Box::new(|tasks| Some(paused_tokio(tasks)))),
        ("SimPy", simpy_contender()),
    ];
    println!("medians of {ROUNDS} interleaved rounds; × as long as ours on the event loop");
    println!("\n{TASKS} tasks through {PERMITS} permits, a request each");
    let medians = medians(&contenders, TASKS, ROUNDS);
    for ((name, _), median) in contenders.iter().zip(&medians) {
        let (Some(median), Some(ours)) = (median, medians[0]) else { continue };
        let ratio = median.as_secs_f64() / ours.as_secs_f64();
        println!("  {name:<20}{:>9.2} ms{ratio:>9.2} ×", median.as_secs_f64() * 1e3);
    }
    println!("\ngrowth: nanoseconds a task, and × that of a hundredth of n log n");
    for (name, run) in &contenders[..2] {
        print!("  {name:<20}");
        for tasks in GROWTH {
            let rounds = (3_000_000 / tasks).clamp(3, 99) as usize;
            let times = (0..rounds).filter_map(|_| run(tasks)).collect();
            let nanos = median(times).unwrap_or_default().as_nanos() as f64;
            let tasks = tasks as f64;
            print!("{:>9.0} ns ({:>5.1})", nanos / tasks, nanos / tasks / tasks.log2());
        }
        println!();
    }
}

fn medians(contenders: &[Contender], tasks: u64, rounds: usize) -> Vec<Option<Duration>> {
    let mut times = vec![Vec::new(); contenders.len()];
    for round in 0..rounds {
        for place in 0..contenders.len() {
            let index = (round + place) % contenders.len();
            times[index].extend(contenders[index].1(tasks));
        }
    }
    times.into_iter().map(median).collect()
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

fn network() -> Network {
    let latency = Latency::Exponential { mean: Nanos(100_000_000) };
    Network { latency, failure_rate: FailureRate::NONE, handling: Nanos::ZERO }
}

fn ours(tasks: u64, model: Model, costs: Costs) -> Duration {
    let threads = NonZeroU16::new(PERMITS as u16).unwrap_or(NonZeroU16::MIN);
    let settings = Settings { model, threads, processes: threads, seed: 0, costs };
    let program = Program::new(Pages { tasks });
    let start = Instant::now();
    let trace = simulate(&program, &settings);
    let time = start.elapsed();
    assert_eq!(trace.outcome().map(|outcome| outcome["received"]), Some(tasks as i64));
    time
}

fn paused_tokio(tasks: u64) -> Duration {
    let network = network();
    let start = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let received = runtime.expect("a runtime without I/O needs nothing").block_on(async {
        let permits = std::sync::Arc::new(tokio::sync::Semaphore::new(PERMITS as usize));
        let pages: Vec<_> = (0..tasks)
            .map(|number| {
                let permits = std::sync::Arc::clone(&permits);
                tokio::spawn(async move {
                    let _permit = permits.acquire().await;
                    let response = network.respond(0, number, 1);
                    tokio::time::sleep(response.latency.into()).await;
                    u64::from(response.status == 200)
                })
            })
            .collect();
        let mut received = 0;
        for page in pages {
            received += page.await.unwrap_or_default();
        }
        received
    });
    let time = start.elapsed();
    assert_eq!(received, tasks);
    time
}

/// Runs the script in a Python that has SimPy; it times itself, without its start.
fn simpy_contender() -> Box<dyn Fn(u64) -> Option<Duration>> {
    let Some(python) = python_with_simpy() else {
        println!("SimPy is left out: no Python with it was found or could be set up; name one in SIMPY_PYTHON.\n");
        return Box::new(|_| None);
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/simulate.py");
    Box::new(move |tasks| {
        let output =
            Command::new(&python).arg(&script).arg(tasks.to_string()).arg(PERMITS.to_string()).output().ok()?;
        let seconds: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
        Some(Duration::from_secs_f64(seconds))
    })
}

fn python_with_simpy() -> Option<PathBuf> {
    let does = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let has_simpy = |python: &Path| does(Command::new(python).args(["-c", "import simpy"]));
    if let Some(named) = std::env::var_os("SIMPY_PYTHON") {
        return Some(PathBuf::from(named)).filter(|python| has_simpy(python));
    }
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simpy");
    let python = environment.join("bin/python");
    if !has_simpy(&python) {
        let made = does(Command::new("python3").args(["-m", "venv"]).arg(&environment));
        let _ = made && does(Command::new(&python).args(["-m", "pip", "install", "--quiet", "simpy==4.1.2"]));
    }
    Some(python).filter(|python| has_simpy(python))
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
        let permits = task.semaphore("permits", PERMITS).await;
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
        format!("page {}", self.number)
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
