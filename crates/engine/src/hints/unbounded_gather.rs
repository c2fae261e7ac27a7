//! Very many requests at once, and nothing that keeps them fewer.

use super::overlap::most_at_once;
use super::{Check, Finding, Hint, Run, Weight};
use crate::sync::ObjectKind;
use crate::time::Nanos;
use crate::trace::{Activity, LaneKind, Span, WaitFor};

/// How many requests under way at once are too many to be meant: as many connections as aiohttp's `TCPConnector` and httpx
/// open at most unless told otherwise, and more than most servers grant to one client.
pub(super) const MANY: usize = 100;

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    // Who has a semaphore has a bound, whatever it is.
    if run.trace.objects.iter().any(|object| matches!(object.kind, ObjectKind::Semaphore(_))) {
        return None;
    }
    let is_under_way = |span: &&Span| {
        // The workers of a pool are a bound too.
        let is_free =
            matches!(run.lane_kind(span.lane), Some(LaneKind::EventLoop | LaneKind::Thread | LaneKind::Process));
        is_free && matches!(span.activity, Activity::Waiting(WaitFor::Request(_) | WaitFor::Socket(_)))
    };
    let requests: Vec<&Span> = run.lives.all().iter().filter(is_under_way).collect();
    let (most, at) = most_at_once(requests.iter().map(|span| (span.start, span.end)));
    if most <= MANY {
        return None;
    }
    let is_on_loop = requests.iter().any(|span| run.is_on_loop(span.lane));
    let says = format!("{most} requests were under way at once, and nothing bounds how many there may be.");
    let mend = match is_on_loop {
        true => "Make `semaphore = asyncio.Semaphore(100)` once and put `async with semaphore:` around each request.",
        false => {
            "Make the requests in a `ThreadPoolExecutor(max_workers=…)` in place of a thread or a process for each."
        }
    };
    let hint = Hint { check: Check::UnboundedGather, says, mend: mend.to_owned(), task: None, at };
    // It costs others, not this run.
    Some(Finding { hint, weight: Weight::Time(Nanos::ZERO) })
}
