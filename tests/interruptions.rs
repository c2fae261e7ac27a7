//! Ctrl-C, and whoever asks for an end in another way: nothing is left behind, what was measured is kept, and it is said.
#![cfg(unix)]

mod companion;
mod interrupts;
mod running;

use std::io::Read;
use std::process::{Command, Stdio};

use companion::{built, interleave};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgid};
use running::{DEADLINE, POOL, Running, THREADS, children, lines, wait_until, wait_until_at_work};

#[test]
fn an_interrupted_run_ends_its_processes_and_says_that_there_is_nothing() {
    interrupts::are_heard();
    let starts = [|| Running::start(POOL, 3), || Running::start_threads(THREADS), Running::one_a_task];
    for start in starts {
        for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
            let mut running = start();
            let group = Pid::from_raw(running.parent.id() as i32);
            // A terminal tells all of a group. Who is told beside the parent would seem to have died in its job.
            assert!(running.children.iter().all(|child| getpgid(Some(*child)).unwrap() != group));
            killpg(group, signal).unwrap();
            let said = running.until_all_are_gone();
            let nothing = "error: Interrupted before the run was over: there is nothing to report.";
            assert_eq!(said.last().map(String::as_str), Some(nothing), "{said:?}");
            assert!(!said.iter().any(|line| line.contains("takes its place")), "{said:?}");
            let mut report = String::new();
            running.parent.stdout.take().unwrap().read_to_string(&mut report).unwrap();
            assert_eq!((running.parent.wait().unwrap().code(), report.as_str()), (Some(code), ""));
        }
    }
}

#[test]
fn what_was_measured_before_an_interruption_is_reported_and_kept() {
    interrupts::are_heard();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // A moment on the other models, a long one on a pool of one process.
    let messages: Vec<String> = (0..32).map(|number| format!("M{number}=60")).collect();
    let mut run = interleave("run delay-messages --model threads --model event-loop --model process-pool --json");
    run.args(["--speed", "60", "--set", "workers=1", "--set", &format!("messages={}", messages.join(","))]);
    for (option, name) in [("--out", "out.jsonl"), ("--report", "report.csv"), ("--result", "result")] {
        run.arg(option).arg(path(name));
    }
    let mut parent = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = lines(parent.stderr.take().unwrap());
    wait_until_at_work(wait_until(|| children(&parent).into_iter().next()));
    kill(Pid::from_raw(parent.id() as i32), Signal::SIGINT).unwrap();
    let output = parent.wait_with_output().unwrap();
    let said: Vec<String> = std::iter::from_fn(|| stderr.recv_timeout(DEADLINE).ok()).collect();
    let out = path("out.jsonl");
    let interrupted = format!(
        "error: Interrupted when 2 of 3 runs were over: the report has only those, and {} keeps each run.",
        out.display()
    );
    assert_eq!((output.status.code(), said.last()), (Some(130), Some(&interrupted)));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let model = |run: &serde_json::Value| run["model"].as_str().map(str::to_owned);
    let models: Vec<String> = report["runs"].as_array().unwrap().iter().filter_map(model).collect();
    assert_eq!(models, ["threads", "event-loop"]);
    let lines = std::fs::read_to_string(out).unwrap();
    let kept: Vec<String> =
        lines.lines().skip(1).filter_map(|line| model(&serde_json::from_str(line).unwrap())).collect();
    assert_eq!(kept, models);
    let table = std::fs::read_to_string(path("report.csv")).unwrap();
    assert!(table.contains("\ndelay-messages,event-loop,") && !table.contains("process-pool"), "{table}");
    assert!(std::fs::read(path("result")).unwrap().starts_with(b"interleave result, version "));
}

/// As `nohup` and a shell without a terminal start what they put into the background.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_that_is_to_be_ignored_is_ignored() {
    let mut shell = Command::new("sh");
    let words = "run delay-messages --model process-pool --set messages=A=3,B=3 --set workers=2 --json";
    shell.args(["-c", "trap '' INT; exec \"$@\"", "sh", &built("INTERLEAVE_BIN")]).args(words.split(' '));
    let parent = shell.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    wait_until_at_work(wait_until(|| children(&parent).into_iter().next()));
    kill(Pid::from_raw(parent.id() as i32), Signal::SIGINT).unwrap();
    let output = parent.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["runs"][0]["ending"], "completed", "{report}");
}
