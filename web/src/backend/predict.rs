//! Predicted runs: the engine's simulator, here in the page, at once. What would keep the page from its next frame is left to
//! the [`foresight`](crate::backend::foresight).

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use engine::error::RunError;
use engine::model::Model;
use engine::simulate::simulate_at_most;
use engine::time::Nanos;
use engine::trace::Trace;
use lessons::Prepared;

use crate::backend::{Backend, Ending, Job, Progress, Tell};

/// So much can happen in all runs of a job together before a frame is lost: in a browser a step takes some tenths of a microsecond.
const STEPS_IN_A_FRAME: u64 = 20_000;

/// A task takes about so many steps: a job of very many need not be tried.
const STEPS_OF_A_TASK: u64 = 8;

/// The simulator.
pub struct Predictor;

/// What was predicted for every model of one job.
#[derive(Clone, Debug)]
pub struct Predictions(Arc<Vec<Arc<Trace>>>);

impl Backend for Predictor {
    fn refuses(&self, _: Model, _: &Prepared) -> Option<String> {
        None
    }

    fn start(&self, job: Job, tell: Tell) {
        for &model in &job.models {
            tell(Progress::Began(model));
            tell(Progress::Known(Box::new(job.predict(model))));
            tell(Progress::Ended(model));
        }
        tell(Progress::Over(Ending::Complete));
    }

    /// A prediction is over before anyone could stop it.
    fn stop(&self) {}
}

impl Predictions {
    /// Predicts every model of `job` if that fits into one frame.
    pub fn within_a_frame(job: &Job) -> Option<Predictions> {
        let prepared = job.prepared();
        let mut left = STEPS_IN_A_FRAME;
        if prepared.tasks as u64 * STEPS_OF_A_TASK > left {
            return None;
        }
        let run = |model: &Model| {
            let trace = simulate_at_most(&prepared.program, &prepared.settings(*model, job.machine.seed), &mut left);
            let is_broken_off = matches!(trace.failure(), Some(RunError::Endless { .. }));
            (!is_broken_off).then(|| Arc::new(trace))
        };
        Some(Predictions(Arc::new(job.models.iter().map(run).collect::<Option<_>>()?)))
    }

    /// What was predicted elsewhere.
    pub fn made(traces: Vec<Arc<Trace>>) -> Predictions {
        Predictions(Arc::new(traces))
    }

    /// Predicts every model of `job`, however long that takes.
    pub fn of(job: Job) -> Predictions {
        let found = Rc::new(RefCell::new(Vec::new()));
        let into = Rc::clone(&found);
        let tell = move |progress| {
            if let Progress::Known(trace) = progress {
                into.borrow_mut().push(Arc::new(*trace));
            }
        };
        Predictor.start(job, Rc::new(tell));
        Predictions(Arc::new(found.take()))
    }

    /// What there is before anything was predicted.
    pub fn none() -> Predictions {
        Predictions(Arc::default())
    }

    /// A model's predicted run.
    pub fn trace(&self, model: Model) -> Option<Arc<Trace>> {
        self.0.iter().find(|trace| trace.model == model).cloned()
    }

    /// How much of an axis the longest one takes.
    pub fn longest(&self) -> Nanos {
        self.0.iter().map(|trace| trace.axis_length()).max().unwrap_or_default()
    }

    /// The same of these models alone.
    pub fn longest_of(&self, models: &[Model]) -> Nanos {
        let shown = self.0.iter().filter(|trace| models.contains(&trace.model));
        shown.map(|trace| trace.axis_length()).max().unwrap_or_default()
    }
}

impl PartialEq for Predictions {
    /// Whether they are the same ones, not merely alike: comparing traces would cost more than drawing them.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
