//! Measuring in this browser: begin, cancel, and how it goes.

use leptos::prelude::*;

use crate::components::icons;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;

/// The buttons of a measured run.
#[component]
pub fn RunButtons(
    /// The lesson's state.
    state: LessonState,
    /// What this browser can do.
    isolation: Isolation,
) -> impl IntoView {
    let is_under_way = Memo::new(move |_| state.measured.status.with(|status| status.is_under_way()));
    view! {
        <div class="run-buttons">
            <button type="button" data-testid="cancel" disabled=move || !is_under_way.get() on:click=move |_| state.cancel()>
                "Cancel"
            </button>
            <button
                class="primary"
                type="button"
                data-testid="run-browser"
                disabled=move || is_under_way.get() || state.is_any_wrong() || !isolation.is_available()
                on:click=move |_| state.measure()
            >
                {icons::play()}
                "Run in this browser"
            </button>
        </div>
    }
}

/// How measuring goes, or why it cannot, in words.
#[component]
pub fn RunStatus(
    /// The lesson's state.
    state: LessonState,
    /// What this browser can do.
    isolation: Isolation,
) -> impl IntoView {
    let why_not = (!isolation.is_available()).then(|| view! { <p class="why-not">{isolation.explanation()}</p> });
    let last_good = move || {
        state.is_any_wrong().then(|| {
            view! { <p class="why-not">"The pictures show the last values that were right. Mend the marked field to run."</p> }
        })
    };
    view! {
        {why_not}
        {last_good}
        <div data-testid="run-status">
            <p class="run-status" role="status">
                {move || state.measured.status.with(|status| (!status.is_lost()).then(|| status.sentence()))}
            </p>
            <p class="run-status lost" role="alert">
                {move || state.measured.status.with(|status| status.is_lost().then(|| status.sentence()))}
            </p>
        </div>
    }
}
