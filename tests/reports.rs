//! What a run leaves behind: files of its report, and a line for each run as soon as it is over. The lines are read
//! into types of this file's own, so that a key that is renamed, missing or new is seen.

mod companion;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use companion::interleave;
use serde::Deserialize;
use serde_json::Value;

/// How long something that must happen may take before the test gives up. It is never waited out where all is well.
const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    version: u32,
    lesson: String,
    params: BTreeMap<String, Value>,
    seed: u64,
    speed: f64,
    costs: String,
    gil: bool,
    clock: String,
    models: Vec<String>,
    repeat: usize,
    warm_up: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    model: String,
    run: usize,
    #[serde(deserialize_with = "Option::deserialize")]
    wall_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    cpu_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    user_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    system_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    switches: Option<Switches>,
    #[serde(deserialize_with = "Option::deserialize")]
    peak_memory_bytes: Option<u64>,
    #[serde(deserialize_with = "Option::deserialize")]
    busy: Option<f64>,
    workers: usize,
    most_threads: usize,
    most_processes: usize,
    #[serde(deserialize_with = "Option::deserialize")]
    requests: Option<Requests>,
    #[serde(deserialize_with = "Option::deserialize")]
    messages: Option<Messages>,
    warnings: Vec<Warning>,
    ending: String,
    outcome: BTreeMap<String, i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Requests {
    answered: usize,
    p50_s: f64,
    p95_s: f64,
    p99_s: f64,
    #[serde(deserialize_with = "Option::deserialize")]
    per_s: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    count: u64,
    bytes: u64,
    took_s: f64,
    lost_jobs: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Warning {
    kind: String,
    model: String,
    text: String,
    cores: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Switches {
    voluntary: u64,
    involuntary: u64,
}

#[test]
fn a_report_is_written_to_every_file_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let words = "run delay-messages --clock virtual --model sequential --model threads";
    let mut run = interleave(words);
    for name in ["a.json", "a.csv", "a.md", "a.html", "b.HTML"] {
        run.arg("--report").arg(path(name));
    }
    let output = run.output().unwrap();
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""));
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    let json = interleave(&format!("{words} --json")).output().unwrap().stdout;
    assert_eq!(read("a.json").as_bytes(), json);
    assert!(read("a.csv").starts_with("lesson,model,clock,") && read("a.csv").contains(",\"TWO=2,THREE=3\","));
    assert!(read("a.md").starts_with("# Waiting in turn") && read("a.md").contains("| threads | 3."));
    assert!(read("a.html").starts_with("<!DOCTYPE html>") && read("a.html").ends_with("</html>\n"));
    assert_eq!(read("a.html"), read("b.HTML"));
}

#[test]
fn a_file_of_another_kind_is_refused_with_all_other_complaints() {
    let output = interleave("run delay-messages --warm-up x --seed -1 --report report.txt").output().unwrap();
    let complaints = [
        "--seed: got “-1”, but it must be a whole number from 0 to 18446744073709551615. Did you mean 0?",
        "--warm-up: got “x”, but it must be a whole number from 0 to 1000.",
        "--report: got “report.txt”, but it must be the name of a file that ends in .json, .csv, .md or .html. Did you \
         mean report.html?",
    ];
    let expected: String = complaints.map(|complaint| format!("error: {complaint}\n")).concat();
    assert_eq!((output.status.code(), output.stdout.len(), said(&output)), (Some(2), 0, expected));
    let output = interleave("run delay-messages --out a.json --report a.json --report b.json").output().unwrap();
    let complaint = "error: --report: got “a.json”, but it must be a file of its own: --out is written to this one.\n";
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(2), complaint));
}

#[test]
fn each_run_is_a_line_behind_the_line_that_says_what_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.jsonl");
    std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
    let words =
        "run delay-messages --speed 500 --repeat 3 --seed 5 --model sequential --model process-pool --json --out";
    let output = interleave(words).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let (head, runs) = lines(&path);
    assert_eq!((head.format.as_str(), head.version, head.lesson.as_str()), ("interleave-runs", 1, "delay-messages"));
    assert_eq!((head.seed, head.speed, head.costs.as_str(), head.clock.as_str()), (5, 500.0, "cpython", "real"));
    assert_eq!((head.repeat, head.warm_up, head.params["workers"].clone()), (3, 1, Value::from(2)));
    assert_eq!(head.models, ["sequential", "process-pool"]);
    let numbered: Vec<(&str, usize)> = runs.iter().map(|run| (run.model.as_str(), run.run)).collect();
    let expected = head.models.iter().flat_map(|model| (1..=3).map(move |run| (model.as_str(), run)));
    assert_eq!(numbered, expected.collect::<Vec<_>>());
    assert!(runs.iter().all(|run| run.ending == "completed" && run.outcome.is_empty()), "{runs:?}");
    assert!(head.gil && runs.iter().all(|run| run.requests.is_none()), "{runs:?}");
    for run in &runs {
        let is_pool = run.model == "process-pool";
        let alive = if is_pool { (2, 3, 3) } else { (1, 1, 1) };
        assert_eq!((run.workers, run.most_threads, run.most_processes), alive, "{run:?}");
        assert!(run.busy.is_none_or(|share| (0.0..=1.0).contains(&share)), "{run:?}");
        match &run.messages {
            Some(Messages { count, bytes, took_s, lost_jobs }) => {
                assert!(is_pool && *bytes > *count && *took_s > 0.0, "{run:?}");
                assert_eq!((*count, *lost_jobs), (4, 0));
            }
            None => assert!(!is_pool, "{run:?}"),
        }
        for Warning { kind, model, text, cores } in &run.warnings {
            assert!(
                ["too-short", "busy"].contains(&kind.as_str()) && *model == run.model && cores.is_none(),
                "{run:?}"
            );
            assert!(text.ends_with('.'), "{text}");
        }
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (model, runs) in report["runs"].as_array().unwrap().iter().zip(runs.chunks(3)) {
        let mut walls: Vec<f64> = runs.iter().filter_map(|run| run.wall_s).collect();
        walls.sort_by(f64::total_cmp);
        assert_eq!(
            (&model["wall_s_min"], &model["wall_s"], &model["wall_s_max"]),
            (&Value::from(walls[0]), &Value::from(walls[1]), &Value::from(walls[2]))
        );
    }
    #[cfg(target_os = "linux")]
    for run in &runs {
        let memory = run.peak_memory_bytes.unwrap();
        assert!(run.cpu_s.is_some() && memory > 1 << 20, "{run:?}");
        let switches = run.switches.as_ref().unwrap();
        assert!(switches.voluntary > 0 || switches.involuntary > 0, "{run:?}");
        assert_eq!(run.user_s.is_some(), run.system_s.is_some(), "{run:?}");
    }
}

/// What each run knows by itself is in its line, so that a series that nobody ends well loses no figure.
#[test]
fn the_line_of_a_run_has_the_figures_of_its_requests() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.jsonl");
    let words = "run paged-api --set pages=20 --set limit=4 --speed 100 --model event-loop --json --repeat 2 --out";
    let output = interleave(words).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let (_, runs) = lines(&path);
    let told: Vec<&Requests> = runs.iter().filter_map(|run| run.requests.as_ref()).collect();
    for (run, Requests { answered, p50_s, p95_s, p99_s, per_s }) in runs.iter().zip(&told) {
        assert_eq!(*answered as i64, run.outcome["attempts"]);
        assert!(*p50_s > 0.0 && p50_s <= p95_s && p95_s <= p99_s && per_s.unwrap() > 0.0, "{run:?}");
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sum: usize = told.iter().map(|requests| requests.answered).sum();
    assert_eq!((told.len(), &report["runs"][0]["requests"]["answered"]), (2, &Value::from(sum)));
}

#[test]
fn a_series_that_is_broken_off_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.jsonl");
    let mut run = interleave("run delay-messages --speed 100 --repeat 1000 --model sequential --out");
    let mut process = run.arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let has = |lines: usize| std::fs::read_to_string(&path).is_ok_and(|text| text.lines().count() > lines);
    while !has(3) && start.elapsed() < DEADLINE {
        std::thread::yield_now();
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let (head, runs) = lines(&path);
    assert_eq!(head.repeat, 1000);
    assert!((3..1000).contains(&runs.len()), "{}", runs.len());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_costs_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink("/dev/full", path("full.html")).unwrap();
    let run = || interleave("run delay-messages --speed 500 --model sequential");
    for (what, option, file) in [
        ("output", "--out", "/dev/full".into()),
        ("trace", "--trace", "/dev/full".into()),
        ("result", "--result", "/dev/full".into()),
        ("report", "--report", path("full.html")),
    ] {
        let output = run().arg(option).arg(&file).arg("--report").arg(path("kept.csv")).output().unwrap();
        let file = file.display();
        let expected = format!(
            "error: The {what} file {file} cannot be written: No space left on device (os error 28). Make room there, or \
             name a file elsewhere.\n"
        );
        assert_eq!((output.status.code(), said(&output)), (Some(1), expected));
        assert!(String::from_utf8_lossy(&output.stdout).contains("\n  sequential "), "{what}");
        assert!(
            std::fs::read_to_string(path("kept.csv")).unwrap().contains("delay-messages,sequential,real"),
            "{what}"
        );
        std::fs::remove_file(path("kept.csv")).unwrap();
    }
    // Nobody can read the report, and the files have what was measured all the same.
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = run().arg("--result").arg(path("kept.result")).stdout(full).output().unwrap();
    let expected = "error: Standard output cannot be written: No space left on device (os error 28).\n";
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(1), expected));
    assert!(std::fs::read(path("kept.result")).unwrap().starts_with(b"interleave result, version "));
}

/// A limit stands in for a disk that is full, which takes more rights to make.
#[cfg(target_os = "linux")]
#[test]
fn a_report_that_has_no_room_leaves_the_old_one_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let old = "old, and longer than nothing";
    for (what, option, name) in [
        ("trace", "--trace", "trace.json"),
        ("result", "--result", "run.result"),
        ("report", "--report", "report.html"),
        ("costs", "--out", "costs.json"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, old).unwrap();
        let words = if what == "costs" { "calibrate" } else { "run delay-messages --speed 500 --model sequential" };
        // In blocks of 512 bytes. Who does not ignore the signal for it is ended by it.
        let script = format!("trap '' XFSZ; ulimit -f 0; exec \"$@\" {words} {option} {name}");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script, "sh", &companion::built("INTERLEAVE_BIN")]).current_dir(folder.path());
        let output = shell.output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(&format!("error: The {what} file {name} cannot be written: File too large")), "{told}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), old);
        std::fs::remove_file(path).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{what}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_may_open_few_files_fails_in_words() {
    for model in ["event-loop", "thread-pool"] {
        let program = companion::built("INTERLEAVE_BIN");
        let words = "run paged-api --set pages=300 --set limit=300 --set failure-rate=0 --set latency='constant 1'";
        let mut shell = std::process::Command::new("sh");
        let script = format!("ulimit -n 64; exec {program} {words} --model {model}");
        let output = shell.args(["-c", &script]).output().unwrap();
        // Whether it is the run or its server that first has no file left is not known beforehand.
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("error: The run on {model} failed: ")) && !said.contains("panicked"), "{said}");
        assert!(said.contains("`ulimit -Hn` says how many"), "{said}");
    }
}

#[test]
fn nothing_moves_where_there_is_no_terminal() {
    let output = interleave("run delay-messages --speed 100 --repeat 3 --model sequential").output().unwrap();
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""));
    assert!(!output.stdout.contains(&0x1b));
}

/// The lines of a file that `--out` wrote.
#[track_caller]
fn lines(path: &Path) -> (Head, Vec<Run>) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    let (head, runs) = text.split_once('\n').unwrap();
    let runs = runs.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")));
    (serde_json::from_str(head).unwrap(), runs.collect())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
