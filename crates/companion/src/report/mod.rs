//! What is told about the runs of one call: the figures, and a file for each way of showing them.

mod hints;
pub mod json;
pub mod style;
pub mod table;
pub mod text;
mod timeline;

use std::io::Write;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Trace, speedup};
use terminal_size::{Width, terminal_size_of};

use crate::failure::Failure;
use crate::request::{Clock, Request};
use crate::words::USUAL_COSTS;
use style::{DIM, HEADING};

/// The runs of one call.
pub struct Report<'a> {
    /// What was asked for.
    pub request: &'a Request,
    /// What came of it, by model. A model whose run failed is missing.
    pub runs: Vec<Run>,
}

/// The runs of one model.
pub struct Run {
    /// The model.
    pub model: Model,
    /// The figures of its runs that came to an end; of all of them where none did.
    pub figures: Figures,
    /// The last of its runs that came to no end, or where all did, the last of them.
    pub trace: Trace,
    /// How many runs there were.
    pub runs: usize,
    /// How many of them came to no end.
    pub unended: usize,
}

/// What a model's runs come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The median of the wall times.
    pub wall: Nanos,
    /// The shortest wall time.
    pub wall_min: Nanos,
    /// The longest wall time.
    pub wall_max: Nanos,
    /// The median of the CPU times, where the clock can tell.
    pub cpu: Option<Nanos>,
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
    /// A report on these runs.
    pub fn new(request: &'a Request, runs: Vec<Run>) -> Report<'a> {
        Report { request, runs }
    }

    /// How many times faster than the sequential run of this call `run` was; `None` where there is none to compare, or
    /// one of the two came to no end.
    pub fn speedup(&self, run: &Run) -> Option<f64> {
        let sequential = self.runs.iter().find(|run| run.model == Model::Sequential)?;
        let (sequential, run) = (sequential.wall()?, run.wall()?);
        speedup(sequential, run)
    }

    /// By how much the delays of these runs were divided: predicted ones by nothing.
    pub fn speed(&self) -> f64 {
        match self.request.clock {
            Clock::Real => self.request.speed.factor(),
            Clock::Virtual => 1.0,
        }
    }

    /// The clock of every figure, as a clause.
    fn clock(&self) -> String {
        match (self.request.clock, self.request.repeat) {
            (Clock::Virtual, _) if self.request.charges.name == USUAL_COSTS => "predicted (virtual clock)".to_owned(),
            (Clock::Virtual, _) => format!("predicted (virtual clock, costs of {})", self.request.charges.title),
            (Clock::Real, 1) => "measured on this machine, 1 run".to_owned(),
            (Clock::Real, runs) => format!("measured on this machine, median of {runs} runs"),
        }
    }
}

impl Run {
    /// The run that repeated runs make together; `None` where there were none or one has not finished.
    pub fn new(model: Model, traces: Vec<Trace>) -> Option<Run> {
        let runs = traces.len();
        let (unended, ended): (Vec<Trace>, Vec<Trace>) =
            traces.into_iter().partition(|trace| trace.failure().is_some());
        let summaries = if ended.is_empty() { &unended } else { &ended }.iter().map(Trace::summary);
        let summaries = summaries.collect::<Option<Vec<_>>>()?;
        let walls: Vec<Nanos> = summaries.iter().map(|summary| summary.wall).collect();
        let cpus: Option<Vec<Nanos>> = summaries.iter().map(|summary| summary.cpu).collect();
        let figures = Figures {
            wall: median(walls.clone())?,
            wall_min: walls.iter().copied().min()?,
            wall_max: walls.iter().copied().max()?,
            cpu: cpus.and_then(median),
        };
        let count = unended.len();
        let trace = unended.into_iter().next_back().or_else(|| ended.into_iter().next_back())?;
        Some(Run { model, figures, trace, runs, unended: count })
    }

    /// The median wall time of the runs that came to an end.
    pub fn wall(&self) -> Option<Nanos> {
        (self.unended < self.runs).then_some(self.figures.wall)
    }

    /// That runs came to no end, and why, as a sentence; `None` where all did.
    pub fn no_end(&self) -> Option<String> {
        let reason = self.trace.failure()?;
        let at = self.trace.end();
        Some(match self.runs {
            1 => format!("The run on {} came to no end after {at}: {reason}.", self.model),
            runs => format!(
                "{} of {runs} runs on {} came to no end, the last of them after {at}: {reason}.",
                self.unended, self.model
            ),
        })
    }
}

/// The middle one of `times`, or the mean of the two in the middle.
pub fn median(mut times: Vec<Nanos>) -> Option<Nanos> {
    times.sort_unstable();
    let upper = *times.get(times.len() / 2)?;
    let lower = *times.get(times.len().checked_sub(1)? / 2)?;
    Some(lower + Nanos((upper - lower).0 / 2))
}

fn for_people(report: &Report, with_log: bool, width: usize) -> String {
    let mut text = format!("{HEADING}{}{HEADING:#}\n", report.request.lesson.title);
    for (name, value) in report.request.values() {
        text += &format!("  {DIM}{name}: {}{DIM:#}\n", value.text());
    }
    if report.runs.is_empty() {
        return text;
    }
    text += "\n";
    text += &table::draw(report, width);
    text += "\n";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_median(times: &[u64], expected: Option<u64>) {
        assert_eq!(median(times.iter().copied().map(Nanos).collect()), expected.map(Nanos));
    }

    #[test]
    fn the_median_is_the_middle_one_or_between_the_middle_two() {
        check_median(&[], None);
        check_median(&[5], Some(5));
        check_median(&[9, 1, 4], Some(4));
        check_median(&[8, 2, 4, 100], Some(6));
    }
}
