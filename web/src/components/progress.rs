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
    let is_asked = RwSignal::new(false);
    let erased = RwSignal::new(None::<&'static str>);
    let erase = move |_| {
        if is_asked.get_untracked() {
            taken.run(Progress::default());
            erased.set(Some(texts::ERASED));
        }
        is_asked.update(|asked| *asked = !*asked);
    };
    let erase_words = move || if is_asked.get() { texts::ERASE_SURELY } else { texts::ERASE };
    let import = Callback::new(move |(name, bytes): (String, Vec<u8>)| {
        let brought = Progress::open(&name, &bytes)?;
        erased.set(None);
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
                <button type="button" data-testid="erase-progress" class:danger=is_asked disabled=is_empty on:click=erase on:blur=move |_| is_asked.set(false)>{erase_words}</button>
                <span class="sub" role="status">{erased}</span>
            </div>
            {file_drop(home::BRING, "import-progress", progress::LONGEST, import)}
        </details>
    }
    .into_any()
}
