//! The tests, in four parts, each of which can be run alone.

use crate::browser::Browser;
use crate::environment::{native_cargo, wasm_cargo};
use crate::process::{run_aloud, run_heard, shown};
use crate::progress::took;
use crate::setup::{self, Needs};
use crate::tools::Tools;
use crate::workspace::{Target, Workspace};
use crate::{build, lint, npm};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Formatting, clippy and documentation
    Lint,
    /// The native crates
    Native,
    /// The threaded module in Chromium
    Wasm,
    /// The real page and the real command line, end to end
    E2e,
}

/// Runs one part, or all, and fails if any failed.
pub fn run(workspace: &Workspace, only: Option<Part>) -> Result<()> {
    let parts: Vec<Part> = only.map_or_else(|| Part::value_variants().to_vec(), |part| vec![part]);
    let outcomes: Vec<_> = parts.into_iter().map(|part| attempt(workspace, part)).collect();

    eprintln!();
    for (part, time, outcome) in &outcomes {
        let told = if outcome.is_ok() { "passed" } else { "FAILED" };
        eprintln!("{part:7} {told} in {}", took(*time), part = part.name());
    }
    let failed: Vec<_> =
        outcomes.iter().filter(|(_, _, outcome)| outcome.is_err()).map(|(part, ..)| part.name()).collect();
    if !failed.is_empty() {
        bail!("These parts failed: {}. One alone: `cargo xtask test {}`.", failed.join(", "), failed[0]);
    }
    Ok(())
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_string())
    }
}

fn attempt(workspace: &Workspace, part: Part) -> (Part, Duration, Result<()>) {
    eprintln!("\n=== {} ===", part.name());
    let started = Instant::now();
    let outcome = match part {
        Part::Lint => setup::for_building(workspace).and_then(|needs| lint::run(workspace, &needs)),
        Part::Native => native(workspace),
        Part::Wasm => wasm(workspace),
        Part::E2e => end_to_end(workspace),
    };
    if let Err(error) = &outcome {
        eprintln!("{} failed: {error:#}", part.name());
    }
    (part, started.elapsed(), outcome)
}

fn native(workspace: &Workspace) -> Result<()> {
    let mut cargo = native_cargo(workspace);
    run_tests(cargo.args(["test", "--workspace", "--exclude", "tests"]))
}

fn wasm(workspace: &Workspace) -> Result<()> {
    let (needs, browser) = setup::for_testing(workspace)?;
    let Needs { toolchain, tools } = &needs;
    let mut cargo = wasm_cargo(workspace, toolchain, tools, Target::Lab)?;
    cargo.args(["test", "--package", "lab", "--tests", "--target", "wasm32-unknown-unknown"]);
    run_in_browser(&mut cargo, workspace, tools, &browser)?;
    run_tests(&mut cargo)
}

/// Has what a cargo builds for wasm run in the browser.
pub fn run_in_browser(cargo: &mut Command, workspace: &Workspace, tools: &Tools, browser: &Browser) -> Result<()> {
    cargo
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &tools.test_runner)
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", webdriver(workspace, browser)?)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "30");
    Ok(())
}

/// Times the built page in the browser.
pub fn bench_page(workspace: &Workspace) -> Result<()> {
    let mut cargo = with_all_that_is_built(workspace)?;
    run_aloud(cargo.args(["bench", "--package", "tests", "--bench", "page"]))
}

fn end_to_end(workspace: &Workspace) -> Result<()> {
    let mut cargo = with_all_that_is_built(workspace)?;
    run_tests(cargo.args(["test", "--package", "tests"]).env("AXE", npm::AXE.ensure(workspace)?.join("axe.min.js")))
}

/// A cargo whose programs find the page, the companion and a browser.
fn with_all_that_is_built(workspace: &Workspace) -> Result<Command> {
    let (_, browser) = setup::for_testing(workspace)?;
    build::everything(workspace)?;
    let mut cargo = native_cargo(workspace);
    cargo
        .env("INTERLEAVE_BIN", workspace.companion())
        .env("INTERLEAVE_DIST", workspace.dist())
        .env("CHROME", &browser.chrome)
        .env("CHROMEDRIVER", &browser.driver);
    Ok(cargo)
}

/// Runs tests, and holds that there were any: a test that its runner does not see passes in silence.
pub fn run_tests(command: &mut Command) -> Result<()> {
    let mut passed = 0;
    let status = run_heard(command, |line| passed += passed_in(line))?;
    if !status.success() {
        bail!("`{}` failed ({status}).", shown(command));
    }
    if passed == 0 {
        bail!("`{}` ran no test: see that the tests stand where their runner looks for them.", shown(command));
    }
    Ok(())
}

/// How many tests a line such as "test result: ok. 3 passed; 0 failed" counts.
fn passed_in(line: &str) -> usize {
    let count = line.strip_prefix("test result: ok. ").and_then(|rest| rest.split_once(" passed"));
    count.and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

/// The browser's settings in crates/lab, with the browser that was found.
fn webdriver(workspace: &Workspace, browser: &Browser) -> Result<PathBuf> {
    let source = workspace.lab().join("webdriver.json");
    let told = || format!("{} could not be read as JSON.", source.display());
    let mut settings: Value =
        serde_json::from_str(&fs::read_to_string(&source).with_context(told)?).with_context(told)?;
    settings["goog:chromeOptions"]["binary"] = browser.chrome.to_string_lossy().into();
    let path = workspace.scratch("webdriver.json")?;
    fs::write(&path, settings.to_string())?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::passed_in;

    #[test]
    fn a_result_line_counts_its_tests_and_no_other_line_does() {
        assert_eq!(passed_in("test result: ok. 12 passed; 0 failed; 0 ignored; 0 filtered out"), 12);
        assert_eq!(passed_in("test result: ok. 0 passed; 0 failed"), 0);
        assert_eq!(passed_in("a learner passed"), 0);
    }
}
