//! The table: a row a model, and above it the clock that all its figures come from.

use std::collections::BTreeSet;

use engine::model::Model;
use engine::program::Outcome;
use engine::time::Nanos;

use crate::report::style::{DIM, HEADING};
use crate::report::text::{capitalised, wrapped};
use crate::report::{Report, Run};
use crate::request::Clock;

/// The table as text, no sentence in it wider than `width` columns.
pub fn draw(report: &Report, width: usize) -> String {
    let side_by_side = side_by_side(report);
    let fits = aligned(&side_by_side, 1).iter().all(|line| line.chars().count() + 2 <= width);
    let mut text = format!("{HEADING}{}{HEADING:#}\n", capitalised(&report.clock()));
    if fits {
        text += &drawn(&side_by_side);
    } else {
        let (figures, outcomes) = (figures(report), outcomes(report));
        let model =
            |(figures, found): (&Vec<String>, &Vec<String>)| figures.iter().take(1).chain(found).cloned().collect();
        text += &drawn(&figures);
        text += &drawn(&figures.iter().zip(&outcomes).map(model).collect::<Vec<_>>());
    }
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

/// A row a model with what its program found out, below the names of that; of repeated runs the one that is shown.
fn outcomes(report: &Report) -> Vec<Vec<String>> {
    let found = report.runs.iter().map(|run| run.trace.outcome());
    let names: BTreeSet<&String> = found.clone().flatten().flat_map(|outcome| outcome.keys()).collect();
    let row = |outcome: Option<&Outcome>| {
        let value = |name: &&String| outcome?.get(*name).map(i64::to_string);
        names.iter().map(|name| value(name).unwrap_or_else(|| "–".to_owned())).collect()
    };
    [names.iter().map(|name| name.to_string()).collect()].into_iter().chain(found.map(row)).collect()
}

/// Rows in columns, the first row the header, the first column names and the others figures.
pub fn drawn(rows: &[Vec<String>]) -> String {
    drawn_with_names(rows, 1)
}

/// Rows in columns, the first row the header. The first `names` columns begin at the left, the others end at the right.
pub fn drawn_with_names(rows: &[Vec<String>], names: usize) -> String {
    let lines = aligned(rows, names).into_iter().enumerate();
    let line = |(index, line): (usize, String)| match index {
        0 => format!("  {DIM}{line}{DIM:#}\n"),
        _ => format!("  {}\n", line.trim_end()),
    };
    lines.map(line).collect()
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
    if !report.runs.iter().any(|run| run.model == Model::Sequential) {
        notes.push("There is no speed-up to tell: that takes a sequential run in the same call.".to_owned());
    }
    notes
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

fn aligned(rows: &[Vec<String>], names: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, &width))| match column < names {
            true => format!("{cell:<width$}"),
            false => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("   ")
    };
    rows.iter().map(line).collect()
}
