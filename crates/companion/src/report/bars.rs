//! The wall times as bars, so that one sees at a glance what the table says.

use crate::report::style::{HEADING, RUNNING};
use crate::report::{Report, Run};

/// The bars of all models, the longest as long as `width` columns leave room for; empty where there is nothing to
/// compare.
pub fn draw(report: &Report, width: usize) -> String {
    const FEWEST_CELLS: usize = 8;
    const MOST_CELLS: usize = 60;
    let longest = report.runs.iter().filter_map(Run::wall).max().unwrap_or_default().as_secs_f64();
    if report.runs.len() < 2 || longest == 0.0 {
        return String::new();
    }
    let names = report.runs.iter().map(|run| run.model.id().len()).max().unwrap_or(0);
    let figure = |run: &Run| run.wall().map_or_else(|| "no end".to_owned(), |wall| wall.to_string());
    let figures = report.runs.iter().map(|run| figure(run).len()).max().unwrap_or(0);
    let cells = width.saturating_sub(names + figures + 6).clamp(FEWEST_CELLS, MOST_CELLS);
    let mut text = format!("\n{HEADING}Wall time{HEADING:#}\n");
    for run in &report.runs {
        let share = run.wall().map_or(0.0, |wall| wall.as_secs_f64() / longest);
        let bar = bar(share, cells);
        let gap = if bar.is_empty() { "" } else { " " };
        text += &format!("  {:names$}   {RUNNING}{bar}{RUNNING:#}{gap}{}\n", run.model.id(), figure(run));
    }
    text
}

/// A bar of this share of `cells`, to the eighth of a cell. What is not nothing is seen.
fn bar(share: f64, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share * cells as f64 * 8.0).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_exact_to_an_eighth_of_a_cell() {
        assert_eq!([0.0, 0.5, 1.0].map(|share| bar(share, 10)), ["", "█████", "██████████"]);
        assert_eq!([0.0001, 0.075, 0.99].map(|share| bar(share, 10)), ["▏", "▊", "█████████▉"]);
    }
}
