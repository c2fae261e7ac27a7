//! Which models are shown, and what machine the predictions are made for.

use std::num::NonZeroU16;
use std::rc::Rc;

use engine::costs::{BadCosts, Costs, Preset};
use engine::model::Model;
use leptos::prelude::*;
use lessons::parameter::{CORES, GIL};

use crate::components::file_drop::file_drop;
use crate::state::charges::Charges;
use crate::state::files;
use crate::state::form::Form;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;
use crate::state::machine::{MOST_CORES, Machine, SEED, is_lessons_own};
use crate::texts;

/// A file of costs is a dozen numbers with their names.
const LONGEST_COSTS: usize = 4096;

/// A switch for each model.
#[component]
pub fn ModelSwitches(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let switch = move |&model: &Model| {
        let is_on = move || state.models.with(|models| models.contains(&model));
        let is_last = move || is_on() && state.models.with(Vec::len) == 1;
        view! {
            <label class="model-chip">
                <input
                    type="checkbox"
                    data-testid=format!("show-{model}")
                    prop:checked=is_on
                    disabled=is_last
                    on:change=move |event| {
                        let is_on = event_target_checked(&event);
                        state.change_at_once(|form| form.turn_model(model, is_on));
                    }
                />
                <span>{model.title()}</span>
            </label>
        }
    };
    view! {
        <div class="field">
            <div class="field-head"><span id="models-title">{texts::MODELS}</span></div>
            <div class="switches" role="group" aria-labelledby="models-title">
                {state.lesson.models.iter().map(switch).collect_view()}
            </div>
        </div>
    }
}

/// Costs, cores, GIL and seed of the predictions.
#[component]
pub fn MachineControls(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let change = move |change: &dyn Fn(Machine) -> Machine| {
        state.change_at_once(|form: &mut Form| form.set_machine(change(form.machine())));
    };
    // What is typed is answered in words where it cannot be taken.
    let wrong = RwSignal::new(None::<String>);
    let take = move |name: &str, text: &str| {
        let mut machine = state.machine.get_untracked();
        match machine.read(name, text.trim()) {
            Ok(()) => {
                wrong.set(None);
                change(&|_| machine.with_cores(machine.core_count()));
            }
            Err(complaint) => wrong.set(Some(complaint.to_string())),
        }
    };
    let has_own = |name| is_lessons_own(state.lesson, name);
    let presets = Preset::ALL.map(|preset| {
        let is_chosen = move || state.machine.get().charges == Charges::Preset(preset);
        view! { <option value=preset.id() prop:selected=is_chosen>{preset.title()}</option> }
    });
    let is_measured = move || state.machine.get().charges.preset().is_none();
    let measured = move || {
        is_measured().then(
            || view! { <option value="measured" prop:selected=is_measured>{texts::machine::MEASURED_COSTS}</option> },
        )
    };
    let choose = move |event| {
        if let Some(preset) = Preset::with_id(&event_target_value(&event)) {
            // As many cores as before, whoever charges for them.
            change(&|machine| Machine { charges: Charges::Preset(preset), ..machine }.with_cores(machine.core_count()));
        }
    };
    let read = Callback::new(move |(name, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8_lossy(&bytes);
        let fields = files::fields(&text).map_err(|why| BadCosts::no_object(&why));
        let costs = fields.and_then(|fields| Costs::from_fields(&fields));
        let costs = costs.map_err(|wrong| wrong.to_string()).and_then(Charges::measured);
        let charges = costs.map_err(|wrong| format!("{name}: {wrong}"))?;
        change(&|machine| Machine { charges, cores: None, ..machine });
        Ok(texts::machine::COSTS_TAKEN.to_owned())
    });
    let isolation = Isolation::here();
    let calibrate = move |_| {
        let Isolation::Available { cores } = isolation else { return };
        let cores = cores.clamp(1, MOST_CORES.into()) as u16;
        let take = Rc::new(move |costs| {
            change(&|machine| Machine { charges: Charges::Measured(costs), cores: None, ..machine });
        });
        state.calibrating.begin(NonZeroU16::new(cores).unwrap_or(NonZeroU16::MIN), take);
    };
    let cores = (!has_own(CORES)).then(|| {
        let count = move || state.machine.get().core_count();
        let set = move |text: String| take(CORES, &text);
        view! {
            <div class="field">
                <div class="field-head">
                    <label for="field-machine-cores">"Cores"</label>
                    <span class="range">{format!("1–{MOST_CORES}")}</span>
                </div>
                <div class="slider-row">
                    <input
                        type="range"
                        min="1"
                        max=MOST_CORES
                        step="1"
                        aria-label="Cores, slider"
                        data-testid="slider-machine-cores"
                        prop:value=move || count().to_string()
                        on:change=move |event| set(event_target_value(&event))
                    />
                    <input
                        type="text"
                        class="number"
                        id="field-machine-cores"
                        inputmode="numeric"
                        data-testid="machine-cores"
                        prop:value=move || count().to_string()
                        on:change=move |event| set(event_target_value(&event))
                    />
                </div>
            </div>
        }
    });
    let gil = (!has_own(GIL)).then(|| {
        let has_one = move || state.machine.get().charges.costs().gil.is_some();
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="machine-gil"
                    prop:checked=move || has_one() && state.machine.get().keeps_gil
                    disabled=move || !has_one()
                    on:change=move |event| {
                        let keeps_gil = event_target_checked(&event);
                        change(&|machine| Machine { keeps_gil, ..machine });
                    }
                />
                <span>"GIL"</span>
            </label>
        }
    });
    // Only a network draws.
    let draws = Memo::new(move |_| state.prepared().is_some_and(|prepared| prepared.service.is_some()));
    let seed = move || {
        draws.get().then(|| {
            view! {
                <div class="field">
                    <div class="field-head">
                        <label for="field-seed">{texts::machine::SEED}</label>
                        <span class="range">{texts::machine::SEED_IS}</span>
                    </div>
                    <input
                        type="text"
                        class="number"
                        id="field-seed"
                        inputmode="numeric"
                        data-testid="machine-seed"
                        prop:value=move || state.machine.get().seed.to_string()
                        on:change=move |event| take(SEED, &event_target_value(&event))
                    />
                </div>
            }
        })
    };
    let told = move || texts::machine::machine(state.lesson, state.machine.get());
    view! {
        <details class="group" data-testid="machine">
            <summary>
                <span>{texts::machine::MACHINE}</span>
                <span class="sub">{told}</span>
            </summary>
            <div class="field">
                <div class="field-head"><label for="field-costs">{texts::machine::COSTS}</label></div>
                <select id="field-costs" data-testid="machine-costs" on:change=choose>{presets.collect_view()} {measured}</select>
            </div>
            <div class="field">
                <button
                    type="button"
                    data-testid="calibrate"
                    disabled=move || state.is_measuring() || !isolation.is_available()
                    on:click=calibrate
                >
                    {texts::machine::CALIBRATE}
                </button>
                <p class="sub" role="status" data-testid="calibrated">
                    {move || state.calibrating.standing.with(texts::machine::calibrating)}
                </p>
            </div>
            {file_drop(texts::machine::COSTS_DROP, "open-costs", LONGEST_COSTS, read)}
            {cores}
            {gil}
            {seed}
            <p class="wrong" aria-live="polite" data-testid="machine-wrong">{wrong}</p>
            <p class="footnote">{texts::machine::MACHINE_NOTE}</p>
        </details>
    }
}
