//! What a learner can change about a lesson.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::components::field::Field;
use crate::components::icons;
use crate::components::machine::{MachineControls, ModelSwitches};
use crate::components::speed::SpeedControl;
use crate::state::form::Form;
use crate::state::lesson::LessonState;
use crate::texts;

/// Presets, a field for every parameter, the speed, and the way back.
#[component]
pub fn Controls(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let presets = state.lesson.presets.iter().map(|&(title, texts)| {
        let press = move |_| {
            state.change_at_once(|form| form.preset(texts));
        };
        view! { <button type="button" on:click=press>{title}</button> }
    });
    let fields = state.lesson.parameters.iter().map(|parameter| view! { <Field state parameter /> });
    let reset = move |_| state.change_at_once(Form::reset);
    let keys = window_event_listener(ev::keydown, move |event| {
        let is_letter = |letter: &str| event.key().eq_ignore_ascii_case(letter);
        if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || is_text_field(&event) {
            return;
        }
        match (is_letter("z"), is_letter("y"), event.shift_key()) {
            (true, _, false) => state.undo(),
            (true, _, true) | (_, true, _) => state.redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || keys.remove());
    view! {
        <section class="panel controls" class:open=move || is_open.get() aria-labelledby="controls-title">
            <h2 class="eyebrow" id="controls-title">
                <span class="wide-only">"Change it"</span>
                <button
                    class="drawer-button"
                    type="button"
                    aria-expanded=move || is_open.get().to_string()
                    aria-controls="controls-body"
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    "Change it"
                </button>
            </h2>
            <div class="controls-body" id="controls-body">
                <div class="presets" role="group" aria-label="Presets">{presets.collect_view()}</div>
                {fields.collect_view()}
                <ModelSwitches state />
                <MachineControls state />
                <SpeedControl state />
                <div class="history">
                    <button type="button" class="reset" data-testid="reset" on:click=reset>{texts::RESET}</button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=texts::UNDO
                        title=texts::UNDO
                        data-testid="undo"
                        disabled=move || !state.can_undo()
                        on:click=move |_| state.undo()
                    >
                        {icons::undo()}
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=texts::REDO
                        title=texts::REDO
                        data-testid="redo"
                        disabled=move || !state.can_redo()
                        on:click=move |_| state.redo()
                    >
                        {icons::redo()}
                    </button>
                </div>
            </div>
        </section>
    }
}

/// Whether a key was meant for a field, which has an undo of its own.
fn is_text_field(event: &KeyboardEvent) -> bool {
    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    field.is_some_and(|field| field.type_() == "text")
}
