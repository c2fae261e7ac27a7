//! Which CPythons there are: those that were named, or all on the PATH, each asked what it is.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::time::Duration;

use serde::Deserialize;

use crate::calibrate::bounded;

const QUESTION: &str = include_str!("ask.py");

/// An interpreter answers within milliseconds, on a busy machine within a second.
const MOST_TIME: Duration = Duration::from_secs(20);

/// The oldest CPython that the lessons' files are written for.
const OLDEST: (u32, u32) = (3, 9);

/// A CPython that can run the lessons' files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// Where it is: the file that links and shims lead to.
    pub path: PathBuf,
    /// Its version, such as `3.11.7`.
    pub version: String,
    /// Whether threads take turns in it.
    pub has_gil: bool,
}

/// What was named or found, and cannot be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// Its path, as it was named or found.
    pub python: String,
    /// Why not, as a sentence.
    pub reason: String,
}

/// What can be compared with and what cannot: of `named` paths, or where none is, of all pythons on the PATH.
pub fn find(named: &[PathBuf]) -> (Vec<Interpreter>, Vec<Unavailable>) {
    let candidates = if named.is_empty() { on_the_path() } else { named.to_vec() };
    let (mut interpreters, mut unavailable) = (Vec::<Interpreter>::new(), Vec::new());
    for path in candidates {
        match ask(&path) {
            // Several names of one interpreter are one interpreter.
            Ok(found) if interpreters.contains(&found) => {}
            Ok(found) => interpreters.push(found),
            Err(reason) => unavailable.push(Unavailable { python: path.display().to_string(), reason }),
        }
    }
    (interpreters, unavailable)
}

/// Every file that has the name of a python, in the order of the PATH; each file once, whatever links lead to it.
fn on_the_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for folder in env::split_paths(&path) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file() && is_named_python(path)).collect();
        files.sort();
        found.extend(
            files.into_iter().filter(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone()))),
        );
    }
    found
}

/// Whether a file is called `python`, `python3`, `python3.11` or, where there is no GIL, `python3.13t`.
fn is_named_python(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.strip_suffix(env::consts::EXE_SUFFIX).unwrap_or(name);
    let Some(version) = name.strip_prefix("python") else { return false };
    match version.strip_prefix("3.") {
        Some(minor) => {
            let minor = minor.strip_suffix('t').unwrap_or(minor);
            !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => version.is_empty() || version == "3",
    }
}

/// What an interpreter says of itself.
#[derive(Deserialize)]
struct Answer {
    executable: String,
    implementation: String,
    version: [u32; 3],
    gil: bool,
}

/// What is at `path`.
///
/// # Errors
/// Why no lesson can be run with it, as a sentence.
fn ask(path: &Path) -> Result<Interpreter, String> {
    const MEND: &str = "name a CPython 3.9 or later with --python";
    if !path.is_file() {
        let what = if path.is_dir() { "That is a folder" } else { "There is no such file" };
        return Err(format!("{what}: {MEND}."));
    }
    let mut command = Command::new(path);
    // Without what is installed beside Python, which answers no question.
    let output = bounded::output(command.args(["-I", "-S", "-c", QUESTION]), MOST_TIME)
        .map_err(|reason| format!("Asked what it is, {reason}: {MEND}."))?;
    if !output.status.success() {
        // A shim of pyenv says first what is wrong, and then much else.
        return Err(format!("Asked what it is, it {}: {MEND}.", ended(output.status, said(&output).first())));
    }
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("Asked what it is, it does not answer as a Python does: {MEND}."))?;
    let [major, minor, micro] = answer.version;
    let version = format!("{major}.{minor}.{micro}");
    if answer.implementation != "cpython" {
        return Err(format!("It is {} {version} and no CPython: {MEND}.", answer.implementation));
    }
    if (major, minor) < OLDEST {
        return Err(format!("It is CPython {version}, but the lessons' files are written for 3.9 or later: {MEND}."));
    }
    let executable = if answer.executable.is_empty() { path.to_owned() } else { answer.executable.into() };
    let path = fs::canonicalize(&executable).unwrap_or(executable);
    Ok(Interpreter { path, version, has_gil: answer.gil })
}

/// The lines that a program printed on standard error, without empty ones.
pub fn said(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// How a program ended that failed, and what it said: "ended with exit status: 1 (no memory)".
pub fn ended(status: ExitStatus, said: Option<&String>) -> String {
    format!("ended with {status} ({})", said.map_or("it said nothing", String::as_str))
}

#[cfg(all(test, unix))]
pub mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Something that stands in for an interpreter: a shell script at this path.
    pub fn fake(folder: &Path, name: &str, script: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn says(answer: &str) -> String {
        format!("echo '{answer}'")
    }

    fn answer(executable: &str, implementation: &str, version: &str) -> String {
        says(&format!(
            r#"{{"executable": "{executable}", "implementation": "{implementation}", "version": {version}, "gil": true}}"#
        ))
    }

    #[track_caller]
    fn check_unavailable(script: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = fake(folder.path(), "python3", script);
        let (found, unavailable) = find(std::slice::from_ref(&path));
        let expected = format!("{expected}: name a CPython 3.9 or later with --python.");
        assert_eq!(found, []);
        assert_eq!(unavailable, [Unavailable { python: path.display().to_string(), reason: expected }]);
    }

    #[test]
    fn what_cannot_be_compared_with_is_said_and_why() {
        check_unavailable(
            &answer("", "cpython", "[3, 8, 18]"),
            "It is CPython 3.8.18, but the lessons' files are written for 3.9 or later",
        );
        check_unavailable(
            &answer("", "cpython", "[2, 7, 18]"),
            "It is CPython 2.7.18, but the lessons' files are written for 3.9 or later",
        );
        check_unavailable(&answer("", "pypy", "[3, 10, 1]"), "It is pypy 3.10.1 and no CPython");
        check_unavailable("echo hello", "Asked what it is, it does not answer as a Python does");
        check_unavailable(
            "echo 'pyenv: python3.6: command not found' >&2; echo 'Note: see its help' >&2; exit 127",
            "Asked what it is, it ended with exit status: 127 (pyenv: python3.6: command not found)",
        );
        check_unavailable("kill -SEGV $$", "Asked what it is, it ended with signal: 11 (SIGSEGV) (it said nothing)");
        check_unavailable("exec yes", "Asked what it is, it prints more than 64 KiB, so it was ended");
        let (found, unavailable) = find(&["/no/python".into()]);
        assert_eq!((found.len(), unavailable[0].reason.starts_with("There is no such file: ")), (0, true));
    }

    #[test]
    fn one_interpreter_of_several_names_is_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let real = fake(folder.path(), "real", &answer("", "cpython", "[3, 12, 1]"));
        let said = answer(&real.display().to_string(), "cpython", "[3, 12, 1]");
        let names = ["python", "python3", "python3.12"].map(|name| fake(folder.path(), name, &said));
        let (found, unavailable) = find(&names);
        let path = fs::canonicalize(real).unwrap();
        assert_eq!(found, [Interpreter { path, version: "3.12.1".to_owned(), has_gil: true }]);
        assert_eq!(unavailable, []);
    }

    #[test]
    fn pythons_are_known_by_their_names() {
        let named = |name: &str| is_named_python(Path::new(name));
        assert!(["python", "python3", "/usr/bin/python3.9", "python3.13t", "python3.14"].into_iter().all(named));
        let others =
            ["python2", "python2.7", "python3-config", "python3.6m", "python3.", "python3.t", "pythonw", "idle3"];
        assert!(!others.into_iter().any(named));
    }
}
