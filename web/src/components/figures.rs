//! A model's figures, each under the name of the clock that it was read from.

use engine::model::{Model, Speed};
use engine::trace::Clock;
use leptos::prelude::*;

use crate::state::lesson::LessonState;
use crate::state::{timer, words};

/// Wall time and speed-up, predicted and, once there is a run, measured.
#[component]
pub fn Figures(
    /// The lesson's state.
    state: LessonState,
    /// Whose figures.
    model: Model,
) -> impl IntoView {
    let of_clock = move |clock| {
        let trace = state.trace(model, clock)?;
        let sequential = state.trace(Model::Sequential, clock).and_then(|trace| words::wall(&trace));
        let (wall, times) = match (words::wall(&trace), words::failure(&trace)) {
            (Some(wall), _) => (words::seconds(wall), words::times_faster(sequential, Some(wall))),
            (None, Some((short, _))) => (short.to_owned(), words::times_faster(sequential, None)),
            (None, None) => {
                let is_live = state.run_clock(model, clock).is_some_and(|clock| clock.is_running());
                let word = if is_live { "running" } else { "cut off" };
                let class = format!("figure {}", words::short(clock));
                return Some(
                    view! { <div class=class><dt>{words::name(trace.clock)}</dt><dd class="sub">{word}</dd></div> }
                        .into_any(),
                );
            }
        };
        let is_failed = trace.failure().is_some();
        Some(figure(model, trace.clock, trace.speed, wall, times, is_failed).into_any())
    };
    view! {
        <dl class="figures">
            {move || of_clock(Clock::Virtual)} {move || of_clock(Clock::Browser)} {move || of_clock(Clock::Machine)}
        </dl>
    }
}

fn figure(model: Model, clock: Clock, speed: Speed, wall: String, times: String, is_failed: bool) -> impl IntoView {
    let id = words::short(clock);
    let class = format!("figure {id}");
    view! {
        <div class=class.clone() title=words::measured_note(clock, [model], timer::step)>
            <dt>{words::heading(clock, speed)}</dt>
            <dd class="wall" class:failed=is_failed data-testid=format!("wall-{model}-{id}")>{wall}</dd>
        </div>
        <div class=class title=format!("{}: how many times faster than sequential", clock.label())>
            <dt>"speed-up" <span class="unseen">{format!(", {}", clock.label())}</span></dt>
            <dd class="times">{times}</dd>
        </div>
    }
}
