//! What was measured beside the presets, for people and as JSON.

use engine::costs::Costs;
use engine::time::Nanos;
use serde::Serialize;

use super::{Amount, Calibration, Figure, Whose};
use crate::failure::Failure;
use crate::report::json::{VERSION, print_line};
use crate::report::style::HEADING;
use crate::report::text::wrapped;
use crate::report::{print_text, table, terminal_width};

/// Prints all calibrations.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print(calibrations: &[Calibration], as_json: bool) -> Result<(), Failure> {
    match as_json {
        true => print_line(&Object::new(calibrations)),
        false => {
            let width = terminal_width();
            let texts: Vec<String> = calibrations.iter().map(|calibration| for_people(calibration, width)).collect();
            print_text(&texts.join("\n"))
        }
    }
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    native: Option<CalibrationObject<'a>>,
    cpython: Option<CalibrationObject<'a>>,
}

#[derive(Serialize)]
struct CalibrationObject<'a> {
    /// The interpreter's version and path; empty for native code.
    about: &'a str,
    preset: &'static str,
    /// What `--out` writes.
    costs: Costs,
    figures: Vec<FigureObject>,
}

#[derive(Serialize)]
struct FigureObject {
    name: &'static str,
    /// `null` where there is none, as of a switch interval without a GIL.
    value: Option<f64>,
    /// `ns`, or empty for a count and for a factor of what the formula says.
    unit: &'static str,
    /// Of how many runs it is the median; `null` where the system was asked and nothing was run.
    runs: Option<usize>,
}

impl<'a> Object<'a> {
    fn new(calibrations: &'a [Calibration]) -> Object<'a> {
        let of = |whose: Whose| {
            calibrations.iter().find(|calibration| calibration.whose == whose).map(|calibration| CalibrationObject {
                about: &calibration.about,
                preset: calibration.preset().id(),
                costs: calibration.costs,
                figures: calibration.figures.iter().map(FigureObject::new).collect(),
            })
        };
        Object { version: VERSION, native: of(Whose::Native), cpython: of(Whose::CPython) }
    }
}

impl FigureObject {
    fn new(figure: &Figure) -> FigureObject {
        let (value, unit) = match figure.amount {
            Amount::Time(time) => (Some(time.0 as f64), "ns"),
            Amount::Factor(factor) => (Some((factor * 1e4).round() / 1e4), ""),
            Amount::Count(count) => (Some(count as f64), ""),
            Amount::None => (None, "ns"),
        };
        FigureObject { name: figure.name, value, unit, runs: figure.runs }
    }
}

fn for_people(calibration: &Calibration, width: usize) -> String {
    let who = match calibration.whose {
        Whose::Native => "Native code".to_owned(),
        Whose::CPython => format!("CPython {}", calibration.about),
    };
    let preset = calibration.preset();
    let mut rows =
        vec![vec!["cost".to_owned(), "measured".to_owned(), format!("preset {preset}"), "median of".to_owned()]];
    for figure in &calibration.figures {
        let runs = match (figure.name, figure.runs) {
            ("work-factor", Some(count)) => format!("these {count}"),
            (_, Some(runs)) => format!("{runs} runs"),
            (_, None) => "–".to_owned(),
        };
        let usual = in_preset(figure.name, &preset.costs()).map_or_else(|| "–".to_owned(), written);
        rows.push(vec![figure.name.to_owned(), written(figure.amount), usual, runs]);
    }
    let mut text = format!("{HEADING}{who}, measured on this machine{HEADING:#}\n{}", table::drawn(&rows, width));
    let taken = match calibration.whose {
        Whose::Native => {
            "A message is one end of one, writing or reading it. The time slice is not measured: the preset's is taken."
        }
        Whose::CPython => {
            "A message is one end of one, writing or reading it; the start of a process is what it takes of whoever \
             starts it, its end what all else takes until it is joined. Cores and context switches are the machine's \
             own, as above; the time slice is the preset's."
        }
    };
    text += &wrapped("  ", taken, width);
    text
}

/// What a preset has for a figure.
fn in_preset(name: &str, costs: &Costs) -> Option<Amount> {
    Some(match name {
        "cores" => Amount::Count(costs.cores.get().into()),
        "gil-switch-interval" => costs.gil.map_or(Amount::None, |interval| Amount::Time(interval.nanos())),
        "context-switch" => Amount::Time(costs.context_switch),
        "thread-start" => Amount::Time(costs.thread_start),
        "thread-end" => Amount::Time(costs.thread_end),
        "process-start" => Amount::Time(costs.process_start),
        "process-end" => Amount::Time(costs.process_end),
        "loop-turn" => Amount::Time(costs.loop_turn),
        "message" => Amount::Time(costs.message),
        "message-per-kib" => Amount::Time(costs.message_per_kib),
        "work-factor" => Amount::Factor(costs.work.get()),
        _ => return None,
    })
}

fn written(amount: Amount) -> String {
    match amount {
        Amount::Time(time) => in_its_unit(time),
        Amount::Factor(factor) => format!("{factor:.3}×"),
        Amount::Count(count) => count.to_string(),
        Amount::None => "no GIL".to_owned(),
    }
}

/// A time in the unit that leaves it between 1 and 1000, where there is one.
fn in_its_unit(time: Nanos) -> String {
    match time.0 {
        nanos @ 0..1_000 => format!("{nanos} ns"),
        nanos @ 1_000..1_000_000 => format!("{:.1} µs", nanos as f64 / 1e3),
        nanos => format!("{:.1} ms", nanos as f64 / 1e6),
    }
}
