//! What is read rather than run: formatting, clippy on both kinds of code, and the documentation.

use crate::environment::{native_cargo, wasm_cargo};
use crate::process::run_aloud;
use crate::progress::{Step, trouble};
use crate::setup::Needs;
use crate::workspace::{Target, Workspace};
use anyhow::Result;

const DENY: [&str; 3] = ["--", "-D", "warnings"];

/// Runs every lint, and fails at the first that finds something.
pub fn run(workspace: &Workspace, needs: &Needs) -> Result<()> {
    let step = Step::begin("cargo fmt --check");
    run_aloud(native_cargo(workspace).args(["fmt", "--all", "--check"]))?;
    step.done();

    let step = Step::begin("cargo clippy, native");
    run_aloud(native_cargo(workspace).args(["clippy", "--workspace", "--all-targets"]).args(DENY))?;
    step.done();

    let step = Step::begin("cargo doc");
    let mut doc = native_cargo(workspace);
    run_aloud(doc.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    step.done();

    if !needs.toolchain.ensure_clippy(workspace) {
        trouble("Left out: clippy of the wasm code, since the compiler for wasm has no clippy beside it.");
        return Ok(());
    }
    // The page's tests are native, and were seen above.
    for (package, target, parts) in [("web", Target::Page, "--lib"), ("lab", Target::Lab, "--all-targets")] {
        let step = Step::begin(format!("cargo clippy, wasm, {package}"));
        let mut clippy = wasm_cargo(workspace, &needs.toolchain, &needs.tools, target)?;
        clippy.args(["clippy", "--package", package, parts, "--target", "wasm32-unknown-unknown"]);
        run_aloud(clippy.args(["--profile", "page"]).args(DENY))?;
        step.done();
    }
    Ok(())
}
