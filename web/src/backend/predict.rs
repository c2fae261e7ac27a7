//! Predicted runs: the engine's simulator, here in the page, at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Clock, Trace};

use crate::backend::{Backend, Ending, Job, Progress, Tell};

/// The simulator.
pub struct Predictor;

/// What was predicted for every model of one job.
#[derive(Clone, Debug)]
pub struct Predictions(Arc<Vec<(Model, Prediction)>>);

/// A model's predicted run, or why it has none.
pub type Prediction = Result<Arc<Trace>, String>;

impl Backend for Predictor {
    fn clock(&self) -> Clock {
        Clock::Virtual
    }

    fn runs(&self, _: Model) -> bool {
        true
    }

    fn start(&self, job: Job, tell: Tell) {
        let prepared = job.prepared();
        for &model in job.lesson.models.iter().filter(|model| self.runs(**model)) {
            tell(Progress::Began(model));
            let settings = prepared.settings(model, 0);
            match simulate(&prepared.program, &settings) {
                Ok(trace) => {
                    tell(Progress::Known(Box::new(trace)));
                    tell(Progress::Ended(model));
                }
                Err(error) => {
                    tell(Progress::Failed(model, format!("This model could not be predicted: {error}.")));
                }
            }
        }
        tell(Progress::Over(Ending::Complete));
    }

    /// A prediction is over before anyone could stop it.
    fn stop(&self) {}
}

impl Predictions {
    /// Predicts every model of `job`.
    pub fn of(job: Job) -> Predictions {
        let found = Rc::new(RefCell::new(Vec::new()));
        let into = Rc::clone(&found);
        let tell = move |progress| match progress {
            Progress::Known(trace) => into.borrow_mut().push((trace.model, Ok(Arc::new(*trace)))),
            Progress::Failed(model, reason) => into.borrow_mut().push((model, Err(reason))),
            _ => {}
        };
        Predictor.start(job, Rc::new(tell));
        Predictions(Arc::new(found.take()))
    }

    /// A model's predicted run.
    pub fn trace(&self, model: Model) -> Option<Arc<Trace>> {
        self.prediction(model)?.as_ref().ok().cloned()
    }

    /// Why a model has no predicted run.
    pub fn failure(&self, model: Model) -> Option<String> {
        self.prediction(model)?.as_ref().err().cloned()
    }

    /// How long a model's predicted run takes.
    pub fn wall(&self, model: Model) -> Option<Nanos> {
        self.trace(model)?.summary().map(|summary| summary.wall)
    }

    /// The end of the longest one.
    pub fn longest(&self) -> Nanos {
        self.0
            .iter()
            .filter_map(|(_, prediction)| prediction.as_ref().ok())
            .map(|trace| trace.end())
            .max()
            .unwrap_or_default()
    }

    fn prediction(&self, model: Model) -> Option<&Prediction> {
        self.0.iter().find(|(other, _)| *other == model).map(|(_, prediction)| prediction)
    }
}

impl PartialEq for Predictions {
    /// Whether they are the same ones, not merely alike: comparing traces would cost more than drawing them.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
