//! The table: a row a model, and above it the clock that all its figures come from.

use std::collections::BTreeSet;

use engine::model::Model;
use engine::time::Nanos;
use lessons::parameter::GIL;

use crate::report::style::{DIM, HEADING};
use crate::report::text::{capitalised, wrapped};
use crate::report::{Report, Run, captions};
use crate::request::Clock;

/// Before each line.
const INDENT: &str = "  ";

/// Between columns.
const GAP: &str = "   ";

/// The table as text, no sentence in it wider than `width` columns.
pub fn draw(report: &Report, width: usize) -> String {
    let mut text = format!("{HEADING}{}{HEADING:#}", wrapped("", &capitalised(&report.clock()), width));
    let (figures, outcomes) = (figures(report), outcomes(report));
    let model = |(figures, found): (&Vec<String>, &Vec<String>)| figures.iter().take(1).chain(found).cloned().collect();
    text += &side_by_side_drawn(&figures, &figures.iter().zip(&outcomes).map(model).collect::<Vec<_>>(), width);
    for sentence in report.runs.iter().filter_map(Run::no_end) {
        text += &wrapped("  ", &sentence, width);
    }
    for footnote in footnotes(report) {
        text += &format!("{DIM}{}{DIM:#}", wrapped("  ", &footnote, width));
    }
    text
}

/// A row a model with its times and what its program found out, below their header.
pub fn side_by_side(report: &Report) -> Vec<Vec<String>> {
    let (figures, outcomes) = (figures(report), outcomes(report));
    figures.iter().zip(&outcomes).map(|(figures, found)| figures.iter().chain(found).cloned().collect()).collect()
}

/// A row a model with its times, below their header.
fn figures(report: &Report) -> Vec<Vec<String>> {
    let repeated = report.request.repeat > 1 && report.request.clock == Clock::Real;
    let mut header = vec!["model", "wall", "CPU", "speed-up"];
    if repeated {
        header.push("fastest … slowest");
    }
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for run in &report.runs {
        let mut row = vec![
            run.model.id().to_owned(),
            run.wall().map_or_else(|| "no end".to_owned(), |wall| wall.to_string()),
            run.figures.cpu.map_or_else(|| "–".to_owned(), short),
            report.speedup(run).map_or_else(|| "–".to_owned(), |factor| format!("{factor:.2}×")),
        ];
        if repeated {
            row.push(range(run));
        }
        rows.push(row);
    }
    rows
}

/// A row a model with what its program found out, below the names of that; where repeated runs differ, in how many.
fn outcomes(report: &Report) -> Vec<Vec<String>> {
    let names: BTreeSet<&str> = report.runs.iter().flat_map(|run| run.outcomes.names()).collect();
    let row =
        |run: &Run| names.iter().map(|name| run.outcomes.in_words(name).unwrap_or_else(|| "–".to_owned())).collect();
    [names.iter().map(|name| name.to_string()).collect()].into_iter().chain(report.runs.iter().map(row)).collect()
}

/// Two tables of the same names as one, where that is no wider than `width`, or else one below the other.
pub fn side_by_side_drawn(left: &[Vec<String>], right: &[Vec<String>], width: usize) -> String {
    let both: Vec<Vec<String>> =
        left.iter().zip(right).map(|(left, right)| [left, right.get(1..).unwrap_or_default()].concat()).collect();
    match split(&both, 1, width).len() {
        1 => drawn(&both, width),
        _ => [left, right]
            .into_iter()
            .filter(|rows| rows.iter().any(|row| row.len() > 1))
            .map(|it| drawn(it, width))
            .collect(),
    }
}

/// Rows in columns, the first row the header, the first column names and the others figures; in as many tables below each
/// other as `width` asks for.
pub fn drawn(rows: &[Vec<String>], width: usize) -> String {
    drawn_with_names(rows, 1, width)
}

/// The same where the first `names` columns begin at the left, and the others end at the right.
pub fn drawn_with_names(rows: &[Vec<String>], names: usize, width: usize) -> String {
    let line = |(index, line): (usize, String)| match index {
        0 => format!("{INDENT}{DIM}{line}{DIM:#}\n"),
        _ => format!("{INDENT}{}\n", line.trim_end()),
    };
    split(rows, names, width).iter().flat_map(|rows| aligned(rows, names).into_iter().enumerate().map(line)).collect()
}

/// What has to be said about the table, as sentences.
pub fn footnotes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    let factor = report.request.true_speed();
    if factor != 1.0 {
        notes.push(format!(
            "Delays were divided by {factor}. The times above are what the clock showed; the timeline and the log below \
             are in the program’s own time, {factor} times that."
        ));
    }
    notes.extend(captions::results(report));
    notes.extend(whose_gil(report));
    if !report.runs.iter().any(|run| run.model == Model::Sequential) {
        notes.push("There is no speed-up to tell: that takes a sequential run in the same call.".to_owned());
    }
    notes
}

/// That threads which were measured passed on a GIL, which this program does not need, and how to do without.
fn whose_gil(report: &Report) -> Option<String> {
    let request = report.request;
    let has_threads = |model| match model {
        Model::Threads | Model::ThreadPool | Model::LoopAndThreads | Model::ProcessesOfThreads => true,
        Model::Sequential | Model::EventLoop | Model::ProcessPool | Model::Processes | Model::LoopAndProcesses => false,
    };
    let is_passed_on = request.clock == Clock::Real && request.has_gil();
    let is_told = is_passed_on && report.runs.iter().any(|run| has_threads(run.model));
    let is_the_lessons = request.lesson.parameters.iter().any(|parameter| parameter.name == GIL);
    let without = if is_the_lessons { "--set gil=off" } else { "--costs native" };
    is_told.then(|| {
        format!("Measured threads of one process share a GIL here, as CPython’s do: {without} runs them without one.")
    })
}

/// A share in per cent.
pub fn share(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Milliseconds where seconds would only show zeros.
pub fn short(time: Nanos) -> String {
    match time.0 {
        0..1_000_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => time.to_string(),
    }
}

fn range(run: &Run) -> String {
    format!("{:.3} … {:.3} s", run.figures.wall_min.as_secs_f64(), run.figures.wall_max.as_secs_f64())
}

/// A table as tables with some of its figures each, in order, and with all of its names: none wider than `width` that has
/// more than one figure.
fn split(rows: &[Vec<String>], names: usize, width: usize) -> Vec<Vec<Vec<String>>> {
    let widths = widths(rows);
    let (of_names, of_figures) = widths.split_at(names.min(widths.len()));
    let at_first = INDENT.len() + of_names.iter().sum::<usize>() + GAP.len() * of_names.len().saturating_sub(1);
    let mut starts = vec![names];
    let mut used = at_first;
    for (column, figure) in of_figures.iter().enumerate().map(|(index, width)| (names + index, GAP.len() + width)) {
        used += figure;
        if used > width && starts.last() != Some(&column) {
            starts.push(column);
            used = at_first + figure;
        }
    }
    let ends = starts.iter().skip(1).copied().chain([widths.len()]);
    let of = |(start, end): (&usize, usize)| {
        let of_row = |row: &Vec<String>| {
            let columns =
                row.iter().enumerate().filter(|(column, _)| *column < names || (*start..end).contains(column));
            columns.map(|(_, cell)| cell.clone()).collect()
        };
        rows.iter().map(of_row).collect()
    };
    starts.iter().zip(ends).map(of).collect()
}

/// The widest cell of each column.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    (0..columns).map(|column| width(column).unwrap_or(0)).collect()
}

fn aligned(rows: &[Vec<String>], names: usize) -> Vec<String> {
    let widths = widths(rows);
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, &width))| match column < names {
            true => format!("{cell:<width$}"),
            false => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join(GAP)
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No line is wider than there is room, every figure is there once, and each stands below its head.
    #[test]
    fn a_table_is_as_many_tables_as_its_width_asks_for() {
        let cell = |row: usize, column: usize| format!("{}{row}{column}", "x".repeat(column + row % 3));
        let rows: Vec<Vec<String>> = (0..4).map(|row| (0..6).map(|column| cell(row, column)).collect()).collect();
        for names in 1..=2 {
            for width in 26..80 {
                let text = anstream::adapter::strip_str(&drawn_with_names(&rows, names, width)).to_string();
                assert!(text.lines().all(|line| line.chars().count() <= width), "{width}\n{text}");
                let cells: Vec<&str> = text.split_whitespace().collect();
                let tables = text.lines().count() / rows.len();
                for (row, column) in (0..4).flat_map(|row| (0..6).map(move |column| (row, column))) {
                    let times = cells.iter().filter(|it| **it == cell(row, column)).count();
                    assert_eq!(times, if column < names { tables } else { 1 }, "{width}\n{text}");
                }
                assert_eq!(tables == 1, width >= widths(&rows).iter().sum::<usize>() + 17, "{width}");
            }
        }
    }
}
