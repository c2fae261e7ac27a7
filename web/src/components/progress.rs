//! What this browser keeps of a learner, with the ways to take it along and to have it forgotten.

use leptos::prelude::*;

use crate::state::files;
use crate::state::lesson::LessonState;
use crate::texts;

/// How far somebody is, as a file and to be erased.
#[component]
pub fn KeptProgress(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let is_empty = move || state.progress.with(|progress| progress.is_empty());
    let export = move |_| {
        let text = state.progress.with_untracked(|progress| progress.text());
        files::give(texts::PROGRESS_FILE, "text/plain", &text);
    };
    let erase = move |_| state.erase_progress();
    view! {
        <details class="kept">
            <summary data-testid="progress">{texts::PROGRESS}</summary>
            <p>{texts::PROGRESS_KEPT}</p>
            <div class="row">
                <button type="button" data-testid="export-progress" disabled=is_empty on:click=export>"Save as a file"</button>
                <button type="button" data-testid="erase-progress" disabled=is_empty on:click=erase>"Erase all of it"</button>
            </div>
        </details>
    }
}
