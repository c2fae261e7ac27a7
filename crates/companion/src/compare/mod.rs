//! `interleave compare`: the lessons' own Python files under real CPythons, our runs of the same on real threads and
//! processes, and what is predicted for them, side by side.

mod brief;
mod interpreters;
mod measured;
mod plan;
mod predicted;
mod python_run;
mod report;
mod request;
mod source;

use std::sync::Arc;

use engine::model::Model;
use engine::time::Nanos;
use lessons::Lesson;

use crate::arguments::CompareArguments;
use crate::calibrate::{self, Calibration, Machine};
use crate::caution::{Bounds, Caution, caution_of_scatter, cautions_of_any};
use crate::failure::Failure;
use crate::interrupt::{self, Untold};
use crate::notice;
use crate::statistics::{median, scatter};
use crate::usage::Others;
use interpreters::{Interpreter, Unavailable};
use plan::Left;
use predicted::Prediction;
use python_run::Took;
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
    /// What others did on this machine while CPython ran.
    others: Option<Others>,
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
        let _progress = notice::progress("asking the interpreters what they are");
        interpreters::find(&comparison.pythons)
    };
    table.keep(|table| table.unavailable = unavailable);
    let calibrated = calibrate_all(found, &table).map_err(Failure::because)?;
    let plans = {
        let _progress = notice::progress("predicting how long all of it takes");
        plan::of(&comparison, &calibrated, &table)
    };
    let mut left = Left::of(&plans, &comparison);
    for plan in &plans {
        measured::measure(plan, &comparison, &mut left, &table);
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
    fn new(lesson: &Compared, model: Model, python: Option<&Interpreter>, reason: String) -> Missing {
        Missing { lesson: lesson.lesson, model, python: python.cloned(), reason }
    }

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

    /// What to keep in mind about what was measured in CPython.
    fn cautions(&self, bounds: Bounds) -> Vec<Caution> {
        let of_any = cautions_of_any(self.model, Some(self.wall()), self.others, self.predicted.alive, bounds);
        caution_of_scatter(self.model, self.scatter(), self.measured.len()).into_iter().chain(of_any).collect()
    }

    /// The fastest and the slowest run.
    fn range(&self) -> (Nanos, Nanos) {
        let walls = self.measured.iter().map(|took| took.wall);
        (walls.clone().min().unwrap_or_default(), walls.max().unwrap_or_default())
    }

    /// How far they lie apart.
    fn scatter(&self) -> Option<f64> {
        let (least, most) = self.range();
        scatter(least, most, self.wall(), self.measured.len())
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
        let _progress = notice::progress(format_args!("measuring what {} costs", python.title()));
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
