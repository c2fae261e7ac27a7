//! The list of messages: one text, and a row a message. Both are views of the same text.

use leptos::ev::{Event, MouseEvent};
use leptos::html::Input;
use leptos::prelude::*;
use lessons::Parameter;

use crate::components::icons;
use crate::components::text_field::{Named, Note, ParameterText, TextField};
use crate::state::fields::Fields;
use crate::state::rows::{self, MessageRow};

/// A text may hold any number of commas; a page does not.
const MOST_SHOWN: usize = 64;

/// What all rows share.
#[derive(Clone, Copy)]
struct Editor {
    state: Fields,
    parameter: &'static Parameter,
    rows: Memo<Vec<MessageRow>>,
    /// The end of the sliders, in seconds. It keeps still while one is dragged.
    slider_end_s: Memo<f64>,
    is_dragged: RwSignal<bool>,
}

impl Editor {
    fn new(state: Fields, parameter: &'static Parameter) -> Editor {
        let rows = Memo::new(move |_| state.form.with(|form| rows::rows(form.text(parameter.name))));
        let is_dragged = RwSignal::new(false);
        let slider_end_s = Memo::new(move |before: Option<&f64>| {
            let fitting = rows.with(|rows| rows::slider_end_s(parameter, rows));
            match before {
                Some(before) if is_dragged.get() => before.max(fitting),
                _ => fitting,
            }
        });
        Editor { state, parameter, rows, slider_end_s, is_dragged }
    }

    fn row(self, index: usize) -> MessageRow {
        self.rows.with(|rows| {
            rows.get(index).cloned().unwrap_or_else(|| MessageRow { name: String::new(), delay: String::new() })
        })
    }

    /// The text of the rows after a change to them.
    fn changed(self, change: impl FnOnce(Vec<MessageRow>) -> Vec<MessageRow>) -> String {
        rows::text(&change(self.rows.get_untracked()))
    }

    /// The text of the rows after a change to one of them.
    fn changed_row(self, index: usize, change: impl FnOnce(&mut MessageRow)) -> String {
        self.changed(|mut rows| {
            if let Some(row) = rows.get_mut(index) {
                change(row);
            }
            rows
        })
    }
}

/// The editor of a list of messages.
#[component]
pub fn MessagesEditor(
    /// The page's fields.
    state: Fields,
    /// The parameter that is the list.
    parameter: &'static Parameter,
) -> impl IntoView {
    let editor = Editor::new(state, parameter);
    let name = parameter.name;
    let count = Memo::new(move |_| editor.rows.with(Vec::len));
    let shown = move || 0..count.get().min(MOST_SHOWN);
    let most = rows::most(parameter);
    let add = move |_: MouseEvent| {
        state.edit(parameter, editor.changed(rows::with_one_more));
        state.commit();
    };
    view! {
        <div class="field">
            <div class="field-head">
                <label for=format!("field-{name}")>{parameter.title}</label>
                <span class="range">{move || format!("{} of at most {most}", count.get())}</span>
            </div>
            <ParameterText state parameter class="mono" keyboard="text" />
            <Note state parameter />
            <ul class="messages" aria-label="One row a message">
                <For each=shown key=|index| *index let:index>
                    <Row editor index />
                </For>
            </ul>
            <button type="button" class="add" data-testid="add-message" disabled=move || { count.get() >= most } on:click=add>
                {icons::plus()}
                "Add message"
            </button>
        </div>
    }
}

/// One message: its name, its delay as a slider and as a figure, and the way out.
#[component]
fn Row(editor: Editor, index: usize) -> impl IntoView {
    let state = editor.state;
    let row = Memo::new(move |_| editor.row(index));
    let title =
        move || row.with(|row| if row.name.is_empty() { format!("message {}", index + 1) } else { row.name.clone() });
    let is_wrong = Memo::new(move |_| {
        // A row that is still being typed in is not wrong yet.
        let is_any_wrong = state.form.with(|form| form.wrong(editor.parameter.name).is_some());
        is_any_wrong && editor.rows.with(|rows| rows::is_wrong(editor.parameter, rows, index))
    });
    let slider = NodeRef::<Input>::new();
    Effect::new(move || {
        let end_s = editor.slider_end_s.get();
        let delay = row.with(|row| row.delay.clone());
        if let Some(slider) = slider.get() {
            // The end comes first: a slider cuts its value to it.
            slider.set_max(&end_s.to_string());
            if delay.parse::<f64>().is_ok_and(f64::is_finite) {
                slider.set_value(&delay);
            }
        }
    });
    let slide = move |event: Event| {
        editor.is_dragged.set(true);
        state.edit(editor.parameter, editor.changed_row(index, |row| row.delay = event_target_value(&event)));
    };
    let typed = move |change: fn(&mut MessageRow, String)| {
        Callback::new(move |text: String| {
            state.type_in(editor.parameter, editor.changed_row(index, |row| change(row, text)));
        })
    };
    let left = Callback::new(move |()| state.settle());
    let named = |test_id: &str, label: Signal<String>, class, keyboard| Named {
        id: None,
        label: Some(label),
        test_id: format!("{test_id}-{index}"),
        error_id: format!("error-{}", editor.parameter.name),
        class,
        keyboard,
    };
    let name = named("name", Signal::derive(move || format!("Name of {}", title())), "name", "text");
    let delay = named("delay", Signal::derive(move || format!("Delay of {} in seconds", title())), "number", "decimal");
    let let_go = move |_| {
        editor.is_dragged.set(false);
        state.commit();
    };
    let remove = move |_| {
        let left = editor.changed(|mut rows| {
            rows.remove(index.min(rows.len().saturating_sub(1)));
            rows
        });
        state.edit(editor.parameter, left);
        state.commit();
    };
    view! {
        <li class="message">
            <TextField
                named=name
                text=Signal::derive(move || row.with(|row| row.name.clone()))
                is_wrong
                keep=rows::in_name
                typed=typed(|row, text| row.name = text)
                left
            />
            <input
                node_ref=slider
                type="range"
                min="0"
                max="10"
                step="0.1"
                aria-label=move || format!("Delay of {}, slider", title())
                aria-valuetext=move || format!("{} s", row.with(|row| row.delay.clone()))
                data-testid=format!("slider-delay-{index}")
                on:input=slide
                on:change=let_go
            />
            <span class="with-unit has-unit">
                <TextField
                    named=delay
                    text=Signal::derive(move || row.with(|row| row.delay.clone()))
                    is_wrong
                    keep=rows::in_delay
                    typed=typed(|row, text| row.delay = text)
                    left
                />
                <span class="unit" aria-hidden="true">{editor.parameter.unit}</span>
            </span>
            <button
                class="icon-button"
                type="button"
                aria-label=move || format!("Remove {}", title())
                data-testid=format!("remove-{index}")
                disabled=move || editor.rows.with(Vec::len) == 1
                on:click=remove
            >
                {icons::cross()}
            </button>
        </li>
    }
}
