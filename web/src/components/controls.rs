//! What a learner can change about a lesson.

use leptos::prelude::*;

use crate::components::field::Field;
use crate::components::speed::SpeedControl;
use crate::state::form::Form;
use crate::state::lesson::LessonState;

/// Presets, a field for every parameter, the speed, and the way back.
#[component]
pub fn Controls(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let presets = state.lesson.presets.iter().map(|&(title, texts)| {
        let press = move |_| {
            state.change(|form| form.preset(texts));
            state.commit();
        };
        view! { <button type="button" on:click=press>{title}</button> }
    });
    let fields = state.lesson.parameters.iter().map(|parameter| view! { <Field state parameter /> });
    let reset = move |_| {
        state.change(Form::reset);
        state.commit();
    };
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
                <SpeedControl state />
                <div class="row">
                    <button type="button" data-testid="reset" on:click=reset>"Reset"</button>
                </div>
            </div>
        </section>
    }
}
