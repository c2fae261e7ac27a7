//! What is to be run, read from the typed words: every word is looked at, and all complaints come together.

use engine::model::{Model, Settings, Speed};
use lessons::{Diagnostic, Lesson, Prepared, Value, Values};

use crate::arguments::RunArguments;
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
        let models = clock.map(|clock| clock.models(models, !arguments.models.is_empty(), &mut wrong));
        let seed = keep(words::seed(&arguments.seed), &mut wrong);
        let speed = keep(read_speed(&arguments.speed), &mut wrong);
        let repeat = keep(whole("--repeat", &arguments.repeat, 1, MOST_REPEATS), &mut wrong);
        let charges = keep(words::charges(&arguments.costs), &mut wrong);
        match (lesson, values, models, clock, seed, speed, repeat, charges) {
            (
                Some(lesson),
                Some(values),
                Some(models),
                Some(clock),
                Some(seed),
                Some(speed),
                Some(repeat),
                Some(charges),
            ) if wrong.is_empty() => {
                let prepared = lesson.prepare_on(&values, charges.costs);
                let repeat = repeat as usize;
                Ok(Request { lesson, values, prepared, models, clock, seed, speed, repeat, charges })
            }
            _ => Err(wrong),
        }
    }

    /// What decides how the run on `model` goes.
    pub fn settings(&self, model: Model) -> Settings {
        self.prepared.settings(model, self.seed)
    }

    /// The models of the lesson that were left out because nobody can measure them yet.
    pub fn unmeasurable(&self) -> Vec<Model> {
        let left_out = |model: &&Model| self.clock == Clock::Real && !can_be_measured(**model);
        self.lesson.models.iter().filter(left_out).copied().collect()
    }

    /// The command that repeats the run on `model`, with every value given.
    pub fn command(&self, model: Model) -> String {
        let mut command = format!("interleave run {} --model {model}", self.lesson.id);
        for (name, value) in self.values() {
            command += &words::setting(name, &value.text());
        }
        command += &format!(" --seed {}", self.seed);
        if self.charges.name != words::USUAL_COSTS {
            command += &format!(" --costs {}", words::quoted(&self.charges.name));
        }
        match self.clock {
            Clock::Real => command + &format!(" --speed {}", self.speed.factor()),
            Clock::Virtual => command + " --clock virtual",
        }
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

    /// Those of `models` that this clock can time. One that was asked for by name and cannot be is a wrong word.
    fn models(self, models: Vec<Model>, by_name: bool, wrong: &mut Vec<Diagnostic>) -> Vec<Model> {
        let (can, cannot): (Vec<Model>, Vec<Model>) =
            models.into_iter().partition(|model| self == Clock::Virtual || can_be_measured(*model));
        if by_name {
            wrong.extend(cannot.into_iter().map(cannot_be_measured));
        }
        can
    }
}

/// Whether runs on `model` can be measured on this machine by now.
fn can_be_measured(model: Model) -> bool {
    match model {
        Model::Sequential
        | Model::Threads
        | Model::ThreadPool
        | Model::EventLoop
        | Model::ProcessPool
        | Model::LoopAndThreads
        | Model::LoopAndProcesses => true,
        Model::Processes | Model::ProcessesOfThreads => false,
    }
}

fn cannot_be_measured(model: Model) -> Diagnostic {
    let can = Model::ALL.into_iter().filter(|model| can_be_measured(*model)).map(Model::id);
    let allowed = format!("one that can be measured: {}", can.collect::<Vec<_>>().join(", "));
    Diagnostic::new("--model", model.id(), allowed, Some("--clock virtual".to_owned()))
}

fn read_speed(text: &str) -> Result<Speed, Diagnostic> {
    let number = text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
    number.and_then(Speed::new).ok_or_else(|| {
        let nearest = number.map(|number| number.clamp(0.01, Speed::MAX).to_string());
        Diagnostic::new("--speed", text, format!("a number from 0.01 to {}", Speed::MAX), nearest)
    })
}
