//! Causes in words: why a task is not running.

use std::collections::BTreeMap;

use crate::time::Nanos;
use crate::trace::{Activity, Clock, LaneId, Process, ReadyFor, Span, Trace, WaitFor, sort_by_numbers};

/// Why tasks of one trace were not running, as far as it goes by now.
///
/// Who stood in a ready task's way is not stored with it but found among the spans of its lane, its process or the cores;
/// this keeps them in order, so that asking is quick.
#[derive(Debug)]
pub struct Causes<'t> {
    trace: &'t Trace,
    /// The spans that keep an event loop's lane, by lane, in the order of time.
    on_lane: BTreeMap<LaneId, Vec<Span>>,
    /// The spans that run, by process, in the order of time.
    in_process: BTreeMap<Process, Vec<Span>>,
    /// The spans that run, in the order of time.
    running: Vec<Span>,
}

impl Trace {
    /// The causes of all waits, those that still go on drawn out to `now`.
    pub fn causes(&self, now: Nanos) -> Causes<'_> {
        let mut spans: Vec<Span> = self.spans_until(now).filter(|span| span.activity.holds_the_loop()).collect();
        sort_by_numbers(&mut spans, |span| [span.start.0, span.end.0]);
        let mut causes =
            Causes { trace: self, on_lane: BTreeMap::new(), in_process: BTreeMap::new(), running: Vec::new() };
        for span in spans {
            causes.on_lane.entry(span.lane).or_default().push(span);
            if span.activity.is_running() {
                causes.in_process.entry(self.process(span.lane)).or_default().push(span);
                causes.running.push(span);
            }
        }
        causes
    }
}

impl Causes<'_> {
    /// Why the task of `span` is not running, as a clause such as "a timer is due at 2.000 s"; empty where it runs.
    pub fn of(&self, span: &Span) -> String {
        let trace = self.trace;
        let culprit = self.in_the_way(span).map(|other| (trace.task_name(other.task), other.lane));
        match span.activity {
            Activity::Running(_) => String::new(),
            Activity::Ready(ReadyFor::Turn) => match culprit {
                Some((name, lane)) if lane == span.lane => format!("the event loop is busy with {name}"),
                Some((name, _)) => format!("the event loop's own thread waits for the GIL, which {name} holds"),
                None => "the event loop is waking up".to_owned(),
            },
            Activity::Ready(ReadyFor::LaneStart) => format!("{} has yet to begin it", trace.lane_name(span.lane)),
            Activity::Ready(ReadyFor::Core) => match culprit {
                Some((name, _)) => format!("no core is free: one is busy with {name}"),
                None => "no core is free".to_owned(),
            },
            Activity::WantsGil => match culprit {
                Some((name, _)) => format!("{name} holds the GIL"),
                None => "another thread of its process holds the GIL".to_owned(),
            },
            Activity::Blocked { object, holder: Some(holder) } => {
                format!("{} is held by {}", trace.object_name(object), trace.task_name(holder))
            }
            Activity::Blocked { object, holder: None } => {
                format!("{} lets nobody through yet", trace.object_name(object))
            }
            Activity::Waiting(WaitFor::Timer(due)) => format!("a timer is due at {due}"),
            Activity::Waiting(WaitFor::BlockingCall(due)) => {
                format!("a call that does not give way comes back at {due}; until then the event loop stands still")
            }
            Activity::Waiting(WaitFor::Task(task)) => format!("{} has not ended", trace.task_name(task)),
            Activity::Waiting(WaitFor::Request(request)) if trace.clock == Clock::Virtual => {
                format!("the answer to request {request} is on its way")
            }
            Activity::Waiting(WaitFor::Request(request)) => {
                format!("the answer to request {request} is on its way: a timer stands in for a network")
            }
            Activity::Waiting(WaitFor::Socket(request)) => {
                format!("the server's answer to request {request} is on its way")
            }
            Activity::Queued => "every worker is busy".to_owned(),
        }
    }

    /// The span that kept a ready task from running for most of the time of `span`; where many did in turn, the longest of the
    /// first of them.
    pub fn in_the_way(&self, span: &Span) -> Option<&Span> {
        let process = self.trace.process(span.lane);
        match span.activity {
            Activity::Ready(ReadyFor::Turn) => {
                let on_loop = self.on_lane.get(&span.lane).and_then(|spans| longest_overlap(spans, span));
                on_loop.or_else(|| longest_overlap(self.in_process.get(&process)?, span))
            }
            Activity::WantsGil => longest_overlap(self.in_process.get(&process)?, span),
            Activity::Ready(ReadyFor::Core) => longest_overlap(&self.running, span),
            _ => None,
        }
    }
}

/// Of `spans`, which are in the order of time, the one that takes most of the time of `span`. Of many only the first are
/// looked at: who waits long waits for several in turn, and one of them is to be named.
fn longest_overlap<'s>(spans: &'s [Span], span: &Span) -> Option<&'s Span> {
    const ENOUGH: usize = 64;
    let overlap = |other: &Span| other.end.min(span.end).since(other.start.max(span.start));
    let after = spans.partition_point(|other| other.start < span.end);
    let first = spans.partition_point(|other| other.start <= span.start).saturating_sub(ENOUGH);
    let candidates = spans[first..after].iter().filter(|other| other.end > span.start).take(ENOUGH);
    candidates.filter(|other| other.task != span.task && overlap(other).0 > 0).max_by_key(|other| overlap(other))
}
