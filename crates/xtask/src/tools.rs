//! The programs that building the page needs: trunk and wasm-bindgen, each in one exact version.

use crate::environment::native_cargo;
use crate::process::{answer, run_logged};
use crate::progress::Step;
use crate::workspace::{Workspace, cache, create_dir};
use anyhow::{Context, Result};
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The last trunk that the workspace's compiler builds.
const TRUNK: &str = "0.21.14";

/// A release that is built fast rather than made fast: these programs run for seconds.
const PROFILE: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];

/// Where the tools are.
pub struct Tools {
    /// Bundles the page.
    pub trunk: PathBuf,
    /// Makes the JavaScript side of a module.
    pub wasm_bindgen: PathBuf,
    /// Runs a module's tests in a browser.
    pub test_runner: PathBuf,
}

impl Tools {
    /// The tools that are on PATH or in the user's cache, or else built there.
    pub fn ensure(workspace: &Workspace) -> Result<Self> {
        let wasm_bindgen = Tool::wasm_bindgen(workspace)?.ensure(workspace)?;
        Ok(Self {
            trunk: Tool::trunk().ensure(workspace)?,
            test_runner: wasm_bindgen.with_file_name(format!("wasm-bindgen-test-runner{EXE_SUFFIX}")),
            wasm_bindgen,
        })
    }
}

/// One tool: a package whose first program tells its version.
struct Tool {
    package: &'static str,
    programs: &'static [&'static str],
    version: String,
    options: &'static [&'static str],
}

impl Tool {
    fn trunk() -> Self {
        Self {
            package: "trunk",
            programs: &["trunk"],
            version: TRUNK.to_string(),
            options: &["--locked", "--no-default-features"],
        }
    }

    /// Without `--locked`: the set of versions that it was published with does not resolve on a mirror that lags.
    fn wasm_bindgen(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            package: "wasm-bindgen-cli",
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            version: workspace.locked_version("wasm-bindgen")?,
            options: &[],
        })
    }

    /// The tool's first program; the others lie beside it.
    fn ensure(&self, workspace: &Workspace) -> Result<PathBuf> {
        let root = cache()?.join("tools").join(format!("{}-{}", self.package, self.version));
        let kept = self.first_in(&root.join("bin"));
        if self.is_whole(&kept) {
            return Ok(kept);
        }
        let on_path = which::which_all(self.programs[0]).into_iter().flatten();
        if let Some(path) = on_path.into_iter().find(|path| self.is_whole(path) && self.is_this_version(path)) {
            return Ok(path);
        }
        self.build(workspace, &root)?;
        Ok(kept)
    }

    fn first_in(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}{EXE_SUFFIX}", self.programs[0]))
    }

    fn is_whole(&self, first: &Path) -> bool {
        self.programs.iter().all(|name| first.with_file_name(format!("{name}{EXE_SUFFIX}")).is_file())
    }

    fn is_this_version(&self, path: &Path) -> bool {
        let told = answer(Command::new(path).arg("--version"));
        told.is_some_and(|told| told.split_whitespace().any(|word| word == self.version))
    }

    fn build(&self, workspace: &Workspace, root: &Path) -> Result<()> {
        let title = format!("Building {} {}, once on this machine (some minutes)", self.package, self.version);
        let step = Step::begin(title);
        create_dir(root)?;
        let mut command = native_cargo(workspace);
        command.args(["install", self.package, "--version", &self.version]).args(self.options);
        command.arg("--root").arg(root).envs(PROFILE);
        // A folder of its own, which goes with the step: the workspace's lock and lint settings are not for a tool.
        let target = root.join("building");
        command.env("CARGO_TARGET_DIR", &target);
        let log = root.join("install.log");
        run_logged(&step, &mut command, &log)
            .with_context(|| format!("{} {} could not be built.", self.package, self.version))?;
        std::fs::remove_dir_all(&target).ok();
        step.done();
        Ok(())
    }
}
