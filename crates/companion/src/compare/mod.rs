//! `interleave compare`: the lessons' own Python files under real CPythons, our runs of the same on real threads and
//! processes, and what is predicted for them, side by side.

mod brief;
mod interpreters;
mod predicted;
mod python_run;
mod report;
mod request;
mod source;

use std::fmt::Display;
use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::time::Duration;

use engine::model::Model;
use engine::time::Nanos;
use lessons::Lesson;
use lessons::python_file::with_values;

use crate::arguments::CompareArguments;
use crate::calibrate::{self, Calibration, Machine};
use crate::failure::Failure;
use crate::interrupt::{self, Untold};
use crate::measure::{Surroundings, measure, traced};
use crate::notice::{self, Progress};
use crate::statistics::median;
use interpreters::{Interpreter, Unavailable};
use predicted::{Prediction, predict};
use python_run::{PythonFile, Took};
use request::{Compared, Comparison};

/// What came of a comparison.
#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    unavailable: Vec<Unavailable>,
    left_out: Vec<Missing>,
    failed: Vec<Missing>,
}

/// A lesson on a model under an interpreter.
struct Row {
    lesson: &'static Lesson,
    model: Model,
    python: Interpreter,
    predicted: Prediction,
    /// Of each run in CPython; at least one.
    measured: Vec<Took>,
    /// The median of our own runs; `None` where there is none, which is said elsewhere.
    native: Option<Nanos>,
}

/// What is missing in the table.
struct Missing {
    lesson: &'static Lesson,
    model: Model,
    /// The interpreter; `None` where it would be missing under each, or is a native run.
    python: Option<Interpreter>,
    /// Why, as a sentence.
    reason: String,
}

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, interpreters that were named and cannot be compared with, and runs that failed. All others are
/// reported even so.
pub fn compare(arguments: &CompareArguments) -> Result<(), Failure> {
    let comparison = Comparison::read(arguments).map_err(Failure::WrongWords)?;
    if cfg!(debug_assertions) {
        notice::note("this program was built without optimisation, so native work costs far too much.");
    }
    let comparison = Arc::new(comparison);
    let table = Arc::new(Untold::new(Table::default()));
    tell_when_interrupted(&comparison, &table, arguments.json)?;
    let (found, unavailable) = {
        let _progress = progress("asking the interpreters what they are");
        interpreters::find(&comparison.pythons)
    };
    table.keep(|table| table.unavailable = unavailable);
    let calibrated = calibrate_all(found, &table).map_err(Failure::because)?;
    for lesson in &comparison.lessons {
        for &model in &lesson.models {
            compare_model(&comparison, lesson, model, &calibrated, &table);
        }
    }
    let mut wrong = Vec::new();
    if calibrated.is_empty() {
        wrong.push("There is no CPython to compare with: name one, 3.9 or later, with --python.".to_owned());
    }
    table.take_at_the_end().tell(&comparison, arguments.json, wrong)
}

/// Has the rows that there are told when somebody asks for an end.
fn tell_when_interrupted(
    comparison: &Arc<Comparison>,
    table: &Arc<Untold<Table>>,
    as_json: bool,
) -> Result<(), Failure> {
    let (comparison, table) = (Arc::clone(comparison), Arc::clone(table));
    let tell = move || {
        // First: the interpreter that is ended now has not failed.
        let table = table.take_before_the_end();
        calibrate::end_now();
        notice::end_progress();
        let told = table.map_or(Ok(()), |table| match table.rows.is_empty() {
            true => Err(Failure::because("Interrupted before anything was compared: there is no table.")),
            false => {
                let sentence = "Interrupted: the table has only what was compared by then.".to_owned();
                table.tell(&comparison, as_json, vec![sentence])
            }
        });
        if let Err(failure) = told {
            failure.tell();
        }
    };
    interrupt::before_the_end(tell).map_err(Failure::because)
}

impl Table {
    /// Prints it, and says what went wrong in it, and then this.
    fn tell(&self, comparison: &Comparison, as_json: bool, wrong: Vec<String>) -> Result<(), Failure> {
        let printed = report::print(self, comparison, as_json);
        let named = self.unavailable.iter().filter(|_| !comparison.pythons.is_empty());
        let named = named.map(|one| format!("{}: {}", one.python, one.reason));
        Failure::of_all(printed, self.failed.iter().map(Missing::sentence).chain(named).chain(wrong).collect())
    }
}

impl Missing {
    fn sentence(&self) -> String {
        let under = self.python.as_ref().map(|python| format!(" under {}", python.title())).unwrap_or_default();
        format!("{} on {}{under}: {}", self.lesson.id, self.model, self.reason)
    }
}

impl Interpreter {
    /// What people read: the version, and where it has none, that there is no GIL.
    fn title(&self) -> String {
        format!("CPython {}{}", self.version, if self.has_gil { "" } else { " without the GIL" })
    }
}

impl Row {
    /// The median of the runs, and its predicted share: above 1 too much was predicted.
    fn wall(&self) -> Nanos {
        median(self.measured.iter().map(|took| took.wall).collect()).unwrap_or_default()
    }

    fn cpu(&self) -> Nanos {
        median(self.measured.iter().map(|took| took.cpu).collect()).unwrap_or_default()
    }

    fn ratio(&self) -> f64 {
        self.predicted.wall.as_secs_f64() / self.wall().as_secs_f64()
    }

    fn is_off(&self) -> bool {
        let share = self.predicted.bound.share();
        !(1.0 - share..=1.0 + share).contains(&self.ratio())
    }
}

/// What each interpreter costs. One that cannot be measured is none that can be compared with.
fn calibrate_all(found: Vec<Interpreter>, table: &Untold<Table>) -> Result<Vec<(Interpreter, Calibration)>, String> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let machine: Machine = calibrate::machine()?;
    let mut calibrated = Vec::new();
    for python in found {
        let _progress = progress(format_args!("measuring what {} costs", python.title()));
        match calibrate::python::measure(&python.path, machine) {
            Ok(calibration) => calibrated.push((python, calibration)),
            Err(reason) => {
                let unavailable = Unavailable { python: python.path.display().to_string(), reason };
                table.keep(|table| table.unavailable.push(unavailable));
            }
        }
    }
    Ok(calibrated)
}

/// The rows of a lesson on a model: one for each interpreter, and in all of them the same native time.
fn compare_model(
    comparison: &Comparison,
    lesson: &Compared,
    model: Model,
    calibrated: &[(Interpreter, Calibration)],
    table: &Untold<Table>,
) {
    let missing = |python: Option<&Interpreter>, reason| Missing {
        lesson: lesson.lesson,
        model,
        python: python.cloned(),
        reason,
    };
    let Some((_, text)) = lesson.lesson.python.iter().find(|(of, _)| *of == model) else {
        table.keep(|table| table.left_out.push(missing(None, "There is no Python file of it.".to_owned())));
        return;
    };
    let text = with_values(text, lesson.lesson, &lesson.values);
    let mut is_measured = false;
    for (python, calibration) in calibrated {
        let predicted = match predict(lesson, model, python, calibration, comparison) {
            Ok(predicted) => predicted,
            Err(reason) => {
                table.keep(|table| table.left_out.push(missing(Some(python), reason)));
                continue;
            }
        };
        match measure_python(comparison, lesson, model, python, &text, predicted.wall) {
            Ok(measured) => {
                let python = python.clone();
                let row = Row { lesson: lesson.lesson, model, python, predicted, measured, native: None };
                table.keep(|table| table.rows.push(row));
                is_measured = true;
            }
            Err(reason) => table.keep(|table| table.failed.push(missing(Some(python), reason))),
        }
    }
    if !is_measured {
        return;
    }
    let native = measure_native(comparison, lesson, model);
    table.keep(|table| match native {
        Ok(native) => {
            let rows = table.rows.iter_mut().filter(|row| row.lesson.id == lesson.lesson.id && row.model == model);
            rows.for_each(|row| row.native = native);
        }
        Err(reason) => table.failed.push(missing(None, reason)),
    });
}

fn measure_python(
    comparison: &Comparison,
    lesson: &Compared,
    model: Model,
    python: &Interpreter,
    text: &str,
    predicted: Nanos,
) -> Result<Vec<Took>, String> {
    let sentence = |clause: String| format!("A run of its Python file failed: {clause}.");
    let file = PythonFile::new(text).map_err(sentence)?;
    let most_time = comparison.timeout.unwrap_or_else(|| most_time(predicted));
    let about = comparison.repeat as f64 * predicted.as_secs_f64();
    let _progress =
        progress(format_args!("{} on {model} under {}, about {about:.1} s", lesson.lesson.id, python.title()));
    (0..comparison.repeat).map(|_| file.run(&python.path, most_time).map_err(sentence)).collect()
}

/// After how long a run hangs for sure, be the machine ever so busy.
fn most_time(predicted: Nanos) -> Duration {
    Duration::from_secs(10) + Duration::from_nanos(predicted.0.saturating_mul(10))
}

/// The median of our own runs; `None` where they come to no end that a summary could tell of.
fn measure_native(comparison: &Comparison, lesson: &Compared, model: Model) -> Result<Option<Nanos>, String> {
    let request = lesson.native(comparison.repeat, comparison.seed);
    let _progress = progress(format_args!("{} on {model}, natively", lesson.lesson.id));
    let failed = |reason: String| format!("A native run failed: {reason}.");
    let surroundings = Surroundings::start(&request, model).map_err(failed)?;
    let wall = |_| {
        let events = measure(&request, model, &surroundings).map_err(failed)?;
        let trace = traced(&request, model, &events);
        match (trace.failure(), trace.summary()) {
            (Some(reason), _) => Err(failed(reason.to_string())),
            (None, summary) => Ok(summary.map(|summary| summary.wall)),
        }
    };
    let walls = (0..comparison.repeat).map(wall).collect::<Result<Option<Vec<Nanos>>, String>>()?;
    Ok(walls.and_then(median))
}

/// A line about what is being done, where somebody watches.
fn progress(text: impl Display) -> Option<Progress> {
    stderr().is_terminal().then(|| notice::progress(text))
}
