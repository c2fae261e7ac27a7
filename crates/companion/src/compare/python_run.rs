//! One run of a lesson's Python file. A small script of ours runs it, and tells how long it took in there: neither the
//! interpreter's start nor what it imports is in that.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use engine::time::Nanos;
use serde::Deserialize;

use super::interpreters::{ended, said};
use crate::calibrate::bounded;
use crate::scratch::Scratch;

const LAUNCHER: &str = include_str!("launcher.py");

/// What a run was measured to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// From the first line that it prints to its last.
    pub wall: Nanos,
    /// The CPU time of all its processes meanwhile.
    pub cpu: Nanos,
}

/// A file that is put down to be run.
pub struct PythonFile {
    folder: Scratch,
}

impl PythonFile {
    /// Puts `source` down.
    ///
    /// # Errors
    /// A clause about it, where the system gives no room for it.
    pub fn new(source: &str) -> Result<PythonFile, String> {
        let folder = Scratch::new()?;
        folder.put("launcher.py", LAUNCHER)?;
        folder.put("lesson.py", source)?;
        Ok(PythonFile { folder })
    }

    /// Runs it once with the interpreter at `python`, which is ended with all that it started after `most_time`.
    ///
    /// # Errors
    /// A clause about what went wrong.
    pub fn run(&self, python: &Path, most_time: Duration) -> Result<Took, String> {
        const GRACE: Duration = Duration::from_secs(5);
        let told = self.folder.path("told.json");
        // Of an earlier run.
        let _ = fs::remove_file(&told);
        let mut command = Command::new(python);
        command.arg("-I").arg(self.folder.path("launcher.py")).arg(self.folder.path("lesson.py")).arg(&told);
        command.arg((most_time + GRACE).as_secs_f64().to_string());
        let output = bounded::output_of_ours(&mut command, most_time)?;
        if !output.status.success() {
            // A traceback ends with what went wrong.
            return Err(format!("it {}", ended(output.status, said(&output).last())));
        }
        let told = fs::read(&told).map_err(|_| "it ended well, but has not told how long it took".to_owned())?;
        let told: Told =
            serde_json::from_slice(&told).map_err(|error| format!("what it told is no measurement ({error})"))?;
        Ok(Took { wall: Nanos(told.wall_ns), cpu: Nanos(told.cpu_ns) })
    }
}

#[derive(Deserialize)]
struct Told {
    wall_ns: u64,
    cpu_ns: u64,
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::interpreters::tests::fake;
    use super::*;

    /// What comes of a run by a script that stands in for an interpreter: `$4` is where it is to tell.
    fn run(script: &str, most_time: Duration) -> Result<Took, String> {
        let folder = tempfile::tempdir().unwrap();
        let python = fake(folder.path(), "python3", script);
        PythonFile::new("print()").unwrap().run(&python, most_time)
    }

    #[track_caller]
    fn check(script: &str, expected: Result<Took, &str>) {
        assert_eq!(run(script, Duration::from_secs(60)), expected.map_err(str::to_owned), "{script}");
    }

    #[test]
    fn a_run_is_measured_or_it_is_said_why_not() {
        let told = r#"echo '{"wall_ns": 5, "cpu_ns": 3}' > "$4""#;
        check(told, Ok(Took { wall: Nanos(5), cpu: Nanos(3) }));
        check("exit 0", Err("it ended well, but has not told how long it took"));
        check(r#"echo hello > "$4""#, Err("what it told is no measurement (expected value at line 1 column 1)"));
        check(
            "echo Traceback >&2; echo 'MemoryError' >&2; echo >&2; exit 1",
            Err("it ended with exit status: 1 (MemoryError)"),
        );
        check("kill -SEGV $$", Err("it ended with signal: 11 (SIGSEGV) (it said nothing)"));
        check("exec yes", Err("it prints more than 64 KiB, so it was ended"));
        // Whoever crashes leaves nobody behind that is waited for.
        check("sleep 300 & exit 1", Err("it ended with exit status: 1 (it said nothing)"));
    }

    #[test]
    fn a_run_that_hangs_is_ended_with_all_its_processes() {
        let hung = run("sleep 300 & wait", Duration::from_millis(100));
        assert_eq!(hung, Err("it has not ended after 0.1 s, so it was ended".to_owned()));
    }
}
