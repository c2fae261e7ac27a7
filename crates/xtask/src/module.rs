//! The modules of the page, each in a folder of its own: the page's, which is cut in two, and the threaded one.

use crate::environment::wasm_cargo;
use crate::folder::{emptied, put_named_after_content};
use crate::halves;
use crate::process::run_aloud;
use crate::progress::Step;
use crate::setup::Needs;
use crate::workspace::{Target, Workspace};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// The page itself, without threads.
    Page,
    /// The threaded one.
    Lab,
}

impl Module {
    /// All of them.
    pub const ALL: [Module; 2] = [Module::Page, Module::Lab];

    /// What the name of its folder begins with.
    pub fn folder(self) -> &'static str {
        match self {
            Module::Page => "page-",
            Module::Lab => "lab-",
        }
    }

    /// Builds it and puts all that belongs to it into its folder.
    pub fn put(self, workspace: &Workspace, needs: &Needs, staging: &Path) -> Result<()> {
        let step = Step::begin(match self {
            Module::Page => "Building the page's module",
            Module::Lab => "Building the threaded module",
        });
        let compiled = self.compile(workspace, needs)?;
        let bound = emptied(workspace.target(self.target()).join("bound"))?;
        match self {
            Module::Page => {
                let first = halves::cut(&compiled, &bound, &self.script())?;
                self.bind(needs, &first, &bound)?;
            }
            Module::Lab => self.bind(needs, &compiled, &bound)?,
        }
        add(&workspace.root().join(self.worker()), &bound)?;
        put_named_after_content(&bound, staging, self.folder().trim_end_matches('-'))?;
        step.done();
        Ok(())
    }

    fn target(self) -> Target {
        match self {
            Module::Page => Target::Page,
            Module::Lab => Target::Lab,
        }
    }

    fn package(self) -> &'static str {
        match self {
            Module::Page => "web",
            Module::Lab => "lab",
        }
    }

    /// How it is compiled: Cargo.toml says it.
    fn profile(self) -> &'static str {
        match self {
            Module::Page => "page",
            Module::Lab => "lab",
        }
    }

    /// The name of its JavaScript side.
    fn script(self) -> String {
        format!("{}.js", self.package())
    }

    /// The script beside it that starts it in a Worker.
    fn worker(self) -> &'static str {
        match self {
            Module::Page => "web/predictor.js",
            Module::Lab => "crates/lab/coordinator.js",
        }
    }

    fn compile(self, workspace: &Workspace, needs: &Needs) -> Result<PathBuf> {
        let mut cargo = wasm_cargo(workspace, &needs.toolchain, &needs.tools, self.target())?;
        let (package, profile) = (self.package(), self.profile());
        cargo.args(["build", "--package", package, "--target", "wasm32-unknown-unknown", "--profile", profile]);
        cargo.arg(if self == Module::Lab { "--lib" } else { "--bins" });
        run_aloud(&mut cargo)?;
        let built = workspace.target(self.target()).join("wasm32-unknown-unknown").join(profile);
        Ok(built.join(format!("{package}.wasm")))
    }

    fn bind(self, needs: &Needs, module: &Path, out: &Path) -> Result<()> {
        let mut bindgen = Command::new(&needs.tools.wasm_bindgen);
        bindgen.args(["--remove-name-section", "--remove-producers-section"]);
        if self == Module::Page {
            // The later half shares the table of functions.
            bindgen.arg("--keep-lld-exports");
        }
        bindgen.args(["--target", "web", "--no-typescript", "--out-name", self.package(), "--out-dir"]);
        run_aloud(bindgen.arg(out).arg(module))
    }
}

fn add(script: &Path, bound: &Path) -> Result<()> {
    let name = script.file_name().unwrap_or_default();
    fs::copy(script, bound.join(name)).map(drop).with_context(|| {
        format!("{} could not be copied: without it the page cannot start its Workers.", script.display())
    })
}

#[cfg(test)]
mod tests {
    use super::add;
    use std::env::temp_dir;

    #[test]
    fn a_module_without_its_script_is_not_shipped() {
        let error = add(&temp_dir().join("no-such-folder/coordinator.js"), &temp_dir()).expect_err("nothing to copy");
        assert!(error.to_string().contains("coordinator.js could not be copied: without it"), "{error}");
    }
}
