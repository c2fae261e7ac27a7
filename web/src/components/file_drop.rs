//! A place for a file: chosen or dropped, read, and answered with a sentence.

use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use crate::state::files;
use crate::texts::home as texts;

/// What came of a file, as a sentence: something good, or what is wrong with it.
pub type Answered = Result<String, String>;

/// A place for a file of at most `longest` bytes, which `take` is given with its name.
pub fn file_drop(
    label: &'static str,
    test_id: &'static str,
    longest: usize,
    take: Callback<(String, Vec<u8>), Answered>,
) -> AnyView {
    let answer = RwSignal::new(None::<Answered>);
    let is_over = RwSignal::new(false);
    let open = move |files: Option<JsValue>| {
        let Some(file) = files.and_then(|files| files::first(&files)) else { return };
        spawn_local(async move {
            let name = files::name(&file);
            let answered = match files::size(&file) {
                // Not read to be refused.
                size if size > longest as f64 => Err(texts::too_long(&name, longest)),
                _ => match files::bytes(&file).await {
                    // The page may have moved on meanwhile.
                    Some(bytes) => match take.try_run((name, bytes)) {
                        Some(answered) => answered,
                        None => return,
                    },
                    None => Err(texts::unreadable(&name)),
                },
            };
            answer.try_set(Some(answered));
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
        <label class="drop" class:over=is_over on:dragover=over on:dragleave=move |_| is_over.set(false) on:drop=dropped>
            <span>{label}</span>
            <input type="file" data-testid=test_id on:change=chosen />
        </label>
        <p class="wrong" role="alert" data-testid=format!("{test_id}-wrong")>{move || answer.get().and_then(Result::err)}</p>
        <p class="sub" role="status" data-testid=format!("{test_id}-done")>{move || answer.get().and_then(Result::ok)}</p>
    }
    .into_any()
}
