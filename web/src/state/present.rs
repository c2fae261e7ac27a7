//! A lesson in front of a class: a slide after the other, and nothing told before it is asked for.

use std::sync::Arc;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use leptos::prelude::*;
use lessons::{Lesson, Question};

use crate::state::browser;
use crate::state::lesson::LessonState;
use crate::state::said::{self, Verdict};
use crate::state::way::Way;

/// A slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slide {
    /// The problem.
    Problem,
    /// A question, by its place.
    Ask(usize),
    /// Its answer.
    Answer(usize),
    /// The run of a model, under those that came before.
    Run(Model),
    /// The rule to take away.
    Rule,
}

/// An answer, and the runs that it was read from.
pub struct Told {
    /// What it is, and where it is decided.
    pub verdict: Verdict,
    /// The runs.
    pub traces: Vec<Arc<Trace>>,
}

/// A run plays for so many seconds, however long it is.
const PLAYED_S: f64 = 6.0;

/// The slides of a lesson that is shown on these models.
pub fn slides(lesson: &Lesson, models: &[Model]) -> Vec<Slide> {
    let questions = (0..lesson.questions.len()).flat_map(|place| [Slide::Ask(place), Slide::Answer(place)]);
    let runs = models.iter().map(|model| Slide::Run(*model));
    let rule = (!lesson.rule.is_empty()).then_some(Slide::Rule);
    [Slide::Problem].into_iter().chain(questions).chain(runs).chain(rule).collect()
}

/// The answer to a question; `None` where the question's own values are wrong, which no question's are.
pub fn told(lesson: &Lesson, question: &Question) -> Option<Told> {
    let traces = said::runs(lesson, question)?;
    let verdict = said::verdict(question, &traces);
    Some(Told { verdict, traces: traces.into_iter().map(Arc::new).collect() })
}

impl LessonState {
    /// The slides, and the place of the one that is shown.
    pub fn slides(self) -> (Vec<Slide>, usize) {
        let slides = self.models.with(|models| slides(self.lesson, models));
        let Way::Present(place) = self.way.get() else { return (slides, 0) };
        let last = slides.len() - 1;
        (slides, usize::from(place).min(last))
    }

    /// The slide that is shown.
    pub fn slide(self) -> Slide {
        let (slides, place) = self.slides();
        slides[place]
    }

    /// Goes on: a run that still plays is shown whole first.
    pub fn next_slide(self) {
        if self.view.is_playing.get_untracked() {
            self.jump(true);
            return;
        }
        let (slides, place) = untrack(|| self.slides());
        let Some(slide) = slides.get(place + 1) else { return };
        self.show_as(Way::Present(place as u16 + 1));
        if let Slide::Run(model) = *slide {
            self.begin(model);
        }
    }

    /// Goes to another slide, on which everything has happened.
    pub fn show_slide(self, place: usize) {
        self.show_as(Way::Present(place as u16));
        if let Slide::Run(model) = untrack(|| self.slide()) {
            self.looked_at.set((model, Clock::Virtual));
            self.jump(true);
        }
    }

    /// Goes back.
    pub fn slide_before(self) {
        let (_, place) = untrack(|| self.slides());
        self.show_slide(place.saturating_sub(1));
    }

    /// Plays a run from its beginning.
    fn begin(self, model: Model) {
        self.looked_at.set((model, Clock::Virtual));
        if browser::wants_stillness() {
            self.jump(true);
            return;
        }
        self.playhead.set(Nanos::ZERO);
        let length = untrack(|| self.looked_at_trace()).map_or(0.0, |trace| trace.axis_length().as_secs_f64());
        self.view.pace.set((length / PLAYED_S).max(f64::MIN_POSITIVE));
        self.play_or_pause();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_comes_behind_its_question_and_the_runs_behind_all_answers() {
        for lesson in lessons::catalogue() {
            let slides = slides(lesson, lesson.models);
            let place = |slide| slides.iter().position(|other| *other == slide).expect("it is shown");
            assert_eq!(slides[0], Slide::Problem);
            assert_eq!(slides.last(), Some(&Slide::Rule), "{} ends on its rule", lesson.id);
            let first_run = place(Slide::Run(lesson.models[0]));
            for (index, question) in lesson.questions.iter().enumerate() {
                assert_eq!(place(Slide::Ask(index)) + 1, place(Slide::Answer(index)));
                assert!(place(Slide::Answer(index)) < first_run);
                let told = told(lesson, question).expect("the question's own values are right");
                let (model, at) = told.verdict.decided.expect("an instant decides it");
                let trace = told.traces.iter().find(|trace| trace.model == model).expect("its run is shown");
                assert!(trace.program_time(trace.end()) >= at, "{}", question.ask);
            }
        }
    }
}
