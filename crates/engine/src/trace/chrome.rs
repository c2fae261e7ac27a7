//! Chrome's trace event format, which Perfetto opens: one JSON array of events, times in microseconds.
//!
//! Source: "Trace Event Format", the Chromium project's document of 2016, sections *Complete events*, *Async events*, *Instant
//! events* and *Metadata events*.

use serde_json::{Value, json};

use crate::trace::{Causes, LaneKind, Marked, Span, Trace};

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
    // Complete events of one thread must lie one inside the other, the longer first; what overlaps otherwise is dropped.
    let mut spans: Vec<Span> = trace.spans_until(trace.end()).collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end), span.task));
    let causes = trace.causes(trace.end());
    for span in spans {
        if waits_beside_others(trace, &span) {
            events.extend(async_events(process, trace, &causes, &span));
        } else {
            events.push(complete_event(process, trace, &causes, &span));
        }
    }
    for mark in &trace.marks {
        let text = match mark.kind {
            Marked::Log(text) => trace.text(text).to_owned(),
            Marked::Spawned(child) => format!("spawned {}", trace.task_name(child)),
            Marked::Used(object, used) => format!("{} {}", used.word(), trace.object_name(object)),
            Marked::Answered { request, attempt, status } => {
                format!("request {request} answered with {status} at attempt {attempt}")
            }
            Marked::Cycle(cycle) => {
                let cycle = trace.cycles.get(cycle as usize).map_or(&[][..], Vec::as_slice);
                format!(
                    "deadlock of {}",
                    trace.links(cycle).iter().map(|link| link.task.as_str()).collect::<Vec<_>>().join(", ")
                )
            }
            Marked::Message { post, bytes, took } => format!("{}: {bytes} B in {:.1} µs", post.word(), micros(took.0)),
            Marked::Lost { again: false } => "lost with its process".to_owned(),
            Marked::Lost { again: true } => "lost with its process, and done again".to_owned(),
        };
        events.push(json!({
            "ph": "i", "s": "t", "name": text, "pid": process, "tid": mark.lane.0, "ts": micros(mark.at.0),
        }));
    }
    events
}

/// Whether other tasks may wait on the same lane meanwhile: on an event loop and in a queue they do.
fn waits_beside_others(trace: &Trace, span: &Span) -> bool {
    let kind = trace.lanes.get(span.lane.0 as usize).map(|lane| lane.kind);
    matches!(kind, Some(LaneKind::EventLoop | LaneKind::Queue)) && !span.activity.holds_the_loop()
}

fn complete_event(process: usize, trace: &Trace, causes: &Causes<'_>, span: &Span) -> Value {
    json!({
        "ph": "X",
        "name": trace.task_name(span.task),
        "cat": span.activity.state().word(),
        "pid": process,
        "tid": span.lane.0,
        "ts": micros(span.start.0),
        "dur": micros(span.end.0 - span.start.0),
        "args": arguments(causes, span),
    })
}

/// A beginning and an end that are matched by task, for what overlaps on one thread.
fn async_events(process: usize, trace: &Trace, causes: &Causes<'_>, span: &Span) -> [Value; 2] {
    [("b", span.start), ("e", span.end)].map(|(phase, at)| {
        json!({
            "ph": phase,
            "id2": { "local": span.task.0 },
            "name": trace.task_name(span.task),
            "cat": span.activity.state().word(),
            "pid": process,
            "tid": span.lane.0,
            "ts": micros(at.0),
            "args": arguments(causes, span),
        })
    })
}

fn arguments(causes: &Causes<'_>, span: &Span) -> Value {
    json!({ "state": span.activity.state().word(), "because": causes.of(span) })
}

fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1e3
}
