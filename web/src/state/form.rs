//! The fields of a lesson's parameters: what a person typed, and the last values that were right.

use std::collections::BTreeMap;

use engine::model::{Model, Speed};
use lessons::{Diagnostic, Lesson, Parameter, Values};

use crate::state::link::{LessonPlace, Settings};
use crate::state::machine::Machine;

/// The fields, and what follows from them.
#[derive(Clone, Debug)]
pub struct Form {
    lesson: &'static Lesson,
    drafts: BTreeMap<&'static str, Draft>,
    settings: Settings,
}

#[derive(Clone, Debug)]
struct Draft {
    text: String,
    wrong: Option<Diagnostic>,
}

impl Form {
    /// Fields that hold the values of a link.
    pub fn new(place: &LessonPlace) -> Form {
        Form::of(place.lesson, place.settings.clone())
    }

    /// Fields of a lesson that hold these values.
    pub fn of(lesson: &'static Lesson, settings: Settings) -> Form {
        let mut form = Form { lesson, drafts: BTreeMap::new(), settings };
        form.show_values();
        form
    }

    /// What runs, with the values that were right last.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The values that were right last.
    pub fn values(&self) -> &Values {
        &self.settings.values
    }

    /// The speed of measured runs.
    pub fn speed(&self) -> Speed {
        self.settings.speed
    }

    /// The machine of predictions.
    pub fn machine(&self) -> Machine {
        self.settings.machine
    }

    /// The models that are shown.
    pub fn models(&self) -> &[Model] {
        &self.settings.models
    }

    /// What the field of a parameter holds.
    pub fn text(&self, name: &str) -> &str {
        self.drafts.get(name).map_or("", |draft| &draft.text)
    }

    /// What is wrong with the field of a parameter.
    pub fn wrong(&self, name: &str) -> Option<&Diagnostic> {
        self.drafts.get(name)?.wrong.as_ref()
    }

    /// Whether any field holds what cannot be used.
    pub fn is_any_wrong(&self) -> bool {
        self.drafts.values().any(|draft| draft.wrong.is_some())
    }

    /// Takes a text that is still being typed: its field shows it, and nothing is made of it yet.
    pub fn type_in(&mut self, parameter: &Parameter, text: String) {
        if let Some(draft) = self.drafts.get_mut(parameter.name) {
            draft.text = text;
        }
    }

    /// Takes the fields as they are. A wrong text is kept in its field, and the last right value stays.
    pub fn settle(&mut self) {
        for parameter in self.lesson.parameters {
            let Some(draft) = self.drafts.get_mut(parameter.name) else { continue };
            draft.wrong = match parameter.read(&draft.text) {
                Ok(value) => {
                    self.settings.values = self.settings.values.with(parameter, value);
                    None
                }
                Err(diagnostic) => Some(diagnostic),
            };
        }
        self.agree();
    }

    /// Takes all values at once.
    pub fn set_values(&mut self, values: Values) {
        self.settings.values = values;
        self.show_values();
    }

    /// Takes all that runs at once.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.show_values();
    }

    /// Takes another speed.
    pub fn set_speed(&mut self, speed: Speed) {
        self.settings.speed = speed;
    }

    /// Takes another machine.
    pub fn set_machine(&mut self, machine: Machine) {
        self.settings.machine = machine;
    }

    /// Shows a model or leaves it out; the last one stays.
    pub fn turn_model(&mut self, model: Model, is_on: bool) {
        let stays = |other: &Model| if *other == model { is_on } else { self.settings.models.contains(other) };
        let models: Vec<Model> = self.lesson.models.iter().copied().filter(stays).collect();
        if !models.is_empty() {
            self.settings.models = models;
        }
    }

    /// Takes one of the lesson's presets. What only other presets speak of goes back to its default, because presets are told
    /// apart by it; what none of them speaks of stays as it is.
    pub fn preset(&mut self, texts: &[(&str, &str)]) {
        let spoken_of = |name: &str| self.lesson.presets.iter().any(|(_, texts)| speak_of(texts, name).is_some());
        let parameters = self.lesson.parameters.iter().filter(|parameter| spoken_of(parameter.name));
        let chosen: Vec<_> = parameters
            .map(|parameter| (parameter, speak_of(texts, parameter.name).unwrap_or(parameter.default)))
            .collect();
        self.take(chosen);
    }

    /// Goes back to the defaults.
    pub fn reset(&mut self) {
        self.settings.speed = Speed::REAL;
        self.settings.machine = Machine::USUAL;
        self.settings.models = self.lesson.models.to_vec();
        self.take(self.lesson.parameters.iter().map(|parameter| (parameter, parameter.default)).collect());
    }

    fn take(&mut self, texts: Vec<(&'static Parameter, &str)>) {
        for (parameter, text) in texts {
            if let Ok(value) = parameter.read(text) {
                self.drafts.insert(parameter.name, Draft { text: value.text(), wrong: None });
                self.settings.values = self.settings.values.with(parameter, value);
            }
        }
        self.agree();
    }

    /// A name that its list has lost stays in its field with a complaint, so that it counts again once it is back; until then
    /// it is nobody's.
    fn agree(&mut self) {
        let (values, astray) = self.settings.values.clone().agreed(self.lesson.parameters);
        self.settings.values = values;
        for complaint in astray {
            if let Some(draft) = self.drafts.get_mut(complaint.about.as_str()) {
                draft.wrong = Some(complaint);
            }
        }
    }

    fn show_values(&mut self) {
        for parameter in self.lesson.parameters {
            let text = self.settings.values.get(parameter.name).map(lessons::Value::text).unwrap_or_default();
            self.drafts.insert(parameter.name, Draft { text, wrong: None });
        }
    }
}

/// The text that a preset has for a parameter.
fn speak_of<'t>(texts: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    texts.iter().find(|(named, _)| *named == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::link::{self, Place};

    #[test]
    fn a_wrong_text_stays_in_its_field_and_the_last_right_value_in_the_picture() {
        let Place::Lesson(place) = link::read("?lesson=delay-messages").place else { panic!("the lesson is there") };
        let mut form = Form::new(&place);
        let workers = &place.lesson.parameters[1];
        let shown = |form: &Form| {
            let value = form.values().get("workers").map(lessons::Value::text).unwrap_or_default();
            (form.text("workers").to_owned(), value, form.wrong("workers").is_some())
        };
        form.type_in(workers, "3".to_owned());
        assert_eq!(shown(&form), ("3".to_owned(), "2".to_owned(), false));
        form.settle();
        assert_eq!(shown(&form), ("3".to_owned(), "3".to_owned(), false));
        // On the way to 10000 stands 1, which nobody meant.
        form.type_in(workers, "1".to_owned());
        form.type_in(workers, "10000".to_owned());
        form.settle();
        assert_eq!(shown(&form), ("10000".to_owned(), "3".to_owned(), true));
        form.reset();
        assert_eq!(shown(&form), ("2".to_owned(), "2".to_owned(), false));
    }

    #[test]
    fn a_name_that_its_list_loses_is_nobodys_until_it_is_back() {
        let Place::Lesson(place) = link::read("?lesson=blocking-call").place else { panic!("the lesson is there") };
        let mut form = Form::new(&place);
        let messages = &place.lesson.parameters[0];
        let mut shown = |text: &str| {
            form.type_in(messages, text.to_owned());
            form.settle();
            let value = form.values().get("blocking").map(lessons::Value::text).unwrap_or_default();
            (form.text("blocking").to_owned(), value, form.wrong("blocking").map(ToString::to_string))
        };
        let (three, none) = ("THREE".to_owned(), "none".to_owned());
        assert_eq!(shown("THREE=1,X=1"), (three.clone(), three.clone(), None));
        let said = "blocking: got “THREE”, but it must be one of none, THRE, X. Did you mean THRE?".to_owned();
        assert_eq!(shown("THRE=1,X=1"), (three.clone(), none, Some(said)));
        assert_eq!(shown("X=1,THREE=1"), (three.clone(), three, None));
    }

    #[test]
    fn models_are_turned_on_in_the_lessons_order_and_the_last_one_stays() {
        let Place::Lesson(place) = link::read("?lesson=delay-messages").place else { panic!("the lesson is there") };
        let mut form = Form::new(&place);
        for &model in place.lesson.models {
            form.turn_model(model, false);
        }
        assert_eq!(form.models(), [Model::ProcessPool], "one has to be left");
        form.turn_model(Model::Threads, true);
        form.turn_model(Model::Sequential, true);
        assert_eq!(form.models(), [Model::Sequential, Model::Threads, Model::ProcessPool]);
        form.reset();
        assert_eq!(form.models(), place.lesson.models);
    }

    #[test]
    fn a_preset_changes_what_presets_are_told_apart_by_and_nothing_else() {
        let Place::Lesson(place) = link::read("?lesson=blocking-call").place else { panic!("the lesson is there") };
        let mut form = Form::new(&place);
        let texts = |name: &str| {
            let (_, texts) =
                place.lesson.presets.iter().find(|(title, _)| *title == name).expect("the preset is there");
            *texts
        };
        let workers = place.lesson.parameters.iter().find(|parameter| parameter.name == "workers");
        form.type_in(workers.expect("it has workers"), "7".to_owned());
        form.settle();
        let repair = |form: &Form| form.text("repair").to_owned();
        let before = repair(&form);
        form.preset(texts("THREE blocks on a thread of its own"));
        assert_eq!([repair(&form), form.text("workers").to_owned()], ["to-thread", "7"]);
        form.preset(texts("THREE blocks"));
        assert_eq!([repair(&form), form.text("workers").to_owned()], [before.as_str(), "7"]);
    }
}
