//! The compiler for wasm: the first on this machine that has the standard library's sources and a linker for wasm.

use crate::process::answer;
use crate::progress::{Step, note, trouble};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod install;

/// A compiler that can build wasm from the standard library's sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Toolchain {
    /// The compiler itself, not rustup's proxy for it.
    pub rustc: PathBuf,
    /// The cargo that belongs to it.
    pub cargo: PathBuf,
    /// Its version.
    pub version: Version,
}

impl Toolchain {
    /// The folder of its programs.
    pub fn bin(&self) -> Option<&Path> {
        self.rustc.parent()
    }

    /// The toolchain that was found before on this machine, if it still serves.
    pub fn recorded(workspace: &Workspace) -> Option<Self> {
        let path = fs::read_to_string(record(workspace).ok()?).ok()?;
        examine(Path::new(path.trim()))?.serves().cloned()
    }

    /// The toolchain recorded before, or else found, or else installed; it is recorded for the next time.
    pub fn ensure(workspace: &Workspace) -> Result<Self> {
        if let Some(toolchain) = Self::recorded(workspace) {
            return Ok(toolchain);
        }
        let step = Step::begin("Looking for a compiler with library sources and a linker for wasm");
        let candidates = search();
        step.done();
        let toolchain = match first_serving(&candidates) {
            Some(toolchain) => toolchain.clone(),
            None => {
                for candidate in &candidates {
                    trouble(candidate.told());
                }
                install::sources(workspace, &candidates)?
            }
        };
        note(format!("Compiler for wasm: {}, {}", toolchain.version, toolchain.rustc.display()));
        fs::write(record(workspace)?, toolchain.rustc.to_string_lossy().as_bytes())?;
        Ok(toolchain)
    }

    /// Whether it has a clippy of its own, after installing it where that is a package away.
    pub fn ensure_clippy(&self, workspace: &Workspace) -> bool {
        install::clippy(workspace, self)
    }

    fn has_clippy(&self) -> bool {
        let beside = |name| self.rustc.with_file_name(format!("{name}{}", env::consts::EXE_SUFFIX)).is_file();
        beside("cargo-clippy") && beside("clippy-driver")
    }
}

/// A compiler's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u32; 3]);

impl Version {
    /// The version that the workspace asks for.
    pub fn wanted() -> Self {
        Self::parse(env!("CARGO_PKG_RUST_VERSION")).unwrap_or(Self([0; 3]))
    }

    /// Reads "1.95", "1.95.0" or "1.98.0-nightly".
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.split('-').next()?;
        let mut parts = [0; 3];
        for (index, part) in number.split('.').enumerate() {
            *parts.get_mut(index)? = part.parse().ok()?;
        }
        Some(Self(parts))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        let [major, minor, patch] = self.0;
        write!(out, "{major}.{minor}.{patch}")
    }
}

/// A compiler on this machine, and what it lacks.
#[derive(Debug)]
struct Candidate {
    toolchain: Toolchain,
    has_sources: bool,
    has_linker: bool,
}

impl Candidate {
    fn serves(&self) -> Option<&Toolchain> {
        (self.is_new_enough() && self.has_sources && self.has_linker).then_some(&self.toolchain)
    }

    fn is_new_enough(&self) -> bool {
        self.toolchain.version >= Version::wanted()
    }

    fn told(&self) -> String {
        let wanted = format!("is older than {}", Version::wanted());
        let lacks = [
            (self.is_new_enough(), wanted.as_str()),
            (self.has_sources, "has no library sources"),
            (self.has_linker, "has no linker for wasm"),
        ];
        let lacks: Vec<_> = lacks.iter().filter(|(met, _)| !met).map(|(_, lack)| *lack).collect();
        format!("{} in {} {}", self.toolchain.version, self.toolchain.rustc.display(), lacks.join(", "))
    }
}

/// Where rustup keeps its toolchains, whether or not there is a rustup.
pub fn rustup_home() -> Option<PathBuf> {
    env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(|| Some(dirs::home_dir()?.join(".rustup")))
}

fn record(workspace: &Workspace) -> Result<PathBuf> {
    workspace.scratch("compiler")
}

/// Every compiler on this machine: those on PATH, rustup's, and the system's, which PATH may leave out.
fn search() -> Vec<Candidate> {
    let on_path = which::which_all("rustc").into_iter().flatten();
    let toolchains = rustup_home().and_then(|home| fs::read_dir(home.join("toolchains")).ok());
    let mut rustups: Vec<_> = toolchains.into_iter().flatten().flatten().map(|entry| rustc_in(&entry.path())).collect();
    rustups.sort();

    let mut candidates: Vec<Candidate> = Vec::new();
    for rustc in on_path.chain(rustups).chain([rustc_in(Path::new("/usr"))]) {
        let Some(candidate) = examine(&rustc) else {
            continue;
        };
        if candidates.iter().all(|known| known.toolchain != candidate.toolchain) {
            candidates.push(candidate);
        }
    }
    candidates
}

fn first_serving(candidates: &[Candidate]) -> Option<&Toolchain> {
    candidates.iter().find_map(Candidate::serves)
}

/// Asks a compiler, or rustup's proxy for one, who it is; nothing if it does not answer or has no cargo.
fn examine(rustc: &Path) -> Option<Candidate> {
    let told = answer(Command::new(rustc).arg("-vV"))?;
    let field = |name: &str| told.lines().find_map(|line| line.strip_prefix(name));
    let version = Version::parse(field("release: ")?)?;
    let host = field("host: ")?;
    let sysroot = PathBuf::from(answer(Command::new(rustc).args(["--print", "sysroot"]))?).canonicalize().ok()?;
    let rustc = rustc_in(&sysroot);
    let cargo = rustc.with_file_name(format!("cargo{}", env::consts::EXE_SUFFIX));
    if !rustc.is_file() || !cargo.is_file() {
        return None;
    }
    let rust_lld = format!("rust-lld{}", env::consts::EXE_SUFFIX);
    let linkers = [sysroot.join("lib/rustlib").join(host).join("bin").join(&rust_lld), rustc.with_file_name(&rust_lld)];
    Some(Candidate {
        has_sources: sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file(),
        has_linker: linkers.iter().any(|linker| linker.is_file()),
        toolchain: Toolchain { rustc, cargo, version },
    })
}

fn rustc_in(sysroot: &Path) -> PathBuf {
    sysroot.join("bin").join(format!("rustc{}", env::consts::EXE_SUFFIX))
}

/// Searches again after something was installed.
fn found_after_installing(what: &str) -> Result<Toolchain> {
    let candidates = search();
    if let Some(toolchain) = first_serving(&candidates) {
        return Ok(toolchain.clone());
    }
    let told: Vec<_> = candidates.iter().map(Candidate::told).collect();
    bail!("{what} was installed, and still no compiler serves:\n{}", told.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Toolchain, Version, first_serving};

    fn candidate(version: &str, has_sources: bool, has_linker: bool) -> Candidate {
        Candidate {
            toolchain: Toolchain {
                rustc: "rustc".into(),
                cargo: "cargo".into(),
                version: Version::parse(version).expect("a version"),
            },
            has_sources,
            has_linker,
        }
    }

    #[test]
    fn versions_are_read_and_ordered_by_number() {
        assert_eq!(Version::parse("1.95"), Some(Version([1, 95, 0])));
        assert_eq!(Version::parse("1.98.1-nightly"), Some(Version([1, 98, 1])));
        assert!(Version::parse("1.100.0") > Version::parse("1.95.0"));
        for wrong in ["", "one", "1.2.3.4", "1..2"] {
            assert_eq!(Version::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_first_compiler_that_lacks_nothing_is_taken() {
        let candidates = [
            candidate("1.40.0", true, true),
            candidate("1.999.0", false, true),
            candidate("1.998.0", true, false),
            candidate("1.997.0", true, true),
            candidate("1.999.0", true, true),
        ];
        let taken = first_serving(&candidates).map(|toolchain| toolchain.version);
        assert_eq!(taken, Version::parse("1.997.0"));
        assert_eq!(candidates[0].told(), format!("1.40.0 in rustc is older than {}", Version::wanted()));
    }
}
