//! Debian's packages, where this machine has them and this user may install them.

use crate::process::{answer, run_logged};
use crate::progress::{Step, trouble};
use crate::workspace::Workspace;
use anyhow::Result;
use std::process::Command;

/// Debian's own compilers exclude each other: what is there already is never removed for what we would like.
const INSTALL: [&str; 5] = ["apt-get", "install", "--yes", "--no-install-recommends", "--no-remove"];

/// Whether packages can be installed without asking anyone: there is apt, and we are root or sudo needs no password.
pub fn can_install() -> bool {
    which::which("apt-get").is_ok() && rights().is_some()
}

/// Installs packages, after reading the lists of what there is.
pub fn install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let step = Step::begin(format!("Installing {}", packages.join(" ")));
    let update = run_logged(&step, &mut apt(&["apt-get", "update"], &[]), &workspace.scratch("apt-update.log")?);
    if let Err(error) = update {
        // One list among many may be out of reach, and the others hold the packages.
        trouble(format!("The lists of packages could not all be read: {error:#}"));
    }
    run_logged(&step, &mut apt(&INSTALL, packages), &workspace.scratch("apt-install.log")?)?;
    step.done();
    Ok(())
}

/// What a person types to install packages.
pub fn to_type(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo {} {}", INSTALL.join(" "), packages.join(" "))
}

/// The words before a command that give it an administrator's rights, if we have them.
fn rights() -> Option<&'static [&'static str]> {
    if answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(&[]);
    }
    answer(Command::new("sudo").args(["-n", "true"])).map(|_| ["sudo", "-n"].as_slice())
}

fn apt(words: &[&str], packages: &[&str]) -> Command {
    let mut all = rights().unwrap_or_default().iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive"]).chain(words);
    let mut command = Command::new(all.next().copied().unwrap_or("apt-get"));
    command.args(all).args(packages);
    command
}
