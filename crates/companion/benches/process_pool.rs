//! `cargo bench -p interleave --bench process_pool`: empty jobs through the pool of a measured run, beside CPython's
//! `multiprocessing.Pool` and `concurrent.futures.ProcessPoolExecutor`.
//!
//! Jobs a second when all are given at once, a message each, and how long one job alone takes there and back. Ours is the
//! lesson `pool-or-spawn` as `interleave run` measures it, with its trace recorded; the others record nothing. All have as many
//! workers, and take turns within one run.
//!
//! Python's pools are those of the interpreter that `POOLS_PYTHON` names, `python3` unless it is given.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const ROUNDS: usize = 9;

/// How often a contender has all jobs done in a round.
const TIMES: usize = 5;

const JOBS: usize = 1000;

const WORKERS: usize = 2;

/// What a contender took in one round, in seconds: for all jobs at once, and for each alone.
struct Took {
    all: Vec<f64>,
    each: Vec<f64>,
}

type Contender = (&'static str, fn() -> Option<Took>);

const CONTENDERS: [Contender; 3] =
    [("ours", ours), ("multiprocessing.Pool", || python("pool")), ("ProcessPoolExecutor", || python("executor"))];

fn main() {
    let mut rounds: [Vec<Took>; 3] = Default::default();
    for round in 0..ROUNDS {
        for place in 0..CONTENDERS.len() {
            let index = (round + place) % CONTENDERS.len();
            rounds[index].extend(CONTENDERS[index].1());
        }
    }
    println!(
        "{JOBS} empty jobs on {WORKERS} processes; medians of {ROUNDS} interleaved rounds, × is how many times ours is better"
    );
    println!("{:<22}{:>10}{:>9}{:>12}{:>9}{:>12}{:>9}", "", "jobs/s", "×", "p50", "×", "p99", "×");
    let medians = rounds.each_ref().map(|rounds| Median::of(rounds));
    let Some(ours) = &medians[0] else { return };
    for ((name, _), median) in CONTENDERS.iter().zip(&medians) {
        let Some(Median { rate, p50, p99 }) = median else {
            println!("{name:<22} is left out: POOLS_PYTHON names no CPython that runs it");
            continue;
        };
        println!(
            "{name:<22}{rate:>10.0}{:>9.2}{:>9.1} µs{:>9.2}{:>9.1} µs{:>9.2}",
            ours.rate / rate,
            p50 * 1e6,
            p50 / ours.p50,
            p99 * 1e6,
            p99 / ours.p99
        );
    }
}

struct Median {
    rate: f64,
    p50: f64,
    p99: f64,
}

impl Median {
    fn of(rounds: &[Took]) -> Option<Median> {
        let of = |value: fn(&Took) -> Option<f64>| percentile(rounds.iter().filter_map(value).collect(), 50);
        Some(Median {
            rate: JOBS as f64 / of(|took| percentile(took.all.clone(), 50))?,
            p50: of(|took| percentile(took.each.clone(), 50))?,
            p99: of(|took| percentile(took.each.clone(), 99))?,
        })
    }
}

/// The nearest-rank percentile.
fn percentile(mut values: Vec<f64>, percent: usize) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * percent).div_ceil(100).max(1) - 1).copied()
}

fn ours() -> Option<Took> {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs");
    interleave(&["--repeat", &TIMES.to_string(), "--out"], &runs);
    // The first line says what the others are about.
    let lines = std::fs::read_to_string(&runs).ok()?;
    let wall = |line: &str| serde_json::from_str::<Value>(line).ok()?["wall_s"].as_f64();
    let all = lines.lines().skip(1).map(wall).collect::<Option<_>>()?;
    let trace = folder.path().join("trace");
    interleave(&["--set", "one-by-one=on", "--trace"], &trace);
    let trace: Value = serde_json::from_slice(&std::fs::read(&trace).ok()?).ok()?;
    let is_spawn = |event: &&Value| event["name"].as_str().is_some_and(|name| name.starts_with("spawned "));
    let spawned = trace["traceEvents"].as_array()?.iter().filter(is_spawn).map(|event| event["ts"].as_f64());
    let spawned: Vec<f64> = spawned.collect::<Option<_>>()?;
    // From giving a job to giving the next, which its end lets go on.
    let each = spawned.windows(2).map(|pair| (pair[1] - pair[0]) / 1e6).collect();
    Some(Took { all, each })
}

fn interleave(words: &[&str], file: &Path) {
    let (jobs, workers) = (format!("jobs={JOBS}"), format!("processes={WORKERS}"));
    let status = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(["run", "pool-or-spawn", "--model", "process-pool", "--set", &jobs, "--set", &workers])
        .args(["--set", "work=0", "--set", "payload=0"])
        .args(words)
        .arg(file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("it can be started").success());
}

fn python(which: &str) -> Option<Took> {
    let python = std::env::var_os("POOLS_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/process_pool.py");
    let output = Command::new(python)
        .arg(script)
        .args([which, &JOBS.to_string(), &WORKERS.to_string(), &TIMES.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines().map(|line| line.split(' ').map(|text| text.parse().ok()).collect::<Option<_>>());
    Some(Took { all: lines.next()??, each: lines.next()?? })
}
