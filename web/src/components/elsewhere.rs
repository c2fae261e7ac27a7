//! Measuring without a companion: a command to copy, and the file that it writes, chosen or dropped.

use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
use leptos::task::spawn_local;
use lessons::result_file;
use wasm_bindgen::JsValue;

use crate::components::copy::CopiedCommand;
use crate::state::door::Door;
use crate::state::files;
use crate::state::lesson::LessonState;
use crate::state::words;

/// The command that measures all models of a lesson, and a place for its result.
#[component]
pub fn Elsewhere(
    /// The lesson's state.
    state: LessonState,
    /// The way to a companion.
    door: Door,
) -> impl IntoView {
    let command = Signal::derive(move || {
        let speed = state.form.with(|form| form.speed());
        words::result_command(state.lesson, &state.values.get(), speed)
    });
    let wrong = RwSignal::new(None::<String>);
    let is_over = RwSignal::new(false);
    let open = move |files: Option<JsValue>| {
        let Some(file) = files.and_then(|files| files::first(&files)) else { return };
        spawn_local(async move {
            let name = files::name(&file);
            let opened = match files::size(&file) {
                // Not read to be refused.
                size if size > result_file::LONGEST as f64 => result_file::too_long(&name, size as usize),
                _ => match files::bytes(&file).await {
                    Some(bytes) => result_file::open(&name, &bytes),
                    None => Err(format!("{name} cannot be read: see that it is a file, and still there.")),
                },
            };
            // The page may have moved on meanwhile.
            wrong.try_set(opened.and_then(|opened| state.show(&name, opened)).err());
        });
    };
    let chosen = move |event: Event| {
        let input = event.target().map(JsValue::from);
        open(input.as_ref().and_then(files::of));
        if let Some(input) = input {
            // The same file, mended, may be chosen again.
            files::forget(&input);
        }
    };
    let over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        open(files::dropped(event.as_ref()));
    };
    view! {
        <details class="elsewhere" data-testid="elsewhere">
            <summary>"Measure by a command, or open a result"</summary>
            <Show when=move || !door.is_there()>
                <p>
                    "This page measures on your machine by itself if it is opened by the address that "
                    <code>"interleave serve"</code>
                    " prints."
                </p>
            </Show>
            <p>"This measures every model with the threads and processes of your machine, and writes a file:"</p>
            <CopiedCommand command />
            <label class="drop" class:over=is_over on:dragover=over on:dragleave=move |_| is_over.set(false) on:drop=dropped>
                <span>"Open that file here, or drop it"</span>
                <input type="file" data-testid="open-result" on:change=chosen />
            </label>
            <p class="wrong" role="alert" data-testid="result-wrong">{wrong}</p>
        </details>
    }
}
