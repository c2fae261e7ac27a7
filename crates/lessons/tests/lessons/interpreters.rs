//! Which CPythons this machine has for the lessons' files.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest that the files are written for.
const OLDEST: (u32, u32) = (3, 9);

/// The command of the one that is named, or of the usual one, where it is new enough.
pub fn named() -> Option<String> {
    let named = env::var("PYTHON").ok();
    let command = named.clone().unwrap_or_else(|| "python3".to_owned());
    let is_new_enough = version(&command).is_some();
    assert!(is_new_enough || named.is_none(), "PYTHON is “{command}”, but it must be a CPython 3.9 or newer.");
    is_new_enough.then_some(command)
}

/// The command of the oldest that is found, where that is older than the one that `python` calls.
pub fn oldest_but(python: &str) -> Option<String> {
    let found = candidates().into_iter().filter_map(|path| {
        let command = path.to_str()?.to_owned();
        Some((version(&command)?, command))
    });
    let (oldest, command) = found.min()?;
    (oldest < version(python)?).then_some(command)
}

/// Its version, if it is a CPython that is new enough.
fn version(command: &str) -> Option<(u32, u32)> {
    let asks = "import sys; print(sys.implementation.name, *sys.version_info[:2])";
    let told = Command::new(command).args(["-I", "-S", "-c", asks]).output().ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let mut words = told.split_whitespace();
    let is_cpython = words.next() == Some("cpython");
    let version = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (is_cpython && version >= OLDEST).then_some(version)
}

/// What is called `python3.9` and the like on the PATH, and beside the shims of a manager of versions, which name those too that
/// are not in use.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).flat_map(|folder| {
        let versions = folder.ends_with("shims").then(|| folder.with_file_name("versions"));
        let beside = versions.into_iter().flat_map(|versions| entries(&versions)).map(|version| version.join("bin"));
        beside.chain([folder.clone()]).collect::<Vec<_>>()
    });
    folders.flat_map(|folder| entries(&folder)).filter(|file| is_named_python(file)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn is_named_python(file: &Path) -> bool {
    let name = file.file_stem().filter(|_| env::consts::EXE_SUFFIX == ".exe").or(file.file_name());
    let minor = name.and_then(|name| name.to_str()?.strip_prefix("python3."));
    minor.is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}
