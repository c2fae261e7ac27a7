//! Installing the standard library's sources: with rustup first, with Debian's packages where rustup cannot.

use super::{Candidate, Toolchain, found_after_installing, rustup_home};
use crate::apt;
use crate::process::{Patience, run_watched};
use crate::progress::{Step, trouble};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Debian's compiler for web browsers' sake: the newest it has. It stands beside rustup's, in the system's own folder.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

/// The clippy that belongs to it.
const CLIPPY: &str = "rust-web-clippy";

/// The linker's name that Debian's compiler calls: a link to a program of the package of the same name, such as lld-22.
const LINKER: &str = "/usr/bin/rust-lld";

/// How long rustup may stand still. A read that gets nothing ends after rustup's own time, where it knows the variable;
/// this is for those that do not, and for a slow disk's unpacking.
const IDLE: Duration = Duration::from_secs(90);

/// Installs library sources for a compiler of this machine, or says what to type.
pub(super) fn sources(workspace: &Workspace, candidates: &[Candidate]) -> Result<Toolchain> {
    let rustups = candidates.iter().filter(|candidate| candidate.is_new_enough()).find_map(rustup_name);
    if let Some(name) = &rustups {
        match with_rustup(workspace, name).and_then(|()| found_after_installing("rust-src")) {
            Ok(toolchain) => return Ok(toolchain),
            Err(error) => trouble(format!("rustup could not add the library sources: {error:#}")),
        }
    }
    if apt::can_install() {
        match with_apt(workspace) {
            Ok(()) => return found_after_installing(&PACKAGES.join(" ")),
            Err(error) => trouble(format!("apt could not install a compiler with library sources: {error:#}")),
        }
    }
    let rustup = match rustups {
        Some(name) => format!("rustup component add --toolchain {name} rust-src"),
        None => "rustup toolchain install stable --component rust-src".to_string(),
    };
    bail!(
        "Building for the browser needs a compiler with the standard library's sources, and none could be found or \
         installed. Type one of these, and then the same command again:\n  {rustup}\n  {} lld-22    (on Debian)",
        apt::to_type(&PACKAGES)
    )
}

/// Makes sure that a compiler has its clippy beside it where that is a package away; false if it stays without.
pub(super) fn clippy(workspace: &Workspace, toolchain: &Toolchain) -> bool {
    let is_debians = toolchain.bin() == Some(Path::new("/usr/bin"));
    if !toolchain.has_clippy() && is_debians && apt::can_install() && apt::install(workspace, &[CLIPPY]).is_err() {
        trouble(format!("{CLIPPY} could not be installed."));
    }
    toolchain.has_clippy()
}

fn with_apt(workspace: &Workspace) -> Result<()> {
    apt::install(workspace, &PACKAGES)?;
    let linker = fs::read_link(LINKER).ok().filter(|_| !Path::new(LINKER).exists());
    if let Some(package) = linker.as_deref().and_then(Path::file_name).and_then(|name| name.to_str()) {
        apt::install(workspace, &[package])?;
    }
    Ok(())
}

fn with_rustup(workspace: &Workspace, toolchain: &str) -> Result<()> {
    let step = Step::begin(format!("Adding the library sources to {toolchain} with rustup"));
    let mut command = Command::new("rustup");
    command.args(["component", "add", "--toolchain", toolchain, "rust-src"]);
    command.env("RUSTUP_MAX_RETRIES", "1").env("RUSTUP_DOWNLOAD_TIMEOUT", "20").env_remove("RUST_BACKTRACE");
    let folders: Vec<PathBuf> =
        rustup_home().iter().flat_map(|home| [home.join("downloads"), home.join("tmp")]).collect();
    let patience = Patience { idle: IDLE, progress: &|| folders.iter().map(|folder| size(folder)).sum() };
    run_watched(&step, &mut command, &workspace.scratch("rustup.log")?, Some(patience))?;
    step.done();
    Ok(())
}

/// The name by which rustup knows a compiler, if it is one of rustup's.
fn rustup_name(candidate: &Candidate) -> Option<String> {
    let toolchains = rustup_home()?.join("toolchains").canonicalize().ok()?;
    let inside = candidate.toolchain.rustc.strip_prefix(toolchains).ok()?;
    Some(inside.iter().next()?.to_string_lossy().into_owned())
}

/// The bytes of all files in and under a folder; what cannot be read counts nothing.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(data) if data.is_dir() => size(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
