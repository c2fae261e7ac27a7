//! The table: a row a model, and above it the clock that all its figures come from.

use engine::model::Model;
use engine::time::Nanos;

use crate::report::style::{DIM, HEADING};
use crate::report::{Report, Run};
use crate::request::Clock;

/// The table as text.
pub fn draw(report: &Report) -> String {
    let repeated = report.request.repeat > 1 && report.request.clock == Clock::Real;
    let mut header = vec!["model", "wall", "CPU", "speed-up"];
    if repeated {
        header.push("fastest … slowest");
    }
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for run in &report.runs {
        let mut row = vec![
            run.model.id().to_owned(),
            run.figures.wall.to_string(),
            run.figures.cpu.map_or_else(|| "–".to_owned(), short),
            report.speedup(run).map_or_else(|| "–".to_owned(), |factor| format!("{factor:.2}×")),
        ];
        if repeated {
            row.push(range(run));
        }
        rows.push(row);
    }
    let mut text = format!("{HEADING}{}{HEADING:#}\n", capitalised(&report.clock()));
    for (index, line) in aligned(&rows).into_iter().enumerate() {
        text += &if index == 0 { format!("  {DIM}{line}{DIM:#}\n") } else { format!("  {line}\n") };
    }
    for footnote in footnotes(report) {
        text += &format!("  {DIM}{footnote}{DIM:#}\n");
    }
    text
}

fn footnotes(report: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if report.speed() != 1.0 {
        let factor = report.speed();
        notes.push(format!("Delays were divided by {factor}. The times above are what the clock showed;"));
        notes.push(format!("the timeline and the log below are in the program’s own time, {factor} times that."));
    }
    if !report.runs.iter().any(|run| run.model == Model::Sequential) {
        notes.push("There is no speed-up to tell: that takes a sequential run in the same call.".to_owned());
    }
    notes
}

/// Milliseconds where seconds would only show zeros.
fn short(time: Nanos) -> String {
    match time.0 {
        0..1_000_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => time.to_string(),
    }
}

fn range(run: &Run) -> String {
    format!("{:.3} … {:.3} s", run.figures.wall_min.as_secs_f64(), run.figures.wall_max.as_secs_f64())
}

/// The cells of each row in columns: the first column begins at the left, the others end at the right.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("   ")
    };
    rows.iter().map(line).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
