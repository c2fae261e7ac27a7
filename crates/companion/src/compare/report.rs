//! The table of a comparison, for people and as JSON.

use std::collections::BTreeMap;

use engine::time::Nanos;
use serde::Serialize;

use super::interpreters::Unavailable;
use super::predicted::Bound;
use super::request::Comparison;
use super::{Missing, Row, Table};
use crate::caution::{Bounds, Caution, told_of};
use crate::failure::Failure;
use crate::report::json::{Scalar, VERSION, WarningObject, print_line};
use crate::report::style::{DIM, HEADING};
use crate::report::text::wrapped;
use crate::report::{print_text, table, terminal_width};
use crate::words::in_order;

/// Prints the table.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print(table: &Table, comparison: &Comparison, as_json: bool) -> Result<(), Failure> {
    match as_json {
        true => print_line(&Object::new(table, comparison)),
        false => print_text(&for_people(table, comparison, terminal_width())),
    }
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    /// The values of each lesson's parameters, by lesson.
    params: BTreeMap<&'a str, BTreeMap<&'a str, Scalar>>,
    /// Of how many runs a measured time is the median.
    runs: usize,
    seed: u64,
    rows: Vec<RowObject<'a>>,
    unavailable: Vec<UnavailableObject<'a>>,
    left_out: Vec<MissingObject<'a>>,
    failed: Vec<MissingObject<'a>>,
}

#[derive(Serialize)]
struct RowObject<'a> {
    lesson: &'a str,
    model: &'a str,
    /// The version.
    python: &'a str,
    path: String,
    gil: bool,
    predicted_s: f64,
    measured_s: f64,
    measured_s_min: f64,
    measured_s_max: f64,
    /// `null` where this model cannot be measured natively, or failed.
    native_s: Option<f64>,
    predicted_cpu_s: f64,
    measured_cpu_s: f64,
    /// Predicted by measured; `null` where nothing was measured.
    ratio: Option<f64>,
    /// What the lesson is bound by: `waiting` or `cpu`.
    bound_by: &'static str,
    /// By how much the ratio may differ from 1.
    bound: f64,
    is_off: bool,
    /// What to keep in mind about what was measured.
    warnings: Vec<WarningObject>,
}

#[derive(Serialize)]
struct UnavailableObject<'a> {
    python: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct MissingObject<'a> {
    lesson: &'a str,
    model: &'a str,
    /// The version; `null` where it is no interpreter's.
    python: Option<&'a str>,
    reason: &'a str,
}

impl<'a> Object<'a> {
    fn new(table: &'a Table, comparison: &'a Comparison) -> Object<'a> {
        let params = comparison.lessons.iter().map(|lesson| {
            let values = in_order(lesson.lesson, &lesson.values).map(|(name, value)| (name, value.into()));
            (lesson.lesson.id, values.collect())
        });
        let bounds = Bounds::of_this_machine();
        let missing = |missing: &'a [Missing]| missing.iter().map(MissingObject::new).collect();
        Object {
            version: VERSION,
            params: params.collect(),
            runs: comparison.repeat,
            seed: comparison.seed,
            rows: table.rows.iter().map(|row| RowObject::new(row, bounds)).collect(),
            unavailable: table.unavailable.iter().map(UnavailableObject::new).collect(),
            left_out: missing(&table.left_out),
            failed: missing(&table.failed),
        }
    }
}

impl<'a> RowObject<'a> {
    fn new(row: &'a Row, bounds: Bounds) -> RowObject<'a> {
        let (least, most) = row.range();
        RowObject {
            lesson: row.lesson.id,
            model: row.model.id(),
            python: &row.python.version,
            path: row.python.path.display().to_string(),
            gil: row.python.has_gil,
            predicted_s: row.predicted.wall.as_secs_f64(),
            measured_s: row.wall().as_secs_f64(),
            measured_s_min: least.as_secs_f64(),
            measured_s_max: most.as_secs_f64(),
            native_s: row.native.map(Nanos::as_secs_f64),
            predicted_cpu_s: row.predicted.cpu.as_secs_f64(),
            measured_cpu_s: row.cpu().as_secs_f64(),
            ratio: Some((row.ratio() * 1e3).round() / 1e3).filter(|ratio| ratio.is_finite()),
            bound_by: row.predicted.bound.id(),
            bound: row.predicted.bound.share(),
            is_off: row.is_off(),
            warnings: row.cautions(bounds).iter().map(WarningObject::new).collect(),
        }
    }
}

impl<'a> UnavailableObject<'a> {
    fn new(unavailable: &'a Unavailable) -> UnavailableObject<'a> {
        UnavailableObject { python: &unavailable.python, reason: &unavailable.reason }
    }
}

impl<'a> MissingObject<'a> {
    fn new(missing: &'a Missing) -> MissingObject<'a> {
        let python = missing.python.as_ref().map(|python| python.version.as_str());
        MissingObject { lesson: missing.lesson.id, model: missing.model.id(), python, reason: &missing.reason }
    }
}

fn for_people(table: &Table, comparison: &Comparison, width: usize) -> String {
    let mut text = String::new();
    for lesson in &comparison.lessons {
        let rows: Vec<&Row> = table.rows.iter().filter(|row| row.lesson.id == lesson.lesson.id).collect();
        if rows.is_empty() {
            continue;
        }
        let values = in_order(lesson.lesson, &lesson.values).map(|(name, value)| format!("{name} {}", value.text()));
        let values = values.collect::<Vec<_>>().join("; ");
        text += &format!("{HEADING}{}{HEADING:#}\n{DIM}", lesson.lesson.id);
        text += &format!("{}{DIM:#}", wrapped("  ", &values, width));
        text += &table::drawn_with_names(&cells(&rows), 2, width);
        text += "\n";
    }
    if !table.rows.is_empty() {
        text += &legend(table, comparison, width);
        text += &section("Keep in mind", cautions(table).into_iter(), width);
    }
    let unavailable = table.unavailable.iter().map(|one| format!("{}: {}", one.python, one.reason));
    text += &section("Not compared with", unavailable, width);
    text += &section("Left out", table.left_out.iter().map(Missing::sentence), width);
    text += &section("Failed", table.failed.iter().map(Missing::sentence), width);
    text
}

fn cells(rows: &[&Row]) -> Vec<Vec<String>> {
    let head = ["model", "CPython", "predicted", "measured", "ratio", "fastest … slowest", "natively"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let gil = if row.python.has_gil { "" } else { ", no GIL" };
        let (least, most) = row.range();
        cells.push(vec![
            row.model.id().to_owned(),
            format!("{}{gil}", row.python.version),
            row.predicted.wall.to_string(),
            row.wall().to_string(),
            format!("{:.2}×{}", row.ratio(), if row.is_off() { " off" } else { "" }),
            format!("{:.3} … {:.3} s", least.as_secs_f64(), most.as_secs_f64()),
            row.native.map_or_else(|| "–".to_owned(), |native| native.to_string()),
        ]);
    }
    cells
}

/// What to keep in mind about CPython's figures, those of one kind together.
fn cautions(table: &Table) -> Vec<String> {
    let bounds = Bounds::of_this_machine();
    let of_row = |row: &Row| {
        let name = format!("{} on {} under {}", row.lesson.id, row.model, row.python.title());
        row.cautions(bounds).into_iter().map(move |caution| (name.clone(), caution))
    };
    let cautions: Vec<(String, Caution)> = table.rows.iter().flat_map(of_row).collect();
    told_of(&cautions.iter().map(|(name, caution)| (name.clone(), caution)).collect::<Vec<_>>())
}

/// What the columns are, by which clock, and what is off and why, as far as that can be told.
fn legend(table: &Table, comparison: &Comparison, width: usize) -> String {
    let of = match comparison.repeat {
        1 => "1 run".to_owned(),
        runs => format!("the median of {runs} runs"),
    };
    let mut pythons: Vec<String> =
        table.rows.iter().map(|row| format!("{} ({})", row.python.title(), row.python.path.display())).collect();
    pythons.sort();
    pythons.dedup();
    let mut text = wrapped(
        "  predicted  ",
        "on the virtual clock, with what each CPython was measured to cost at the beginning of this call, and the cores of \
         this machine",
        width,
    );
    let measured = format!(
        "on this machine, {of} of the lesson’s Python file, from the first line that it prints to its last: {}",
        pythons.join(", ")
    );
    text += &wrapped("  measured   ", &measured, width);
    text += &wrapped("  ratio      ", "predicted by measured", width);
    let natively = format!("measured on this machine, {of} of our own, as `interleave run` has it: with a GIL");
    text += &wrapped("  natively   ", &natively, width);
    let off: Vec<&Row> = table.rows.iter().filter(|row| row.is_off()).collect();
    let within = table.rows.len() - off.len();
    let so_many = match (within, table.rows.len()) {
        (0, 1) => "The one prediction is out of its bounds".to_owned(),
        (1, 1) => "The one prediction is within its bounds".to_owned(),
        (1, all) => format!("1 of {all} predictions is within its bounds"),
        (within, all) => format!("{within} of {all} predictions are within their bounds"),
    };
    let says = format!("{so_many}: 15 % where most of the time is waited, 25 % where half of it or more is computed.");
    text += "\n";
    text += &wrapped("", &says, width);
    text + &section("Off", off.into_iter().map(Row::why_off), width)
}

fn section(title: &str, sentences: impl Iterator<Item = String>, width: usize) -> String {
    let lines: String = sentences.map(|sentence| wrapped("  ", &sentence, width)).collect();
    if lines.is_empty() { lines } else { format!("\n{HEADING}{title}{HEADING:#}\n{lines}") }
}

impl Row {
    /// What a prediction is off by. A run that took its predicted CPU time, and longer for it, has waited for something.
    fn why_off(&self) -> String {
        let (cpu, predicted) = (self.cpu().as_secs_f64(), self.predicted.cpu.as_secs_f64());
        let computes = self.predicted.bound == Bound::Computing;
        let why = match (predicted / cpu - 1.0).abs() <= 0.1 {
            true if computes && self.ratio() < 1.0 => {
                "that was foreseen, so the rest was waited, for others if this machine is busy with them"
            }
            true => "that was foreseen, so it is the waits that differ",
            false => "so CPython does more or less than what is predicted, or what it costs has changed meanwhile",
        };
        format!(
            "{} on {} under {}: predicted {:.3} s, measured {:.3} s, of which CPU time predicted {predicted:.3} s, \
             measured {cpu:.3} s; {why}.",
            self.lesson.id,
            self.model,
            self.python.title(),
            self.predicted.wall.as_secs_f64(),
            self.wall().as_secs_f64(),
        )
    }
}
