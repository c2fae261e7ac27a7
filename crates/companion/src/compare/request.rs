//! What is to be compared, read from the typed words.

use std::path::PathBuf;
use std::time::Duration;

use engine::costs::Preset;
use engine::model::{Model, Speed};
use engine::time::Nanos;
use lessons::{Diagnostic, Lesson, Values, catalogue};

use super::{brief, source};
use crate::arguments::CompareArguments;
use crate::request::{Clock, Request};
use crate::service::Network;
use crate::words::{self, Charges, USUAL_COSTS, keep, whole};

/// The word for every lesson.
const ALL: &str = "all";

/// A comparison, every word of it understood.
pub struct Comparison {
    /// The lessons; at least one.
    pub lessons: Vec<Compared>,
    /// The interpreters that were named; those on the PATH where none is.
    pub pythons: Vec<PathBuf>,
    /// How often each run is measured: at least once.
    pub repeat: usize,
    /// Where the random draws of predictions and native runs begin.
    pub seed: u64,
    /// After how long a run is ended; by what is predicted where nothing is said.
    pub timeout: Option<Duration>,
    /// The longest prediction that is measured too.
    pub longest: Nanos,
}

/// A lesson that is compared.
pub struct Compared {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// The values of its parameters.
    pub values: Values,
    /// Its models, in the order in which they are shown; with all lessons there may be none.
    pub models: Vec<Model>,
}

impl Comparison {
    /// Reads the typed words.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(arguments: &CompareArguments) -> Result<Comparison, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let lessons = read_lessons(arguments, &mut wrong);
        let repeat = keep(whole("--repeat", &arguments.repeat, 1, 100), &mut wrong);
        let seed = keep(words::seed(&arguments.seed), &mut wrong);
        let timeout = arguments.timeout.as_ref().map(|text| keep(positive("--timeout", text), &mut wrong));
        let longest = keep(positive("--longest", &arguments.longest), &mut wrong);
        match (repeat, seed, longest) {
            (Some(repeat), Some(seed), Some(longest)) if wrong.is_empty() => Ok(Comparison {
                lessons,
                pythons: arguments.python.clone(),
                repeat: repeat as usize,
                seed,
                timeout: timeout.flatten().map(|time| Duration::from_nanos(time.0)),
                longest,
            }),
            _ => Err(wrong),
        }
    }
}

impl Compared {
    /// What `interleave run` would do, were it asked for these values: what is measured natively.
    pub fn native(&self, repeat: usize, seed: u64) -> Request {
        let costs = Preset::CPython.costs();
        Request {
            lesson: self.lesson,
            values: self.values.clone(),
            prepared: self.lesson.prepare_on(&self.values, costs),
            models: self.models.clone(),
            clock: Clock::Real,
            seed,
            speed: Speed::REAL,
            repeat,
            warm_up: 0,
            retry_lost: false,
            // In the Python files a wait stands in for a network too.
            network: Network::Timer,
            charges: Charges { name: USUAL_COSTS.to_owned(), title: Preset::CPython.title().to_owned(), costs },
        }
    }
}

fn read_lessons(arguments: &CompareArguments, wrong: &mut Vec<Diagnostic>) -> Vec<Compared> {
    if arguments.lesson == ALL {
        if let Some(text) = arguments.set.first() {
            let allowed = "left out with all: a value is one lesson's, and all of them are brief";
            wrong.push(Diagnostic::new("--set", text, allowed, None));
        }
        let models = words::read_models(&arguments.models, None, wrong);
        let compared = |lesson: &&'static Lesson| {
            let known = lesson.models.iter().copied().filter(|model| models.contains(model)).collect();
            Some(Compared { lesson, values: read_values(lesson, &[], true, wrong)?, models: known })
        };
        return catalogue().iter().filter_map(compared).collect();
    }
    let lesson = keep(lessons::find(&arguments.lesson), wrong);
    let models = words::read_models(&arguments.models, lesson, wrong);
    let Some(lesson) = lesson else {
        // Without a lesson the shape of a setting can be judged.
        words::read_values(&arguments.set, None, wrong);
        return Vec::new();
    };
    let values = read_values(lesson, &arguments.set, arguments.brief, wrong);
    values.into_iter().map(|values| Compared { lesson, values, models: models.clone() }).collect()
}

/// The values that `set` gives, and where it is to be brief, for the rest the lesson's brief ones.
fn read_values(lesson: &'static Lesson, set: &[String], is_brief: bool, wrong: &mut Vec<Diagnostic>) -> Option<Values> {
    let name = |text: &str| text.split('=').next().unwrap_or_default().trim().to_owned();
    let is_set = |text: &&&str| set.iter().any(|given| name(given) == name(text));
    let brief = brief::settings(lesson.id).iter().filter(|text| is_brief && !is_set(text));
    let texts: Vec<String> = brief.map(ToString::to_string).chain(set.iter().cloned()).collect();
    let (_, values) = words::read_values(&texts, Some(lesson), wrong)?;
    wrong.extend(source::complaints(lesson, &values));
    Some(values)
}

/// A time that is not zero.
fn positive(option: &str, text: &str) -> Result<Nanos, Diagnostic> {
    let time = words::time(option, text)?;
    match time {
        Nanos::ZERO => Err(Diagnostic::new(option, text, "a time longer than nothing", Some("60s".to_owned()))),
        time => Ok(time),
    }
}
