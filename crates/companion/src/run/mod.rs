//! `interleave run`: read the words, run each model, report, export.

mod repeatedly;

use engine::error::RunError;
use engine::model::Model;
use engine::trace::{Event, Marked, Trace, chrome_json};
use lessons::Diagnostic;
use lessons::result_file::ResultFile;

use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::machine;
use crate::measure::predict;
use crate::notice;
use crate::output_file::{OutputFile, Series};
use crate::report::format::Format;
use crate::report::{self, Once, Report, Run, lines};
use crate::request::{Clock, Request};
use crate::usage::Usage;
use crate::words::{USUAL_COSTS, keep};

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, runs that failed, and outputs that cannot be written. The runs that went well are reported
/// even so.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let (request, formats) = read(arguments).map_err(Failure::WrongWords)?;
    let trace_file = arguments.trace.as_deref().map(|path| OutputFile::open("trace", path)).transpose()?;
    let result_file = arguments.result.as_deref().map(|path| OutputFile::open("result", path)).transpose()?;
    let out_file = arguments.out.as_deref().map(|path| OutputFile::open("output", path)).transpose()?;
    let reports = arguments.reports.iter().map(|path| OutputFile::open("report", path));
    let reports = reports.collect::<Result<Vec<_>, Failure>>()?;
    note_what_changes_nothing(&request, arguments);
    let mut keeping = Keeping {
        series: out_file.map(|file| file.series(&lines::head(&request))),
        last: result_file.is_some().then(Vec::new),
    };
    let (runs, mut wrong) = run_all(&request, &mut keeping);
    let report = Report::new(&request, runs);
    let printed = match arguments.json {
        true => report::json::print(&report),
        false => report::print(&report, arguments.log),
    };
    wrong.extend(keeping.series.and_then(Series::wrong));
    if let Some(file) = trace_file {
        wrong.extend(file.write(&chrome(&report)).err());
    }
    if let Some((file, runs)) = result_file.zip(keeping.last) {
        wrong.extend(file.write(&result(&request, runs)).err());
    }
    for (file, format) in reports.into_iter().zip(formats) {
        wrong.extend(file.write(format.render(&report).as_bytes()).err());
    }
    Failure::of_all(printed, wrong)
}

/// What is kept of runs as they come.
struct Keeping<'a> {
    /// A file to which each run is added as soon as it is over.
    series: Option<Series<'a>>,
    /// What happened in the last run of each model, where that is to be written.
    last: Option<Vec<(Model, Vec<Event>)>>,
}

/// What is to be run, and what each report is to be written as; or all that is wrong with either.
fn read(arguments: &RunArguments) -> Result<(Request, Vec<Format>), Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let request = Request::read(arguments).map_err(|complaints| wrong.extend(complaints)).ok();
    let formats: Vec<Format> = arguments.reports.iter().filter_map(|path| keep(Format::of(path), &mut wrong)).collect();
    if request.as_ref().is_some_and(|request| request.clock == Clock::Virtual) && arguments.result.is_some() {
        wrong.push(Diagnostic::new(
            "--result",
            "a predicted run",
            "given for a measured one: the page predicts for itself",
            Some("--clock real".to_owned()),
        ));
    }
    request.filter(|_| wrong.is_empty()).map(|request| (request, formats)).ok_or(wrong)
}

fn note_what_changes_nothing(request: &Request, arguments: &RunArguments) {
    if request.clock == Clock::Virtual && arguments.speed.trim() != "1" {
        notice::note("a predicted run takes no time, so --speed changes nothing about it.");
    }
    if request.clock == Clock::Real && request.charges.name != USUAL_COSTS {
        notice::note("a measured run costs what this machine takes: of --costs it has only the GIL.");
    }
    request.charges.note_whose_gil(&request.prepared);
}

/// The runs as a Chrome trace.
fn chrome(report: &Report) -> Vec<u8> {
    let traces: Vec<&Trace> = report.runs.iter().map(|run| &run.trace).collect();
    format!("{}\n", chrome_json(&traces)).into_bytes()
}

/// Runs as the page opens them.
fn result(request: &Request, runs: Vec<(Model, Vec<Event>)>) -> Vec<u8> {
    let (lesson, parameters) = (request.lesson.id.to_owned(), request.values.texts());
    ResultFile { lesson, parameters, seed: request.seed, speed: request.speed, machine: machine::in_words(), runs }
        .to_bytes()
}

/// The runs of every model, and a sentence for each that came to no end. One that failed with a task has no run.
fn run_all(request: &Request, keeping: &mut Keeping<'_>) -> (Vec<Run>, Vec<String>) {
    let mut wrong = Vec::new();
    let mut runs = Vec::new();
    for &model in &request.models {
        let mut number = 0;
        let mut last = Vec::new();
        let mut tell = |once: &Once, events: Vec<Event>| {
            number += 1;
            last = events;
            if let Some(series) = &mut keeping.series {
                series.add(&lines::run(model, number, once));
            }
        };
        let all = match request.clock {
            // A prediction is the same every time.
            Clock::Virtual => {
                let once = Once { trace: predict(request, model), usage: Usage::default() };
                tell(&once, Vec::new());
                Ok(vec![once])
            }
            Clock::Real => repeatedly::measure(request, model, tell),
        };
        if let Some(kept) = keeping.last.as_mut().filter(|_| all.is_ok()) {
            kept.push((model, last));
        }
        let repeat = || format!("To repeat it: {}", request.command(model));
        match all.and_then(without_failures) {
            Ok(all) => {
                let run = Run::new(model, all, request.prepared.costs.gil.is_some());
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

/// The runs, unless a task failed in one of them: such a run says nothing about its model.
fn without_failures(all: Vec<Once>) -> Result<Vec<Once>, String> {
    let failed = all.iter().find_map(|once| match once.trace.failure() {
        Some(RunError::Task(failed)) => Some(format!("{failed}{}", beside_the_lost(&once.trace))),
        Some(RunError::Deadlock(_) | RunError::Stalled { .. } | RunError::Endless { .. }) | None => None,
    });
    failed.map_or(Ok(all), Err)
}

/// Where jobs were lost with their processes: that the others were not.
fn beside_the_lost(trace: &Trace) -> String {
    let lost = trace.marks.iter().filter(|mark| matches!(mark.kind, Marked::Lost { again: false })).count();
    let jobs = trace.tasks.iter().skip(1);
    let done = jobs.clone().filter(|job| job.ended.is_some()).count().saturating_sub(lost);
    let mend = "--retry-lost gives a lost job to the process that takes the dead one’s place";
    if lost > 0 { format!("; of {} jobs {done} were done, and {mend}", jobs.count()) } else { String::new() }
}
