//! What a CPython costs: a script of its own standard library measures, and prints one line of JSON.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use engine::costs::{Costs, Factor, Interval, Preset};
use engine::time::Nanos;
use engine::work::Computation;
use serde::Deserialize;

use super::bounded;
use super::native::{Machine, WORK, factor, middle, work_figures};
use super::{Amount, Calibration, Figure, Whose};
use crate::scratch::Scratch;

const SCRIPT: &str = include_str!("costs.py");

/// The script takes some seconds.
const MOST_TIME: Duration = Duration::from_secs(60);

/// The first python3 or python that a shell would find.
pub fn on_the_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let names = ["python3", "python"].map(|name| format!("{name}{}", env::consts::EXE_SUFFIX));
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// Measures the interpreter at `path`. What a script cannot see, cores and context switches, is taken from `machine`.
///
/// # Errors
/// A sentence, where it does not run the script to its end.
pub fn measure(path: &Path, machine: Machine) -> Result<Calibration, String> {
    let cannot = |reason: String| format!("{} cannot be measured: {reason}.", path.display());
    // A file, because a process that is spawned and not forked imports it anew.
    let folder = Scratch::new().map_err(cannot)?;
    let script = folder.put("interleave_costs.py", SCRIPT).map_err(cannot)?;
    let sheet = run(path, &script)
        .map_err(|reason| format!("{} Name a CPython, 3.6 or later, with --python.", cannot(reason)))?;
    Ok(sheet.calibration(path, machine))
}

fn run(path: &Path, script: &Path) -> Result<Sheet, String> {
    let mut command = Command::new(path);
    command.arg("-I").arg(script).args(sizes());
    let output = bounded::output(&mut command, MOST_TIME)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
        return Err(format!("it breaks off the script that measures ({last})"));
    }
    let sheet: Sheet = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("what it prints are no measurements ({error})"))?;
    match sheet.implementation.as_str() {
        "cpython" => Ok(sheet),
        other => Err(format!("it is {other} and no CPython")),
    }
}

/// The sizes of the work, as the script takes them.
fn sizes() -> Vec<String> {
    let size = |work: &Computation| match *work {
        Computation::MergeSort { elements, .. } => elements.to_string(),
        Computation::SumOfSquares { below } => below.to_string(),
        Computation::Fibonacci { n } => n.to_string(),
        Computation::Spin(time) => time.0.to_string(),
    };
    WORK.iter().map(|(_, work)| size(work)).collect()
}

/// What the script prints.
#[derive(Deserialize)]
struct Sheet {
    implementation: String,
    version: String,
    switch_interval_ns: Option<u64>,
    thread_start: Measured,
    thread_end: Measured,
    fork_start: Option<Measured>,
    fork_end: Option<Measured>,
    spawn_start: Measured,
    spawn_end: Measured,
    message: Measured,
    message_per_kib: Measured,
    message_per_kib_of_numbers: Measured,
    loop_turn: Measured,
    work: Vec<Measured>,
}

#[derive(Clone, Copy, Deserialize)]
struct Measured {
    ns: u64,
    runs: usize,
}

impl Measured {
    fn time(self) -> Nanos {
        Nanos(self.ns)
    }

    fn figure(self, name: &'static str) -> Figure {
        Figure { name, amount: Amount::Time(self.time()), runs: Some(self.runs) }
    }
}

impl Sheet {
    fn calibration(self, path: &Path, machine: Machine) -> Calibration {
        let work: Vec<(&'static str, f64)> =
            WORK.iter().zip(&self.work).map(|((name, work), took)| (*name, factor(*work, took.time()))).collect();
        let overall = middle(work.iter().map(|(_, factor)| *factor).collect());
        let preset = Preset::CPython.costs();
        let gil = self.switch_interval_ns.and_then(|nanos| Interval::new(Nanos(nanos)));
        let costs = Costs {
            cores: machine.cores,
            gil,
            context_switch: machine.context_switch,
            thread_start: self.thread_start.time(),
            thread_end: self.thread_end.time(),
            // The lessons' pools fork where that can be had, as `multiprocessing` long did of itself.
            process_start: self.fork_start.unwrap_or(self.spawn_start).time(),
            process_end: self.fork_end.unwrap_or(self.spawn_end).time(),
            loop_turn: self.loop_turn.time(),
            message: self.message.time(),
            message_per_kib: self.message_per_kib.time(),
            work: Factor::new(overall).unwrap_or(preset.work),
            ..preset
        };
        let interval = gil.map_or(Amount::None, |interval| Amount::Time(interval.nanos()));
        let mut figures = vec![
            Figure { name: "gil-switch-interval", amount: interval, runs: None },
            self.thread_start.figure("thread-start"),
            self.thread_end.figure("thread-end"),
        ];
        figures.extend(self.fork_start.map(|measured| measured.figure("process-start")));
        figures.extend(self.fork_end.map(|measured| measured.figure("process-end")));
        figures.extend([
            self.spawn_start.figure("process-start-spawned"),
            self.spawn_end.figure("process-end-spawned"),
            self.loop_turn.figure("loop-turn"),
            self.message.figure("message"),
            self.message_per_kib.figure("message-per-kib"),
            self.message_per_kib_of_numbers.figure("message-per-kib-of-numbers"),
        ]);
        figures.extend(work_figures(&work, overall, self.work.first().map_or(0, |measured| measured.runs)));
        Calibration { whose: Whose::CPython, about: format!("{} ({})", self.version, path.display()), figures, costs }
    }
}
