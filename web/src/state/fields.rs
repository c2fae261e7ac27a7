//! The fields of parameters, for whichever page has them: what they hold, and who takes what is typed.

use leptos::prelude::*;
use lessons::{Parameter, Values};

use crate::state::form::Form;

/// Fields, as their components see them.
#[derive(Clone, Copy)]
pub struct Fields {
    /// What they hold.
    pub form: RwSignal<Form>,
    /// The last values that were right.
    pub values: Memo<Values>,
    take: Callback<Change>,
}

/// What a person does with a field.
#[derive(Clone, Debug)]
pub enum Change {
    /// A text that is meant at once, as a slider's is.
    Edited(&'static Parameter, String),
    /// A text that is being typed.
    Typed(&'static Parameter, String),
    /// What was typed is meant as it stands.
    Settled,
    /// The change is complete.
    Complete,
}

impl Fields {
    /// Fields whose changes `take` takes.
    pub fn new(form: RwSignal<Form>, values: Memo<Values>, take: impl Fn(Change) + Send + Sync + 'static) -> Fields {
        Fields { form, values, take: Callback::new(take) }
    }

    /// Takes a text that is meant at once.
    pub fn edit(self, parameter: &'static Parameter, text: String) {
        self.take.run(Change::Edited(parameter, text));
    }

    /// Takes a text that is being typed.
    pub fn type_in(self, parameter: &'static Parameter, text: String) {
        self.take.run(Change::Typed(parameter, text));
    }

    /// Takes what was typed as it stands.
    pub fn settle(self) {
        self.take.run(Change::Settled);
    }

    /// Takes note that a change is complete.
    pub fn commit(self) {
        self.take.run(Change::Complete);
    }
}
