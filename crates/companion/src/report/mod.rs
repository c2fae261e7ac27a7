//! What is told about the runs of one call: the figures, and a file for each way of showing them.

mod bars;
mod captions;
mod csv;
pub mod format;
mod hints;
mod html;
pub mod json;
pub mod lines;
mod markdown;
mod measures;
mod outcomes;
mod runs;
pub mod style;
pub mod table;
#[cfg(test)]
mod tests;
pub mod text;
mod timeline;

use std::io::Write;

use engine::model::Model;
use engine::trace::speedup;
use terminal_size::{Width, terminal_size_of};

use crate::caution::{Bounds, Caution, cautions, told};
use crate::failure::Failure;
use crate::request::{Clock, Request};
use crate::words::USUAL_COSTS;
pub use outcomes::Outcomes;
pub use runs::{Once, Run};
use style::{DIM, HEADING, HINDERED};

/// The runs of one call.
pub struct Report<'a> {
    /// What was asked for.
    pub request: &'a Request,
    /// What came of it, by model. A model whose run failed is missing.
    pub runs: Vec<Run>,
    /// What to keep in mind about measured figures.
    pub cautions: Vec<Caution>,
}

/// The width of a report that nobody looks at on a terminal.
const USUAL_WIDTH: usize = 80;

/// Prints the report for people: a table, a timeline and, if it is wanted, the log.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print(report: &Report, with_log: bool) -> Result<(), Failure> {
    print_text(&for_people(report, with_log, terminal_width()))
}

/// Prints a text that may have styles in it.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print_text(text: &str) -> Result<(), Failure> {
    // This leaves the styles out where they would not be seen as such, or are not wanted (NO_COLOR).
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// The columns of the terminal that standard output is.
pub fn terminal_width() -> usize {
    terminal_size_of(std::io::stdout()).map_or(USUAL_WIDTH, |(Width(columns), _)| columns.into())
}

impl<'a> Report<'a> {
    /// A report on these runs, with what is to be said of them on this machine.
    pub fn new(request: &'a Request, runs: Vec<Run>) -> Report<'a> {
        Report::within(request, runs, Bounds::of_this_machine())
    }

    /// A report on these runs, those that were measured judged by `bounds`.
    fn within(request: &'a Request, runs: Vec<Run>, bounds: Bounds) -> Report<'a> {
        let cautions = match request.clock {
            Clock::Real => runs.iter().flat_map(|run| cautions(run, request.repeat, bounds)).collect(),
            Clock::Virtual => Vec::new(),
        };
        Report { request, runs, cautions }
    }

    /// How many times faster than the sequential run of this call `run` was; `None` where there is none to compare, or
    /// one of the two came to no end.
    pub fn speedup(&self, run: &Run) -> Option<f64> {
        let sequential = self.runs.iter().find(|run| run.model == Model::Sequential)?;
        let (sequential, run) = (sequential.wall()?, run.wall()?);
        speedup(sequential, run)
    }

    /// How much of its workers' time `run` turned into speed: the speed-up, divided by the workers.
    pub fn efficiency(&self, run: &Run) -> Option<f64> {
        self.speedup(run).map(|speedup| speedup / run.alive.workers as f64)
    }

    /// The clock of every figure, as a clause.
    pub fn clock(&self) -> String {
        match self.request.clock {
            Clock::Virtual if self.request.charges.name == USUAL_COSTS => "predicted (virtual clock)".to_owned(),
            Clock::Virtual => format!("predicted (virtual clock, costs of {})", self.request.charges.title),
            Clock::Real => format!("measured on this machine, {}{}", self.runs_in_words(), self.warm_up()),
        }
    }

    /// Of how many runs a figure is: of one that was interrupted, a call has fewer on some models.
    fn runs_in_words(&self) -> String {
        let counts = || self.runs.iter().map(|run| run.runs);
        let asked_for = self.request.repeat;
        match (counts().min().unwrap_or(asked_for), counts().max().unwrap_or(asked_for)) {
            (1, 1) => "1 run".to_owned(),
            (least, most) if least == most => format!("median of {most} runs"),
            (least, most) => format!("median of {least} to {most} runs"),
        }
    }

    fn warm_up(&self) -> String {
        match self.request.warm_up {
            0 => String::new(),
            runs => format!(" after {runs} to warm up"),
        }
    }
}

/// What a part of the report is of, above it.
fn captioned(caption: Option<String>, width: usize) -> String {
    caption.map(|caption| format!("{DIM}{}{DIM:#}", text::wrapped("  ", &caption, width))).unwrap_or_default()
}

fn for_people(report: &Report, with_log: bool, width: usize) -> String {
    let mut text = format!("{HEADING}{}{HEADING:#}\n", report.request.lesson.title);
    for (name, value) in report.request.values_in_words() {
        text += &format!("  {DIM}{name}: {value}{DIM:#}\n");
    }
    text += "\n";
    text += &table::draw(report, width);
    text += &bars::draw(report, width);
    text += &measures::draw(report, width);
    let cautions = told(&report.cautions);
    if !cautions.is_empty() {
        text += &format!("\n{HEADING}Keep in mind{HEADING:#}\n");
    }
    for caution in cautions {
        text += &format!("{HINDERED}{}{HINDERED:#}", text::wrapped("  ! ", &caution, width));
    }
    text += "\n";
    text += &captioned(captions::timelines(report), width);
    text += &timeline::draw(report, width);
    text += &hints::draw(report, width);
    if with_log {
        for run in &report.runs {
            text += &format!("\n{HEADING}Log of {}{HEADING:#}\n", run.model.title());
            for line in run.trace.log_in_program_time() {
                text += &format!("{line}\n");
            }
        }
    }
    text
}
