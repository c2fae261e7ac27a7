//! The report for programs: one JSON object. Its keys are a contract, held by `tests/command_line.rs`.

use std::collections::BTreeMap;
use std::io::Write;

use engine::hints::{Hint, hints};
use engine::program::Outcome;
use engine::time::Nanos;
use engine::trace::{Messages, Switches, Trace};
use lessons::Value;
use serde::Serialize;

use crate::caution::Caution;
use crate::failure::Failure;
use crate::report::{Report, Run};
use crate::request::Request;
use crate::statistics::Requests;

/// The version of the contract.
pub const VERSION: u32 = 1;

/// Prints the report as one line of JSON.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print(report: &Report) -> Result<(), Failure> {
    print_line(&Object::new(report))
}

/// The report as a text: the same line.
pub fn render(report: &Report) -> String {
    // Every key is a text, and no number is out of JSON's reach.
    serde_json::to_string(&Object::new(report)).unwrap_or_default() + "\n"
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
            Value::Choice(_) | Value::Counts(_) | Value::Messages(_) | Value::NameIn(_) | Value::Latency(_) => {
                Scalar::Text(value.text())
            }
        }
    }
}

/// How a run ended: `completed`, or why it came to no end.
pub fn ending(trace: &Trace) -> String {
    trace.failure().map_or_else(|| "completed".to_owned(), ToString::to_string)
}

/// What was to be run.
#[derive(Serialize)]
pub struct RequestObject<'a> {
    lesson: &'a str,
    params: BTreeMap<&'a str, Scalar>,
    seed: u64,
    speed: f64,
    costs: &'a str,
    /// Whether threads of one process share a GIL, those that were measured too.
    gil: bool,
}

impl<'a> RequestObject<'a> {
    /// What `request` says.
    pub fn new(request: &'a Request) -> RequestObject<'a> {
        RequestObject {
            lesson: request.lesson.id,
            params: request.values().map(|(name, value)| (name, value.into())).collect(),
            seed: request.seed,
            speed: request.true_speed(),
            costs: &request.charges.name,
            gil: request.has_gil(),
        }
    }
}

/// How often a core left a thread.
#[derive(Serialize)]
pub struct SwitchesObject {
    voluntary: u64,
    involuntary: u64,
}

impl From<Switches> for SwitchesObject {
    fn from(Switches { voluntary, involuntary }: Switches) -> SwitchesObject {
        SwitchesObject { voluntary, involuntary }
    }
}

/// What went between processes.
#[derive(Serialize)]
pub struct MessagesObject {
    count: u64,
    bytes: u64,
    /// The time that both ends took together.
    took_s: f64,
    lost_jobs: u64,
}

impl From<Messages> for MessagesObject {
    fn from(Messages { count, bytes, took, lost }: Messages) -> MessagesObject {
        MessagesObject { count, bytes, took_s: took.as_secs_f64(), lost_jobs: lost }
    }
}

/// What some of a model's runs found out.
#[derive(Serialize)]
struct OutcomeObject<'a> {
    runs: usize,
    outcome: &'a Outcome,
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    #[serde(flatten)]
    request: RequestObject<'a>,
    warnings: Vec<WarningObject>,
    runs: Vec<RunObject<'a>>,
}

/// A reason to take a model's figures with care.
#[derive(Serialize)]
pub struct WarningObject {
    kind: &'static str,
    model: &'static str,
    text: String,
    /// How many cores there are, where they are too few.
    #[serde(skip_serializing_if = "Option::is_none")]
    cores: Option<f64>,
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
    /// How many runs the figures are of, and how many of them came to no end.
    runs: usize,
    unended: usize,
    cpu_s: Option<f64>,
    /// The two parts of `cpu_s`; of repeated runs the median of each.
    user_s: Option<f64>,
    system_s: Option<f64>,
    switches: Option<SwitchesObject>,
    peak_memory_bytes: Option<u64>,
    speedup: Option<f64>,
    /// `speedup` by `workers`.
    efficiency: Option<f64>,
    workers: usize,
    most_threads: usize,
    most_processes: usize,
    /// `null` where nothing was asked.
    requests: Option<RequestsObject>,
    /// `null` where nothing went between processes; of repeated runs the one whose log this is.
    messages: Option<MessagesObject>,
    /// `completed`, or why the run came to no end.
    ending: String,
    /// Of repeated runs the one whose log this is.
    outcome: Outcome,
    /// All that there were, and how many of the runs that came to an end had each.
    outcomes: Vec<OutcomeObject<'a>>,
    hints: Vec<HintObject>,
    log: Vec<LineObject<'a>>,
}

#[derive(Serialize)]
pub struct RequestsObject {
    answered: usize,
    /// Percentiles by the nearest rank, of all runs together.
    p50_s: f64,
    p95_s: f64,
    p99_s: f64,
    per_s: Option<f64>,
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
            request: RequestObject::new(report.request),
            warnings: report.cautions.iter().map(WarningObject::new).collect(),
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
            runs: run.runs,
            unended: run.unended,
            cpu_s: run.figures.cpu.map(Nanos::as_secs_f64),
            user_s: run.figures.parts.map(|cpu| cpu.user.as_secs_f64()),
            system_s: run.figures.parts.map(|cpu| cpu.system.as_secs_f64()),
            switches: run.figures.switches.map(Into::into),
            peak_memory_bytes: run.figures.peak_memory,
            speedup: report.speedup(run).map(rounded),
            efficiency: report.efficiency(run).map(rounded),
            workers: run.alive.workers,
            most_threads: run.alive.threads,
            most_processes: run.alive.processes,
            requests: run.requests.as_ref().map(RequestsObject::new),
            messages: run.messages.map(MessagesObject::from),
            ending: ending(&run.trace),
            outcome: run.trace.outcome().cloned().unwrap_or_default(),
            outcomes: run.outcomes.counts().map(|(outcome, runs)| OutcomeObject { runs, outcome }).collect(),
            hints: hints(&run.trace).into_iter().map(|hint| HintObject::new(&run.trace, hint)).collect(),
            log: lines
                .map(|line| LineObject { at_s: line.at.as_secs_f64(), lane: line.lane, text: line.text })
                .collect(),
        }
    }
}

impl WarningObject {
    /// What `caution` says.
    pub fn new(caution: &Caution) -> WarningObject {
        let (kind, model) = (caution.kind(), caution.model().id());
        WarningObject { kind, model, text: caution.to_string(), cores: caution.cores() }
    }
}

impl RequestsObject {
    /// What `requests` come to.
    pub fn new(requests: &Requests) -> RequestsObject {
        RequestsObject {
            answered: requests.answered,
            p50_s: requests.p50.as_secs_f64(),
            p95_s: requests.p95.as_secs_f64(),
            p99_s: requests.p99.as_secs_f64(),
            per_s: requests.per_second.map(rounded),
        }
    }
}

/// A number to the thousandth.
pub fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
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
