//! Runs as they come, one JSON object a line: a series that is broken off keeps what it has.
//!
//! The first line says what the others are about; its `format` and `version` are a contract, held by
//! `tests/reports.rs`.

use engine::model::Model;
use engine::program::Outcome;
use engine::time::Nanos;
use serde::Serialize;

use crate::report::Once;
use crate::report::json::{RequestObject, SwitchesObject, ending};
use crate::request::Request;

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

/// The line of a run, the `number`th of its model.
pub fn run(model: Model, number: usize, once: &Once) -> String {
    let summary = once.trace.summary();
    line(&RunLine {
        model: model.id(),
        run: number,
        wall_s: summary.map(|summary| summary.wall.as_secs_f64()),
        cpu_s: summary.and_then(|summary| summary.cpu).map(Nanos::as_secs_f64),
        user_s: once.usage.cpu.map(|cpu| cpu.user.as_secs_f64()),
        system_s: once.usage.cpu.map(|cpu| cpu.system.as_secs_f64()),
        switches: once.usage.switches.map(Into::into),
        peak_memory_bytes: once.usage.peak_memory,
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
    ending: String,
    outcome: Outcome,
}

fn line(object: &impl Serialize) -> String {
    // Every key is a text, and no number is out of JSON's reach.
    serde_json::to_string(object).unwrap_or_default() + "\n"
}
