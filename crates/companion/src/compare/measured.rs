//! What is measured of a plan: CPython's runs of the lesson's file, and our own of its body.

use std::time::Duration;

use engine::time::Nanos;

use super::interpreters::Interpreter;
use super::plan::{Left, Plan};
use super::predicted::Prediction;
use super::python_run::{PythonFile, Took};
use super::request::Comparison;
use super::{Missing, Row, Table};
use crate::interrupt::Untold;
use crate::measure::{Surroundings, measure as measure_once, traced};
use crate::statistics::median;
use crate::usage::Watch;

/// Adds the rows of a plan to the table: one for each interpreter, and in all of them the same native time.
pub fn measure(plan: &Plan, comparison: &Comparison, left: &mut Left, table: &Untold<Table>) {
    left.begin();
    let what = format!("{} on {}", plan.lesson.lesson.id, plan.model);
    let mut is_measured = false;
    for (python, predicted) in &plan.under {
        let what = format!("{what} under {}", python.title());
        match left.while_doing(&what, predicted.wall, || in_python(plan, python, *predicted, comparison)) {
            Ok(row) => {
                table.keep(|table| table.rows.push(row));
                is_measured = true;
            }
            Err(reason) => {
                table.keep(|table| table.failed.push(Missing::new(plan.lesson, plan.model, Some(python), reason)))
            }
        }
    }
    if !is_measured {
        left.skip(plan.native());
        return;
    }
    let native = left.while_doing(&format!("{what}, natively"), plan.native(), || natively(plan, comparison));
    table.keep(|table| match native {
        Ok(native) => {
            let is_its = |row: &&mut Row| row.lesson.id == plan.lesson.lesson.id && row.model == plan.model;
            table.rows.iter_mut().filter(is_its).for_each(|row| row.native = native);
        }
        Err(reason) => table.failed.push(Missing::new(plan.lesson, plan.model, None, reason)),
    });
}

fn in_python(plan: &Plan, python: &Interpreter, predicted: Prediction, comparison: &Comparison) -> Result<Row, String> {
    let sentence = |clause: String| format!("A run of its Python file failed: {clause}.");
    let file = PythonFile::new(&plan.text).map_err(sentence)?;
    let most_time = comparison.timeout.unwrap_or_else(|| most_time(predicted.wall));
    let watch = Watch::start(&[], None);
    let runs = (0..comparison.repeat).map(|_| file.run(&python.path, most_time).map_err(sentence));
    let measured = runs.collect::<Result<Vec<Took>, String>>()?;
    let total = measured.iter().fold(Nanos::ZERO, |sum, took| sum + took.cpu);
    let others = watch.stop(Some(total)).others;
    let (lesson, model) = (plan.lesson.lesson, plan.model);
    Ok(Row { lesson, model, python: python.clone(), predicted, measured, native: None, others })
}

/// After how long a run hangs for sure, be the machine ever so busy.
fn most_time(predicted: Nanos) -> Duration {
    Duration::from_secs(10) + Duration::from_nanos(predicted.0.saturating_mul(10))
}

/// The median of our own runs; `None` where they come to no end that a summary could tell of.
fn natively(plan: &Plan, comparison: &Comparison) -> Result<Option<Nanos>, String> {
    let request = plan.lesson.native(comparison.repeat, comparison.seed);
    let failed = |reason: String| format!("A native run failed: {reason}.");
    let surroundings = Surroundings::start(&request, plan.model).map_err(failed)?;
    let wall = |_| {
        let events = measure_once(&request, plan.model, &surroundings).map_err(failed)?;
        let trace = traced(&request, plan.model, &events);
        match (trace.failure(), trace.summary()) {
            (Some(reason), _) => Err(failed(reason.to_string())),
            (None, summary) => Ok(summary.map(|summary| summary.wall)),
        }
    };
    let walls = (0..comparison.repeat).map(wall).collect::<Result<Option<Vec<Nanos>>, String>>()?;
    Ok(walls.and_then(median))
}
