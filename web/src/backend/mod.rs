//! Who runs a lesson for the page: one file a clock, behind one trait. A page cannot tell them apart but by their clock.

pub mod companion;
pub mod foresight;
pub mod lab;
mod live_clock;
pub mod predict;
mod remote;
mod session;
mod watch;

use std::rc::Rc;

use engine::model::{Model, Speed};
use engine::simulate::simulate;
use engine::trace::{Event, Trace};
use lessons::{Lesson, Prepared, Values};

use crate::state::link::Settings;
use crate::state::machine::Machine;

pub use live_clock::{LiveClock, reached};

/// The name of the `<meta>` that holds the folder of the threaded module.
pub const LAB_META: &str = "interleave-lab";

/// Something that can run lessons.
pub trait Backend {
    /// Why it cannot run this model of `prepared`, as a sentence; `None` where it can.
    fn refuses(&self, model: Model, prepared: &Prepared) -> Option<String>;

    /// Runs `job` on every model that it can, one after the other, and tells how it goes. A job under way is stopped first.
    fn start(&self, job: Job, tell: Tell);

    /// Ends what is under way, and tells nothing more about it.
    fn stop(&self);
}

/// How people call whoever runs for the page elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// That it is gone, as the beginning of a sentence.
    pub is_gone: &'static str,
    /// What to do then, as a sentence.
    pub mend: &'static str,
}

/// Who is told how a job goes.
pub type Tell = Rc<dyn Fn(Progress)>;

/// A lesson to be run, with all that decides how.
#[derive(Clone, Debug)]
pub struct Job {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// Its parameters.
    pub values: Values,
    /// By how much its delays are divided.
    pub speed: Speed,
    /// The machine that it is predicted for. A measured run takes no more from it than the seed.
    pub machine: Machine,
    /// The models to run it on.
    pub models: Vec<Model>,
}

/// How a job goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Whoever runs it is being started, with so many threads; none where it starts its own.
    Starting(usize),
    /// A model's run is on its way.
    Began(Model),
    /// A model's run waits for so many others.
    Waiting(Model, u32),
    /// These things happened in a model's run.
    Happened(Model, Vec<Event>),
    /// A model's run is known from its beginning to its end.
    Known(Box<Trace>),
    /// A model's run is over.
    Ended(Model),
    /// A model's run failed, for the reason that this sentence gives.
    Failed(Model, String),
    /// Nothing more will come, for this reason.
    Over(Ending),
}

/// Why a job is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every model was run.
    Complete,
    /// Whoever ran it is gone, as this sentence says.
    Lost(String),
}

impl PartialEq for Job {
    fn eq(&self, other: &Job) -> bool {
        let decisive = |job: &Job| (job.values.clone(), job.speed, job.machine, job.models.clone());
        std::ptr::eq(self.lesson, other.lesson) && decisive(self) == decisive(other)
    }
}

impl Job {
    /// The job of a lesson on all its models, as usual.
    pub fn usual(lesson: &'static Lesson, values: Values) -> Job {
        Job { lesson, values, speed: Speed::REAL, machine: Machine::USUAL, models: lesson.models.to_vec() }
    }

    /// The job of one prediction, with these settings.
    pub fn prediction(lesson: &'static Lesson, settings: &Settings, model: Model) -> Job {
        let machine = settings.machine;
        Job { machine, models: vec![model], ..Job::usual(lesson, settings.values.clone()) }
    }

    /// Predicts one of its models, however long that takes.
    pub fn predict(&self, model: Model) -> Trace {
        let prepared = self.prepared();
        simulate(&prepared.program, &prepared.settings(model, self.machine.seed))
    }

    /// The job with its values filled in.
    pub fn prepared(&self) -> Prepared {
        self.machine.prepare(self.lesson, &self.values)
    }
}
