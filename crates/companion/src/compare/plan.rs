//! What is going to be measured, and how long that will take: the predictions know.

use engine::model::Model;
use engine::time::Nanos;
use lessons::python_file::with_values;

use super::interpreters::Interpreter;
use super::predicted::{Prediction, predict};
use super::request::{Compared, Comparison};
use super::{Missing, Table};
use crate::calibrate::Calibration;
use crate::interrupt::Untold;
use crate::notice;
use crate::words::left;

/// A lesson on a model, which is going to be measured.
pub struct Plan<'c> {
    /// The lesson.
    pub lesson: &'c Compared,
    /// The model.
    pub model: Model,
    /// Its Python file with the lesson's values in it.
    pub text: String,
    /// The interpreters that run it, with what is predicted for each; at least one.
    pub under: Vec<(&'c Interpreter, Prediction)>,
}

/// All that can be measured; what cannot be is left out of the table, which says why.
pub fn of<'c>(
    comparison: &'c Comparison,
    calibrated: &'c [(Interpreter, Calibration)],
    table: &Untold<Table>,
) -> Vec<Plan<'c>> {
    let all = comparison.lessons.iter().flat_map(|lesson| lesson.models.iter().map(move |model| (lesson, *model)));
    let plan = |(lesson, model): (&'c Compared, Model)| {
        let left_out = |python, reason| {
            table.keep(|table| table.left_out.push(Missing::new(lesson, model, python, reason)));
        };
        let Some((_, text)) = lesson.lesson.python.iter().find(|(of, _)| *of == model) else {
            left_out(None, "There is no Python file of it.".to_owned());
            return None;
        };
        let mut under = Vec::new();
        for (python, calibration) in calibrated {
            match predict(lesson, model, python, calibration, comparison) {
                Ok(predicted) => under.push((python, predicted)),
                Err(reason) => left_out(Some(python), reason),
            }
        }
        let text = with_values(text, lesson.lesson, &lesson.values);
        (!under.is_empty()).then_some(Plan { lesson, model, text, under })
    };
    all.filter_map(plan).collect()
}

impl Plan<'_> {
    /// How long the native runs are expected to take, each: about as long as in the quickest interpreter.
    pub fn native(&self) -> Nanos {
        self.under.iter().map(|(_, predicted)| predicted.wall).min().unwrap_or_default()
    }
}

/// How much is still to be measured.
pub struct Left {
    plans: usize,
    begun: usize,
    repeat: usize,
    time: Nanos,
}

impl Left {
    /// All of `plans`.
    pub fn of(plans: &[Plan], comparison: &Comparison) -> Left {
        let repeat = comparison.repeat;
        let all = plans.iter().flat_map(|plan| plan.under.iter().map(|(_, it)| it.wall).chain([plan.native()]));
        let time = all.fold(Nanos::ZERO, |sum, wall| sum + wall).scaled(repeat as f64);
        Left { plans: plans.len(), begun: 0, repeat, time }
    }

    /// Begins the next of the plans.
    pub fn begin(&mut self) {
        self.begun += 1;
    }

    /// Has runs made that take so long each, and says meanwhile what they are, how far that is and how long all will still take.
    pub fn while_doing<T>(&mut self, what: &str, wall: Nanos, work: impl FnOnce() -> T) -> T {
        let Left { plans, begun, time, .. } = *self;
        let runs = wall.scaled(self.repeat as f64);
        let says = |passed: Nanos| {
            let left = left(time.since(passed.min(runs)));
            format!("{begun} of {plans}, {left}: {what}")
        };
        let done = notice::progress(what).saying(Some(runs), says, work);
        self.skip(wall);
        done
    }

    /// Leaves runs out that would have taken so long each.
    pub fn skip(&mut self, wall: Nanos) {
        self.time = self.time.since(wall.scaled(self.repeat as f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_takes_no_time() {
        let second = Nanos(1_000_000_000);
        let mut left = Left { plans: 2, begun: 1, repeat: 2, time: second.scaled(10.0) };
        left.skip(second.scaled(3.0));
        assert_eq!(left.time, second.scaled(4.0));
        left.while_doing("a run", second.scaled(3.0), || ());
        assert_eq!(left.time, Nanos::ZERO, "it took longer than predicted");
    }
}
