//! What the command line measures: every model, in the predicted order, with processes and threads that are really there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::companion::interleave;
use crate::contract::{Line, Report};
use crate::{free, report};

#[track_caller]
fn check_measured_order(settings: &str) {
    let predicted = free(&format!("run delay-messages --clock virtual --json {settings}"));
    let measured = report(&format!("run delay-messages --speed 2 --repeat 2 --warm-up 0 --json {settings}"));
    assert_eq!((measured.speed, predicted.runs.len(), measured.runs.len()), (2.0, 5, 5));
    for (predicted, measured) in predicted.runs.iter().zip(&measured.runs) {
        assert_eq!((&measured.model, measured.clock.as_str()), (&predicted.model, "real"));
        let bounds = (measured.wall_s_min.unwrap(), measured.wall_s_max.unwrap());
        assert!(bounds.0 <= measured.wall_s && measured.wall_s <= bounds.1, "{measured:?}");
        assert_eq!(measured.cpu_s.is_some(), cfg!(unix));
        assert_eq!(order(&measured.log, &predicted.log), order(&predicted.log, &predicted.log), "{}", measured.model);
    }
}

#[test]
fn measured_logs_have_the_predicted_order() {
    check_measured_order("");
    // One worker: its second job begins when the run is two seconds old.
    check_measured_order("--set workers=1");
}

/// Who said what, in order. Lanes run side by side, so of what `predicted` has at one instant only each lane's own order
/// is a fact; such lines are sorted by lane.
fn order(log: &[Line], predicted: &[Line]) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = log.iter().map(|line| (line.lane.clone(), line.text.clone())).collect();
    let mut start = 0;
    for instant in predicted.chunk_by(|a, b| a.at_s == b.at_s) {
        let end = (start + instant.len()).min(lines.len());
        lines[start..end].sort_by(|a, b| a.0.cmp(&b.0));
        start = end;
    }
    lines
}

/// The lessons whose models are more than the five.
#[test]
fn each_model_of_a_lesson_is_measured() {
    for (words, speed) in [
        ("run pool-or-spawn --json --set jobs=3", ""),
        ("run hybrid --json --set jobs=4 --set processes=2 --set threads=2 --set blocking=0.1", " --speed 50"),
    ] {
        let predicted = free(&format!("{words} --clock virtual"));
        let measured = report(&format!("{words} --repeat 2{speed}"));
        let models = |report: &Report| -> Vec<String> { report.runs.iter().map(|run| run.model.clone()).collect() };
        assert_eq!(models(&measured), models(&predicted));
        for (predicted, measured) in predicted.runs.iter().zip(&measured.runs) {
            assert_eq!((measured.clock.as_str(), measured.cpu_s.is_some()), ("real", cfg!(unix)));
            assert_eq!(order(&measured.log, &[]), order(&predicted.log, &[]), "{}", measured.model);
        }
    }
}

/// A message has the bytes that are described, and its own where those are more: a chunk those of all its jobs.
#[test]
fn measured_messages_have_the_bytes_that_are_described() {
    let models = "--model threads --model process-pool --model processes";
    for (jobs, chunk, payload, messages) in [(5, 2, 100_000, 6), (3, 1, 0, 6), (1, 1, 16_000_000, 2)] {
        let words = format!(
            "run pool-or-spawn {models} --json --set jobs={jobs} --set chunk={chunk} --set payload={payload} --set work=0"
        );
        let [threads, pool, processes] = &report(&words).runs[..] else { panic!("there are three models") };
        assert!(threads.messages.is_none(), "{threads:?}");
        for run in [pool, processes] {
            let told = run.messages.as_ref().unwrap();
            let least = jobs * payload;
            assert_eq!((told.count, told.lost_jobs), (messages, 0), "{run:?}");
            assert!((least + 1..least + 200 * messages).contains(&told.bytes), "{told:?}, not about {least}");
            assert!(told.took_s > 0.0, "{told:?}");
        }
        let predicted = free(&format!("{words} --clock virtual"));
        for run in &predicted.runs[1..] {
            let told = run.messages.as_ref().unwrap();
            assert_eq!((told.count, told.bytes, told.took_s), (messages, jobs * payload, 0.0), "{run:?}");
        }
    }
}

/// Each process comes up after it was asked for, and is gone before its task has ended.
#[test]
fn a_process_a_task_is_started_and_ended_inside_the_run() {
    let trace = trace("run pool-or-spawn --set jobs=3 --set work=0.01 --model processes --trace");
    for (lane, job) in ["J1", "J2", "J3"].into_iter().enumerate() {
        let spans: Vec<&Span> = trace.spans.iter().filter(|span| span.task == job).collect();
        let states: Vec<&str> = spans.iter().map(|span| span.state.as_str()).collect();
        // It comes up; its message, its steps, its work, its steps again, its result and the end of its process.
        assert_eq!(states, [["ready"].as_slice(), &["running"; 6]].concat(), "{job}");
        assert!(spans.iter().all(|span| span.lane == format!("Process-{}", lane + 1)), "{spans:?}");
    }
}

#[test]
fn threads_under_the_gil_never_compute_side_by_side() {
    let words = "run gil --set work=0.05 --set threads=3 --set interval=0.001 --model threads --trace";
    check_turns(&trace(words), |lane| lane.starts_with("Thread-").then(String::new), 1);
}

/// Each process has a GIL of its own, and one clock for all of its threads.
#[test]
fn threads_of_one_process_never_compute_side_by_side() {
    let words = "run hybrid --set jobs=8 --set latency=0 --set cpu=0.03 --set processes=2 --set threads=2 \
                 --model processes-of-threads --trace";
    let process = |lane: &str| lane.split_once('/').map(|(process, _)| process.to_owned());
    check_turns(&trace(words), process, 2);
}

/// That lanes which share a GIL run in turn. `gil` names a lane's, of which there are so many.
#[track_caller]
fn check_turns(trace: &Trace, gil: impl Fn(&str) -> Option<String>, gils: usize) {
    let mut shares: BTreeMap<String, Vec<&Span>> = BTreeMap::new();
    for (task, lane) in &trace.tasks {
        let Some(gil) = gil(lane) else { continue };
        let mut own: Vec<&Span> = trace.spans.iter().filter(|span| span.task == *task).collect();
        // A task that ends has let go of the GIL, and tells so a little later.
        own.pop();
        shares.entry(gil).or_default().extend(own.iter().filter(|span| span.state == "running"));
    }
    assert_eq!(shares.len(), gils);
    for mut spans in shares.into_values() {
        spans.sort_by(|a, b| a.start.total_cmp(&b.start));
        assert!(spans.len() > 3, "{spans:?}");
        for pair in spans.windows(2) {
            // A nanosecond for the sum.
            assert!(pair[0].start + pair[0].lasts <= pair[1].start + 0.001, "{pair:?}");
        }
    }
}

/// A trace as others read it, in microseconds.
struct Trace {
    /// In the order of their starts.
    spans: Vec<Span>,
    /// Each task with the lane that it ran on.
    tasks: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Span {
    task: String,
    lane: String,
    state: String,
    start: f64,
    lasts: f64,
}

/// The trace that a call writes whose last word is `--trace`.
#[track_caller]
fn trace(words: &str) -> Trace {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let output = interleave(words).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let events = file["traceEvents"].as_array().unwrap();
    let names = events.iter().filter(|event| event["name"] == "thread_name");
    let lanes: BTreeMap<u64, &str> =
        names.map(|event| (event["tid"].as_u64().unwrap(), event["args"]["name"].as_str().unwrap())).collect();
    let text = |event: &Value, key: &str| event[key].as_str().unwrap().to_owned();
    let number = |event: &Value, key: &str| event[key].as_f64().unwrap();
    let span = |event: &Value| Span {
        task: text(event, "name"),
        lane: lanes[&event["tid"].as_u64().unwrap()].to_owned(),
        state: text(event, "cat"),
        start: number(event, "ts"),
        lasts: number(event, "dur"),
    };
    let mut spans: Vec<Span> = events.iter().filter(|event| event["ph"] == "X").map(span).collect();
    spans.sort_by(|a, b| a.start.total_cmp(&b.start));
    let tasks = spans.iter().map(|span| (span.task.clone(), span.lane.clone())).collect();
    Trace { spans, tasks }
}
