//! Advice for a load of one's own: the load's fields, and all models predicted; then the comparison, a figure at a time.

use std::sync::Arc;
use std::time::Duration;

use engine::model::{Model, Speed};
use engine::trace::Trace;
use leptos::prelude::*;
use leptos::task::spawn_local;
use lessons::Values;
use lessons::advice::{Advice, LOADS, Load};
use lessons::matrix::matrix;

use crate::backend::Job;
use crate::backend::foresight;
use crate::backend::predict::Predictions;
use crate::state::address::Address;
use crate::state::fields::{Change, Fields};
use crate::state::form::Form;
use crate::state::link::{Place, Settings};
use crate::state::machine::Machine;
use crate::state::pause::Pause;
use crate::state::words;

/// The state of the page.
#[derive(Clone, Copy)]
pub struct AdviseState {
    /// The load's fields.
    pub fields: Fields,
    /// The load.
    pub load: Memo<Load>,
    /// What was found last; while another load is predicted, that of the load before.
    pub found: RwSignal<Option<Arc<Found>>>,
    /// Whether that is of the present load.
    pub is_found: RwSignal<bool>,
    /// How many of the ranked runs are drawn: those of a large load come one by one.
    pub drawn: RwSignal<usize>,
    /// The figures of the matrix that are known, row by row; `None` where there is none.
    pub figures: RwSignal<Vec<Option<f64>>>,
    form: RwSignal<Form>,
    typing: Pause,
    predicting: Pause,
    is_under_way: StoredValue<bool>,
    address: Address,
}

/// The advice for a load, and the runs that it rests on.
#[derive(Debug)]
pub struct Found {
    /// The advice.
    pub advice: Advice,
    /// The runs.
    runs: Predictions,
}

/// Between a picture or a figure of the matrix and the next, the page gets its frame.
const BREATH: Duration = Duration::from_millis(16);

/// A load of more tasks is large.
const MANY: u32 = 250;

/// So long a slider rests.
const REST: Duration = Duration::from_millis(150);

/// A pause this long in typing means that the text is meant as it stands.
const TYPING_PAUSE: Duration = Duration::from_millis(300);

impl AdviseState {
    /// The state that a link describes; what is changed about it goes into `address`.
    pub fn new(values: Values, address: Address) -> AdviseState {
        let form = RwSignal::new(Form::of(LOADS, settings(values)));
        let values = Memo::new(move |_| form.with(|form| form.values().clone()));
        let typing = Pause::new();
        let fields = Fields::new(form, values, move |change| take(form, address, typing, change));
        let state = AdviseState {
            fields,
            load: Memo::new(move |_| values.with(Load::of)),
            found: RwSignal::new(None),
            is_found: RwSignal::new(false),
            drawn: RwSignal::new(0),
            figures: RwSignal::new(Vec::new()),
            form,
            typing,
            predicting: Pause::new(),
            is_under_way: StoredValue::new(false),
            address,
        };
        Effect::new(move || {
            let rest = if values.with(|values| is_large(&Load::of(values))) { REST } else { Duration::ZERO };
            state.is_found.set(false);
            state.predicting.then(rest, move || spawn_local(state.predict()));
        });
        state
    }

    /// Takes one of the lesson's presets.
    pub fn preset(self, texts: &[(&str, &str)]) {
        self.typing.end();
        self.form.update(|form| form.preset(texts));
        self.write_address();
    }

    fn write_address(self) {
        write_address(self.form, self.address);
    }

    /// Predicts the load that there is now on all models, when that is done what it has become meanwhile, and then has them drawn.
    async fn predict(self) {
        if self.is_found.get_untracked() || self.is_under_way.get_value() {
            return;
        }
        self.is_under_way.set_value(true);
        // The page may go meanwhile.
        while let Some(values) = self.form.try_with_untracked(|form| form.values().clone()) {
            let runs = foresight::run_all(Job::usual(LOADS, values.clone())).await;
            if self.form.try_with_untracked(|form| *form.values() == values) == Some(true) {
                self.is_under_way.set_value(false);
                self.show(Found::of(&values, runs));
                return;
            }
        }
    }

    fn show(self, found: Found) {
        self.drawn.set(if self.load.with_untracked(is_large) { 0 } else { LOADS.models.len() });
        self.found.set(Some(Arc::new(found)));
        self.is_found.set(true);
        self.go_on();
    }

    /// Draws the next run of a large load, or else predicts the next figure of the matrix; and so on until all are there.
    fn go_on(self) {
        let known = self.figures.with_untracked(Vec::len);
        if self.drawn.get_untracked() < LOADS.models.len() {
            self.drawn.update(|drawn| *drawn += 1);
        } else if let Some(cell) = cells().nth(known) {
            self.figures.update(|figures| figures.push(cell.predict().ok()));
        } else {
            return;
        }
        self.predicting.then(BREATH, move || self.go_on());
    }
}

impl Found {
    fn of(values: &Values, runs: Predictions) -> Found {
        let traces = LOADS.models.iter().filter_map(|model| runs.trace(*model));
        let walls: Vec<_> = traces.filter_map(|trace| Some((trace.model, words::wall(&trace)?))).collect();
        Found { advice: Advice::of(&Load::of(values), &walls), runs }
    }

    /// A model's run.
    pub fn trace(&self, model: Model) -> Option<Arc<Trace>> {
        self.runs.trace(model)
    }
}

/// Whether it is predicted only when the slider rests that moves over it, and drawn a run at a time.
fn is_large(load: &Load) -> bool {
    load.tasks > MANY
}

fn cells() -> impl Iterator<Item = &'static lessons::matrix::Cell> {
    matrix().iter().flat_map(|row| &row.cells)
}

/// Takes what a person does with a field.
fn take(form: RwSignal<Form>, address: Address, typing: Pause, change: Change) {
    match change {
        Change::Edited(parameter, text) => form.update(|form| {
            form.type_in(parameter, text);
            form.settle();
        }),
        Change::Typed(parameter, text) => {
            form.update(|form| form.type_in(parameter, text));
            typing.then(TYPING_PAUSE, move || take(form, address, typing, Change::Settled));
        }
        Change::Settled => {
            typing.end();
            form.update(Form::settle);
            write_address(form, address);
        }
        Change::Complete => write_address(form, address),
    }
}

fn write_address(form: RwSignal<Form>, address: Address) {
    address.replace(&Place::Advise(form.with_untracked(|form| form.values().clone())));
}

/// A load with these values, and all else as usual.
fn settings(values: Values) -> Settings {
    Settings { values, speed: Speed::REAL, machine: Machine::USUAL, models: LOADS.models.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_predicts_is_what_the_advice_says() {
        let given = [("wait", "0.2"), ("cpu", "0.001"), ("tasks", "60"), ("limit", "20"), ("cores", "2")];
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(LOADS.parameters, &given).expect("the values are right");
        let found = Found::of(&values, Predictions::of(Job::usual(LOADS, values.clone())));
        assert_eq!(found.advice, lessons::advice::advise(&Load::of(&values)).expect("the load is right"));
        assert!(LOADS.models.iter().all(|model| found.trace(*model).is_some_and(|trace| trace.model == *model)));
    }
}
