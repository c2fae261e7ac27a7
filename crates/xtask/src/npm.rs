//! Packages from npm, which the tests and a bench need, and the page does not.

use crate::apt;
use crate::process::run_logged;
use crate::progress::{Step, trouble};
use crate::workspace::{Workspace, cache, create_dir};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A package of one version, and what it is for, as the end of a sentence about what is needed.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    name: &'static str,
    version: &'static str,
    purpose: &'static str,
}

/// Finds in a page what keeps people out of it.
pub const AXE: Package =
    Package { name: "axe-core", version: "4.14.1", purpose: "axe, which looks for what keeps people out of a page" };

/// CPython in wasm.
pub const PYODIDE: Package =
    Package { name: "pyodide", version: "314.0.7", purpose: "Pyodide, in which SimPy is timed in wasm" };

/// Debian's package of npm, for a machine without one.
const DEBIANS: [&str; 1] = ["npm"];

impl Package {
    /// The package's folder: the one in the user's cache, or else installed there.
    pub fn ensure(self, workspace: &Workspace) -> Result<PathBuf> {
        let Package { name, version, .. } = self;
        let folder = cache()?.join("tools").join(format!("{name}-{version}"));
        let package = folder.join("node_modules").join(name);
        if package.join("package.json").is_file() {
            return Ok(package);
        }
        let npm = self.npm(workspace)?;
        let step = Step::begin(format!("Installing {name} {version}, once on this machine"));
        // Beside its place until it is whole.
        let beside = folder.with_extension("partial");
        fs::remove_dir_all(&beside).ok();
        create_dir(&beside)?;
        let mut command = Command::new(npm);
        command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&beside);
        let log = workspace.scratch(&format!("{name}.log"))?;
        run_logged(&step, command.arg(format!("{name}@{version}")), &log)?;
        fs::remove_dir_all(&folder).ok();
        fs::rename(&beside, &folder)
            .with_context(|| format!("{} could not be put into its place.", folder.display()))?;
        step.done();
        Ok(package)
    }

    fn npm(self, workspace: &Workspace) -> Result<PathBuf> {
        if let Ok(npm) = which::which("npm") {
            return Ok(npm);
        }
        if apt::can_install() {
            match apt::install(workspace, &DEBIANS) {
                Ok(()) => return which::which("npm").context("npm was installed, and still is not on PATH."),
                Err(error) => trouble(format!("apt could not install npm: {error:#}")),
            }
        }
        bail!(
            "npm is needed on PATH, to install {}. On Debian type this, and then the same command again:\n  {}",
            self.purpose,
            apt::to_type(&DEBIANS)
        )
    }
}
