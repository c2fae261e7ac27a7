//! Processes end when they should, whichever way: nothing is left behind, and nothing hangs.
//!
//! A child holds the same standard error as its parent, so the end of that pipe says that all of them are gone.
#![cfg(unix)]

mod companion;
mod running;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use companion::interleave;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use running::{DEADLINE, POOL, Running, THREADS, children, lines, wait_until, wait_until_at_work};

/// Four jobs of a second's CPU time each: long enough to be caught in, short enough to be done again.
const BRIEF: &str = "pool-or-spawn --set jobs=4 --set work=0.1 --speed 0.1";

#[test]
fn a_parent_that_is_killed_leaves_no_process_behind() {
    let starts = [|| Running::start(POOL, 3), || Running::start_threads(THREADS), Running::one_a_task];
    for start in starts {
        // Not SIGINT: whoever runs the tests in the background has it ignored, here too.
        for signal in [Signal::SIGKILL, Signal::SIGTERM] {
            let mut running = start();
            kill(Pid::from_raw(running.parent.id() as i32), signal).unwrap();
            running.until_all_are_gone();
            assert!(!running.parent.wait().unwrap().success());
        }
    }
}

#[test]
fn a_process_that_is_killed_fails_its_task_and_leaves_nobody_behind() {
    // The one that is lost is joined first, and those that wait in the queue are done before it is told.
    let words = "delay-messages --model process-pool --set messages=A=4,B=4,C=4,D=1,E=0.2,F=0.2 --set workers=3 --seed 7 --json";
    check_killed(Running::start(words, 3), "process-pool", "A", "6 jobs 5");
    let words = "delay-messages --model process-pool --set messages=A=4,B=4,C=4 --set workers=2";
    check_killed(Running::start(words, 2), "process-pool", "A", "3 jobs 2");
    // Each thread of the process had a job.
    let threads = "hybrid --model processes-of-threads --set processes=2 --set threads=2 --set jobs=8 --set latency=3 --network timer";
    check_killed(Running::start_threads(threads), "processes-of-threads", "J1", "8 jobs 6");
    check_killed(Running::start(&format!("{BRIEF} --model processes"), 4), "processes", "J1", "4 jobs 3");
}

/// Kills the first process, whose first task is joined first.
#[track_caller]
fn check_killed(mut running: Running, model: &str, task: &str, done: &str) {
    let victim = running.children[0];
    kill(victim, Signal::SIGKILL).unwrap();
    let said = running.until_all_are_gone();
    let failed = format!(
        "error: The run on {model} failed: task {task} failed: its process {victim} ended (signal: 9 (SIGKILL)) in the middle \
         of the job; of {done} were done, and --retry-lost"
    );
    let Some([error, repeat]) = said.last_chunk() else { panic!("{said:?}") };
    assert!(error.starts_with(&failed), "{error}");
    assert!(repeat.starts_with("To repeat it: interleave run "), "{repeat}");
    assert!(repeat.contains(&format!(" --model {model} ")), "{repeat}");
    let mut report = String::new();
    running.parent.stdout.take().unwrap().read_to_string(&mut report).unwrap();
    // A program is told that there are no runs, and a person is shown no table without a row.
    assert!(report.is_empty() || report.contains("\"runs\":[]"), "{report}");
    assert_eq!(running.parent.wait().unwrap().code(), Some(1));
}

#[test]
fn a_run_that_fails_takes_none_of_those_with_it_that_were_over() {
    let folder = tempfile::tempdir().unwrap();
    let [out, table] = ["out.jsonl", "report.csv"].map(|name| folder.path().join(name));
    let words = "run delay-messages --model process-pool --set messages=A=3 --set workers=1 --speed 20 --repeat 1000 --warm-up 0";
    let mut run = interleave(&format!("{words} --json --out"));
    run.arg(&out).arg("--report").arg(&table);
    let mut parent = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = || std::fs::read_to_string(&out).map_or(0, |text| text.lines().count());
    wait_until(|| (lines() > 3).then_some(()));
    // Between two runs it costs nothing, and its successor has the next job.
    wait_until(|| {
        for child in children(&parent) {
            // It may have ended by itself.
            let _ = kill(child, Signal::SIGKILL);
        }
        parent.try_wait().unwrap()
    });
    let output = parent.wait_with_output().unwrap();
    // Behind the line that says what was asked for, and before the one of the run that failed.
    let over = lines() - 2;
    assert!((3..1000).contains(&over));
    let said = String::from_utf8(output.stderr).unwrap();
    let failed =
        format!("error: A run on process-pool failed when {over} of 1000 were over: task A failed: its process ");
    assert!(said.lines().any(|line| line.starts_with(&failed)), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["runs"][0]["runs"], &report["runs"][0]["ending"]), (&over.into(), &"completed".into()));
    let warnings = report["warnings"].as_array().unwrap();
    let fewer = warnings.iter().find(|warning| warning["kind"] == "fewer-runs").unwrap();
    assert!(fewer["text"].as_str().unwrap().contains(&format!("process-pool ({over} of 1000)")), "{fewer}");
    let table = std::fs::read_to_string(table).unwrap();
    assert!(table.contains(&format!("\ndelay-messages,process-pool,real,0,20,cpython,{over},0,")), "{table}");
}

#[test]
fn a_process_that_is_killed_is_replaced_and_loses_no_other_job() {
    let mut running = Running::start(&format!("{BRIEF} --model process-pool --set processes=2"), 2);
    let victim = running.children[0];
    kill(victim, Signal::SIGKILL).unwrap();
    let said = running.until_all_are_gone();
    let note = format!("its process {victim} ended (signal: 9 (SIGKILL)) in the middle of the job; process ");
    assert!(said.iter().any(|line| line.contains(&note) && line.ends_with(" takes its place")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("; of 4 jobs 3 were done")), "{said:?}");
    assert_eq!(running.parent.wait().unwrap().code(), Some(1));
}

#[test]
fn a_lost_job_is_done_again_where_that_is_wanted() {
    let threads = "hybrid --model processes-of-threads --set processes=2 --set threads=2 --set jobs=8 --set latency=3 --network timer";
    for (words, processes, lost) in [
        ("delay-messages --model process-pool --set messages=A=3,B=3,C=3 --set workers=2".to_owned(), 2, 1),
        (format!("{BRIEF} --model processes"), 4, 1),
        // Whoever joins the job waits for it in the place of the worker's thread.
        (format!("{BRIEF} --model process-pool --set processes=1 --set one-by-one=on"), 1, 1),
        // Each thread of the process had a job.
        (threads.to_owned(), 2, 2),
    ] {
        let start =
            |words: &str| if lost == 2 { Running::start_threads(words) } else { Running::start(words, processes) };
        let mut running = start(&format!("{words} --retry-lost --json"));
        kill(running.children[0], Signal::SIGKILL).unwrap();
        let said = running.until_all_are_gone();
        assert!(said.iter().any(|line| line.ends_with(" takes its place and does it")), "{words}: {said:?}");
        let mut report = String::new();
        running.parent.stdout.take().unwrap().read_to_string(&mut report).unwrap();
        assert_eq!(running.parent.wait().unwrap().code(), Some(0), "{words}: {said:?}");
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let run = &report["runs"][0];
        assert_eq!(run["ending"], "completed", "{words}");
        assert_eq!(run["messages"]["lost_jobs"], lost, "{words}: {run}");
    }
}

/// A process that may have no more memory than it has ends in the middle of a list, wherever in it that is.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_runs_out_of_memory_is_replaced_and_loses_one_job() {
    let words = "merge-sort --model process-pool --set processes=2 --set lists=300 --set chunk=1 --json";
    for (option, code, done) in [("", 1, false), (" --retry-lost", 0, true)] {
        let mut running = Running::start(&format!("{words}{option}"), 2);
        let victim = running.children[0];
        // Nobody is given the next list before there is the limit.
        let parent = Pid::from_raw(running.parent.id() as i32);
        kill(parent, Signal::SIGSTOP).unwrap();
        let limit = Command::new("prlimit").args(["--as=1048576", "--pid", &victim.to_string()]).status().unwrap();
        assert!(limit.success());
        kill(parent, Signal::SIGCONT).unwrap();
        let said = running.until_all_are_gone();
        let mut report = String::new();
        running.parent.stdout.take().unwrap().read_to_string(&mut report).unwrap();
        assert_eq!(running.parent.wait().unwrap().code(), Some(code), "{said:?}");
        let ended = format!("its process {victim} ended (signal: 6 (SIGABRT)");
        let replaced = said.iter().filter(|line| line.contains(&ended) && line.contains(" takes its place"));
        assert_eq!(replaced.count(), 1, "{said:?}");
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        if done {
            assert_eq!(report["runs"][0]["outcome"]["in_order"], 300 * 30_000, "{report}");
        } else {
            assert_eq!(report["runs"].as_array().unwrap().len(), 0, "{report}");
            assert!(said.iter().any(|line| line.contains("; of 300 jobs 299 were done")), "{said:?}");
        }
    }
}

/// A job that is lost runs nowhere until another process has it, and whoever waits for it waits on.
#[test]
fn the_trace_of_a_lost_job_has_a_cause_for_every_wait() {
    let folder = tempfile::tempdir().unwrap();
    for (options, lane) in [
        // Whoever joins the job waits in the place of the worker's thread.
        ("--model process-pool --set processes=1 --set one-by-one=on", "ForkPoolWorker-1"),
        ("--model process-pool --set processes=1", "ForkPoolWorker-1"),
        ("--model processes", "Process-1"),
    ] {
        let path = folder.path().join("trace.json");
        let words = format!("pool-or-spawn {options} --set jobs=2 --set work=0.1 --speed 0.1 --retry-lost --trace");
        let running = Running::start(&format!("{words} {}", path.display()), if lane == "Process-1" { 2 } else { 1 });
        kill(running.children[0], Signal::SIGKILL).unwrap();
        let said = running.until_all_are_gone();
        let trace: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut spans: Vec<&serde_json::Value> =
            trace["traceEvents"].as_array().unwrap().iter().filter(|event| event["ph"] == "X").collect();
        spans.sort_by(|a, b| a["ts"].as_f64().unwrap().total_cmp(&b["ts"].as_f64().unwrap()));
        let of = |task: &str| -> Vec<(&str, &str)> {
            let own = spans.iter().filter(|span| span["name"] == task);
            let mut states: Vec<(&str, &str)> =
                own.map(|span| (span["cat"].as_str().unwrap(), span["args"]["because"].as_str().unwrap())).collect();
            states.dedup();
            states
        };
        let comes_up = format!("{lane} has yet to begin it");
        let lost = [("ready", comes_up.as_str()), ("running", ""), ("ready", &comes_up), ("running", "")];
        assert_eq!(of("J1"), lost, "{options}: {said:?}");
        let waits = of("main").into_iter().filter(|(_, because)| *because == "J1 has not ended").count();
        assert_eq!(waits, 1, "{options}: {:?}", of("main"));
        for task in ["main", "J1", "J2"] {
            let own: Vec<f64> = spans
                .iter()
                .filter(|span| span["name"] == task)
                .flat_map(|span| {
                    let start = span["ts"].as_f64().unwrap();
                    [start, start + span["dur"].as_f64().unwrap()]
                })
                .collect();
            // In microseconds, with a nanosecond for the sum: each begins where the last one ended.
            assert!(
                own[1..own.len() - 1].chunks(2).all(|pair| (pair[1] - pair[0]).abs() < 0.002),
                "{options}: {own:?}"
            );
        }
    }
}

/// Jobs so short that several are handed over together: wherever in them a process dies, only one of them is lost.
#[test]
fn no_job_is_lost_with_those_that_it_was_handed_over_with() {
    let words = "run pool-or-spawn --model process-pool --set jobs=1000 --set processes=2 --set work=0.00005 --retry-lost --json";
    for _ in 0..8 {
        let mut parent = interleave(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = lines(parent.stderr.take().unwrap());
        let note = stderr.recv_timeout(DEADLINE).unwrap();
        let victim = note.rsplit_once(", ").unwrap().1.parse().unwrap();
        // On a busy machine all may be done by now, and nothing is lost.
        let _ = kill(Pid::from_raw(victim), Signal::SIGKILL);
        let output = parent.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{:?}", stderr.iter().collect::<Vec<_>>());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let run = &report["runs"][0];
        assert!(run["messages"]["lost_jobs"].as_u64().unwrap() <= 1, "{run}");
    }
}

/// A job that is the end of every process that has it does not go round for ever.
#[test]
fn a_job_is_not_lost_more_than_four_times() {
    for model in ["process-pool", "processes"] {
        let words = format!(
            "pool-or-spawn --model {model} --set jobs=1 --set processes=1 --set work=0.1 --speed 0.01 --retry-lost"
        );
        let mut running = Running::start(&words, 1);
        let mut victim = running.children[0];
        for again in [true, true, true, false] {
            kill(victim, Signal::SIGKILL).unwrap();
            if again {
                victim = wait_until(|| children(&running.parent).into_iter().find(|child| *child != victim));
                wait_until_at_work(victim);
            }
        }
        let said = running.until_all_are_gone();
        let given_up =
            format!("its process {victim} ended (signal: 9 (SIGKILL)) in the middle of the job, as 3 did before it");
        assert!(said.iter().any(|line| line.starts_with("error: ") && line.contains(&given_up)), "{said:?}");
        assert_eq!(running.parent.wait().unwrap().code(), Some(1));
    }
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
        let process = Pid::from_raw(id.parse().unwrap());
        // Before it has a job, its end costs nothing.
        wait_until_at_work(process);
        kill(process, Signal::SIGKILL).unwrap();
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
    let (served, _) = address.strip_prefix("Interleave is at http://127.0.0.1:").unwrap().split_once('/').unwrap();
    let served: u16 = served.parse().unwrap();
    assert!(served > port, "{served} is not behind {port}");
    std::net::TcpStream::connect(("127.0.0.1", served)).unwrap();
    kill(Pid::from_raw(server.id() as i32), Signal::SIGTERM).unwrap();
    let output = server.wait_with_output().unwrap();
    let said = format!("note: port {port} is taken, so this is port {served}.\n");
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), said));
}
