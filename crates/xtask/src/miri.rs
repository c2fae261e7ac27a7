//! Miri, which interprets the engine's tests and finds undefined behaviour and data races. Only nightly compilers have it.

use crate::environment::nightly_cargo;
use crate::process::answer;
use crate::test::run_tests;
use crate::workspace::Workspace;
use anyhow::{Result, bail};

/// The tests in which something is at stake: wakers, cells, threads. Those on loom's atomics (`executor_threads`, `gil`) are left
/// out: loom switches stacks by itself, which no interpreter can follow; what they check is in `executor` and `measured` as well.
const TESTS: [&str; 3] = ["executor", "sync", "measured"];

/// The real clock, which measured runs read, and the file system's names, which proptest asks for.
const FLAGS: &str = "-Zmiri-disable-isolation";

/// Runs the engine's tests under miri, or says how to install it.
pub fn run(workspace: &Workspace) -> Result<()> {
    if answer(nightly_cargo(workspace).args(["miri", "--version"])).is_none() {
        bail!(
            "Miri is not installed. Type this, and then the same command again:\n  \
             rustup toolchain install nightly --component miri,rust-src"
        );
    }
    let mut cargo = nightly_cargo(workspace);
    cargo.args(["miri", "test", "--package", "engine"]).args(TESTS.iter().flat_map(|test| ["--test", test]));
    if std::env::var_os("MIRIFLAGS").is_none() {
        cargo.env("MIRIFLAGS", FLAGS);
    }
    run_tests(&mut cargo)
}
