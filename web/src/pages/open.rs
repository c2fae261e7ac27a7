//! Opens a result that was measured elsewhere, and leads to its lesson.

use leptos::prelude::*;

use crate::components::copy::CopiedCommand;
use crate::components::result_drop::result_drop;
use crate::state::address::{self, Address};
use crate::state::inbox::Inbox;
use crate::texts::ways;

/// A place for a file.
#[component]
pub fn OpenPage(
    /// Where the result is shown.
    address: Address,
    /// Where it waits for its lesson.
    inbox: Inbox,
) -> impl IntoView {
    address::set_title("Open a result · Interleave");
    let opened = Callback::new(move |(name, opened)| inbox.lead(address, name, opened));
    view! {
        <main class="open-page" id="main">
            <section class="panel">
                <h1>{ways::OPEN}</h1>
                <p>{ways::OPEN_IS}</p>
                {result_drop(opened)}
                <p class="sub">{ways::OPEN_WRITE}</p>
                <CopiedCommand command=Signal::stored(ways::OPEN_COMMAND.to_owned()) />
                <p class="sub">{ways::OPEN_NOTE}</p>
            </section>
        </main>
    }
    .into_any()
}
