//! What trunk calls while it bundles the page: the modules are built before, and named in the page after.

use crate::code;
use crate::module::Module;
use crate::offline;
use crate::setup::Needs;
use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// When trunk calls this program.
#[derive(Clone, Copy, ValueEnum)]
pub enum Stage {
    /// Before trunk builds the page.
    PreBuild,
    /// After it, and before the page is put into dist/.
    PostBuild,
}

/// Does a stage's work in trunk's staging folder.
pub fn hook(workspace: &Workspace, stage: Stage) -> Result<()> {
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let staging = staging.context("This command is called by trunk: type `cargo xtask build` instead.")?;
    match stage {
        Stage::PreBuild => {
            code::put(workspace, &staging)?;
            let toolchain = Toolchain::ensure(workspace)?;
            let tools = Tools::ensure(workspace)?;
            let needs = Needs { toolchain, tools };
            Module::ALL.into_iter().try_for_each(|module| module.put(workspace, &needs, &staging))
        }
        Stage::PostBuild => {
            name_modules(&staging)?;
            offline::put(workspace, &staging)
        }
    }
}

/// Writes the folders' names into the built page: its source says "lab-BUILD" where the page says "lab-" and a hash.
fn name_modules(staging: &Path) -> Result<()> {
    let page = staging.join("index.html");
    let mut text = fs::read_to_string(&page)?;
    for module in Module::ALL {
        let source = format!("{}BUILD", module.folder());
        ensure!(text.contains(&source), "index.html must hold `{source}`: the build puts in there what it has built.");
        let mut names = fs::read_dir(staging)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let built = names.find(|name| name.starts_with(module.folder()));
        let built = built.with_context(|| format!("{source} is missing from the page: its hook did not run."))?;
        text = text.replace(&source, &built);
    }
    // Trunk leaves the line there by which it is told to build no module.
    let lines = text.lines().filter(|line| !line.contains("data-trunk-skip"));
    fs::write(&page, lines.map(|line| format!("{line}\n")).collect::<String>())?;
    Ok(())
}
