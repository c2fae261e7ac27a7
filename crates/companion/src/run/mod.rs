//! `interleave run`: read the words, run each model, report, export.

mod outputs;
mod repeatedly;
mod so_far;

use std::path::Path;
use std::sync::Arc;

use lessons::Diagnostic;

use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::interrupt;
use crate::measure::predict;
use crate::notice;
use crate::report::Once;
use crate::report::format::Format;
use crate::request::{Clock, Request};
use crate::usage::Usage;
use crate::words::{USUAL_COSTS, keep};
use outputs::Outputs;
use so_far::{Occasion, SoFar};

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, runs that failed, and outputs that cannot be written. The runs that went well are reported
/// even so.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let (request, formats) = read(arguments).map_err(Failure::WrongWords)?;
    note_what_changes_nothing(&request, arguments);
    let outputs = Outputs::open(arguments, formats, &request)?;
    let so_far = Arc::new(SoFar::new(request, outputs));
    if so_far.request.clock == Clock::Real {
        tell_when_interrupted(&so_far);
    }
    run_all(&so_far);
    so_far.tell(Occasion::End)
}

/// What is to be run, and what each report is to be written as; or all that is wrong with either.
fn read(arguments: &RunArguments) -> Result<(Request, Vec<Format>), Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let request = Request::read(arguments).map_err(|complaints| wrong.extend(complaints)).ok();
    let formats: Vec<Format> = arguments.reports.iter().filter_map(|path| keep(Format::of(path), &mut wrong)).collect();
    if request.as_ref().is_some_and(|request| request.clock == Clock::Virtual) && arguments.result.is_some() {
        let path = arguments.result.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let allowed = "left out of a predicted run, for the page predicts for itself";
        wrong.push(Diagnostic::new("--result", &path, allowed, Some("--clock real".to_owned())));
    }
    wrong.extend(named_twice(arguments));
    request.filter(|_| wrong.is_empty()).map(|request| (request, formats)).ok_or(wrong)
}

/// Files that two outputs would be written to: of one of them nothing would be left.
fn named_twice(arguments: &RunArguments) -> Vec<Diagnostic> {
    let others = [("--trace", &arguments.trace), ("--result", &arguments.result), ("--out", &arguments.out)];
    let others = others.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?)));
    let all: Vec<_> = others.chain(arguments.reports.iter().map(|path| ("--report", path))).collect();
    let is_device = |path: &Path| path.exists() && !path.is_file();
    let twice = all.iter().enumerate().filter_map(|(index, (option, path))| {
        let (first, _) = all[..index].iter().find(|(_, other)| other == path && !is_device(path))?;
        let allowed = format!("a file of its own: {first} is written to this one");
        Some(Diagnostic::new(option, &path.display().to_string(), allowed, None))
    });
    twice.collect()
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

fn tell_when_interrupted(so_far: &Arc<SoFar>) {
    let so_far = Arc::clone(so_far);
    let tell = move || {
        if let Err(failure) = so_far.tell(Occasion::Interruption) {
            failure.tell();
        }
    };
    // Where nobody can listen an interrupt ends the program at once, and the lines of --out are what is kept.
    let _ = interrupt::before_the_end(tell);
}

/// Runs every model, as often as it is to be.
fn run_all(so_far: &SoFar) {
    let request = &so_far.request;
    for &model in &request.models {
        so_far.begin(model);
        let measured = match request.clock {
            // A prediction is the same every time.
            Clock::Virtual => {
                so_far.add(Once { trace: predict(request, model), usage: Usage::default() }, Vec::new());
                Ok(())
            }
            Clock::Real => repeatedly::measure(request, model, |once, events| so_far.add(once, events)),
        };
        if let Err(reason) = measured {
            so_far.break_off(reason);
        }
    }
}
