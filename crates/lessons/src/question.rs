//! Questions to answer before a run. Their answers are computed from traces.

use std::collections::BTreeSet;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::Trace;

use crate::catalogue::Lesson;
use crate::decided::Decided;
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
    /// Where it is decided.
    pub decided: Decided,
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
    /// The order in which some things happen in the first run, each of them once. They are offered in another order, and
    /// there are no more of them than [`MOST_IN_ORDER`].
    Order(&'static [&'static str], fn(&[Trace]) -> Vec<Happened>),
}

/// As many things can be put in order: each has a digit, and a key to be voted for.
pub const MOST_IN_ORDER: usize = 9;

/// When one of the things that are to be put in order happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Which, by its place among those that are offered.
    pub option: usize,
    /// When.
    pub at: Nanos,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    /// A time in seconds.
    Seconds(f64),
    /// A whole number.
    Number(i64),
    /// One of the options.
    Choice(&'static str),
    /// Things in the order in which they happen.
    Order(Vec<&'static str>),
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
            Answer::Order(options, of) => {
                let happened = of(&traces).into_iter();
                Answered::Order(happened.filter_map(|happened| options.get(happened.option).copied()).collect())
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

/// The order in which lines are written to a run's log, for answers: those that begin with one of `starts`, each the first time.
pub(crate) fn written(trace: &Trace, starts: &[&str]) -> Vec<Happened> {
    let mut seen = BTreeSet::new();
    let of = |text: &str| starts.iter().position(|start| text.starts_with(start));
    let log = trace.log();
    let found = log.iter().filter_map(|line| Some(Happened { option: of(line.text)?, at: line.at }));
    found.filter(|happened| seen.insert(happened.option)).collect()
}
