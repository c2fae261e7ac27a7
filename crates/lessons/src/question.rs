//! Questions to answer before a run. Their answers are computed from traces.

use engine::model::Model;
use engine::trace::Trace;

use crate::catalogue::Lesson;
use crate::diagnostic::Diagnostic;

/// Something to predict before the run.
#[derive(Debug)]
pub struct Question {
    /// What is asked, as a sentence.
    pub ask: &'static str,
    /// The values under which the lesson runs: those that differ from the defaults, as texts.
    pub values: &'static [(&'static str, &'static str)],
    /// The models that are run for it, in the order in which the answer sees them.
    pub models: &'static [Model],
    /// How the answer is had.
    pub answer: Answer,
    /// Why it is so, as one sentence or two that hold whatever the figures are.
    pub because: &'static str,
}

/// How the answer to a question is had from the runs of its models.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// A time in seconds.
    Seconds(fn(&[Trace]) -> f64),
    /// A whole number.
    Number(fn(&[Trace]) -> i64),
    /// One of some options, by its place among them.
    Choice(&'static [&'static str], fn(&[Trace]) -> usize),
}

/// The answer to a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answered {
    /// A time in seconds.
    Seconds(f64),
    /// A whole number.
    Number(i64),
    /// One of the options.
    Choice(&'static str),
}

impl Question {
    /// Runs the lesson as the question has it, and computes the answer.
    ///
    /// # Errors
    /// What is wrong with the question's own values.
    pub fn answer(&self, lesson: &Lesson) -> Result<Answered, Vec<Diagnostic>> {
        let given: Vec<_> = self.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let traces = lesson.predict(&given, self.models)?;
        Ok(match self.answer {
            Answer::Seconds(of) => Answered::Seconds(of(&traces)),
            Answer::Number(of) => Answered::Number(of(&traces)),
            Answer::Choice(options, of) => {
                Answered::Choice(options.get(of(&traces)).copied().unwrap_or("none of these"))
            }
        })
    }
}

/// The wall time of a run in seconds, for answers.
pub(crate) fn wall_s(trace: &Trace) -> f64 {
    trace.summary().map_or(0.0, |summary| summary.wall.as_secs_f64())
}

/// Which of two runs ended clearly sooner, for answers: 0 for the first, 1 for the second, 2 where they ended within a
/// twentieth of each other.
pub(crate) fn sooner(first: &Trace, second: &Trace) -> usize {
    let (first, second) = (wall_s(first), wall_s(second));
    if (first - second).abs() <= 0.05 * first.max(second) { 2 } else { usize::from(second < first) }
}

/// A figure that the run found out, for answers; 0 where it came to no end.
pub(crate) fn found(trace: &Trace, name: &str) -> i64 {
    trace.outcome().and_then(|outcome| outcome.get(name).copied()).unwrap_or_default()
}
