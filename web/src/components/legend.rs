//! What the colours and patterns stand for.

use engine::trace::State;
use leptos::prelude::*;

/// A swatch and a word for every state.
#[component]
pub fn Legend() -> impl IntoView {
    let entry = |state: State| {
        view! {
            <li>
                <span class=format!("swatch {}", state.word()) aria-hidden="true"></span>
                {state.word()}
            </li>
        }
    };
    view! { <ul class="legend" aria-label="States">{State::ALL.map(entry).collect_view()}</ul> }
}
