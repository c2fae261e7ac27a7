//! How long predicting takes in the browser, beside this machine: one bench, built for both and run one after the other. Then
//! beside others in wasm: tokio reads no clock in a browser, so that is in node, whose machine for wasm is Chromium's.
//!
//! In the browser the wasm is built as the page's is, for size: what is timed is what a learner waits for. Beside others it is
//! built for speed, as they are.

use crate::environment::{native_cargo, wasm_cargo};
use crate::npm;
use crate::process::{answer, run_aloud, run_for, run_heard, shown};
use crate::progress::note;
use crate::setup;
use crate::test::run_in_browser;
use crate::workspace::{Target, Workspace};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

const BENCH: [&str; 4] = ["--package", "bench", "--bench", "predict"];

/// Wasm outside of a browser, with a clock.
const WASI: &str = "wasm32-wasip1";

/// Where SimPy lies, for the Python that has it.
const SIMPY: &str = "import os, simpy; print(os.path.dirname(os.path.dirname(simpy.__file__)))";

/// Runs the bench natively and in Chromium, and prints a table of both, and one of wasm beside others.
pub fn run(workspace: &Workspace) -> Result<()> {
    beside_this_machine(workspace)?;
    beside_others(workspace)
}

fn beside_this_machine(workspace: &Workspace) -> Result<()> {
    let (needs, browser) = setup::for_testing(workspace)?;
    let native = || {
        let mut cargo = native_cargo(workspace);
        cargo.arg("bench").args(BENCH);
        cargo
    };
    let wasm = || -> Result<Command> {
        let mut cargo = wasm_cargo(workspace, &needs.toolchain, &needs.tools, Target::Page)?;
        // Not `bench`: the test runner would then ask for benches of its own kind.
        cargo.args(["test", "--profile", "page", "--target", "wasm32-unknown-unknown"]).args(BENCH);
        // Cargo builds tests as if this stood in their profile, and cannot have both in one build of the library sources. It
        // changes nothing in wasm, which aborts anyway.
        cargo.env("CARGO_PROFILE_PAGE_PANIC", "unwind");
        run_in_browser(&mut cargo, workspace, &needs.tools, &browser)?;
        Ok(cargo)
    };
    // Both are built first, so that they run as near to each other as can be.
    run_aloud(native().arg("--no-run"))?;
    run_aloud(wasm()?.arg("--no-run"))?;
    let here = figures(&mut native())?;
    let there = figures(wasm()?.args(["--", "--nocapture"]))?;

    println!("\n{:<14}{:>12}{:>12}", "ns a task", "native", "wasm");
    for ((name, native), (_, wasm)) in here.iter().zip(&there) {
        println!("{name:<14}{native:>12}{wasm:>12}{:>8.2} ×", *wasm as f64 / *native as f64);
    }
    Ok(())
}

/// Has node run ours, tokio and, where `SIMPY_PYTHON` names a Python that has it, SimPy in turns.
fn beside_others(workspace: &Workspace) -> Result<()> {
    println!("\nIn wasm, beside others");
    let (node, library) = (answer(Command::new("node").arg("--version")), library_for_wasi(workspace));
    if node.is_none() || library.is_none_or(|library| !library.is_dir()) {
        println!("Left out: it needs node on PATH and Rust's library for {WASI}.\n  rustup target add {WASI}");
        return Ok(());
    }
    let mut build = native_cargo(workspace);
    build.args(["bench", "--package", "bench", "--bench", "simulate_in_wasm", "--target", WASI, "--no-run"]);
    // Cargo tells where it has put what it built only to programs.
    build.arg("--message-format=json-render-diagnostics");
    let mut module = None;
    let status = run_for(&mut build, |line| module = executable_in(line).or(module.take()))?;
    let module = module.filter(|_| status.success()).with_context(|| format!("`{}` built nothing.", shown(&build)))?;
    let mut bench = Command::new("node");
    let script = workspace.root().join("crates/bench/benches/simulate_in_wasm.mjs");
    bench.arg(script).arg(module);
    match std::env::var_os("SIMPY_PYTHON").and_then(|python| answer(Command::new(python).args(["-c", SIMPY]))) {
        Some(simpy) => {
            bench.arg(npm::PYODIDE.ensure(workspace)?.join("pyodide.mjs")).arg(Path::new(&simpy));
        }
        None => note("SimPy is left out, since SIMPY_PYTHON names no Python that has it."),
    }
    run_aloud(&mut bench)
}

fn library_for_wasi(workspace: &Workspace) -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(workspace.root()).args(["--print", "target-libdir", "--target", WASI]);
    answer(&mut rustc).map(PathBuf::from)
}

/// Where cargo has put the program of which this line tells, if it does.
fn executable_in(line: &str) -> Option<String> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    message["executable"].as_str().map(str::to_string)
}

/// Runs the bench, and returns what it told: a name and nanoseconds a task on each line.
fn figures(command: &mut Command) -> Result<Vec<(String, u64)>> {
    let mut figures = Vec::new();
    let status = run_heard(command, |line| figures.extend(figure_in(line)))?;
    if !status.success() || figures.is_empty() {
        bail!("`{}` told no figures ({status}).", shown(command));
    }
    Ok(figures)
}

/// The figure in a line such as "event loop: 812 ns a task".
fn figure_in(line: &str) -> Option<(String, u64)> {
    let (name, nanos) = line.trim().strip_suffix(" ns a task")?.rsplit_once(": ")?;
    Some((name.to_string(), nanos.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::figure_in;

    #[test]
    fn a_figure_is_read_from_its_line_and_from_no_other() {
        assert_eq!(figure_in("pool of 50: 812 ns a task"), Some(("pool of 50".to_string(), 812)));
        assert_eq!(figure_in("    event loop: 7 ns a task"), Some(("event loop".to_string(), 7)));
        for other in ["test wasm::predict ... ok", "a: b ns a task", "812 ns a task"] {
            assert_eq!(figure_in(other), None, "{other}");
        }
    }
}
