//! The small pictures of all lessons: which runs they show, and how these are predicted, a lesson at a time.

use std::sync::Arc;
use std::time::Duration;

use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::Trace;
use leptos::prelude::*;
use lessons::{Lesson, Values, catalogue};

use crate::state::pause::Pause;

/// What a picture shows: runs, on one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The runs.
    pub traces: Vec<Arc<Trace>>,
    /// How much of an axis the longest one takes.
    pub longest: Nanos,
}

/// So many models show what a lesson is about.
const MODELS: usize = 2;

/// Between two lessons: the page gets its frame first.
const BREATH: Duration = Duration::from_millis(16);

/// Lessons whose usual size takes longer than a frame to predict: the same in small.
const SMALLER: &[(&str, (&str, &str))] = &[("paged-api", ("pages", "250")), ("merge-sort", ("lists", "24"))];

/// Predicts the pictures of the catalogue's lessons, in its order, as the page finds time.
pub fn fill(pictures: Vec<RwSignal<Option<Picture>>>) {
    go_on(pictures, 0, Pause::new());
}

impl Picture {
    fn of(lesson: &Lesson) -> Option<Picture> {
        let smaller = SMALLER.iter().filter(|(id, _)| *id == lesson.id);
        let given: Vec<_> = smaller.map(|(_, (name, text))| ((*name).to_owned(), (*text).to_owned())).collect();
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).ok()?);
        let run = |model: &Model| Arc::new(simulate(&prepared.program, &prepared.settings(*model, 0)));
        let traces: Vec<_> = models(lesson).iter().map(run).collect();
        let longest = traces.iter().map(|trace| trace.axis_length()).max().unwrap_or_default();
        Some(Picture { traces, longest })
    }
}

/// The models that each of a lesson's questions asks about first beside the sequential one, and if those are too few, others of its
/// own.
pub fn models(lesson: &Lesson) -> Vec<Model> {
    let is_concurrent = |model: &&Model| **model != Model::Sequential;
    let first = lesson.questions.iter().filter_map(|question| question.models.iter().find(is_concurrent));
    let asked = lesson.questions.iter().flat_map(|question| question.models);
    let mut models: Vec<Model> = Vec::new();
    for model in first.chain(asked).chain(lesson.models) {
        if models.len() < MODELS && !models.contains(model) {
            models.push(*model);
        }
    }
    models
}

/// Predicts one picture after the other.
fn go_on(pictures: Vec<RwSignal<Option<Picture>>>, place: usize, pause: Pause) {
    let (Some(lesson), Some(picture)) = (catalogue().get(place), pictures.get(place).copied()) else { return };
    pause.then(BREATH, move || {
        // The page may have moved on meanwhile.
        picture.try_set(Picture::of(lesson));
        go_on(pictures, place + 1, pause);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_what_the_questions_are_about() {
        let of = |id: &str| models(lessons::find(id).expect("the lesson is there"));
        for id in ["merge-sort", "sum-squares"] {
            assert!(of(id).contains(&Model::ProcessPool), "{id}: {:?}", of(id));
        }
    }

    #[test]
    fn every_lesson_has_a_picture_that_costs_less_than_a_frame() {
        /// A simulated span costs some microseconds.
        const SPANS: usize = 5_000;
        for lesson in catalogue() {
            let picture = Picture::of(lesson).unwrap_or_else(|| panic!("{} has none", lesson.id));
            assert_eq!(picture.traces.len(), MODELS, "{}", lesson.id);
            let spans: usize = picture.traces.iter().map(|trace| trace.spans.len()).sum();
            assert!((2..SPANS).contains(&spans), "{}: {spans} spans", lesson.id);
            assert!(picture.longest > Nanos::ZERO, "{}", lesson.id);
        }
    }
}
