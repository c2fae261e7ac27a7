//! `interleave run`: read the words, run each model, report, export.

use std::time::Instant;

use engine::costs::{Costs, Preset};
use engine::error::RunError;
use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Trace, chrome_json};

use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::measure::{measure, predict};
use crate::notice;
use crate::output_file::OutputFile;
use crate::process_pool::Pool;
use crate::report::{self, Report, Run};
use crate::request::{Clock, Request};
use crate::words::USUAL_COSTS;

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, runs that failed, and outputs that cannot be written. The runs that went well are reported
/// even so.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let request = Request::read(arguments).map_err(Failure::WrongWords)?;
    let trace_file = arguments.trace.as_deref().map(|path| OutputFile::open("trace", path)).transpose()?;
    if request.clock == Clock::Virtual && arguments.speed.trim() != "1" {
        notice::note("a predicted run takes no time, so --speed changes nothing about it.");
    }
    if request.clock == Clock::Real && request.charges.name != USUAL_COSTS {
        notice::note("a measured run costs what this machine takes: of --costs it has only the GIL.");
    }
    request.charges.note_whose_gil(&request.prepared);
    for model in request.unmeasurable() {
        notice::note(format_args!("{model} cannot be measured yet and is left out: --clock virtual predicts it."));
    }
    let (runs, mut wrong) = run_all(&request);
    let report = Report::new(&request, runs);
    let printed = match arguments.json {
        true => report::json::print(&report),
        false => report::print(&report, arguments.log),
    };
    if let Some(file) = trace_file {
        wrong.extend(file.write(&chrome(&report)).err());
    }
    match printed {
        Err(Failure::Failed(sentences)) => wrong.extend(sentences),
        Err(failure) if wrong.is_empty() => return Err(failure),
        Ok(()) | Err(_) => {}
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Failed(wrong)) }
}

/// The runs as a Chrome trace.
fn chrome(report: &Report) -> Vec<u8> {
    let traces: Vec<&Trace> = report.runs.iter().map(|run| &run.trace).collect();
    format!("{}\n", chrome_json(&traces)).into_bytes()
}

/// The runs of every model, and a sentence for each that came to no end. One that failed with a task has no run.
fn run_all(request: &Request) -> (Vec<Run>, Vec<String>) {
    let mut wrong = Vec::new();
    let mut runs = Vec::new();
    for &model in &request.models {
        let traces = match request.clock {
            // A prediction is the same every time.
            Clock::Virtual => Ok(vec![predict(request, model)]),
            Clock::Real => measure_repeatedly(request, model),
        };
        let repeat = || format!("To repeat it: {}", request.command(model));
        match traces.and_then(without_failures) {
            Ok(traces) => {
                let run = Run::new(model, traces);
                if run.as_ref().is_some_and(|run| run.unended > 0) {
                    // The report says why.
                    wrong.push(format!("The run on {model} came to no end.\n{}", repeat()));
                }
                runs.extend(run);
            }
            Err(reason) => wrong.push(format!("The run on {model} failed: {reason}.\n{}", repeat())),
        }
    }
    (runs, wrong)
}

/// The traces, unless a task failed in one of them: such a run says nothing about its model.
fn without_failures(traces: Vec<Trace>) -> Result<Vec<Trace>, String> {
    let failed = traces.iter().find_map(|trace| match trace.failure() {
        Some(RunError::Task(failed)) => Some(failed.to_string()),
        Some(RunError::Deadlock(_) | RunError::Stalled { .. } | RunError::Endless { .. }) | None => None,
    });
    failed.map_or(Ok(traces), Err)
}

fn measure_repeatedly(request: &Request, model: Model) -> Result<Vec<Trace>, String> {
    let pool = match model {
        Model::ProcessPool | Model::LoopAndProcesses => Some(start_pool(request, model)?),
        Model::Sequential
        | Model::Threads
        | Model::ThreadPool
        | Model::EventLoop
        | Model::LoopAndThreads
        | Model::Processes
        | Model::ProcessesOfThreads => None,
    };
    let _progress = notice::progress(announcement(request, model));
    let mut traces = Vec::new();
    for _ in 0..request.repeat {
        traces.push(measure(request, model, pool.as_ref()));
        // A process that has died is missing in every further run.
        if let Some(Some(RunError::Task(_))) = traces.last().map(Trace::failure) {
            break;
        }
    }
    Ok(traces)
}

/// The pool is up before the clock starts: what its processes cost to start is another lesson's matter, and told here.
fn start_pool(request: &Request, model: Model) -> Result<Pool, String> {
    const MOST_IDS: usize = 8;
    let start = Instant::now();
    let pool = Pool::start(request, model).map_err(|sentence| sentence.trim_end_matches('.').to_owned())?;
    let took_ms = start.elapsed().as_secs_f64() * 1e3;
    let ids = pool.ids();
    let shown = ids.iter().take(MOST_IDS).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let more = if ids.len() > MOST_IDS { ", …" } else { "" };
    let processes = if ids.len() == 1 { "process was" } else { "processes were" };
    notice::note(format_args!(
        "{} {processes} started for the pool in {took_ms:.1} ms, before its clock: {shown}{more}",
        ids.len()
    ));
    Ok(pool)
}

/// What is about to be measured, and how long that will take: the prediction knows, with the costs of a program like
/// this one and not of an interpreter.
fn announcement(request: &Request, model: Model) -> String {
    let mut text = format!("measuring {model}");
    let gil = request.charges.costs.gil;
    let native = request.lesson.prepare_on(&request.values, Costs { gil, ..Preset::Native.costs() });
    let summary = simulate(&native.program, &native.settings(model, request.seed)).summary();
    let time = summary.map(|summary| about(request.speed.shorten(summary.wall)));
    match (request.repeat, time) {
        (1, Some(time)) => text += &format!(", about {time}"),
        (runs, Some(time)) => text += &format!(", {runs} runs of about {time} each"),
        (_, None) => {}
    }
    text
}

fn about(time: Nanos) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.1 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}
