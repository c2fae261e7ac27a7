//! A model's figures, each under the name of the clock that it was read from.

use engine::model::{Model, Speed};
use engine::trace::Clock;
use leptos::prelude::*;

use crate::state::lesson::LessonState;
use crate::state::{timer, words};

/// Wall time and speed-up, predicted and, once there is a run, measured in this browser.
#[component]
pub fn Figures(
    /// The lesson's state.
    state: LessonState,
    /// Whose figures.
    model: Model,
) -> impl IntoView {
    let predicted = move || {
        let wall = state.predictions.with(|predictions| predictions.wall(model))?;
        let sequential = state.predictions.with(|predictions| predictions.wall(Model::Sequential));
        let times = words::times_faster(sequential, Some(wall));
        Some(figure(model, Clock::Virtual, Speed::REAL, words::seconds(wall), times))
    };
    let measured = move || {
        let trace = state.measured.trace(model)?;
        let Some(wall) = state.measured.wall(model) else {
            let is_live = state.measured.run(model).with(|run| run.as_ref().is_some_and(|run| run.clock.is_running()));
            let word = if is_live { "running" } else { "cut off" };
            return Some(
                view! { <div class="figure browser"><dt>"browser"</dt><dd class="sub">{word}</dd></div> }.into_any(),
            );
        };
        let times = words::times_faster(state.measured.wall(Model::Sequential), Some(wall));
        Some(figure(model, Clock::Browser, trace.speed, words::seconds(wall), times).into_any())
    };
    view! { <dl class="figures">{predicted} {measured}</dl> }
}

fn figure(model: Model, clock: Clock, speed: Speed, wall: String, times: String) -> impl IntoView {
    let (class, id, note) = match clock {
        Clock::Virtual => ("figure", "predicted", "from the simulator's virtual clock".to_owned()),
        Clock::Browser => ("figure browser", "browser", words::measured_note(timer::step())),
        Clock::Machine => ("figure machine", "machine", "from this machine's clock".to_owned()),
    };
    view! {
        <div class=class title=note>
            <dt>{words::heading(clock, speed)}</dt>
            <dd class="wall" data-testid=format!("wall-{model}-{id}")>{wall}</dd>
        </div>
        <div class=class title=format!("{}: how many times faster than sequential", clock.label())>
            <dt>"speed-up" <span class="unseen">{format!(", {}", clock.label())}</span></dt>
            <dd class="times">{times}</dd>
        </div>
    }
}
