//! The list of messages: one text, and a row a message. Both are views of the same text.

use leptos::ev::{Event, MouseEvent};
use leptos::html::Input;
use leptos::prelude::*;
use lessons::Parameter;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::components::controls::{FieldError, is_wrong};
use crate::components::icons;
use crate::state::lesson::LessonState;
use crate::state::rows::{self, MessageRow};

/// A text may hold any number of commas; a page does not.
const MOST_SHOWN: usize = 64;

/// What all rows share.
#[derive(Clone, Copy)]
struct Editor {
    state: LessonState,
    parameter: &'static Parameter,
    rows: Memo<Vec<MessageRow>>,
    /// The end of the sliders, in seconds. It keeps still while one is dragged.
    slider_end_s: Memo<f64>,
    is_dragged: RwSignal<bool>,
}

impl Editor {
    fn new(state: LessonState, parameter: &'static Parameter) -> Editor {
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
    /// The lesson's state.
    state: LessonState,
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
            <input
                id=format!("field-{name}")
                class="mono"
                type="text"
                autocomplete="off"
                spellcheck="false"
                data-testid=format!("param-{name}")
                prop:value=move || state.form.with(|form| form.text(name).to_owned())
                aria-invalid=move || is_wrong(state, name)
                aria-describedby=format!("error-{name}")
                on:input=move |event| state.type_in(parameter, event_target_value(&event))
                on:change=move |event| {
                    state.type_in(parameter, event_target_value(&event));
                    state.settle();
                }
            />
            <FieldError state name />
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
    let wrong = Memo::new(move |_| {
        // A row that is still being typed in is not wrong yet.
        let is_wrong = state.form.with(|form| form.wrong(editor.parameter.name).is_some());
        is_wrong.then(|| editor.rows.with(|rows| rows::wrong(editor.parameter, rows, index))).flatten()
    });
    let is_wrong = move || if wrong.with(Option::is_some) { "true" } else { "false" };
    let error_id = format!("error-message-{index}");
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
    let type_name = move |event: &Event| {
        state.type_in(editor.parameter, editor.changed_row(index, |row| row.name = taken(event, rows::in_name)));
    };
    let type_delay = move |event: &Event| {
        state.type_in(editor.parameter, editor.changed_row(index, |row| row.delay = taken(event, rows::in_delay)));
    };
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
            <input
                class="name"
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-label=move || format!("Name of {}", title())
                aria-invalid=is_wrong
                aria-describedby=error_id.clone()
                data-testid=format!("name-{index}")
                prop:value=move || row.with(|row| row.name.clone())
                on:input=move |event| type_name(&event)
                on:change=move |event| {
                    type_name(&event);
                    state.settle();
                }
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
            <span class="with-unit">
                <input
                    class="number"
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    aria-label=move || format!("Delay of {} in seconds", title())
                    aria-invalid=is_wrong
                    aria-describedby=error_id.clone()
                    data-testid=format!("delay-{index}")
                    prop:value=move || row.with(|row| row.delay.clone())
                    on:input=move |event| type_delay(&event)
                on:change=move |event| {
                    type_delay(&event);
                    state.settle();
                }
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
            <p class="wrong" id=error_id>{wrong}</p>
        </li>
    }
}

/// What was typed, without what a row's field cannot hold; the field then holds no more than that either.
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
