//! What is to be swept, read from the typed words.

use std::time::Duration;

use engine::model::Model;
use engine::network::Latency;
use engine::time::Nanos;
use lessons::{Diagnostic, Kind, Lesson, Parameter, Value, Values};

use crate::arguments::SweepArguments;
use crate::words::{self, Charges, keep, whole};

/// A sweep, every word of it understood.
#[derive(Debug)]
pub struct Request {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// The values of its parameters; of the one that changes, its first.
    pub values: Values,
    /// What changes.
    pub over: &'static Parameter,
    /// The numbers that it takes, from the least to the most: at least two.
    pub points: Vec<Value>,
    /// The models; at least one.
    pub models: Vec<Model>,
    /// Where random draws begin.
    pub seed: u64,
    /// What the machine charges.
    pub charges: Charges,
}

/// The most values that a sweep tries.
const MOST_STEPS: u64 = 200;

impl Request {
    /// Reads the typed words.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(arguments: &SweepArguments) -> Result<Request, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let lesson = keep(lessons::find(&arguments.lesson), &mut wrong);
        let given = words::read_values(&arguments.prediction.set, lesson, &mut wrong);
        let models = words::read_models(&arguments.models, lesson, &mut wrong);
        let over = Over::read(&arguments.over, lesson, &mut wrong);
        let steps = keep(whole("--steps", &arguments.steps, 2, MOST_STEPS), &mut wrong);
        let seed = keep(words::seed(&arguments.prediction.seed), &mut wrong);
        let charges = keep(words::charges(&arguments.prediction.costs), &mut wrong);
        if let (Some((set, _)), Some(over)) = (&given, &over)
            && let Some((name, text)) = set.iter().find(|(name, _)| name == over.parameter.name)
        {
            let set = format!("{name}={text}");
            wrong.push(Diagnostic::new("--set", &set, "another parameter than the one that --over changes", None));
        }
        match (lesson, given, over, steps, seed, charges) {
            (Some(lesson), Some((_, values)), Some(over), Some(steps), Some(seed), Some(charges))
                if wrong.is_empty() =>
            {
                let points = over.points(steps);
                Ok(Request { lesson, values, over: over.parameter, points, models, seed, charges })
            }
            _ => Err(wrong),
        }
    }

    /// The value that the parameter takes for one of the numbers.
    pub fn value(&self, number: &Value) -> Value {
        match (self.over.kind, number) {
            (Kind::Latency { .. }, Value::Seconds(time)) => {
                Value::Latency(Latency::Constant(Nanos(time.as_nanos() as u64)))
            }
            (Kind::Counts { .. }, Value::Count(count)) => Value::Counts(vec![*count]),
            (_, number) => number.clone(),
        }
    }
}

/// What `--over` says.
#[derive(Debug)]
struct Over {
    parameter: &'static Parameter,
    bounds: Bounds,
}

/// From where to where a number goes.
#[derive(Clone, Copy, Debug)]
enum Bounds {
    Count(u32, u32),
    Seconds(f64, f64),
    Share(f64, f64),
}

impl Over {
    fn read(text: &str, lesson: Option<&'static Lesson>, wrong: &mut Vec<Diagnostic>) -> Option<Over> {
        let shape = text.split_once('=').and_then(|(name, range)| Some((name.trim(), range.split_once("..")?)));
        let Some((name, (from, to))) = shape else {
            let allowed = "a parameter and a range, written NAME=FROM..TO";
            let nearest = lesson.and_then(|lesson| example(lesson, text.split('=').next().unwrap_or_default()));
            wrong.push(Diagnostic::new("--over", text, allowed, nearest));
            return None;
        };
        let lesson = lesson?;
        let numbers = || lesson.parameters.iter().filter(|parameter| number_of(parameter).is_some());
        let Some(parameter) = numbers().find(|parameter| parameter.name == name) else {
            wrong.push(match lesson.parameters.iter().any(|parameter| parameter.name == name) {
                true => {
                    let names: Vec<&str> = numbers().map(|parameter| parameter.name).collect();
                    let allowed = format!("a parameter that one number is enough for: {}", names.join(", "));
                    Diagnostic::new("--over", name, allowed, None)
                }
                false => Diagnostic::unknown_name("--over", name, numbers().map(|parameter| parameter.name)),
            });
            return None;
        };
        let number = Parameter { kind: number_of(parameter)?, ..parameter.clone() };
        let (low, high) = (keep(number.read(from), wrong), keep(number.read(to), wrong));
        let bounds = match (low?, high?) {
            (Value::Count(from), Value::Count(to)) if from < to => Bounds::Count(from, to),
            (Value::Seconds(from), Value::Seconds(to)) if from < to => {
                Bounds::Seconds(from.as_secs_f64(), to.as_secs_f64())
            }
            (Value::Share(from), Value::Share(to)) if from < to => Bounds::Share(from, to),
            _ => {
                let nearest = (from != to).then(|| format!("{name}={to}..{from}"));
                wrong.push(Diagnostic::new(
                    "--over",
                    text,
                    "a range whose first number is less than its last",
                    nearest,
                ));
                return None;
            }
        };
        Some(Over { parameter, bounds })
    }

    /// At most `steps` values from one end to the other, each once.
    fn points(&self, steps: u64) -> Vec<Value> {
        let at = |from: f64, to: f64, step: u64| from + (to - from) * step as f64 / (steps - 1) as f64;
        let mut points: Vec<Value> = (0..steps)
            .map(|step| match self.bounds {
                Bounds::Count(from, to) => Value::Count(at(from.into(), to.into(), step).round() as u32),
                Bounds::Seconds(from, to) => Value::Seconds(Duration::from_secs_f64(rounded(at(from, to, step)))),
                Bounds::Share(from, to) => Value::Share(rounded(at(from, to, step))),
            })
            .collect();
        points.dedup();
        points
    }
}

/// To the microsecond, so that a tenth is written as one.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// What kind of number is enough for the parameter. A latency is constant then, and a list has one number.
fn number_of(parameter: &Parameter) -> Option<Kind> {
    match parameter.kind {
        kind @ (Kind::Count { .. } | Kind::Seconds { .. } | Kind::Share) => Some(kind),
        Kind::Latency { longest_s } => Some(Kind::Seconds { least: 0.0, most: longest_s }),
        Kind::Counts { least, most, .. } => Some(Kind::Count { least, most }),
        Kind::Switch | Kind::Choice(_) | Kind::NameIn { .. } | Kind::Messages { .. } => None,
    }
}

/// A range of the parameter `name`, or of the first that one number is enough for.
fn example(lesson: &'static Lesson, name: &str) -> Option<String> {
    let ranges = || lesson.parameters.iter().filter_map(|parameter| Some((parameter.name, number_of(parameter)?)));
    let (name, kind) = ranges().find(|(other, _)| *other == name).or_else(|| ranges().next())?;
    let range = match kind {
        Kind::Count { least, most } => format!("{least}..{most}"),
        Kind::Seconds { least, most } => format!("{least}..{most}"),
        _ => "0..1".to_owned(),
    };
    Some(format!("{name}={range}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_points(bounds: Bounds, steps: u64, expected: &[&str]) {
        let parameter = &lessons::find("delay-messages").unwrap().parameters[0];
        let points: Vec<String> = Over { parameter, bounds }.points(steps).iter().map(Value::text).collect();
        assert_eq!(points, expected);
    }

    #[test]
    fn both_ends_are_tried_and_no_value_twice() {
        check_points(Bounds::Count(1, 4), 9, &["1", "2", "3", "4"]);
        check_points(Bounds::Count(1, 100), 3, &["1", "51", "100"]);
        check_points(Bounds::Count(0, u32::MAX), 2, &["0", "4294967295"]);
        check_points(Bounds::Seconds(0.1, 0.4), 4, &["0.1", "0.2", "0.3", "0.4"]);
        check_points(Bounds::Share(0.0, 1.0), 5, &["0", "0.25", "0.5", "0.75", "1"]);
    }
}
