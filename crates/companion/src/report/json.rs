//! The report for programs: one JSON object. Its keys are a contract, held by `tests/command_line.rs`.

use std::collections::BTreeMap;
use std::io::Write;

use engine::hints::{Hint, hints};
use engine::program::Outcome;
use engine::time::Nanos;
use engine::trace::Trace;
use lessons::Value;
use serde::Serialize;

use crate::failure::Failure;
use crate::report::{Report, Run};

/// The version of the contract.
pub const VERSION: u32 = 1;

/// Prints the report as one line of JSON.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print(report: &Report) -> Result<(), Failure> {
    print_line(&Object::new(report))
}

/// Prints any object as one line of JSON.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print_line(object: &impl Serialize) -> Result<(), Failure> {
    let mut line = serde_json::to_vec(object).map_err(|error| Failure::because(format_args!("{error}.")))?;
    line.push(b'\n');
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&line)?;
    Ok(stdout.flush()?)
}

/// A parameter's value: what is one number is a number, a switch is true or false, everything else is a text.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A whole number.
    Whole(u32),
    /// A time in seconds, or a share.
    Number(f64),
    /// On or off.
    Switch(bool),
    /// A text.
    Text(String),
}

impl From<&Value> for Scalar {
    fn from(value: &Value) -> Scalar {
        match value {
            Value::Count(count) => Scalar::Whole(*count),
            Value::Seconds(time) => Scalar::Number(time.as_secs_f64()),
            Value::Share(share) => Scalar::Number(*share),
            Value::Switch(is_on) => Scalar::Switch(*is_on),
            Value::Choice(_) | Value::Counts(_) | Value::Messages(_) | Value::Latency(_) => Scalar::Text(value.text()),
        }
    }
}

/// How a run ended: `completed`, or why it came to no end.
pub fn ending(trace: &Trace) -> String {
    trace.failure().map_or_else(|| "completed".to_owned(), ToString::to_string)
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    lesson: &'a str,
    params: BTreeMap<&'a str, Scalar>,
    seed: u64,
    speed: f64,
    costs: &'a str,
    runs: Vec<RunObject<'a>>,
}

#[derive(Serialize)]
struct RunObject<'a> {
    model: &'a str,
    clock: &'a str,
    wall_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_s_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wall_s_max: Option<f64>,
    cpu_s: Option<f64>,
    speedup: Option<f64>,
    /// `completed`, or why the run came to no end.
    ending: String,
    outcome: Outcome,
    hints: Vec<HintObject>,
    log: Vec<LineObject<'a>>,
}

#[derive(Serialize)]
struct HintObject {
    check: &'static str,
    says: String,
    mend: String,
    /// The task that it is about, where it is about one.
    task: Option<String>,
    /// On the clock that `wall_s` is read from.
    at_s: f64,
}

#[derive(Serialize)]
struct LineObject<'a> {
    /// On the clock that `wall_s` is read from: unlike the log for people, not in the program's own time.
    at_s: f64,
    lane: &'a str,
    text: &'a str,
}

impl<'a> Object<'a> {
    fn new(report: &'a Report) -> Object<'a> {
        Object {
            version: VERSION,
            lesson: report.request.lesson.id,
            params: report.request.values().map(|(name, value)| (name, value.into())).collect(),
            seed: report.request.seed,
            speed: report.speed(),
            costs: &report.request.charges.name,
            runs: report.runs.iter().map(|run| RunObject::new(report, run)).collect(),
        }
    }
}

impl<'a> RunObject<'a> {
    fn new(report: &'a Report, run: &'a Run) -> RunObject<'a> {
        let repeated = report.request.repeat > 1;
        let lines = run.trace.log().into_iter();
        RunObject {
            model: run.model.id(),
            clock: report.request.clock.id(),
            wall_s: run.figures.wall.as_secs_f64(),
            wall_s_min: repeated.then(|| run.figures.wall_min.as_secs_f64()),
            wall_s_max: repeated.then(|| run.figures.wall_max.as_secs_f64()),
            cpu_s: run.figures.cpu.map(Nanos::as_secs_f64),
            speedup: report.speedup(run).map(|factor| (factor * 1e3).round() / 1e3),
            ending: ending(&run.trace),
            outcome: run.trace.outcome().cloned().unwrap_or_default(),
            hints: hints(&run.trace).into_iter().map(|hint| HintObject::new(&run.trace, hint)).collect(),
            log: lines
                .map(|line| LineObject { at_s: line.at.as_secs_f64(), lane: line.lane, text: line.text })
                .collect(),
        }
    }
}

impl HintObject {
    fn new(trace: &Trace, hint: Hint) -> HintObject {
        HintObject {
            check: hint.check.id(),
            says: hint.says,
            mend: hint.mend,
            task: hint.task.map(|task| trace.task_name(task).to_owned()),
            at_s: hint.at.as_secs_f64(),
        }
    }
}
