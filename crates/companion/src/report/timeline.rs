//! The timeline: what each lane was doing, on one time axis for all models, in characters.
//!
//! The rows are the trace's own. A row is cells first and text after.

use std::collections::BTreeMap;

use engine::time::Nanos;
use engine::trace::{Counts, Row, RowKind, Shows, State, Stretch, TaskId, Trace};
use unicode_width::UnicodeWidthChar;

use crate::report::style::{DIM, HEADING, HINDERED, RUNNING};
use crate::report::{Report, Run};

/// The most tasks of a loop, or lanes, that have a row of their own.
pub const MOST_ROWS: usize = 16;

/// The fewest cells that still show anything.
const FEWEST_CELLS: usize = 10;

/// The space before a row's name.
const INDENT: usize = 2;

/// The timelines of all runs, no wider than `width` columns.
pub fn draw(report: &Report, width: usize) -> String {
    let end = report.runs.iter().map(|run| run.trace.axis_length()).max().unwrap_or_default();
    let rows = |run: &'_ Run| run.trace.rows(run.trace.drawn_until(end, run.trace.end()), MOST_ROWS);
    let sources: Vec<(&Run, Vec<Source>)> = report
        .runs
        .iter()
        .map(|run| (run, rows(run).into_iter().map(|row| Source { trace: &run.trace, row }).collect()))
        .collect();
    let names = sources.iter().flat_map(|(_, sources)| sources).map(|source| columns(source.row.name.chars()));
    let gutter = names.max().unwrap_or(0).min(width / 3);
    let cells = width.saturating_sub(INDENT + gutter + 1).max(FEWEST_CELLS);
    let axis = Axis { end, cells };

    let mut seen = Vec::new();
    let mut drawn = String::new();
    for (run, sources) in &sources {
        drawn += &format!("{HEADING}{}{HEADING:#}\n", run.model.title());
        for source in sources {
            let row = source.cells(axis);
            drawn += &format!("{:INDENT$}{} {}\n", "", fitted(&source.row.name, gutter), painted(&row));
            seen.extend(source.states(&row));
        }
    }
    let (labels, rule) = axis.drawn();
    let before = " ".repeat(INDENT + gutter + 1);
    format!("{}\n{before}{labels}\n{before}{DIM}{rule}{DIM:#}\n{drawn}", legend(&seen, width))
}

/// A row before it is cells.
struct Source<'t> {
    trace: &'t Trace,
    row: Row,
}

/// What one task does for a while in a row.
#[derive(Clone, Copy)]
struct Part {
    from: Nanos,
    to: Nanos,
    task: TaskId,
    state: State,
}

impl Source<'_> {
    fn cells(&self, axis: Axis) -> Vec<Cell> {
        let mut row = vec![Cell::Empty; axis.cells];
        let at = |time: Nanos| axis.cell(self.trace.program_time(time));
        for (from, to, counts) in self.counts() {
            let state = counts.commonest().map_or(Cell::Empty, Cell::State);
            row[at(from)..at(to).max(at(from) + 1)].fill(state);
            if let RowKind::Queue(_) = self.row.kind {
                // A short queue is a number and nothing more.
                let digit = char::from_digit(counts.total(), 10).unwrap_or('+');
                row[at(from)] = Cell::Text(digit.into());
            }
        }
        let parts = self.parts();
        let (running, standing): (Vec<Part>, Vec<Part>) =
            parts.iter().copied().partition(|part| part.state == State::Running);
        for part in &standing {
            let (start, end) = (at(part.from), at(part.to));
            row[start..end.max(start + 1)].fill(Cell::State(part.state));
        }
        // What runs is drawn last: it is what one looks for, and often shorter than a cell.
        for cell in self.ran(&running, &row, axis) {
            row[cell] = Cell::State(State::Running);
        }
        if let RowKind::Lane(_) = self.row.kind {
            write_names(&mut row, self.trace, &parts, at);
        }
        row
    }

    /// The cells in which something is seen to run: from one cell to another, where nothing else is, or for an instant
    /// that can be told from the next. A row that runs for an instant in each of many cells mostly stands.
    fn ran(&self, running: &[Part], row: &[Cell], axis: Axis) -> Vec<usize> {
        const FEW: usize = 3;
        let mut took: Vec<Option<Nanos>> = vec![None; axis.cells];
        let mut ran = Vec::new();
        for part in running {
            let [from, to] = [part.from, part.to].map(|time| self.trace.program_time(time));
            let (start, end) = (axis.cell(from), axis.cell(to));
            ran.extend(start..end);
            if start == end {
                took[start] = Some(took[start].unwrap_or_default() + to.since(from));
            }
        }
        let mut start = 0;
        for cells in took.chunk_by(|a, b| a.is_some() == b.is_some()) {
            let end = start + cells.len();
            let sum = cells.iter().flatten().fold(Nanos::ZERO, |sum, took| sum + *took);
            let half = axis.end.scaled(cells.len() as f64 / axis.cells as f64 / 2.0);
            let is_seen = cells.len() <= FEW || sum >= half;
            let some_ran = cells[0].is_some();
            ran.extend((start..end).filter(|cell| some_ran && (is_seen || row[*cell] == Cell::Empty)));
            start = end;
        }
        ran
    }

    fn parts(&self) -> Vec<Part> {
        let part = |stretch: &Stretch| match stretch.shows {
            Shows::Task { task, state, .. } => Some(Part { from: stretch.from, to: stretch.to, task, state }),
            Shows::Tasks(_) => None,
        };
        self.row.stretches.iter().filter_map(part).collect()
    }

    fn counts(&self) -> impl Iterator<Item = (Nanos, Nanos, Counts)> {
        self.row.stretches.iter().filter_map(|stretch| match stretch.shows {
            Shows::Tasks(counts) => Some((stretch.from, stretch.to, counts)),
            Shows::Task { .. } => None,
        })
    }

    /// The states that can be seen among its cells.
    fn states(&self, cells: &[Cell]) -> Vec<State> {
        match self.row.kind {
            RowKind::Queue(_) => vec![State::Queued],
            _ => State::ALL.into_iter().filter(|state| cells.contains(&Cell::State(*state))).collect(),
        }
    }
}

/// Writes each task's name behind its beginning, where there is room. The program's first task is where everything else
/// is not, and goes without.
fn write_names(row: &mut [Cell], trace: &Trace, parts: &[Part], at: impl Fn(Nanos) -> usize) {
    let mut ends: BTreeMap<TaskId, Nanos> = BTreeMap::new();
    for part in parts {
        ends.insert(part.task, part.to);
    }
    for part in parts {
        // A task is named where it comes first, and not again.
        let Some(end) = ends.remove(&part.task).filter(|_| part.task != TaskId(0)) else { continue };
        let name = trace.task_name(part.task);
        let place = [format!(" {name} "), name.to_owned()]
            .into_iter()
            .find_map(|label| Some((room_for(&label, row, at(part.from), at(end))?, label)));
        if let Some((cell, label)) = place {
            write_label(&mut row[cell..], &label);
        }
    }
}

/// The first of the cells from `start` to `end` from which on a label covers nothing that runs.
fn room_for(label: &str, row: &[Cell], start: usize, end: usize) -> Option<usize> {
    let free = |cell: &Cell| matches!(cell, Cell::State(State::Waiting | State::Blocked));
    let width = columns(label.chars());
    let fits = |cell: &usize| row.get(*cell..*cell + width).is_some_and(|cells| cells.iter().all(free));
    (start..(end + 1).saturating_sub(width)).find(fits)
}

/// Writes a label into the first of `cells`. What they have no room for is left out.
fn write_label(cells: &mut [Cell], label: &str) {
    let mut next = 0;
    for letter in label.chars() {
        let width = columns([letter]);
        if width == 0 {
            // It stands upon the letter before it.
            if let Some(Cell::Text(text)) = cells[..next].iter_mut().rfind(|cell| **cell != Cell::Covered) {
                text.push(letter);
            }
            continue;
        }
        let Some(place) = cells.get_mut(next..next + width) else { return };
        place.fill(Cell::Covered);
        place[0] = Cell::Text(letter.into());
        next += width;
    }
}

/// One character's place in a row.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Empty,
    State(State),
    /// A letter and the marks upon it.
    Text(String),
    /// The second column of a wide character.
    Covered,
}

/// The characters of a row with their styles, without the empty ones at its end.
fn painted(row: &[Cell]) -> String {
    let used = row.iter().rposition(|cell| *cell != Cell::Empty).map_or(0, |last| last + 1);
    let mut text = String::new();
    for stretch in row[..used].chunk_by(|a, b| a == b) {
        match &stretch[0] {
            Cell::Empty => text += &" ".repeat(stretch.len()),
            Cell::Text(letter) => text += &letter.repeat(stretch.len()),
            Cell::Covered => {}
            Cell::State(state) => text += &state_drawn(*state, stretch.len()),
        }
    }
    text
}

fn state_drawn(state: State, cells: usize) -> String {
    let (glyph, style) = match state {
        State::Running => ("█", RUNNING),
        State::Ready => ("▒", HINDERED),
        State::Gil => ("░", HINDERED),
        State::Blocked => ("╳", HINDERED),
        State::Waiting => ("─", DIM),
        State::Queued => ("·", HINDERED),
    };
    format!("{style}{}{style:#}", glyph.repeat(cells))
}

/// What the characters mean, those that were seen.
fn legend(seen: &[State], width: usize) -> String {
    const GAP: &str = "   ";
    let entry = |state: State| match state {
        State::Queued => format!("3{} queued: how many", state_drawn(state, 2)),
        _ => format!("{} {}", state_drawn(state, 1), state.word()),
    };
    let (mut text, mut used) = (String::new(), 0);
    for entry in State::ALL.into_iter().filter(|state| seen.contains(state)).map(entry) {
        let columns = columns(anstream::adapter::strip_str(&entry).to_string().chars());
        let before = match used {
            0 => "",
            _ if used + GAP.len() + columns > width => "\n",
            _ => GAP,
        };
        used = if before == GAP { used + GAP.len() + columns } else { columns };
        text += &format!("{before}{entry}");
    }
    text
}

/// The time axis of all timelines.
#[derive(Clone, Copy, Debug)]
struct Axis {
    end: Nanos,
    cells: usize,
}

impl Axis {
    /// The cell of an instant. The last cell is the end's own, so that what happens there is seen.
    fn cell(self, at: Nanos) -> usize {
        let last = self.cells - 1;
        if self.end == Nanos::ZERO {
            return 0;
        }
        ((at.0 as f64 / self.end.0 as f64 * last as f64).round() as usize).min(last)
    }

    /// The line of labels and the line below them.
    fn drawn(self) -> (String, String) {
        let step = self.step();
        let decimals = decimals_of(step);
        let end = self.end.as_secs_f64();
        let ticks = if step == 0.0 { 0 } else { (end / step + 1e-9) as usize };
        let mut labels = String::new();
        let mut rule = vec!['─'; self.cells];
        for tick in 0..=ticks {
            let cell = self.cell(Nanos((tick as f64 * step * 1e9).round() as u64));
            rule[cell] = if tick == 0 { '├' } else { '┼' };
            let unit = if tick == ticks { " s" } else { "" };
            let label = format!("{:.decimals$}{unit}", tick as f64 * step);
            // A label stands over its tick; the last one must not leave the picture.
            let start = cell.min(self.cells.saturating_sub(label.len()));
            if start >= labels.len() + usize::from(tick > 0) {
                labels += &" ".repeat(start - labels.len());
                labels += &label;
            }
        }
        if let Some(last) = rule.last_mut() {
            *last = '┤';
        }
        (labels, rule.into_iter().collect())
    }

    /// The seconds from tick to tick: 1, 2 or 5 times a power of ten, and far enough apart for their labels.
    fn step(self) -> f64 {
        const CELLS_APART: f64 = 8.0;
        step_of(self.end.as_secs_f64() * CELLS_APART / self.cells as f64)
    }
}

/// The least of 1, 2 and 5 times the powers of ten that is no less than `least`; 0 for 0.
pub fn step_of(least: f64) -> f64 {
    if least == 0.0 {
        return 0.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= least).unwrap_or(least)
}

/// The decimals that the multiples of a step are told apart by.
pub fn decimals_of(step: f64) -> usize {
    if step == 0.0 { 0 } else { (-step.log10().floor()).max(0.0) as usize }
}

/// A name in exactly `width` columns. One that is too long loses its middle: its number stands at its end.
fn fitted(name: &str, width: usize) -> String {
    if columns(name.chars()) <= width {
        return format!("{name}{}", " ".repeat(width - columns(name.chars())));
    }
    let tail_width = width.saturating_sub(1) / 2;
    let tail: Vec<char> = taken(name.chars().rev(), tail_width);
    let head: Vec<char> = taken(name.chars(), width.saturating_sub(1 + columns(tail.iter().copied())));
    let fitted: String = head.iter().chain(&['…']).chain(tail.iter().rev()).collect();
    format!("{fitted}{}", " ".repeat(width.saturating_sub(columns(fitted.chars()))))
}

/// The first of `letters` that fit into `width` columns.
fn taken(letters: impl Iterator<Item = char>, width: usize) -> Vec<char> {
    let mut used = 0;
    let fits = |letter: &char| {
        used += columns([*letter]);
        used <= width
    };
    letters.take_while(fits).collect()
}

/// The columns that letters take one by one. A terminal may join some into fewer, as in لا; a row has room for all.
fn columns(letters: impl IntoIterator<Item = char>) -> usize {
    letters.into_iter().map(|letter| letter.width().unwrap_or(0)).sum()
}
