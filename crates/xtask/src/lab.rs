//! The threaded module: built in trunk's hook before the page, and put into a folder named after what is in it, so that
//! a browser's cache never mixes two builds.

use crate::code;
use crate::environment::wasm_cargo;
use crate::offline;
use crate::process::run_aloud;
use crate::progress::Step;
use crate::setup::Needs;
use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::workspace::{Target, Workspace, create_dir};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the folder's name begins with.
pub const FOLDER: &str = "lab-";

/// The script beside the module, which starts it in a Worker.
const COORDINATOR: &str = "coordinator.js";

/// Where in the page the folder's name goes: the source says "lab", the built page says "lab-" and a hash.
const NAMED: [&str; 2] = [r#"name="interleave-lab" content="lab""#, r#"name="interleave-lab" content=""#];

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
            put(workspace, &Needs { toolchain, tools }, &staging)
        }
        Stage::PostBuild => {
            name_in_page(&staging)?;
            offline::put(workspace, &staging)
        }
    }
}

/// Builds the module and puts all that belongs to it into its folder.
fn put(workspace: &Workspace, needs: &Needs, staging: &Path) -> Result<()> {
    let step = Step::begin("Building the threaded module");
    let bound = bind(workspace, needs, &compile(workspace, needs)?)?;
    add_coordinator(&workspace.lab(), &bound)?;
    let files = files_under(&bound)?;
    let folder = staging.join(format!("{FOLDER}{:016x}", fingerprint(&bound, &files)?));
    for file in &files {
        let to = folder.join(file);
        create_dir(to.parent().unwrap_or(&folder))?;
        fs::copy(bound.join(file), &to).with_context(|| format!("{} could not be written.", to.display()))?;
    }
    step.done();
    Ok(())
}

fn compile(workspace: &Workspace, needs: &Needs) -> Result<PathBuf> {
    let mut cargo = wasm_cargo(workspace, &needs.toolchain, &needs.tools, Target::Lab)?;
    cargo.args(["build", "--package", "lab", "--lib", "--target", "wasm32-unknown-unknown", "--profile", "page"]);
    run_aloud(&mut cargo)?;
    Ok(workspace.target(Target::Lab).join("wasm32-unknown-unknown/page/lab.wasm"))
}

fn bind(workspace: &Workspace, needs: &Needs, module: &Path) -> Result<PathBuf> {
    let out = workspace.target(Target::Lab).join("bound");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("The old {} could not be removed.", out.display()))?;
    }
    let mut bindgen = Command::new(&needs.tools.wasm_bindgen);
    bindgen.args(["--remove-name-section", "--remove-producers-section"]);
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", "lab", "--out-dir"]).arg(&out).arg(module);
    run_aloud(&mut bindgen)?;
    Ok(out)
}

fn add_coordinator(lab: &Path, bound: &Path) -> Result<()> {
    let script = lab.join(COORDINATOR);
    fs::copy(&script, bound.join(COORDINATOR)).map(drop).with_context(|| {
        format!("{} could not be copied: without it the page cannot measure in the browser.", script.display())
    })
}

/// Writes the folder's name into the built page.
fn name_in_page(staging: &Path) -> Result<()> {
    let names = fs::read_dir(staging)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let folder = names.into_iter().find(|name| name.starts_with(FOLDER));
    let folder = folder.context("The threaded module is missing from the page: its hook did not run.")?;
    let page = staging.join("index.html");
    let text = fs::read_to_string(&page)?;
    let [source, built] = NAMED;
    if !text.contains(source) {
        bail!("index.html must hold `<meta {source}>`: the page learns from it where the threaded module is.");
    }
    fs::write(&page, text.replace(source, &format!("{built}{folder}\"")))?;
    Ok(())
}

/// The files in and under a folder, as paths from it, in one order on every machine.
pub fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("The folder {} could not be read.", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A number that changes with every name and every byte of a folder's files.
pub fn fingerprint(folder: &Path, files: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(folder.join(file))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::add_coordinator;
    use std::env::temp_dir;

    #[test]
    fn a_module_without_its_coordinator_is_not_shipped() {
        let error = add_coordinator(&temp_dir().join("no-such-folder"), &temp_dir()).expect_err("nothing to copy");
        assert!(error.to_string().contains("coordinator.js could not be copied: without it"), "{error}");
    }
}
