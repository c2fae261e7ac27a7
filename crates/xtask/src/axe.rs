//! axe, which finds in a page what keeps people out of it. It comes from npm, and nothing else does.

use crate::apt;
use crate::process::run_logged;
use crate::progress::{Step, trouble};
use crate::workspace::{Workspace, cache, create_dir};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const VERSION: &str = "4.14.1";

/// Debian's package of npm, for a machine without one.
const PACKAGES: [&str; 1] = ["npm"];

/// The script that is run in a page: the one in the user's cache, or else installed there.
pub fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let folder = cache()?.join("tools").join(format!("axe-core-{VERSION}"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    let npm = npm(workspace)?;
    let step = Step::begin(format!("Installing axe-core {VERSION}, once on this machine"));
    // Beside its place until it is whole.
    let beside = folder.with_extension("partial");
    fs::remove_dir_all(&beside).ok();
    create_dir(&beside)?;
    let mut command = Command::new(npm);
    command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&beside);
    run_logged(&step, command.arg(format!("axe-core@{VERSION}")), &workspace.scratch("axe.log")?)?;
    fs::rename(&beside, &folder).with_context(|| format!("{} could not be put into its place.", folder.display()))?;
    step.done();
    Ok(script)
}

fn npm(workspace: &Workspace) -> Result<PathBuf> {
    if let Ok(npm) = which::which("npm") {
        return Ok(npm);
    }
    if apt::can_install() {
        match apt::install(workspace, &PACKAGES) {
            Ok(()) => return which::which("npm").context("npm was installed, and still is not on PATH."),
            Err(error) => trouble(format!("apt could not install npm: {error:#}")),
        }
    }
    bail!(
        "The tests of the page need npm on PATH, to install axe, which looks for what keeps people out of a page. On Debian \
         type this, and then the same command again:\n  {}",
        apt::to_type(&PACKAGES)
    )
}
