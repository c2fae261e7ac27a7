//! The exported trace holds what Perfetto asks of it: on one thread, complete events lie one inside the other.

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Activity, Clock, Doing, Event, LaneId, LaneKind, Process, TaskId, Trace, WaitFor, chrome_json};
use serde_json::Value;

#[test]
fn waits_that_overlap_on_a_loop_do_not_break_the_nesting() {
    let mut trace = Trace::new(Model::EventLoop, Clock::Machine, Speed::REAL);
    let lane = LaneId(0);
    trace.apply(Event::Lane { lane, name: "MainThread".to_owned(), kind: LaneKind::EventLoop, process: Process(0) });
    // Two tasks run one after the other, and their waits overlap without the one holding the other.
    for (number, begins, due) in [(0, 10, 100), (1, 12, 200)] {
        let task = TaskId(number);
        trace.apply(Event::Task { task, name: format!("T{number}"), parent: None, at: Nanos(begins) });
        let enter = |activity, at| Event::Enter { task, lane, activity, at: Nanos(at), line: None, by: None };
        trace.apply(enter(Activity::Running(Doing::Steps), begins));
        trace.apply(enter(Activity::Waiting(WaitFor::Timer(Nanos(due))), begins + 1));
        trace.apply(enter(Activity::Running(Doing::Steps), due));
        trace.apply(Event::End { task, at: Nanos(due + 1) });
    }
    let exported: Value = serde_json::from_str(&chrome_json(&[&trace])).expect("it is JSON");
    let events = exported["traceEvents"].as_array().expect("a trace is a list of events");
    assert_eq!(partial_overlaps(events), Vec::<String>::new());
    for (phase, count) in [("X", 4), ("b", 2), ("e", 2)] {
        assert_eq!(events.iter().filter(|event| event["ph"] == phase).count(), count, "{phase} in {events:?}");
    }
}

fn partial_overlaps(events: &[Value]) -> Vec<String> {
    let complete = events.iter().filter(|event| event["ph"] == "X");
    let bounds: Vec<(f64, f64)> = complete
        .map(|event| (event["ts"].as_f64().unwrap_or_default(), event["dur"].as_f64().unwrap_or_default()))
        .map(|(start, length)| (start, start + length))
        .collect();
    let overlaps = |a: &(f64, f64), b: &(f64, f64)| a.0 < b.0 && b.0 < a.1 && a.1 < b.1;
    let pairs = bounds.iter().flat_map(|a| bounds.iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| overlaps(a, b)).map(|pair| format!("{pair:?}")).collect()
}
