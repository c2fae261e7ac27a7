//! The field of a parameter, whatever its kind.

use leptos::html::Input;
use leptos::prelude::*;
use lessons::{Kind, NOBODY, Parameter, Value};

use crate::components::messages::MessagesEditor;
use crate::components::text_field::{Note, ParameterText};
use crate::state::fields::Fields;
use crate::state::slider::{self, Scale};

/// A parameter's title, its field and what is to be said about it.
#[component]
pub fn Field(
    /// The page's fields.
    state: Fields,
    /// Which parameter.
    parameter: &'static Parameter,
) -> impl IntoView {
    let name = parameter.name;
    let control = match parameter.kind {
        Kind::Count { .. } => view! { <Slider state parameter keyboard="numeric" /> }.into_any(),
        Kind::Seconds { .. } | Kind::Share => view! { <Slider state parameter keyboard="decimal" /> }.into_any(),
        Kind::Choice(choices) => view! { <Choice state parameter choices /> }.into_any(),
        Kind::NameIn { list, nobody } => view! { <NameIn state parameter list nobody /> }.into_any(),
        Kind::Counts { .. } | Kind::Latency { .. } => {
            view! { <ParameterText state parameter class="mono" keyboard="text" /> }.into_any()
        }
        Kind::Switch => return view! { <Switch state parameter /> }.into_any(),
        Kind::Messages { .. } => return view! { <MessagesEditor state parameter /> }.into_any(),
    };
    let forms = matches!(parameter.kind, Kind::Latency { .. }).then(|| {
        view! {
            <p class="forms">
                <code>"constant 3"</code>
                <code>"uniform 1 5"</code>
                <code>"exponential 3"</code>
                <code>"log-normal 3 0.5"</code>
            </p>
        }
    });
    view! {
        <div class="field">
            <div class="field-head">
                <label for=format!("field-{name}")>{parameter.title}</label>
                <span class="range">{range(parameter)}</span>
            </div>
            {control}
            {forms}
            <Note state parameter />
        </div>
    }
    .into_any()
}

/// What a field says about its bounds; nothing where the field shows all that there is.
fn range(parameter: &Parameter) -> String {
    match parameter.kind {
        Kind::Count { least, most } => format!("{least}–{most} {}", parameter.unit).trim_end().to_owned(),
        Kind::Seconds { least, most } => format!("{least}–{most} s"),
        Kind::Share => "0–1".to_owned(),
        Kind::Counts { longest, least, most } => format!("up to {longest}, each {least}–{most}"),
        Kind::Latency { longest_s } => format!("0–{longest_s} s"),
        Kind::Switch | Kind::Choice(_) | Kind::Messages { .. } | Kind::NameIn { .. } => String::new(),
    }
}

/// A number: a slider, and a field that also takes what is wrong and answers it.
#[component]
fn Slider(state: Fields, parameter: &'static Parameter, keyboard: &'static str) -> impl IntoView {
    let name = parameter.name;
    let scale = Scale::of(parameter)?;
    let number = Memo::new(move |_| state.values.with(|values| values.get(name).map_or(scale.least, slider::number)));
    let slider = NodeRef::<Input>::new();
    Effect::new(move || {
        let number = number.get().to_string();
        if let Some(slider) = slider.get() {
            slider.set_value(&number);
        }
    });
    Some(view! {
        <div class="slider-row">
            <input
                node_ref=slider
                type="range"
                min=scale.begin().to_string()
                max=scale.end().to_string()
                step=scale.step.to_string()
                aria-label=format!("{}, slider", parameter.title)
                aria-valuetext=move || format!("{} {}", number.get(), parameter.unit)
                data-testid=format!("slider-{name}")
                on:input=move |event| state.edit(parameter, scale.text(&event_target_value(&event)))
                on:change=move |_| state.commit()
            />
            <span class="with-unit" class:has-unit=!parameter.unit.is_empty()>
                <ParameterText state parameter class="number" keyboard />
                <span class="unit" aria-hidden="true">{parameter.unit}</span>
            </span>
        </div>
    })
}

/// On or off.
#[component]
fn Switch(state: Fields, parameter: &'static Parameter) -> impl IntoView {
    let name = parameter.name;
    let is_on = move || state.values.with(|values| matches!(values.get(name), Some(Value::Switch(true))));
    let turn = move |event| {
        state.edit(parameter, if event_target_checked(&event) { "on" } else { "off" }.to_owned());
        state.commit();
    };
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    data-testid=format!("param-{name}")
                    aria-describedby=format!("error-{name}")
                    prop:checked=is_on
                    on:change=turn
                />
                <span>{parameter.title}</span>
            </label>
            <Note state parameter />
        </div>
    }
}

/// One of some words.
#[component]
fn Choice(
    state: Fields,
    parameter: &'static Parameter,
    choices: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let name = parameter.name;
    let is_chosen = move |word| move || state.values.with(|values| values.get(name) == Some(&Value::Choice(word)));
    let choose = move |event| {
        state.edit(parameter, event_target_value(&event));
        state.commit();
    };
    let option = |&(word, title): &(&'static str, &'static str)| {
        view! { <option value=word prop:selected=is_chosen(word)>{title}</option> }
    };
    view! {
        <select
            id=format!("field-{name}")
            data-testid=format!("param-{name}")
            aria-describedby=format!("error-{name}")
            on:change=choose
        >
            {choices.iter().map(option).collect_view()}
        </select>
    }
}

/// One of the names that a list has now, or nobody. A name that the list has lost is shown as long as it is not changed.
#[component]
fn NameIn(state: Fields, parameter: &'static Parameter, list: &'static str, nobody: &'static str) -> impl IntoView {
    let name = parameter.name;
    let chosen = Memo::new(move |_| state.form.with(|form| form.text(name).to_owned()));
    let is_wrong = move || state.form.with(|form| form.wrong(name).is_some());
    let names = Memo::new(move |_| {
        let there =
            state.values.with(|values| values.names_in(list).into_iter().map(str::to_owned).collect::<Vec<_>>());
        let lost = chosen.with(|chosen| (chosen != NOBODY && !there.contains(chosen)).then(|| chosen.clone()));
        there.into_iter().chain(lost).collect::<Vec<String>>()
    });
    let choose = move |event| {
        state.edit(parameter, event_target_value(&event));
        state.commit();
    };
    let option = move |name: String, title: String| {
        let is_chosen = chosen.with(|chosen| *chosen == name);
        view! { <option value=name prop:selected=is_chosen>{title}</option> }
    };
    let options = move || {
        let named = names.get().into_iter().map(|name| option(name.clone(), name));
        std::iter::once(option(NOBODY.to_owned(), nobody.to_owned())).chain(named).collect_view()
    };
    view! {
        <select
            id=format!("field-{name}")
            data-testid=format!("param-{name}")
            aria-invalid=move || if is_wrong() { "true" } else { "false" }
            aria-describedby=format!("error-{name}")
            on:change=choose
        >
            {options}
        </select>
    }
}
