//! `cargo bench -p bench --bench simulate`: how long predicting takes, beside tokio with its clock paused and SimPy.
//!
//! All do the same [`bench::pages`]. Ours records its whole trace meanwhile; the others record nothing. The rounds are
//! interleaved, as in `executor`. SimPy takes part where `SIMPY_PYTHON` names a Python that has it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bench::pages::{GROWTH, MODELS, PERMITS, TASKS, predict};
use bench::paused_tokio;
use bench::rounds::{interleaved, median};
use engine::costs::{Costs, Preset};

const ROUNDS: usize = 15;

/// A name, and how long the pages take; `None` where it cannot be run here.
type Contender = (String, Box<dyn Fn() -> Option<Duration>>);

fn main() {
    let ours = MODELS
        .map(|(name, model)| contender(format!("ours, {name}"), move || Some(predict(TASKS, model, Costs::FREE))));
    let with_costs = MODELS.map(|(name, model)| {
        contender(format!("  with costs, {name}"), move || Some(predict(TASKS, model, Preset::CPython.costs())))
    });
    let tokio = contender("tokio, paused".to_owned(), || Some(paused_tokio::receive(TASKS)));
    let contenders: Vec<Contender> = ours.into_iter().chain(with_costs).chain([tokio]).chain(simpy()).collect();
    println!("medians of {ROUNDS} interleaved rounds; × as long as ours on the event loop");
    println!("\n{TASKS} tasks through {PERMITS} permits, a request each");
    let runs: Vec<_> = contenders.iter().map(|(_, run)| run).collect();
    let medians = interleaved(ROUNDS, &runs);
    for ((name, _), median) in contenders.iter().zip(&medians) {
        let (Some(median), Some(ours)) = (median, medians[0]) else { continue };
        let ratio = median.as_secs_f64() / ours.as_secs_f64();
        println!("  {name:<24}{:>9.2} ms{ratio:>9.2} ×", median.as_secs_f64() * 1e3);
    }
    println!("\ngrowth: nanoseconds a task, and of that for each doubling of the tasks, which n log n leaves as it is");
    for (name, model) in MODELS {
        print!("  {:<24}", format!("ours, {name}"));
        for tasks in GROWTH {
            let rounds = (3_000_000 / tasks).clamp(3, 99);
            let times = (0..rounds).map(|_| predict(tasks, model, Costs::FREE)).collect();
            let nanos = median(times).unwrap_or_default().as_nanos() as f64;
            let tasks = tasks as f64;
            print!("{:>9.0} ns ({:>5.1})", nanos / tasks, nanos / tasks / tasks.log2());
        }
        println!();
    }
}

fn contender(name: String, run: impl Fn() -> Option<Duration> + 'static) -> Contender {
    (name, Box::new(run))
}

/// Runs the script in the Python that has SimPy, if one is named; it times itself, without its start.
fn simpy() -> Option<Contender> {
    let Some(python) = std::env::var_os("SIMPY_PYTHON") else {
        println!(
            "SimPy is left out, since SIMPY_PYTHON names no Python that has it. Two commands make one:\n  \
             python3 -m venv simpy && simpy/bin/pip install simpy==4.1.2\n  \
             SIMPY_PYTHON=$PWD/simpy/bin/python cargo bench -p bench --bench simulate\n"
        );
        return None;
    };
    let has_simpy = Command::new(&python).args(["-c", "import simpy"]).output();
    if !has_simpy.is_ok_and(|output| output.status.success()) {
        println!("SimPy is left out: {} cannot import it.\n", Path::new(&python).display());
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/simulate.py");
    Some(contender("SimPy".to_owned(), move || {
        let output =
            Command::new(&python).arg(&script).arg(TASKS.to_string()).arg(PERMITS.to_string()).output().ok()?;
        let seconds: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
        Some(Duration::from_secs_f64(seconds))
    }))
}
