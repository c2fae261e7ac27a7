//! Measuring without a companion: a command to copy, and the file that it writes, chosen or dropped.

use leptos::prelude::*;

use crate::components::copy::{CopiedCommand, command_note};
use crate::components::result_drop::result_drop;
use crate::state::door::Door;
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
    let command = Signal::derive(move || state.form.with(|form| words::result_command(state.lesson, form.settings())));
    let opened = Callback::new(move |(name, opened): (String, _)| state.open(&name, opened));
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
            {move || command_note(state.machine.get())}
            {result_drop(opened)}
        </details>
    }
}
