//! Figures that were published elsewhere, and what the simulator says to them.

use engine::model::Model;
use engine::trace::Trace;

use crate::catalogue::Lesson;
use crate::diagnostic::Diagnostic;

/// A figure that learners have seen elsewhere.
#[derive(Debug)]
pub struct Published {
    /// What the figure is of, such as "two messages".
    pub of: &'static str,
    /// The values under which the lesson gives it: those that differ from the defaults, as texts.
    pub values: &'static [(&'static str, &'static str)],
    /// The model.
    pub model: Model,
    /// The figure.
    pub figure: Figure,
}

/// A published figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// A wall time in seconds; a prediction may be off by this share of it.
    Wall {
        /// The seconds.
        seconds: f64,
        /// The share, such as 0.1.
        within: f64,
    },
    /// Something the program finds out, by its name; a prediction must have exactly this.
    Outcome(&'static str, i64),
}

/// A published figure with the prediction beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// What was published.
    pub published: f64,
    /// What is predicted.
    pub predicted: f64,
    /// Whether the prediction is within its bound.
    pub holds: bool,
}

/// The bound of the published wall times, unless a row says otherwise.
pub(crate) const TENTH: f64 = 0.1;

impl Published {
    /// Predicts the figure.
    ///
    /// # Errors
    /// What is wrong with the row's own values.
    pub fn compare(&self, lesson: &Lesson) -> Result<Compared, Vec<Diagnostic>> {
        let trace = self.predict(lesson)?;
        Ok(match self.figure {
            Figure::Wall { seconds, within } => {
                let predicted = trace.summary().map_or(f64::NAN, |summary| summary.wall.as_secs_f64());
                let holds = (predicted - seconds).abs() <= within * seconds;
                Compared { published: seconds, predicted, holds }
            }
            Figure::Outcome(name, value) => {
                let found = trace.outcome().and_then(|outcome| outcome.get(name).copied());
                let predicted = found.map_or(f64::NAN, |found| found as f64);
                Compared { published: value as f64, predicted, holds: found == Some(value) }
            }
        })
    }

    /// The predicted run that the figure is read from.
    ///
    /// # Errors
    /// What is wrong with the row's own values.
    pub fn predict(&self, lesson: &Lesson) -> Result<Trace, Vec<Diagnostic>> {
        let given: Vec<_> = self.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        lesson.predict(&given, &[self.model]).map(|mut traces| traces.remove(0))
    }
}
