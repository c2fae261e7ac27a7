//! The head of every page: who it is, where the lessons are, what this browser can do, light or dark.

use leptos::prelude::*;

use crate::components::icons;
use crate::state::address::Address;
use crate::state::isolation::Isolation;
use crate::state::link;
use crate::state::theme::Themed;
use crate::texts::ways;

/// The head of the page.
#[component]
pub fn Header(
    /// Where its links lead.
    address: Address,
    /// Light or dark.
    themed: Themed,
    /// What this browser can do.
    isolation: Isolation,
    /// Whether the sheet of keys is open.
    keys: RwSignal<bool>,
) -> impl IntoView {
    let state = if isolation.is_available() { "pill good" } else { "pill" };
    view! {
        <header class="top">
            <a class="brand" href="./" on:click=move |click| address.follow(&click, "./")>
                {icons::brand()}
                "Interleave"
            </a>
            <nav aria-label="Main">
                <a href="./" on:click=move |click| address.follow(&click, "./")>"Lessons"</a>
                <a href=link::TO_ADVISE on:click=move |click| address.follow(&click, link::TO_ADVISE)>"Advise"</a>
                <a href=link::TO_OPEN data-testid="open-page" on:click=move |click| address.follow(&click, link::TO_OPEN)>{ways::OPEN}</a>
            </nav>
            <span class="gap"></span>
            <details class="isolation" data-testid="isolation-status">
                <summary class=state>
                    <span class="dot" aria-hidden="true"></span>
                    <span class="pill-words">{isolation.short()}</span>
                </summary>
                <p class="bubble">{isolation.explanation()}</p>
            </details>
            <button
                class="icon-button"
                type="button"
                title=move || format!("Theme: {}", themed.theme.get().word())
                aria-label=move || {
                    let theme = themed.theme.get();
                    format!("Theme: {}. Change to {}.", theme.word(), theme.next().word())
                }
                on:click=move |_| themed.turn()
            >
                {icons::half_circle()}
                <span class="theme-word">{move || themed.theme.get().word()}</span>
            </button>
            <button
                class="icon-button keys-button"
                type="button"
                title=ways::SHOW_KEYS
                aria-label=ways::SHOW_KEYS
                data-testid="show-keys"
                on:click=move |_| keys.set(true)
            >
                "?"
            </button>
        </header>
    }
}
