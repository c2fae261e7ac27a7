//! How long predicting takes in the browser, beside this machine: one bench, built for both and run one after the other.
//!
//! The wasm is built as the page's is, for size: what is timed is what a learner waits for.

use crate::environment::{native_cargo, wasm_cargo};
use crate::process::{run_aloud, run_heard, shown};
use crate::setup;
use crate::test::run_in_browser;
use crate::workspace::{Target, Workspace};
use anyhow::{Result, bail};
use std::process::Command;

const BENCH: [&str; 4] = ["--package", "bench", "--bench", "predict"];

/// Runs the bench natively and in Chromium, and prints a table of both.
pub fn run(workspace: &Workspace) -> Result<()> {
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
