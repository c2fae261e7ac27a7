//! Building everything: the page into dist/, and the companion.

use crate::environment::{native_cargo, wasm_command};
use crate::process::run_logged;
use crate::progress::Step;
use crate::setup::{self, Needs};
use crate::workspace::{Target, Workspace};
use anyhow::{Context, Result};
use std::fs::File;
use std::process::Command;

/// Sets up and builds the page and the companion.
pub fn everything(workspace: &Workspace) -> Result<Needs> {
    let needs = setup::for_building(workspace)?;
    page(workspace, &needs)?;
    companion(workspace)?;
    Ok(needs)
}

/// Trunk with an environment in which it builds wasm by the right compiler, and its hooks find this program.
pub fn trunk(workspace: &Workspace, needs: &Needs) -> Result<Command> {
    wasm_command(&needs.tools.trunk, workspace, &needs.toolchain, &needs.tools, Target::Page)
}

/// Builds the companion's release binary, which holds the page as it was built last.
pub fn companion(workspace: &Workspace) -> Result<()> {
    let step = Step::begin("Building the interleave program");
    let mut cargo = native_cargo(workspace);
    cargo.args(["build", "--release", "--package", "interleave", "--features", "page"]);
    run_logged(&step, &mut cargo, &workspace.scratch("companion.log")?)?;
    step.done();
    Ok(())
}

fn page(workspace: &Workspace, needs: &Needs) -> Result<()> {
    let _turn = turn(workspace)?;
    let step = Step::begin("Building the page");
    run_logged(&step, trunk(workspace, needs)?.arg("build"), &workspace.scratch("page.log")?)?;
    step.done();
    Ok(())
}

/// Our turn, until it is dropped: two builds at a time would empty each other's staging folder.
fn turn(workspace: &Workspace) -> Result<File> {
    let path = workspace.scratch("page.lock")?;
    let file = File::create(&path).with_context(|| format!("{} could not be written.", path.display()))?;
    if file.try_lock().is_err() {
        let step = Step::begin("Waiting for another build of the page to end");
        file.lock().with_context(|| format!("{} could not be locked.", path.display()))?;
        step.done();
    }
    Ok(file)
}
