//! What the colours and patterns stand for.

use engine::trace::State;
use leptos::prelude::*;

use crate::timeline::palette::style_name;

/// A swatch and a word for every state.
#[component]
pub fn Legend() -> impl IntoView {
    let entry = |state: State| {
        view! {
            <li>
                <span class=format!("swatch {}", style_name(state)) aria-hidden="true"></span>
                {state.word()}
            </li>
        }
    };
    view! { <ul class="legend" aria-label="States">{State::ALL.map(entry).collect_view()}</ul> }
}
