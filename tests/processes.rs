//! Processes end when they should, whichever way: nothing is left behind, and nothing hangs.
//!
//! A child holds the same standard error as its parent, so the end of that pipe says that all of them are gone.
#![cfg(unix)]

mod companion;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use companion::interleave;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long something that must happen may take before the test gives up. It is never waited out where all is well.
const DEADLINE: Duration = Duration::from_secs(30);

/// A run on the process pool that takes longer than the deadline, caught in the middle.
struct Running {
    parent: Child,
    /// The processes of the pool, in the order of their lanes.
    children: Vec<Pid>,
    stderr: Receiver<String>,
}

impl Running {
    fn start(settings: &str) -> Running {
        let words = format!("run delay-messages --model process-pool {settings}");
        let mut run = interleave(&words);
        let mut parent = run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = lines(parent.stderr.take().unwrap());
        let note = stderr.recv_timeout(DEADLINE).expect("the pool is announced");
        let (_, ids) = note.rsplit_once(": ").expect("a list of ids");
        let children: Vec<Pid> = ids.split(", ").map(|id| Pid::from_raw(id.parse().unwrap())).collect();
        wait_until_at_work(children[0]);
        Running { parent, children, stderr }
    }

    /// What is said on standard error until nobody is left to say anything.
    fn until_all_are_gone(&self) -> Vec<String> {
        let start = Instant::now();
        let mut said = Vec::new();
        loop {
            match self.stderr.recv_timeout(DEADLINE.saturating_sub(start.elapsed())) {
                Ok(line) => said.push(line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return said,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("somebody is still there; said: {said:?}"),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.parent.kill();
        let _ = self.parent.wait();
    }
}

#[test]
fn a_parent_that_is_killed_leaves_no_process_behind() {
    // Not SIGINT: whoever runs the tests in the background has it ignored, here too.
    for signal in [Signal::SIGKILL, Signal::SIGTERM] {
        let mut running = Running::start("--set messages=A=60,B=60 --set workers=3");
        assert_eq!(running.children.len(), 3);
        kill(Pid::from_raw(running.parent.id() as i32), signal).unwrap();
        running.until_all_are_gone();
        assert!(!running.parent.wait().unwrap().success());
    }
}

#[test]
fn a_process_that_is_killed_fails_its_task_and_leaves_nobody_behind() {
    let mut running = Running::start("--set messages=A=60 --set workers=2 --seed 7 --speed 0.5 --json");
    let victim = running.children[0];
    kill(victim, Signal::SIGKILL).unwrap();
    let said = running.until_all_are_gone();
    let expected = [
        format!(
            "error: The run on process-pool failed: task A failed: its process {victim} ended (signal: 9 (SIGKILL)) \
             in the middle of the job."
        ),
        "To repeat it: interleave run delay-messages --model process-pool --set messages=A=60 --set workers=2 --seed 7 \
         --speed 0.5"
            .to_owned(),
    ];
    assert!(said.ends_with(&expected), "{said:?}");
    assert_eq!(running.parent.wait().unwrap().code(), Some(1));
}

#[test]
fn a_process_that_dies_does_not_lose_the_runs_of_other_models() {
    // A second on the other models, half a minute on a pool of one process: the kill cannot come too late.
    let messages: Vec<String> = (0..32).map(|number| format!("M{number}=60")).collect();
    let mut run = interleave("run delay-messages --model threads --model event-loop --model process-pool --json");
    run.args(["--speed", "60", "--set", "workers=1", "--set", &format!("messages={}", messages.join(","))]);
    let mut parent = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = lines(parent.stderr.take().unwrap());
    let pool = std::iter::from_fn(|| stderr.recv_timeout(DEADLINE).ok()).find(|line| line.contains("for the pool"));
    let note = pool.expect("the pool is announced");
    for id in note.rsplit_once(": ").unwrap().1.split(", ") {
        kill(Pid::from_raw(id.parse().unwrap()), Signal::SIGKILL).unwrap();
    }
    let output = parent.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let models: Vec<&str> = report["runs"].as_array().unwrap().iter().filter_map(|run| run["model"].as_str()).collect();
    assert_eq!(models, ["threads", "event-loop"]);
}

#[test]
fn a_reader_that_has_enough_ends_the_run_quietly() {
    let mut run = interleave("run delay-messages --clock virtual --log");
    let mut process = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

#[test]
fn a_server_takes_the_next_port_and_ends_well_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut serve = interleave(&format!("serve --no-open --port {port} --dir"));
    let mut server = serve.arg(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let served: u16 =
        address.strip_prefix("Interleave is at http://127.0.0.1:").unwrap().trim_end_matches("/\n").parse().unwrap();
    assert!(served > port, "{served} is not behind {port}");
    std::net::TcpStream::connect(("127.0.0.1", served)).unwrap();
    kill(Pid::from_raw(server.id() as i32), Signal::SIGTERM).unwrap();
    let output = server.wait_with_output().unwrap();
    let said = format!("note: port {port} is taken, so this is port {served}.\n");
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), said));
}

/// The lines of a pipe, as they come; the channel closes when nobody is left who could write to it.
fn lines(pipe: ChildStderr) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Waits until a process of the pool is in its job: it has then written more than the one message that it is ready.
#[cfg(target_os = "linux")]
fn wait_until_at_work(process: Pid) {
    let start = Instant::now();
    let path = format!("/proc/{process}/io");
    while start.elapsed() < DEADLINE {
        let counters = std::fs::read_to_string(&path).unwrap();
        let writes = counters.lines().find_map(|line| line.strip_prefix("syscw: ")?.parse::<u64>().ok());
        if writes.unwrap() > 1 {
            return;
        }
        thread::yield_now();
    }
    panic!("process {process} never began its job");
}

/// Elsewhere nobody tells: the process may be killed just before it begins.
#[cfg(not(target_os = "linux"))]
fn wait_until_at_work(_: Pid) {}
