//! Chrome's trace event format, which Perfetto opens: one JSON array of events, times in microseconds.
//!
//! Source: "Trace Event Format", the Chromium project's document of 2016, sections *Complete events*, *Async events*, *Instant
//! events* and *Metadata events*.

use std::borrow::Cow;

use serde::Serialize;

use crate::time::Nanos;
use crate::trace::{Causes, LaneId, LaneKind, Marked, Span, TaskId, Trace, sort_by_numbers};

/// `traces` as one Chrome trace: a process a trace, a thread a lane.
pub fn chrome_json(traces: &[&Trace]) -> String {
    let events = (1..).zip(traces).flat_map(|(process, trace)| events_of(process, trace)).collect();
    // Words and numbers in named fields: nothing in it that serde_json could refuse.
    serde_json::to_string(&File { unit: "ms", events }).unwrap_or_default()
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(rename = "displayTimeUnit")]
    unit: &'static str,
    #[serde(rename = "traceEvents")]
    events: Vec<Event<'a>>,
}

/// An event, by the format's own names.
#[derive(Serialize)]
struct Event<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Arguments<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id2: Option<Id>,
    name: Cow<'a, str>,
    ph: &'static str,
    pid: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    tid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Arguments<'a> {
    Metadata { name: Cow<'a, str> },
    Span { because: String, state: &'static str },
}

/// By what a beginning and an end are matched.
#[derive(Serialize)]
struct Id {
    local: TaskId,
}

fn events_of(process: usize, trace: &Trace) -> Vec<Event<'_>> {
    let title = format!("{} ({})", trace.model.title(), trace.clock.label());
    let mut events = vec![metadata(process, LaneId(0), "process_name", title.into())];
    for (lane, record) in (0..).map(LaneId).zip(&trace.lanes) {
        events.push(metadata(process, lane, "thread_name", trace.text(record.name).into()));
    }
    // Complete events of one thread must lie one inside the other, the longer first; what overlaps otherwise is dropped.
    let mut spans: Vec<Span> = trace.spans_until(trace.end()).collect();
    sort_by_numbers(&mut spans, |span| [span.start.0, u64::MAX - span.end.0, span.task.0.into()]);
    let causes = trace.causes(trace.end());
    for span in spans {
        if waits_beside_others(trace, &span) {
            events.extend(async_events(process, trace, &causes, &span));
        } else {
            let duration = micros(span.end - span.start);
            events.push(Event { dur: Some(duration), ..event_of(process, trace, &causes, &span, "X", span.start) });
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
            Marked::Message { post, bytes, took } => format!("{}: {bytes} B in {:.1} µs", post.word(), micros(took)),
            Marked::Lost { again: false } => "lost with its process".to_owned(),
            Marked::Lost { again: true } => "lost with its process, and done again".to_owned(),
        };
        events.push(Event { s: Some("t"), ts: Some(micros(mark.at)), ..event(process, mark.lane, "i", text.into()) });
    }
    events
}

/// Whether other tasks may wait on the same lane meanwhile: on an event loop and in a queue they do.
fn waits_beside_others(trace: &Trace, span: &Span) -> bool {
    let kind = trace.lanes.get(span.lane.0 as usize).map(|lane| lane.kind);
    matches!(kind, Some(LaneKind::EventLoop | LaneKind::Queue)) && !span.activity.holds_the_loop()
}

fn event<'a>(process: usize, lane: LaneId, phase: &'static str, name: Cow<'a, str>) -> Event<'a> {
    Event { args: None, cat: None, dur: None, id2: None, name, ph: phase, pid: process, s: None, tid: lane.0, ts: None }
}

fn metadata<'a>(process: usize, lane: LaneId, about: &'static str, name: Cow<'a, str>) -> Event<'a> {
    Event { args: Some(Arguments::Metadata { name }), ..event(process, lane, "M", about.into()) }
}

/// A beginning and an end that are matched by task, for what overlaps on one thread.
fn async_events<'a>(process: usize, trace: &'a Trace, causes: &Causes<'_>, span: &Span) -> [Event<'a>; 2] {
    [("b", span.start), ("e", span.end)].map(|(phase, at)| Event {
        id2: Some(Id { local: span.task }),
        ..event_of(process, trace, causes, span, phase, at)
    })
}

fn event_of<'a>(
    process: usize,
    trace: &'a Trace,
    causes: &Causes<'_>,
    span: &Span,
    phase: &'static str,
    at: Nanos,
) -> Event<'a> {
    let state = span.activity.state().word();
    Event {
        args: Some(Arguments::Span { because: causes.of(span), state }),
        cat: Some(state),
        ts: Some(micros(at)),
        ..event(process, span.lane, phase, trace.task_name(span.task).into())
    }
}

fn micros(time: Nanos) -> f64 {
    time.0 as f64 / 1e3
}
