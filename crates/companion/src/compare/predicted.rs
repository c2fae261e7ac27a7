//! What is predicted for a lesson's Python file, with the costs of the interpreter that it is to run under.

use engine::costs::{Costs, Factor};
use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use lessons::parameter::GIL;
use lessons::{Kind, Value};

use super::interpreters::Interpreter;
use super::request::{Compared, Comparison};
use crate::alive::Alive;
use crate::calibrate::{Amount, Calibration};

/// What is predicted.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    /// From the first line to the last.
    pub wall: Nanos,
    /// The CPU time.
    pub cpu: Nanos,
    /// How near it has to be.
    pub bound: Bound,
    /// Who is there at once.
    pub alive: Alive,
}

/// How near a prediction has to be to what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Most of the time is waited: within 15 %.
    Waiting,
    /// Half of the time or more is computed: within 25 %.
    Computing,
}

impl Bound {
    /// The word for it.
    pub fn id(self) -> &'static str {
        match self {
            Bound::Waiting => "waiting",
            Bound::Computing => "cpu",
        }
    }

    /// By which share of what is measured a prediction may be off.
    pub fn share(self) -> f64 {
        match self {
            Bound::Waiting => 0.15,
            Bound::Computing => 0.25,
        }
    }
}

/// Predicts a lesson on `model` under `python`.
///
/// # Errors
/// Why that is nothing to compare with, as a sentence.
pub fn predict(
    lesson: &Compared,
    model: Model,
    python: &Interpreter,
    calibration: &Calibration,
    comparison: &Comparison,
) -> Result<Prediction, String> {
    let costs = costs(lesson, calibration);
    let gil = lesson.lesson.parameters.iter().find(|parameter| (parameter.name, parameter.kind) == (GIL, Kind::Switch));
    let values = match gil {
        // The lesson would take the GIL of its own values for the machine's.
        Some(parameter) if !python.has_gil => lesson.values.with(parameter, Value::Switch(false)),
        _ => lesson.values.clone(),
    };
    let mut prepared = lesson.lesson.prepare_on(&values, costs);
    // A lesson may have cores of its own: the file has this machine's.
    prepared.costs.cores = costs.cores;
    let trace = simulate(&prepared.program, &prepared.settings(model, comparison.seed));
    if let Some(reason) = trace.failure() {
        return Err(format!("It is predicted to come to no end ({reason}), so there is nothing to wait for."));
    }
    let summary = trace.summary().ok_or("Its prediction has not finished.")?;
    if summary.wall > comparison.longest {
        let (wall, longest) = (summary.wall, comparison.longest);
        return Err(format!(
            "It is predicted to take {wall}, and runs longer than {longest} are left out: allow for it with --longest, \
             or make it shorter with --brief or --set."
        ));
    }
    let cpu = summary.cpu.unwrap_or_default();
    let bound = if 2 * cpu.0 >= summary.wall.0 { Bound::Computing } else { Bound::Waiting };
    Ok(Prediction { wall: summary.wall, cpu, bound, alive: Alive::of(&trace, python.has_gil) })
}

/// The costs, with those of what the lesson computes and sends: interpreters differ in how they sort and how they count,
/// and numbers are dearer to send than bytes.
fn costs(lesson: &Compared, calibration: &Calibration) -> Costs {
    let (work, per_kib) = match lesson.lesson.id {
        "merge-sort" => ("work-merge-sort", "message-per-kib-of-numbers"),
        "sum-squares" => ("work-sum-of-squares", "message-per-kib"),
        "fibonacci" => ("work-fibonacci", "message-per-kib"),
        // All others compute for a given time.
        _ => ("work-factor", "message-per-kib"),
    };
    let amount = |name| calibration.figures.iter().find(|figure| figure.name == name).map(|figure| figure.amount);
    let mut costs = calibration.costs;
    if let Some(Amount::Factor(factor)) = amount(work) {
        costs.work = Factor::new(factor).unwrap_or(costs.work);
    }
    if let Some(Amount::Time(time)) = amount(per_kib) {
        costs.message_per_kib = time;
    }
    costs
}
