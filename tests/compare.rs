//! `interleave compare` against a real CPython: what it measures, and what it says of interpreters that are none, crash or
//! hang. Times are never asserted.
//!
//! CPython is what the environment variable `PYTHON` names, else `python3`. Where there is none the test says so and passes.

mod companion;
#[cfg(unix)]
mod interrupts;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use companion::interleave;
use serde::Deserialize;
use serde_json::Value;

/// What `--json` prints, declared anew: a key that is renamed, missing or new is seen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    version: u32,
    params: BTreeMap<String, BTreeMap<String, Value>>,
    runs: usize,
    seed: u64,
    rows: Vec<Row>,
    unavailable: Vec<Unavailable>,
    left_out: Vec<Missing>,
    failed: Vec<Missing>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    lesson: String,
    model: String,
    python: String,
    path: PathBuf,
    gil: bool,
    predicted_s: f64,
    measured_s: f64,
    measured_s_min: f64,
    measured_s_max: f64,
    #[serde(deserialize_with = "Option::deserialize")]
    native_s: Option<f64>,
    predicted_cpu_s: f64,
    measured_cpu_s: f64,
    #[serde(deserialize_with = "Option::deserialize")]
    ratio: Option<f64>,
    bound_by: String,
    bound: f64,
    is_off: bool,
    warnings: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unavailable {
    python: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Missing {
    lesson: String,
    model: String,
    #[serde(deserialize_with = "Option::deserialize")]
    python: Option<String>,
    reason: String,
}

/// The file of a CPython that is new enough, and its version.
fn python() -> Option<(PathBuf, String)> {
    let named = std::env::var("PYTHON").ok();
    let command = named.clone().unwrap_or_else(|| "python3".to_owned());
    let asks = "import sys; print(sys.executable, '%d.%d.%d' % sys.version_info[:3], sep='\\n'); \
                sys.exit(sys.implementation.name != 'cpython' or sys.version_info < (3, 9))";
    let told = Command::new(&command).args(["-I", "-c", asks]).output().ok().filter(|told| told.status.success());
    assert!(told.is_some() || named.is_none(), "PYTHON is “{command}”, but it must be a CPython 3.9 or newer.");
    let told = text(&told?.stdout);
    let (path, version) = told.trim().split_once('\n')?;
    Some((path.into(), version.to_owned()))
}

#[test]
fn a_lesson_is_measured_in_cpython_and_what_cannot_be_is_said() {
    let Some((python, version)) = python() else {
        let _ = writeln!(std::io::stderr(), "There is no CPython 3.9 or newer here: nothing was compared with it.");
        return;
    };
    let mut call = interleave("compare delay-messages --set messages=ONE=0.1,TWO=0.2 --repeat 3 --seed 4 --json");
    let output = call.arg("--python").arg(&python).args(["--python", "/no/python"]).output().unwrap();
    let comparison = parse(&output);
    assert_eq!((comparison.version, comparison.runs, comparison.seed), (1, 3, 4));
    assert_eq!(comparison.params["delay-messages"]["messages"], "ONE=0.1,TWO=0.2");
    let models: Vec<&str> = comparison.rows.iter().map(|row| row.model.as_str()).collect();
    assert_eq!(models, ["sequential", "threads", "thread-pool", "event-loop", "process-pool"]);
    for row in &comparison.rows {
        assert_eq!((row.lesson.as_str(), row.python.as_str()), ("delay-messages", version.as_str()));
        assert_eq!((row.bound_by.as_str(), row.bound, row.native_s.is_some()), ("waiting", 0.15, true), "{row:?}");
        assert!(row.path.is_file() && (row.gil || version.as_str() > "3.13"), "{row:?}");
        let ratio = row.predicted_s / row.measured_s;
        assert_eq!(row.ratio, Some((ratio * 1e3).round() / 1e3), "{row:?}");
        assert_eq!(row.is_off, (ratio - 1.0).abs() > row.bound, "{row:?}");
        assert!(row.measured_s_min <= row.measured_s && row.measured_s <= row.measured_s_max, "{row:?}");
        for warning in &row.warnings {
            assert_eq!(warning["model"], row.model, "{row:?}");
            assert!(["too-short", "scatter", "busy"].map(Value::from).contains(&warning["kind"]), "{row:?}");
        }
        assert!(row.predicted_cpu_s >= 0.0 && row.measured_cpu_s >= 0.0, "{row:?}");
    }
    assert!(comparison.left_out.is_empty() && comparison.failed.is_empty(), "{comparison:?}");
    let [missing] = &comparison.unavailable[..] else { panic!("{comparison:?}") };
    let reason = "There is no such file: name a CPython 3.9 or later with --python.";
    assert_eq!((missing.python.as_str(), missing.reason.as_str()), ("/no/python", reason));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).ends_with(&format!("error: /no/python: {reason}\n")), "{}", text(&output.stderr));
}

/// A shell script that is a CPython until it is to run a lesson: then it does as `instead` says.
#[cfg(unix)]
fn faulty(folder: &Path, python: &Path, instead: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;

    let path = folder.join("faulty");
    let (own, python) = (path.display(), python.display());
    let answer = format!(r#"{{"executable":"{own}","implementation":"cpython","version":[3,9,0],"gil":true}}"#);
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n*launcher.py*) {instead} ;;\n*' -c '*) echo '{answer}' ;;\n*) exec '{python}' \"$@\" \
         ;;\nesac\n"
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
#[test]
fn a_run_that_crashes_or_hangs_is_said_and_does_not_stop_the_rest() {
    let Some((python, _)) = python() else {
        let _ = writeln!(std::io::stderr(), "There is no CPython 3.9 or newer here: nothing was compared with it.");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    // The file that has a pool crashes, the other one hangs.
    let instead = "if grep -q Pool \"$3\"; then echo 'no memory' >&2; exit 3; fi; sleep 300 & wait";
    let path = faulty(folder.path(), &python, instead);
    let mut call = interleave("compare fan-out --brief --repeat 1 --timeout 5 --json");
    let output =
        call.args(["--model", "threads", "--model", "thread-pool"]).arg("--python").arg(&path).output().unwrap();
    let comparison = parse(&output);
    let failed: Vec<_> = comparison.failed.iter().map(|one| (one.model.as_str(), one.reason.as_str())).collect();
    let hung = "A run of its Python file failed: it has not ended after 5 s, so it was ended.";
    let crashed = "A run of its Python file failed: it ended with exit status: 3 (no memory).";
    assert_eq!(failed, [("threads", hung), ("thread-pool", crashed)]);
    assert!(comparison.failed.iter().all(|one| one.lesson == "fan-out" && one.python.as_deref() == Some("3.9.0")));
    assert!(comparison.rows.is_empty() && output.status.code() == Some(1), "{comparison:?}");
    let said = text(&output.stderr);
    assert!(said.contains(&format!("error: fan-out on threads under CPython 3.9.0: {hung}\n")), "{said}");
}

/// Whichever way the program ends, the file that it runs ends with it, and is gone: at the latest when the next is put down.
#[cfg(target_os = "linux")]
#[test]
fn a_comparison_that_is_ended_leaves_no_interpreter_behind_and_no_file() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let Some((python, _)) = python() else {
        let _ = writeln!(std::io::stderr(), "There is no CPython 3.9 or newer here: nothing was compared with it.");
        return;
    };
    for (signal, code) in [(Signal::SIGTERM, Some(143)), (Signal::SIGKILL, None)] {
        let folder = tempfile::tempdir().unwrap();
        let is_empty = || std::fs::read_dir(folder.path()).unwrap().next().is_none();
        let mut call = interleave("compare delay-messages --model process-pool --set messages=A=60,B=60 --repeat 1");
        let call = call.arg("--python").arg(&python).env("TMPDIR", folder.path());
        let call = call.stdout(Stdio::null()).stderr(Stdio::null());
        let mut comparison = call.spawn().unwrap();
        // The file prints before it waits, but nobody can see that: its pool of two is seen.
        let at_work = until(|| {
            let runs = launched_by(comparison.id());
            (runs.len() == 3).then_some(runs)
        });
        kill(Pid::from_raw(comparison.id() as i32), signal).unwrap();
        assert_eq!(comparison.wait().unwrap().code(), code);
        until(|| at_work.iter().all(|process| !is_running(*process)).then_some(()));
        assert_eq!(is_empty(), code.is_some());
        let mut next = interleave("compare delay-messages --model sequential --set messages=A=0.01 --repeat 1 --json");
        let output = next.arg("--python").arg(&python).env("TMPDIR", folder.path()).output().unwrap();
        assert!(parse(&output).rows.len() == 1 && is_empty(), "{:?}", std::fs::read_dir(folder.path()).unwrap().next());
    }
}

#[cfg(unix)]
#[test]
fn what_was_compared_before_an_interruption_is_told() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let Some((python, _)) = python() else {
        let _ = writeln!(std::io::stderr(), "There is no CPython 3.9 or newer here: nothing was compared with it.");
        return;
    };
    interrupts::are_heard();
    let folder = tempfile::tempdir().unwrap();
    let (fifo, put_down) = (folder.path().join("fifo"), folder.path().join("tmp"));
    std::fs::create_dir(&put_down).unwrap();
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    // The file that has a pool says that it was begun, and hangs.
    let instead = format!(
        r#"if grep -q Pool "$3"; then echo > '{}'; exec sleep 300; fi; exec '{}' "$@""#,
        fifo.display(),
        python.display()
    );
    let path = faulty(folder.path(), &python, &instead);
    for (models, compared) in [("--model threads --model thread-pool", 1), ("--model thread-pool", 0)] {
        let mut call = interleave(&format!("compare fan-out --brief --repeat 1 --json {models}"));
        let call = call.arg("--python").arg(&path).env("TMPDIR", &put_down);
        let comparison = call.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        assert_eq!(std::fs::read(&fifo).unwrap(), b"\n");
        kill(Pid::from_raw(comparison.id() as i32), Signal::SIGINT).unwrap();
        let output = comparison.wait_with_output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(std::fs::read_dir(&put_down).unwrap().next().is_none());
        if compared == 0 {
            assert!(said.ends_with("error: Interrupted before anything was compared: there is no table.\n"), "{said}");
            assert_eq!(text(&output.stdout), "");
        } else {
            assert!(said.ends_with("error: Interrupted: the table has only what was compared by then.\n"), "{said}");
            let table = parse(&output);
            assert_eq!((table.rows[0].model.as_str(), table.rows.len(), table.failed.len()), ("threads", 1, 0));
        }
    }
}

/// The process of the launcher that `parent` has started, and those of its group.
#[cfg(target_os = "linux")]
fn launched_by(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<u32> = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let is_launcher = |process: &u32| {
        let words = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        text(&words).contains("launcher.py") && fields(*process).is_some_and(|[_, of, _]| of == parent.to_string())
    };
    let Some(group) = all.iter().copied().find(is_launcher) else { return Vec::new() };
    all.into_iter().filter(|process| fields(*process).is_some_and(|[_, _, of]| of == group.to_string())).collect()
}

/// Whether it is there and has not ended.
#[cfg(target_os = "linux")]
fn is_running(process: u32) -> bool {
    fields(process).is_some_and(|[state, ..]| state != "Z")
}

/// A process's state, parent and group.
#[cfg(target_os = "linux")]
fn fields(process: u32) -> Option<[String; 3]> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').map(str::to_owned);
    Some([fields.next()?, fields.next()?, fields.next()?])
}

#[cfg(target_os = "linux")]
#[track_caller]
fn until<T>(mut has_come: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(90) {
        if let Some(it) = has_come() {
            return it;
        }
        std::thread::yield_now();
    }
    panic!("what is waited for has not come");
}

#[test]
fn wrong_words_are_refused_before_anything_is_asked() {
    for (words, complaint) in [
        ("compare delay", "lesson: got “delay”, but it must be one of "),
        (
            "compare gil --set cores=2",
            "cores: got “2”, but it must be left out: a comparison has the cores of this machine.",
        ),
        ("compare all --set work=2", "--set: got “work=2”, but it must be left out with all: "),
        ("compare gil --timeout 0", "--timeout: got “0”, but it must be a time longer than nothing."),
        ("compare gil --repeat 0", "--repeat: got “0”, but it must be a whole number from 1 to 100."),
        ("compare gil --model fibres", "--model: got “fibres”, but it must be one of "),
    ] {
        let output = interleave(words).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words}: {said}");
        assert!(said.starts_with(&format!("error: {complaint}")), "{words}: {said}");
    }
}

#[test]
fn without_a_cpython_there_is_nothing_to_compare_with() {
    let empty = tempfile::tempdir().unwrap();
    let output = interleave("compare gil --json").env("PATH", empty.path()).output().unwrap();
    let comparison = parse(&output);
    assert!(comparison.rows.is_empty() && comparison.unavailable.is_empty(), "{comparison:?}");
    let said = "error: There is no CPython to compare with: name one, 3.9 or later, with --python.\n";
    assert!(output.status.code() == Some(1) && text(&output.stderr).ends_with(said), "{}", text(&output.stderr));
}

#[track_caller]
fn parse(output: &Output) -> Comparison {
    let said = text(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}{said}", text(&output.stdout)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
