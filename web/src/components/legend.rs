//! What the colours and patterns stand for.

use engine::trace::State;
use leptos::prelude::*;

/// A swatch and a word for every state.
#[component]
pub fn Legend() -> impl IntoView {
    let entry = |state: State| {
        view! {
            <li>
                <span class=format!("swatch {}", state.id()) aria-hidden="true"></span>
                {state.word()}
            </li>
        }
    };
    let beside = [
        ("held", "holds what others want"),
        ("log", "writes"),
        ("arrow", "lets another go on"),
        ("path", "critical path"),
    ];
    let beside = beside.map(|(name, words)| {
        view! {
            <li>
                <span class=format!("swatch {name}") aria-hidden="true"></span>
                {words}
            </li>
        }
    });
    view! { <ul class="legend" aria-label="States">{State::ALL.map(entry).collect_view()} {beside.collect_view()}</ul> }
}
