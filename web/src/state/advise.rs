//! Advice for a load of one's own: the load's fields, and all models predicted, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use engine::model::{Model, Speed};
use engine::simulate::simulate;
use engine::trace::Trace;
use leptos::prelude::*;
use lessons::advice::{Advice, LOADS, Load};
use lessons::matrix::matrix;
use lessons::{Prepared, Values};

use crate::state::address::Address;
use crate::state::browser;
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
    work: RwSignal<Work>,
    typing: Pause,
    predicting: Pause,
    address: Address,
}

/// The advice for a load, and the runs that it rests on.
#[derive(Debug)]
pub struct Found {
    /// The advice.
    pub advice: Advice,
    /// The runs.
    traces: Vec<Arc<Trace>>,
}

/// The runs of a load that is being predicted.
#[derive(Clone, Debug)]
struct Work {
    load: Load,
    prepared: Prepared,
    to_come: Vec<Model>,
    traces: Vec<Arc<Trace>>,
}

/// So long a batch of runs may take before the page gets its frame.
const BATCH_MS: f64 = 6.0;

/// Between two batches.
const BREATH: Duration = Duration::from_millis(16);

/// A load of so many tasks is not predicted while a slider moves over it, but when it rests.
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
            work: RwSignal::new(values.with_untracked(Work::of)),
            typing,
            predicting: Pause::new(),
            address,
        };
        Effect::new(move || {
            let work = values.with(Work::of);
            let rest = if work.load.tasks > MANY { REST } else { Duration::ZERO };
            state.work.set(work);
            state.is_found.set(false);
            state.predicting.then(rest, move || state.go_on());
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

    /// Predicts some more models, has them drawn, and then predicts the matrix, a cell at a time.
    fn go_on(self) {
        let began_ms = browser::now_ms();
        while browser::now_ms() - began_ms <= BATCH_MS && self.step() {}
        let is_drawn = self.drawn.get_untracked() >= LOADS.models.len();
        let is_through = self.figures.with_untracked(Vec::len) >= cells().count();
        if !(self.is_found.get_untracked() && is_drawn && is_through) {
            self.predicting.then(BREATH, move || self.go_on());
        }
    }

    /// Predicts one thing more, and returns whether there is another.
    fn step(self) -> bool {
        if !self.is_found.get_untracked() {
            if let Some(found) = self.work.try_update(Work::step).flatten() {
                let is_large = self.load.with_untracked(|load| load.tasks > MANY);
                self.drawn.set(if is_large { 0 } else { LOADS.models.len() });
                self.found.set(Some(Arc::new(found)));
                self.is_found.set(true);
            }
            return true;
        }
        if self.drawn.get_untracked() < LOADS.models.len() {
            self.drawn.update(|drawn| *drawn += 1);
            return false;
        }
        let known = self.figures.with_untracked(Vec::len);
        let next = cells().nth(known);
        if let Some(cell) = next {
            self.figures.update(|figures| figures.push(cell.predict().ok()));
        }
        // A cell may take as long as a batch, and so may a picture.
        false
    }
}

impl Found {
    /// A model's run.
    pub fn trace(&self, model: Model) -> Option<Arc<Trace>> {
        self.traces.iter().find(|trace| trace.model == model).cloned()
    }
}

impl Work {
    fn of(values: &Values) -> Work {
        let to_come = LOADS.models.iter().rev().copied().collect();
        Work { load: Load::of(values), prepared: LOADS.prepare(values), to_come, traces: Vec::new() }
    }

    /// Predicts the next model. With the last one all is known.
    fn step(&mut self) -> Option<Found> {
        if let Some(model) = self.to_come.pop() {
            self.traces.push(Arc::new(simulate(&self.prepared.program, &self.prepared.settings(model, 0))));
        }
        self.to_come.is_empty().then(|| {
            let traces = std::mem::take(&mut self.traces);
            let walls: Vec<_> = traces.iter().filter_map(|trace| Some((trace.model, words::wall(trace)?))).collect();
            Found { advice: Advice::of(&self.load, &walls), traces }
        })
    }
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
    fn what_is_predicted_a_model_at_a_time_is_what_the_advice_says() {
        let given = [("wait", "0.2"), ("cpu", "0.001"), ("tasks", "60"), ("limit", "20")];
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(LOADS.parameters, &given).expect("the values are right");
        let mut work = Work::of(&values);
        let mut steps = 1;
        let found = loop {
            if let Some(found) = work.step() {
                break found;
            }
            steps += 1;
        };
        assert_eq!(steps, LOADS.models.len());
        assert_eq!(found.advice, lessons::advice::advise(&Load::of(&values)).expect("the load is right"));
        assert!(LOADS.models.iter().all(|model| found.trace(*model).is_some_and(|trace| trace.model == *model)));
    }
}
