//! Measuring in this browser and on this machine: begin, cancel, and how it goes.

use engine::trace::Clock;
use leptos::prelude::*;

use crate::components::icons;
use crate::state::door::Door;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;
use crate::state::measured::Status;

/// The buttons of a measured run.
#[component]
pub fn RunButtons(
    /// The lesson's state.
    state: LessonState,
    /// What this browser can do.
    isolation: Isolation,
    /// The way to a companion.
    door: Door,
) -> impl IntoView {
    let is_under_way = Memo::new(move |_| state.is_measuring());
    let cannot_begin = move || is_under_way.get() || state.is_any_wrong();
    view! {
        <div class="run-buttons">
            <button type="button" data-testid="cancel" disabled=move || !is_under_way.get() on:click=move |_| state.cancel()>
                "Cancel"
            </button>
            <button
                class="primary"
                type="button"
                data-testid="run-browser"
                disabled=move || cannot_begin() || !isolation.is_available()
                on:click=move |_| state.measure(Clock::Browser)
            >
                {icons::play()}
                "Run in this browser"
            </button>
            <Show when=move || door.is_there()>
                <button
                    class="machine"
                    type="button"
                    data-testid="run-machine"
                    disabled=cannot_begin
                    on:click=move |_| state.measure(Clock::Machine)
                >
                    {icons::play()}
                    "Measure on this machine"
                </button>
            </Show>
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
    let sentence = |(clock, status): (Clock, Status)| status.sentence(clock);
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
                {move || Some(state.status()).filter(|(_, status)| !status.is_lost()).map(sentence)}
            </p>
            <p class="run-status lost" role="alert">
                {move || Some(state.status()).filter(|(_, status)| status.is_lost()).map(sentence)}
            </p>
        </div>
    }
}
