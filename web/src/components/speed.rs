//! By how much the delays of a measured run are divided.

use engine::model::Speed;
use leptos::prelude::*;

use crate::state::lesson::LessonState;
use crate::state::link::SPEEDS;

/// A choice of four speeds.
#[component]
pub fn SpeedControl(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let chosen = move || state.form.with(|form| form.speed().factor());
    let option = |factor: u32| {
        let choose = move |_| {
            if let Some(speed) = Speed::new(factor.into()) {
                state.change(|form| form.set_speed(speed));
                state.commit();
            }
        };
        view! {
            <label>
                <input
                    type="radio"
                    name="speed"
                    value=factor
                    prop:checked=move || chosen() == f64::from(factor)
                    on:change=choose
                />
                <span>{format!("{factor}×")}</span>
            </label>
        }
    };
    view! {
        <div class="field">
            <div class="field-head">
                <span id="speed-title">"Speed of a run"</span>
                <span class="range">"divides the delays"</span>
            </div>
            <div class="segmented" role="radiogroup" aria-labelledby="speed-title" data-testid="param-speed">
                {SPEEDS.map(option).collect_view()}
            </div>
        </div>
    }
}
