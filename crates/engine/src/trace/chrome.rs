//! Chrome's trace event format, which Perfetto opens: one JSON array of events, times in microseconds.
//!
//! Source: "Trace Event Format", the Chromium project's document of 2016, sections *Complete events*, *Instant
//! events* and *Metadata events*.

use serde_json::{Value, json};

use crate::trace::{Marked, Span, Trace};

/// `traces` as one Chrome trace: a process a trace, a thread a lane.
pub fn chrome_json(traces: &[&Trace]) -> Value {
    let events: Vec<Value> =
        traces.iter().enumerate().flat_map(|(index, trace)| trace_events(index + 1, trace)).collect();
    json!({ "displayTimeUnit": "ms", "traceEvents": events })
}

fn trace_events(process: usize, trace: &Trace) -> Vec<Value> {
    let name = format!("{} ({})", trace.model.title(), trace.clock.label());
    let mut events = vec![json!({
        "ph": "M", "name": "process_name", "pid": process, "tid": 0, "args": { "name": name },
    })];
    for (lane, record) in trace.lanes.iter().enumerate() {
        events.push(json!({
            "ph": "M", "name": "thread_name", "pid": process, "tid": lane, "args": { "name": trace.text(record.name) },
        }));
    }
    // Perfetto nests complete events of one thread that lie inside each other, the longer first.
    let mut spans: Vec<Span> = trace.spans_until(trace.end()).collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end), span.task));
    for span in spans {
        events.push(json!({
            "ph": "X",
            "name": trace.task_name(span.task),
            "cat": span.activity.state().word(),
            "pid": process,
            "tid": span.lane.0,
            "ts": micros(span.start.0),
            "dur": micros(span.end.0 - span.start.0),
            "args": { "state": span.activity.state().word(), "because": trace.cause(&span) },
        }));
    }
    for mark in &trace.marks {
        let text = match mark.kind {
            Marked::Log(text) => trace.text(text).to_owned(),
            Marked::Spawned(child) => format!("spawned {}", trace.task_name(child)),
        };
        events.push(json!({
            "ph": "i", "s": "t", "name": text, "pid": process, "tid": mark.lane.0, "ts": micros(mark.at.0),
        }));
    }
    events
}

fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1e3
}
