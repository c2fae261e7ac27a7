//! The logs of all models, line by line.

use engine::model::Model;
use engine::trace::Clock;
use leptos::prelude::*;

use crate::state::lesson::LessonState;
use crate::state::words;

/// The column of logs, with a switch between predicted and measured ones.
#[component]
pub fn Logs(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let option = move |clock: Clock, name: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="log-clock"
                    prop:checked=move || state.log_of.get() == clock
                    on:change=move |_| state.log_of.set(clock)
                />
                <span>{name}</span>
            </label>
        }
    };
    let at_speed = move || {
        let measured = state.lesson.models.iter().find_map(|&model| state.trace(model, state.log_of.get()));
        let factor = measured.map(|trace| trace.speed.factor()).filter(|factor| *factor != 1.0)?;
        Some(view! { <p class="footnote">{format!("Measured at {factor}×, told in the program’s own seconds.")}</p> })
    };
    let logs = state.lesson.models.iter().map(|&model| view! { <Log state model /> }).collect_view();
    view! {
        <section class="panel logs" aria-labelledby="log-title">
            <div class="logs-head">
                <h2 class="eyebrow" id="log-title">"Log"</h2>
                <div class="segmented" role="radiogroup" aria-label="Whose log" data-testid="log-clock">
                    {option(Clock::Virtual, "predicted")}
                    {option(Clock::Browser, "browser")}
                    {option(Clock::Machine, "machine")}
                </div>
            </div>
            {at_speed}
            {logs}
        </section>
    }
}

/// The most lines of a log that are shown.
const MOST_LINES: usize = 300;

#[component]
fn Log(state: LessonState, model: Model) -> impl IntoView {
    // Where there is no measured run the prediction is shown, and the heading says so.
    let trace = move || state.trace(model, state.log_of.get()).or_else(|| state.trace(model, Clock::Virtual));
    let heading = move || trace().map(|trace| trace.clock.label());
    let lines = Memo::new(move |_| {
        let trace = trace();
        let log = trace.iter().flat_map(|trace| trace.log_in_program_time()).take(MOST_LINES);
        log.map(|line| line.to_string()).enumerate().collect::<Vec<_>>()
    });
    let more = move || {
        let lines = trace().map_or(0, |trace| trace.log().len());
        let more = lines.saturating_sub(MOST_LINES);
        (more > 0).then(|| view! { <p class="footnote">{format!("… and {more} more lines.")}</p> })
    };
    let class = move || format!("clock {}", trace().map_or("", |trace| words::short(trace.clock)));
    view! {
        <div class="log">
            <h3 id=format!("log-title-{model}")>
                {model.title()} <span class=class>{heading}</span>
            </h3>
            <ol data-testid=format!("log-{model}") aria-labelledby=format!("log-title-{model}")>
                <For each=move || lines.get() key=Clone::clone let:line>
                    <li>{line.1}</li>
                </For>
            </ol>
            {more}
        </div>
    }
}
