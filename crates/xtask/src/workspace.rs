//! Where things lie: the workspace's own folders, and the user's cache.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The checked-out workspace that the current folder is in.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace around the current folder, wherever it was when this program was built.
    pub fn locate() -> Result<Self> {
        let here = std::env::current_dir().context("The current folder cannot be read.")?;
        let root = here.ancestors().find(|folder| folder.join("crates/xtask/Cargo.toml").is_file());
        let root = root.context("This folder is not inside Interleave's workspace: go there and try again.")?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// The root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A build folder: the native one by default, one of its own for each kind of wasm, because different compiler flags
    /// in one folder throw each other's work away.
    pub fn target(&self, kind: Target) -> PathBuf {
        let target = self.root.join("target");
        match kind {
            Target::Native => target,
            Target::Page => target.join("page"),
            Target::Lab => target.join("lab"),
        }
    }

    /// The folder of the built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The sources of the threaded module.
    pub fn lab(&self) -> PathBuf {
        self.root.join("crates/lab")
    }

    /// The release binary of the companion.
    pub fn companion(&self) -> PathBuf {
        let name = format!("interleave{}", std::env::consts::EXE_SUFFIX);
        self.target(Target::Native).join("release").join(name)
    }

    /// A file of this program's own under the build folder, its folder made if need be.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target(Target::Native).join("xtask");
        create_dir(&folder)?;
        Ok(folder.join(name))
    }

    /// The version of a package in Cargo.lock.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).with_context(|| format!("{} could not be read.", path.display()))?;
        locked_version(&lock, package).with_context(|| {
            format!("Cargo.lock names no version of {package}: run `cargo update --workspace` and try again.")
        })
    }
}

/// What a build folder is for.
#[derive(Clone, Copy)]
pub enum Target {
    /// Programs for this machine.
    Native,
    /// The page's module, without threads.
    Page,
    /// The threaded module, and its tests.
    Lab,
}

/// The folder in the user's cache that keeps tools from one checkout to the next.
pub fn cache() -> Result<PathBuf> {
    let folder = dirs::cache_dir()
        .context("There is no cache folder for this user: set HOME or XDG_CACHE_HOME to a folder that can be written.")?
        .join("interleave");
    create_dir(&folder)?;
    Ok(folder)
}

/// Makes a folder and those above it.
pub fn create_dir(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("The folder {} could not be made: see that it can be written.", folder.display()))
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(after.strip_prefix("version = \"")?.strip_suffix('"')?.to_string())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn a_lock_file_is_asked_for_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"s\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
