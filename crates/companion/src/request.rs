//! What is to be run, read from the typed words: every word is looked at, and all complaints come together.

use engine::model::{Model, Settings, Speed};
use lessons::parameter::CORES;
use lessons::shell::{quoted, setting};
use lessons::{Diagnostic, Lesson, Prepared, Value, Values};

use crate::arguments::RunArguments;
use crate::service::Network;
use crate::words::{self, Charges, keep, whole};

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
    /// What the requests of a measured run go over.
    pub network: Network,
    /// How many runs of each model come before those, and are not counted.
    pub warm_up: usize,
    /// Whether a job that was lost with its process is given to another.
    pub retry_lost: bool,
    /// What a predicted machine charges; of these a measured run has only the GIL.
    pub charges: Charges,
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
        let values = words::read_values(&arguments.set, lesson, &mut wrong).map(|(_, values)| values);
        let models = words::read_models(&arguments.models, lesson, &mut wrong);
        let clock = keep(Clock::read(&arguments.clock), &mut wrong);
        let seed = keep(words::seed(&arguments.seed), &mut wrong);
        let speed = keep(words::speed(&arguments.speed), &mut wrong);
        let repeat = keep(whole("--repeat", &arguments.repeat, 1, MOST_REPEATS), &mut wrong);
        // A first run finds nothing in caches, which only matters beside others.
        let usual_warm_up = || u64::from(repeat.is_some_and(|repeat| repeat > 1));
        let warm_up =
            arguments.warm_up.as_ref().map(|text| keep(whole("--warm-up", text, 0, MOST_REPEATS), &mut wrong));
        let warm_up = warm_up.unwrap_or_else(|| Some(usual_warm_up()));
        let charges = keep(words::charges(&arguments.costs), &mut wrong);
        let network = keep(Network::read(&arguments.network), &mut wrong);
        let (Some(lesson), Some(values), Some(clock), Some(charges)) = (lesson, values, clock, charges) else {
            return Err(wrong);
        };
        let (Some(seed), Some(speed), Some(network)) = (seed, speed, network) else { return Err(wrong) };
        let (Some(repeat), Some(warm_up)) = (repeat, warm_up) else { return Err(wrong) };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let prepared = lesson.prepare_on(&values, charges.costs);
        let (repeat, warm_up, retry_lost) = (repeat as usize, warm_up as usize, arguments.retry_lost);
        Ok(Request {
            lesson,
            values,
            prepared,
            models,
            clock,
            seed,
            speed,
            repeat,
            warm_up,
            network,
            retry_lost,
            charges,
        })
    }

    /// What decides how the run on `model` goes.
    pub fn settings(&self, model: Model) -> Settings {
        self.prepared.settings(model, self.seed)
    }

    /// By how much delays are divided: those of a prediction by nothing.
    pub fn true_speed(&self) -> f64 {
        match self.clock {
            Clock::Real => self.speed.factor(),
            Clock::Virtual => 1.0,
        }
    }

    /// The command that repeats the run on `model`, with every value given.
    pub fn command(&self, model: Model) -> String {
        let mut command = format!("interleave run {} --model {model}", self.lesson.id);
        for (name, value) in self.values() {
            command += &setting(name, &value.text());
        }
        command += &format!(" --seed {}", self.seed);
        if self.charges.name != words::USUAL_COSTS {
            command += &format!(" --costs {}", quoted(&self.charges.name));
        }
        match self.clock {
            Clock::Real => {
                let timer = if self.network == Network::Timer { " --network timer" } else { "" };
                let retry = if self.retry_lost { " --retry-lost" } else { "" };
                command + &format!(" --speed {}{timer}{retry}", self.speed.factor())
            }
            Clock::Virtual => command + " --clock virtual",
        }
    }

    /// Whether threads of one process share a GIL: what is asked for decides, or in some lessons a parameter.
    pub fn has_gil(&self) -> bool {
        self.prepared.costs.gil.is_some()
    }

    /// Each parameter's name and what people read as its value, in the lesson's own order.
    pub fn values_in_words(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.values().map(|(name, value)| match (name, self.clock) {
            (CORES, Clock::Real) => {
                (name, format!("{} (of predictions: what is measured has this machine’s)", value.text()))
            }
            _ => (name, value.text()),
        })
    }

    /// Each parameter's name and value, in the lesson's own order.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        words::in_order(self.lesson, &self.values)
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
