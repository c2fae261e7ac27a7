//! A command with a button that copies it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::state::browser;
use crate::state::machine::Machine;
use crate::state::words;
use crate::texts;

/// A command, and a button that puts it on the clipboard.
#[component]
pub fn CopiedCommand(
    /// The command.
    #[prop(into)]
    command: Signal<String>,
) -> impl IntoView {
    let said = RwSignal::new("Copy");
    let copy = move |_| {
        let command = command.get_untracked();
        spawn_local(async move {
            let written = match browser::clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.write_text(&command)).await.is_ok(),
                None => false,
            };
            // The page may have moved on meanwhile.
            said.try_set(if written { "Copied" } else { "Select it and copy" });
        });
    };
    Effect::new(move || {
        command.track();
        said.set("Copy");
    });
    view! {
        <div class="command">
            <code>{command}</code>
            <button type="button" on:click=copy aria-live="polite">{said}</button>
        </div>
    }
}

/// What a command cannot take of the machine that is chosen, where it is not all.
pub fn command_note(machine: Machine) -> Option<impl IntoView> {
    words::is_more_than_a_command_takes(machine).then(|| view! { <p class="footnote">{texts::COMMAND_NOTE}</p> })
}
