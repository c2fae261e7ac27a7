//! What a learner can change about a lesson.

use leptos::ev;
use leptos::prelude::*;

use crate::components::field::Field;
use crate::components::icons;
use crate::components::machine::{MachineControls, ModelSwitches};
use crate::components::speed::SpeedControl;
use crate::state::form::Form;
use crate::state::keys::{self, Act, Heard};
use crate::state::lesson::LessonState;
use crate::texts;
use crate::texts::ways;

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
    let taken = state.fields();
    let fields = state.lesson.parameters.iter().map(|parameter| view! { <Field state=taken parameter /> });
    let keys = window_event_listener(ev::keydown, move |event| {
        match keys::asked(Heard::Anywhere, &event) {
            Some((Act::Undo, _)) => state.undo(),
            Some((Act::Redo, _)) => state.redo(),
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
                {state.later.in_turn(move || view! { <OnWhat state /> })}
            </div>
        </section>
    }
}

/// On what it runs, how fast it is shown, and the way back.
#[component]
fn OnWhat(state: LessonState) -> impl IntoView {
    let compare = move || state.way.with(|way| if way.kept().is_some() { ways::KEEP } else { ways::COMPARE });
    let reset = move |_| state.change_at_once(Form::reset);
    view! {
        <ModelSwitches state />
        <MachineControls state />
        <SpeedControl state />
        <div class="history">
            <button type="button" class="reset" data-testid="reset" on:click=reset>{texts::RESET}</button>
            <button type="button" data-testid="compare" title=ways::COMPARE_IS on:click=move |_| state.compare()>
                {compare}
            </button>
            {icons::button_while(move || state.can_undo(), texts::UNDO, "undo", icons::undo(), move || state.undo())}
            {icons::button_while(move || state.can_redo(), texts::REDO, "redo", icons::redo(), move || state.redo())}
        </div>
    }
}
