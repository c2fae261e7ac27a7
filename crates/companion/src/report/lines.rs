//! Runs as they come, one JSON object a line: a series that is broken off keeps what it has.
//!
//! The first line says what the others are about; its `format` and `version` are a contract, held by
//! `tests/reports.rs`.

use engine::model::Model;
use engine::program::Outcome;
use engine::time::Nanos;
use serde::Serialize;

use crate::alive::Alive;
use crate::caution::{Bounds, cautions_of_any};
use crate::report::Once;
use crate::report::json::{
    MessagesObject, RequestObject, RequestsObject, SwitchesObject, WarningObject, ending, rounded,
};
use crate::request::Request;
use crate::statistics::Requests;
use crate::usage::Others;

/// The version of the contract.
const VERSION: u32 = 1;

/// The first line.
pub fn head(request: &Request) -> String {
    line(&Head {
        format: "interleave-runs",
        version: VERSION,
        request: RequestObject::new(request),
        clock: request.clock.id(),
        models: request.models.iter().map(|model| model.id()).collect(),
        repeat: request.repeat,
        warm_up: request.warm_up,
    })
}

/// The line of a run, the `number`th of its model, with all that it knows by itself; `bounds` judge what was measured.
pub fn run(request: &Request, model: Model, number: usize, once: &Once, bounds: Option<Bounds>) -> String {
    let summary = once.trace.summary();
    let alive = Alive::of(&once.trace, request.has_gil());
    let wall = summary.filter(|_| once.trace.failure().is_none()).map(|summary| summary.wall);
    let cautions = bounds.map(|bounds| cautions_of_any(model, wall, once.usage.others, alive, bounds));
    let requests = Requests::of(std::iter::once(&once.trace));
    line(&RunLine {
        model: model.id(),
        run: number,
        wall_s: summary.map(|summary| summary.wall.as_secs_f64()),
        cpu_s: summary.and_then(|summary| summary.cpu).map(Nanos::as_secs_f64),
        user_s: once.usage.cpu.map(|cpu| cpu.user.as_secs_f64()),
        system_s: once.usage.cpu.map(|cpu| cpu.system.as_secs_f64()),
        switches: once.usage.switches.map(Into::into),
        peak_memory_bytes: once.usage.peak_memory,
        busy: once.usage.others.and_then(Others::share).map(rounded),
        workers: alive.workers,
        most_threads: alive.threads,
        most_processes: alive.processes,
        requests: requests.as_ref().map(RequestsObject::new),
        messages: once.trace.messages().map(Into::into),
        warnings: cautions.iter().flatten().map(WarningObject::new).collect(),
        ending: ending(&once.trace),
        outcome: once.trace.outcome().cloned().unwrap_or_default(),
    })
}

#[derive(Serialize)]
struct Head<'a> {
    format: &'a str,
    version: u32,
    #[serde(flatten)]
    request: RequestObject<'a>,
    clock: &'a str,
    models: Vec<&'a str>,
    repeat: usize,
    warm_up: usize,
}

#[derive(Serialize)]
struct RunLine<'a> {
    model: &'a str,
    run: usize,
    wall_s: Option<f64>,
    cpu_s: Option<f64>,
    user_s: Option<f64>,
    system_s: Option<f64>,
    switches: Option<SwitchesObject>,
    peak_memory_bytes: Option<u64>,
    /// The share of all cores' time that others used meanwhile.
    busy: Option<f64>,
    workers: usize,
    most_threads: usize,
    most_processes: usize,
    /// `null` where nothing was asked.
    requests: Option<RequestsObject>,
    /// `null` where nothing went between processes.
    messages: Option<MessagesObject>,
    warnings: Vec<WarningObject>,
    ending: String,
    outcome: Outcome,
}

fn line(object: &impl Serialize) -> String {
    // Every key is a text, and no number is out of JSON's reach.
    serde_json::to_string(object).unwrap_or_default() + "\n"
}
