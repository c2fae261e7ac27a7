//! Two states of a lesson side by side: what differs between them, and what that comes to.

use std::sync::Arc;

use engine::model::Model;
use engine::trace::{Clock, Trace};
use leptos::prelude::*;
use lessons::parameter::{CORES, GIL};
use lessons::{Lesson, Parameter, Value};

use crate::state::form::Form;
use crate::state::lesson::LessonState;
use crate::state::link::Settings;
use crate::state::machine::{SEED, is_lessons_own};
use crate::state::way::Way;
use crate::state::words;

/// Something that two states have, the same or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub title: &'static str,
    /// What was kept.
    pub kept: String,
    /// What it is now.
    pub now: String,
}

/// A longer value is not told in a sentence.
const SHORT: usize = 16;

/// More changes than these are counted.
const TOLD: usize = 2;

impl Part {
    /// Whether it differs.
    pub fn differs(&self) -> bool {
        self.kept != self.now
    }

    /// The change in a few words, such as `Limit 4 → 8`.
    fn change(&self) -> String {
        match self.kept.chars().count().max(self.now.chars().count()) <= SHORT {
            true => format!("{} {} → {}", self.title, self.kept, self.now),
            false => format!("Other {}", self.title.to_ascii_lowercase()),
        }
    }
}

/// All that decides how a lesson's predicted runs go, of both states.
pub fn parts(lesson: &Lesson, kept: &Settings, now: &Settings) -> Vec<Part> {
    let value = |settings: &Settings, parameter: &Parameter| match settings.values.get(parameter.name) {
        // A list has its unit in every line of its editor, and none at its end.
        Some(list @ Value::Messages(_)) => list.text(),
        Some(value) => words::value(parameter, value),
        None => String::new(),
    };
    let own = lesson.parameters.iter().map(|parameter| Part {
        title: parameter.title,
        kept: value(kept, parameter),
        now: value(now, parameter),
    });
    let of_machine = |settings: &Settings| {
        let machine = settings.machine;
        let gil = if machine.costs().gil.is_some() { "on" } else { "off" };
        [
            ("", "Costs", machine.charges.title().to_owned()),
            (CORES, "Cores", machine.core_count().to_string()),
            (GIL, "GIL", gil.to_owned()),
            (SEED, "Seed", machine.seed.to_string()),
        ]
    };
    let machine = of_machine(kept).into_iter().zip(of_machine(now));
    let machine = machine.filter(|((name, ..), _)| !is_lessons_own(lesson, name));
    own.chain(machine.map(|((_, title, kept), (_, _, now))| Part { title, kept, now })).collect()
}

/// What the changes come to for one model, as a sentence such as `Limit 4 → 8: 310 ms sooner.`
pub fn sentence(parts: &[Part], kept: &Trace, now: &Trace) -> String {
    let changes: Vec<String> = parts.iter().filter(|part| part.differs()).map(Part::change).collect();
    let changes = match changes.len() {
        0 => return "Nothing differs yet.".to_owned(),
        count if count <= TOLD => changes.join(", "),
        count => format!("{count} changes"),
    };
    let comes_to = match (words::wall(kept), words::wall(now)) {
        (Some(before), Some(after)) if before == after => "no difference in wall time".to_owned(),
        (Some(before), Some(after)) if after < before => {
            format!("{} sooner", words::brief_seconds(before.since(after)))
        }
        (Some(before), Some(after)) => format!("{} later", words::brief_seconds(after.since(before))),
        (None, Some(after)) => format!("comes to an end, after {}", words::seconds(after)),
        (Some(_), None) => {
            format!("no longer comes to an end ({})", words::failure(now).map_or("cut off", |(short, _)| short))
        }
        (None, None) => "comes to no end either way".to_owned(),
    };
    format!("{changes}: {comes_to}.")
}

impl LessonState {
    /// Keeps what there is, and goes on changing beside it.
    pub fn compare(self) {
        let kept = self.form.with_untracked(|form| form.settings().clone());
        self.show_as(Way::Compare(Box::new(kept)));
    }

    /// Takes what was kept for what is changed, and the other way round.
    pub fn swap(self) {
        let Some(kept) = self.way.with_untracked(|way| way.kept().cloned()) else { return };
        let now = self.form.with_untracked(|form| form.settings().clone());
        self.way.set(Way::Compare(Box::new(now)));
        let models = kept.models.clone();
        self.change_at_once(|form: &mut Form| form.set(Settings { models, ..kept }));
    }

    /// What the two states have.
    pub fn parts(self) -> Vec<Part> {
        let now = self.form.with(|form| form.settings().clone());
        self.way.with(|way| way.kept().map(|kept| parts(self.lesson, kept, &now))).unwrap_or_default()
    }

    /// A model's run as it is predicted for what was kept.
    pub fn kept_trace(self, model: Model) -> Option<Arc<Trace>> {
        self.kept.with(|kept| kept.as_ref()?.trace(model))
    }

    /// What the changes come to for a model.
    pub fn compared(self, model: Model) -> Option<String> {
        let (kept, now) = (self.kept_trace(model)?, self.trace(model, Clock::Virtual)?);
        Some(sentence(&self.parts(), &kept, &now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Job;
    use crate::backend::predict::Predictions;
    use crate::state::link::{self, Place};

    fn sentences(query: &str, model: Model) -> (Vec<&'static str>, String) {
        let Place::Lesson(place) = link::read(query).place else { panic!("{query} leads to no lesson") };
        let kept = place.way.kept().expect("it compares").clone();
        let trace = |settings: &Settings| {
            let job = Job::usual(place.lesson, settings.values.clone());
            Predictions::of(Job { machine: settings.machine, ..job }).trace(model).expect("it runs")
        };
        let parts = parts(place.lesson, &kept, &place.settings);
        let differing = parts.iter().filter(|part| part.differs()).map(|part| part.title).collect();
        (differing, sentence(&parts, &trace(&kept), &trace(&place.settings)))
    }

    #[test]
    fn what_differs_is_named_and_what_it_comes_to_is_read_from_the_runs() {
        let (differing, said) = sentences("?compare=delay-messages&b.workers=1", Model::ThreadPool);
        assert_eq!(differing.len(), 1);
        assert!(said.contains(" 2 → 1: 2.0 s later."), "{said}");
        let (_, said) = sentences("?compare=delay-messages&a.workers=1", Model::ThreadPool);
        assert!(said.starts_with("Nothing differs yet"), "the other side has what was kept: {said}");
        let (_, said) = sentences("?compare=delay-messages&a.workers=1&b.workers=2", Model::ThreadPool);
        assert!(said.contains(" 1 → 2: 2.0 s sooner."), "{said}");
        let (differing, said) = sentences("?compare=gil&b.cores=2&b.gil=off&b.seed=3", Model::Threads);
        assert!(differing.contains(&"Seed") && said.starts_with(&format!("{} changes: ", differing.len())), "{said}");
        let (_, said) = sentences("?compare=delay-messages&b.messages=A%3D1", Model::Sequential);
        assert_eq!(said, "Messages TWO=2,THREE=3 → A=1: 4.0 s sooner.");
        let (_, said) =
            sentences("?compare=delay-messages&b.messages=ALPHA%3D1%2CBETA%3D2%2CGAMMA%3D2", Model::Sequential);
        assert_eq!(said, "Other messages: no difference in wall time.");
    }
}
