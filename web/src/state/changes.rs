//! What a person changes about a lesson: its fields, one by one or at once, and back again.

use std::time::Duration;

use engine::trace::Clock;
use leptos::prelude::*;
use lessons::Parameter;

use crate::state::fields::{Change, Fields};
use crate::state::form::Form;
use crate::state::history::History;
use crate::state::lesson::LessonState;
use crate::state::link::Settings;
use crate::state::mend::Mend;
use crate::state::progress::Step;

/// A pause this long in typing means that the text is meant as it stands.
const TYPING_PAUSE: Duration = Duration::from_millis(300);

impl LessonState {
    /// Changes the fields. Measured runs belong to the values that they were measured with, and go with them.
    pub fn change(self, change: impl FnOnce(&mut Form)) {
        let decisive = |form: &Form| (form.values().clone(), form.machine().seed);
        let before = self.form.with_untracked(decisive);
        self.form.update(change);
        if self.form.with_untracked(decisive) != before {
            self.drop_measured();
        }
    }

    /// The fields, for the components that show them.
    pub fn fields(self) -> Fields {
        Fields::new(self.form, self.values, move |change| match change {
            Change::Edited(parameter, text) => self.edit(parameter, text),
            Change::Typed(parameter, text) => self.type_in(parameter, text),
            Change::Settled => self.settle(),
            Change::Complete => self.commit(),
        })
    }

    /// Changes the fields in one step, which undo takes back.
    pub fn change_at_once(self, change: impl FnOnce(&mut Form)) {
        self.change(change);
        self.commit();
    }

    /// Takes the last change back.
    pub fn undo(self) {
        self.go(History::undo);
    }

    /// Takes the last undo back.
    pub fn redo(self) {
        self.go(History::redo);
    }

    /// Whether there is anything to take back.
    pub fn can_undo(self) -> bool {
        self.history.with(History::can_undo)
    }

    /// Whether there is an undo to take back.
    pub fn can_redo(self) -> bool {
        self.history.with(History::can_redo)
    }

    fn go(self, go: fn(&mut History<Settings>) -> Option<Settings>) {
        self.stop_waiting();
        if let Some(settings) = self.history.try_update(go).flatten() {
            self.change(|form| form.set(settings));
            self.write_address();
        }
    }

    /// Takes a text for a parameter that is meant at once, as a slider's is.
    pub fn edit(self, parameter: &'static Parameter, text: String) {
        self.change(|form| {
            form.type_in(parameter, text);
            form.settle();
        });
    }

    /// Takes a text for a parameter that is being typed. It is meant when typing pauses: what stands there on the way is not.
    pub fn type_in(self, parameter: &'static Parameter, text: String) {
        self.form.update(|form| form.type_in(parameter, text));
        self.stop_waiting();
        let paused = set_timeout_with_handle(move || self.settle(), TYPING_PAUSE);
        self.typing.set_value(paused.ok());
    }

    /// Takes the fields as they are.
    pub fn settle(self) {
        self.stop_waiting();
        self.change(Form::settle);
        self.commit();
    }

    fn stop_waiting(self) {
        if let Some(pause) = self.typing.get_value() {
            pause.clear();
            self.typing.set_value(None);
        }
    }

    /// Takes note of a change when it is complete, not on every pixel of it: for undo, and in the address.
    pub fn commit(self) {
        let settings = self.form.with_untracked(|form| form.settings().clone());
        if self.history.with_untracked(|history| *history.present() != settings) {
            self.history.update(|history| history.step(settings));
            self.note(Step::Modify);
        }
        self.write_address();
    }

    /// Takes a mend, which undo takes back, and leads to the model that shows it.
    pub fn take_mend(self, mend: Mend) {
        self.change_at_once(|form| {
            form.set(mend.settings);
            form.turn_model(mend.model, true);
        });
        self.turn_to(mend.model, Clock::Virtual);
    }
}
