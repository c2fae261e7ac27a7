//! A chart in characters: times over a number, a shape a line. Shapes and not colours tell the lines apart.

use crate::report::style::DIM;
use crate::report::text::wrapped;

/// A line of the chart.
pub struct Line<'a> {
    /// The shape of its points.
    pub symbol: char,
    /// What it is called.
    pub name: &'a str,
    /// Its points: a number and the seconds there.
    pub points: Vec<(f64, f64)>,
}

/// The shape of the line of this number.
pub fn symbol(index: usize) -> char {
    const SHAPES: [char; 9] = ['●', '▲', '■', '◆', '×', '○', '△', '□', '◇'];
    SHAPES[index % SHAPES.len()]
}

/// What stands between a shape and its name while lines are broken between words.
const JOINT: char = '\u{a0}';

/// The most rows above the lowest.
const MOST_ROWS: usize = 14;

/// The rows from one mark of the axis to the next.
const ROWS_A_MARK: usize = 2;

/// From here on the times are too far apart for an axis of even steps.
const FAR_APART: f64 = 50.0;

/// The chart of all lines, no wider than `width` columns. `label` names the number that changes.
pub fn draw(lines: &[Line], label: &str, width: usize) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let (Some(from), Some(to)) = (points().map(|p| p.0).reduce(f64::min), points().map(|p| p.0).reduce(f64::max))
    else {
        return "  No run came to an end, so there is nothing to draw.\n".to_owned();
    };
    let scale = Scale::of(points().map(|p| p.1));
    let labels: Vec<Option<String>> = (0..=scale.rows).map(|row| scale.label(row)).collect();
    let gutter = 2 + labels.iter().flatten().map(String::len).max().unwrap_or(0);
    let cells = width.saturating_sub(gutter + 3).max(10);
    let across =
        |number: f64| ((number - from) / (to - from).max(f64::MIN_POSITIVE) * (cells - 1) as f64).round() as usize;
    let mut picture = vec![vec![Vec::new(); cells]; scale.rows + 1];
    for line in lines {
        for &(number, seconds) in &line.points {
            picture[scale.row(seconds)][across(number)].push(line.symbol);
        }
    }
    let kind = if scale.kind == Kind::Logarithmic { "wall time, s (each step a factor)" } else { "wall time, s" };
    let mut text = format!("  {DIM}{kind}{DIM:#}\n");
    for (row, label) in labels.iter().enumerate().rev() {
        let drawn: String = picture[row].iter().map(|cell| shown(cell)).collect();
        let (label, axis) = label.as_deref().map_or(("", '│'), |label| (label, '┤'));
        text += &format!("{label:>gutter$} {DIM}{axis}{DIM:#}{}\n", drawn.trim_end());
    }
    let (from, to) = (number(from), number(to));
    let room = cells.saturating_sub(from.len() + to.len());
    text += &format!("{:gutter$} {DIM}└{}{DIM:#}\n", "", "─".repeat(cells));
    text += &format!("{:gutter$}  {from}{label:^room$}{to}\n", "");
    let legend = lines.iter().map(|line| format!("{}{JOINT}{}", line.symbol, line.name)).collect::<Vec<_>>().join("  ");
    let several = picture.iter().flatten().any(|cell| cell.len() > 1);
    let several = if several { "  2 … 9: so many models on one spot" } else { "" };
    text + &wrapped("  ", &format!("{legend}{several}"), width).replace(JOINT, " ")
}

fn shown(cell: &[char]) -> char {
    match cell {
        [] => ' ',
        [only] => *only,
        several => char::from_digit(several.len().min(9) as u32, 10).unwrap_or('9'),
    }
}

/// The axis of times, from the lowest row up.
struct Scale {
    kind: Kind,
    least: f64,
    most: f64,
    /// The rows above the lowest.
    rows: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Even steps from zero.
    Even,
    /// Each step a factor.
    Logarithmic,
}

impl Scale {
    /// Even steps, unless a quarter of the times would lie on the lowest row.
    fn of(times: impl Iterator<Item = f64>) -> Scale {
        let mut times: Vec<f64> = times.collect();
        times.sort_by(f64::total_cmp);
        let most = times.last().copied().unwrap_or(0.0);
        let quarter = times.get(times.len() / 4).copied().unwrap_or(0.0);
        let least = times.into_iter().find(|time| *time > 0.0).unwrap_or(most);
        if most > quarter * FAR_APART {
            return Scale { kind: Kind::Logarithmic, least, most, rows: MOST_ROWS };
        }
        let step = round_step(most / (MOST_ROWS / ROWS_A_MARK) as f64);
        let marks = if step > 0.0 { (most / step - 1e-9).ceil().max(1.0) } else { 1.0 };
        Scale { kind: Kind::Even, least: 0.0, most: step * marks, rows: marks as usize * ROWS_A_MARK }
    }

    fn row(&self, seconds: f64) -> usize {
        let share = match self.kind {
            Kind::Logarithmic => (seconds.max(self.least) / self.least).ln() / (self.most / self.least).ln(),
            Kind::Even if self.most > 0.0 => seconds / self.most,
            Kind::Even => 0.0,
        };
        ((share * self.rows as f64).round() as usize).min(self.rows)
    }

    /// What stands at a row; only every second one is marked.
    fn label(&self, row: usize) -> Option<String> {
        if !row.is_multiple_of(ROWS_A_MARK) {
            return None;
        }
        let share = row as f64 / self.rows as f64;
        let (seconds, smallest) = match self.kind {
            Kind::Logarithmic => {
                let seconds = self.least * (self.most / self.least).powf(share);
                (seconds, seconds)
            }
            Kind::Even => (self.most * share, self.most / (self.rows / ROWS_A_MARK) as f64),
        };
        // Two digits of the least thing that is told apart.
        let decimals = if smallest > 0.0 { (1.0 - smallest.log10().floor()).clamp(0.0, 9.0) as usize } else { 0 };
        Some(format!("{seconds:.decimals$}"))
    }
}

/// The next of 1, 2, 2.5 and 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    if least <= 0.0 {
        return 0.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= least).unwrap_or(least)
}

fn number(number: f64) -> String {
    ((number * 1e6).round() / 1e6).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_scale(times: &[f64], labels: &[&str], rows: &[usize]) {
        let scale = Scale::of(times.iter().copied());
        let drawn: Vec<String> = (0..=scale.rows).filter_map(|row| scale.label(row)).collect();
        assert_eq!(drawn, labels);
        assert_eq!(times.iter().map(|time| scale.row(*time)).collect::<Vec<_>>(), rows);
    }

    #[test]
    fn the_axis_has_round_steps_and_takes_factors_where_times_are_far_apart() {
        check_scale(&[1.0, 2.0, 4.0], &["0.0", "1.0", "2.0", "3.0", "4.0"], &[2, 4, 8]);
        check_scale(&[0.0, 0.0], &["0", "0"], &[0, 0]);
        let factors = ["1.0", "2.7", "7.2", "19", "52", "139", "373", "1000"];
        check_scale(&[1.0, 1.0, 1000.0, 1000.0], &factors, &[0, 0, 14, 14]);
        // One that is almost nothing among many changes no axis.
        check_scale(&[0.000_003, 3.0, 3.0, 4.0, 4.0], &["0.0", "1.0", "2.0", "3.0", "4.0"], &[0, 6, 6, 8, 8]);
    }
}
