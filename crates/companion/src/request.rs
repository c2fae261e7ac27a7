//! What is to be run, read from the typed words: every word is looked at, and all complaints come together.

use engine::model::{Model, Settings, Speed};
use lessons::{Diagnostic, Lesson, Prepared, Value, Values};

use crate::arguments::RunArguments;

/// A run of a lesson, every word of it understood.
#[derive(Debug)]
pub struct Request {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// The values of its parameters.
    pub values: Values,
    /// The lesson with these values filled in.
    pub prepared: Prepared,
    /// The models, in the order in which they are shown; at least one.
    pub models: Vec<Model>,
    /// Measured or predicted.
    pub clock: Clock,
    /// Where random draws begin.
    pub seed: u64,
    /// By how much delays are divided.
    pub speed: Speed,
    /// How many times each model runs: at least once.
    pub repeat: usize,
}

/// What tells the time of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// This machine's clock: the run is measured.
    Real,
    /// A virtual clock: the run is predicted.
    Virtual,
}

/// The most often that a run can be repeated.
const MOST_REPEATS: u64 = 1000;

impl Request {
    /// Reads the typed words.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(arguments: &RunArguments) -> Result<Request, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let lesson = keep(lessons::find(&arguments.lesson), &mut wrong);
        // Without a lesson its parameters cannot be judged, but the shape of a setting can.
        let settings = read_settings(&arguments.set, lesson, &mut wrong);
        let values = lesson.and_then(|lesson| match Values::read(lesson.parameters, &settings) {
            Ok(values) => Some(values),
            Err(complaints) => {
                wrong.extend(complaints);
                None
            }
        });
        let models = read_models(&arguments.models, lesson.map_or(&Model::ALL, |lesson| lesson.models), &mut wrong);
        let clock = keep(Clock::read(&arguments.clock), &mut wrong);
        let seed = keep(read_whole("--seed", &arguments.seed, 0, u64::MAX), &mut wrong);
        let speed = keep(read_speed(&arguments.speed), &mut wrong);
        let repeat = keep(read_whole("--repeat", &arguments.repeat, 1, MOST_REPEATS), &mut wrong);
        match (lesson, values, clock, seed, speed, repeat) {
            (Some(lesson), Some(values), Some(clock), Some(seed), Some(speed), Some(repeat)) if wrong.is_empty() => {
                let prepared = lesson.prepare(&values);
                Ok(Request { lesson, values, prepared, models, clock, seed, speed, repeat: repeat as usize })
            }
            _ => Err(wrong),
        }
    }

    /// What decides how the run on `model` goes.
    pub fn settings(&self, model: Model) -> Settings {
        self.prepared.settings(model, self.seed)
    }

    /// The command that repeats the run on `model`, with every value given.
    pub fn command(&self, model: Model) -> String {
        let mut command = format!("interleave run {} --model {model}", self.lesson.id);
        // No value holds what a shell would take for its own.
        for (name, value) in self.values() {
            command += &format!(" --set {name}={}", value.text());
        }
        command += &format!(" --seed {}", self.seed);
        match self.clock {
            Clock::Real => command + &format!(" --speed {}", self.speed.factor()),
            Clock::Virtual => command + " --clock virtual",
        }
    }

    /// Each parameter's name and value, in the lesson's own order.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.lesson.parameters.iter().filter_map(|parameter| Some((parameter.name, self.values.get(parameter.name)?)))
    }
}

impl Clock {
    /// The word for it on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Clock::Real => "real",
            Clock::Virtual => "virtual",
        }
    }

    fn read(text: &str) -> Result<Clock, Diagnostic> {
        let clocks = [Clock::Real, Clock::Virtual];
        let found = clocks.into_iter().find(|clock| clock.id() == text);
        found.ok_or_else(|| Diagnostic::unknown_name("--clock", text, clocks.into_iter().map(Clock::id)))
    }
}

fn read_settings(
    texts: &[String],
    lesson: Option<&'static Lesson>,
    wrong: &mut Vec<Diagnostic>,
) -> Vec<(String, String)> {
    let parameters = lesson.map_or(&[][..], |lesson| lesson.parameters);
    let mut settings = Vec::new();
    for text in texts {
        match text.split_once('=') {
            Some((name, value)) => settings.push((name.trim().to_owned(), value.to_owned())),
            None => {
                let parameter = parameters.iter().find(|parameter| parameter.name == text);
                let nearest = parameter.map(|parameter| format!("{}={}", parameter.name, parameter.default));
                wrong.push(Diagnostic::new("--set", text, "a name and a value, written NAME=VALUE", nearest));
            }
        }
    }
    settings
}

/// The models that are named, each once and in the order in which they are shown; all of `known` where none is named.
fn read_models(names: &[String], known: &[Model], wrong: &mut Vec<Diagnostic>) -> Vec<Model> {
    let ids = known.iter().map(|model| model.id());
    for name in names {
        if !ids.clone().any(|id| id == name) {
            wrong.push(Diagnostic::unknown_name("--model", name, ids.clone()));
        }
    }
    let wanted = |model: &Model| names.is_empty() || names.iter().any(|name| name == model.id());
    known.iter().copied().filter(wanted).collect()
}

fn read_speed(text: &str) -> Result<Speed, Diagnostic> {
    let number = text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
    number.and_then(Speed::new).ok_or_else(|| {
        let nearest = number.map(|number| number.clamp(0.01, Speed::MAX).to_string());
        Diagnostic::new("--speed", text, format!("a number from 0.01 to {}", Speed::MAX), nearest)
    })
}

fn read_whole(option: &str, text: &str, least: u64, most: u64) -> Result<u64, Diagnostic> {
    let number = text.trim().parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        let near = text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
        // A cast of a number outside the bounds of u64 gives the nearer bound.
        let nearest = near.map(|number| (number.round() as u64).clamp(least, most).to_string());
        Diagnostic::new(option, text, format!("a whole number from {least} to {most}"), nearest)
    })
}

fn keep<T>(result: Result<T, Diagnostic>, wrong: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|complaint| wrong.push(complaint)).ok()
}
