//! The playhead's own control: the instant, what happens there, and a slider for the keyboard.

use engine::time::Nanos;
use leptos::ev::Event;
use leptos::html::Input;
use leptos::prelude::*;

use crate::components::icons;
use crate::state::lesson::LessonState;
use crate::state::words;

/// The slider's steps from one end of the axis to the other.
const STEPS: u32 = 1000;

/// The axis can be halved so often.
const MOST_ZOOM: u32 = 12;

/// The bar under the timelines.
#[component]
pub fn Playhead(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let at = Memo::new(move |_| state.playhead.get().min(state.viewport.get().end));
    let happens = move || {
        let (model, clock) = state.looked_at.get();
        // The run that was looked at may be gone; its prediction is not.
        let trace = state.trace(model, clock).or_else(|| state.trace(model, engine::trace::Clock::Virtual))?;
        let what = words::what_happens(&trace, at.get());
        Some(format!("{}, {}: {what}", model.title(), words::heading(trace.clock, trace.speed)))
    };
    let slider = NodeRef::<Input>::new();
    Effect::new(move || {
        let position = at.get().0 as f64 / state.viewport.get().end.0 as f64 * f64::from(STEPS);
        if let Some(slider) = slider.get() {
            slider.set_value(&position.round().to_string());
        }
    });
    let slide = move |event: Event| {
        if let Ok(position) = event_target_value(&event).parse::<f64>() {
            let end: Nanos = state.viewport.get_untracked().end;
            state.playhead.set(end.scaled(position / f64::from(STEPS)));
        }
    };
    view! {
        <div class="playhead-bar">
            <input
                node_ref=slider
                type="range"
                min="0"
                max=STEPS
                step="1"
                aria-label="Playhead: an instant on all timelines"
                aria-valuetext=move || at.get().to_string()
                on:input=slide
            />
            <div class="playhead-foot">
            <p class="happens"><output class="instant">{move || at.get().to_string()}</output>" " {happens}</p>
                <div class="zoom" role="group" aria-label="Zoom">
                    <button
                        class="icon-button"
                        type="button"
                        aria-label="Zoom out"
                        data-testid="zoom-out"
                        disabled=move || state.zoom.get() == 0
                        on:click=move |_| state.zoom.update(|zoom| *zoom = zoom.saturating_sub(1))
                    >
                        {icons::minus()}
                    </button>
                    <button
                        class="icon-button"
                        type="button"
                        aria-label="Zoom in"
                        data-testid="zoom-in"
                        disabled=move || state.zoom.get() == MOST_ZOOM
                        on:click=move |_| state.zoom.update(|zoom| *zoom += 1)
                    >
                        {icons::plus()}
                    </button>
                    <button type="button" disabled=move || state.zoom.get() == 0 on:click=move |_| state.zoom.set(0)>
                        "Fit"
                    </button>
                </div>
            </div>
        </div>
    }
}
