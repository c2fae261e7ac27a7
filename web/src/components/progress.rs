//! What this browser keeps of a learner, with the ways to take it along, to bring it and to have it forgotten.

use leptos::prelude::*;

use crate::components::file_drop::file_drop;
use crate::state::files;
use crate::state::progress::{self, Progress};
use crate::texts;
use crate::texts::home;

/// How far somebody is, as a file, from a file and to be erased.
#[component]
pub fn KeptProgress(
    /// What was done so far.
    progress: RwSignal<Progress>,
    /// Takes what is to be kept instead.
    taken: Callback<Progress>,
) -> impl IntoView {
    let is_empty = move || progress.with(|progress| progress.is_empty());
    let export = move |_| {
        let text = progress.with_untracked(|progress| progress.text());
        files::give(progress::FILE, "text/plain", &text);
    };
    let erase = move |_| taken.run(Progress::default());
    let import = Callback::new(move |(name, bytes): (String, Vec<u8>)| {
        let brought = Progress::open(&name, &bytes)?;
        let said = home::brought(&name, brought.counts());
        taken.run(progress.get_untracked().with(brought));
        Ok(said)
    });
    view! {
        <details class="kept">
            <summary data-testid="progress">{texts::PROGRESS}</summary>
            <p>{texts::PROGRESS_KEPT}</p>
            <div class="row">
                <button type="button" data-testid="export-progress" disabled=is_empty on:click=export>"Save as a file"</button>
                <button type="button" data-testid="erase-progress" disabled=is_empty on:click=erase>"Erase all of it"</button>
            </div>
            {file_drop(home::BRING, "import-progress", progress::LONGEST, import)}
        </details>
    }
    .into_any()
}
