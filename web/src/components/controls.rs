//! What a learner can change about a lesson.

use leptos::html::Input;
use leptos::prelude::*;
use lessons::{Kind, Parameter, Value};

use crate::components::messages::MessagesEditor;
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
    let fields = state.lesson.parameters.iter().map(|parameter| match parameter.kind {
        Kind::Count { least, most } => view! { <CountField state parameter least most /> }.into_any(),
        Kind::Messages { .. } => view! { <MessagesEditor state parameter /> }.into_any(),
    });
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

/// A whole number: a slider, and a field that also takes what is wrong and answers it.
#[component]
fn CountField(state: LessonState, parameter: &'static Parameter, least: u16, most: u16) -> impl IntoView {
    let name = parameter.name;
    let text = move || state.form.with(|form| form.text(name).to_owned());
    let count = Memo::new(move |_| match state.values.with(|values| values.get(name).cloned()) {
        Some(Value::Count(count)) => count,
        _ => least,
    });
    let slider = NodeRef::<Input>::new();
    Effect::new(move || {
        let count = count.get().to_string();
        if let Some(slider) = slider.get() {
            slider.set_value(&count);
        }
    });
    view! {
        <div class="field">
            <div class="field-head">
                <label for=format!("field-{name}")>{parameter.title}</label>
                <span class="range">{format!("{least}–{most}")}</span>
            </div>
            <div class="slider-row">
                <input
                    node_ref=slider
                    type="range"
                    min=least
                    max=most
                    step="1"
                    aria-label=format!("{}, slider", parameter.title)
                    data-testid=format!("slider-{name}")
                    on:input=move |event| state.edit(parameter, event_target_value(&event))
                    on:change=move |_| state.commit()
                />
                <input
                    id=format!("field-{name}")
                    class="number"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    data-testid=format!("param-{name}")
                    prop:value=text
                    aria-invalid=move || is_wrong(state, name)
                    aria-describedby=format!("error-{name}")
                    on:input=move |event| state.type_in(parameter, event_target_value(&event))
                    on:change=move |event| {
                        state.type_in(parameter, event_target_value(&event));
                        state.settle();
                    }
                />
            </div>
            <FieldError state name />
        </div>
    }
}

/// What is wrong with a parameter's field, right under it.
#[component]
pub fn FieldError(
    /// The lesson's state.
    state: LessonState,
    /// The parameter's name.
    name: &'static str,
) -> impl IntoView {
    let sentence = move || state.form.with(|form| form.wrong(name).map(ToString::to_string));
    view! {
        <p class="wrong" id=format!("error-{name}") data-testid=format!("error-{name}") aria-live="polite">
            {sentence}
        </p>
    }
}

/// Whether a parameter's field is wrong, as `aria-invalid` wants it.
pub fn is_wrong(state: LessonState, name: &str) -> &'static str {
    if state.form.with(|form| form.wrong(name).is_some()) { "true" } else { "false" }
}
