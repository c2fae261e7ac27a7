//! The one field for text that a person types, and what stands under a parameter's field.

use leptos::ev::Event;
use leptos::prelude::*;
use lessons::Parameter;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::state::fields::Fields;

/// How a text field is called, found and typed into.
#[derive(Clone, Debug)]
pub struct Named {
    /// The id that its label speaks of; `None` where it has no label that is seen.
    pub id: Option<String>,
    /// Its name for whoever sees no label.
    pub label: Option<Signal<String>>,
    /// How tests find it.
    pub test_id: String,
    /// The id of what says what is wrong with it.
    pub error_id: String,
    /// Its class, which decides how its text stands.
    pub class: &'static str,
    /// The keyboard that a telephone shows: `text`, `numeric` or `decimal`.
    pub keyboard: &'static str,
}

/// A field for text. What is typed is kept as it stands until typing pauses or the field is left.
#[component]
pub fn TextField(
    /// How it is called.
    named: Named,
    /// What it holds.
    #[prop(into)]
    text: Signal<String>,
    /// Whether that is wrong.
    #[prop(into)]
    is_wrong: Signal<bool>,
    /// What may stand in it, made of what was typed.
    #[prop(default = str::to_owned)]
    keep: fn(&str) -> String,
    /// Takes what was typed.
    typed: Callback<String>,
    /// The field was left.
    left: Callback<()>,
) -> impl IntoView {
    view! {
        <input
            id=named.id
            class=named.class
            type="text"
            inputmode=named.keyboard
            autocomplete="off"
            spellcheck="false"
            aria-label=named.label
            data-testid=named.test_id
            prop:value=text
            aria-invalid=move || if is_wrong.get() { "true" } else { "false" }
            aria-describedby=named.error_id
            on:input=move |event| typed.run(taken(&event, keep))
            on:change=move |event| {
                typed.run(taken(&event, keep));
                left.run(());
            }
        />
    }
}

/// The text field of a parameter.
#[component]
pub fn ParameterText(
    /// The page's fields.
    state: Fields,
    /// Which parameter.
    parameter: &'static Parameter,
    /// Its class, which decides how its text stands.
    class: &'static str,
    /// The keyboard that a telephone shows.
    keyboard: &'static str,
) -> impl IntoView {
    let name = parameter.name;
    let named = Named {
        id: Some(format!("field-{name}")),
        label: None,
        test_id: format!("param-{name}"),
        error_id: format!("error-{name}"),
        class,
        keyboard,
    };
    let text = Signal::derive(move || state.form.with(|form| form.text(name).to_owned()));
    let is_wrong = Signal::derive(move || state.form.with(|form| form.wrong(name).is_some()));
    let typed = Callback::new(move |text| state.type_in(parameter, text));
    view! { <TextField named text is_wrong typed left=Callback::new(move |()| state.settle()) /> }
}

/// What stands under a parameter's field: what it is or, in the same room, what is wrong with it.
#[component]
pub fn Note(
    /// The page's fields.
    state: Fields,
    /// Which parameter.
    parameter: &'static Parameter,
) -> impl IntoView {
    let name = parameter.name;
    let sentence = Memo::new(move |_| state.form.with(|form| form.wrong(name).map(ToString::to_string)));
    view! {
        <div class="note" class:is-wrong=move || sentence.with(Option::is_some)>
            <p class="explanation">{parameter.explanation}</p>
            <p class="wrong" id=format!("error-{name}") data-testid=format!("error-{name}") aria-live="polite">
                {sentence}
            </p>
        </div>
    }
}

/// What was typed, without what a field cannot hold; the field then holds no more than that either.
fn taken(event: &Event, keep: fn(&str) -> String) -> String {
    let typed = event_target_value(event);
    let kept = keep(&typed);
    if kept != typed
        && let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
    {
        field.set_value(&kept);
    }
    kept
}
