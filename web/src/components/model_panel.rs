//! One model: its figures, its timelines on the shared axis, and the same as a table.

use engine::model::Model;
use engine::trace::Clock;
use leptos::html::Div;
use leptos::prelude::*;

use crate::components::copy::{CopiedCommand, command_note};
use crate::components::figures::Figures;
use crate::components::table::SpanTable;
use crate::components::track::Track;
use crate::state::browser;
use crate::state::door::Door;
use crate::state::lesson::LessonState;
use crate::state::theme::Scheme;
use crate::state::words;
use crate::texts;

/// One of the models that stand one under the other.
#[component]
pub fn ModelPanel(
    /// The lesson's state.
    state: LessonState,
    /// Which model.
    model: Model,
    /// The way to a companion.
    door: Door,
    /// In which colours it is drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let subtitle = move || state.prepared().map(|prepared| words::subtitle(model, &prepared));
    let command =
        Signal::derive(move || state.form.with(|form| words::native_command(state.lesson, model, form.settings())));
    let is_measured = move |clock| Memo::new(move |_| state.run_clock(model, clock).is_some());
    let (in_browser, on_machine) = (is_measured(Clock::Browser), is_measured(Clock::Machine));
    let why_failed = move |clock| {
        let run = state.measured(clock)?.run(model);
        run.with(|run| run.as_ref().and_then(|run| run.failed.clone()))
    };
    let cut_off = move |clock| {
        let why = why_failed(clock)?;
        Some(
            view! { <p class="wrong" data-testid=format!("wrong-{model}-{}", words::short(clock))>{texts::cut_off(clock, &why)}</p> },
        )
    };
    let timelines = NodeRef::<Div>::new();
    Effect::new(move |before: Option<()>| {
        let is_led_here = state.view.led.get() == Some(model);
        // Whoever comes when the eye was led already is late.
        if is_led_here
            && before.is_some()
            && let Some(timelines) = timelines.get_untracked()
        {
            // What changes with it has to be laid out first.
            request_animation_frame(move || browser::bring_into_view(&timelines));
        }
    });
    let is_small = Memo::new(move |_| state.is_small(model));
    // Whoever has a companion needs no command: it runs what a browser cannot.
    let why_not = Memo::new(move |_| state.why_not_here(model).filter(|_| !door.is_there()));
    view! {
        <section class="model" aria-labelledby=format!("model-{model}")>
            <div class="model-head">
                <h3 id=format!("model-{model}")>{model.title()} <span class="sub">{subtitle}</span></h3>
                <Show when=move || is_small.get()>
                    <button
                        class="quiet"
                        type="button"
                        data-testid=format!("fit-{model}")
                        on:click=move |_| {
                            state.turn_to(model, Clock::Virtual);
                            state.fit_model();
                        }
                    >
                        "Fit the axis to it"
                    </button>
                </Show>
                <Figures state model />
            </div>
            <div data-testid=format!("timeline-{model}")>
            <div class="timeline has-playhead" node_ref=timelines>
                <Track state model clock=Clock::Virtual scheme />
                <Show when=move || in_browser.get()>
                    <Track state model clock=Clock::Browser scheme />
                </Show>
                <Show when=move || on_machine.get()>
                    <Track state model clock=Clock::Machine scheme />
                </Show>
            </div>
            <Ending state model clock=Clock::Virtual />
            <Ending state model clock=Clock::Browser />
            <Ending state model clock=Clock::Machine />
            {move || cut_off(Clock::Browser)}
            {move || cut_off(Clock::Machine)}
            <Show when=move || why_not.with(Option::is_some)>
                <div class="native">
                    <p>{move || why_not.get()} " Measured natively:"</p>
                    <CopiedCommand command />
                    {move || command_note(state.machine.get())}
                </div>
            </Show>
            </div>
            <SpanTable state model />
        </section>
    }
}

/// A model that the lesson does not run on, and why.
#[component]
pub fn CannotPanel(
    /// Which model.
    model: Model,
    /// Why, as a sentence.
    why: &'static str,
) -> impl IntoView {
    view! {
        <section class="model cannot" aria-labelledby=format!("model-{model}") data-testid=format!("cannot-{model}")>
            <h3 id=format!("model-{model}")>{model.title()} <span class="sub">"not in this lesson"</span></h3>
            <p>{why}</p>
        </section>
    }
}

/// How a run on a clock ended: what it found out, or why it came to no end.
#[component]
fn Ending(state: LessonState, model: Model, clock: Clock) -> impl IntoView {
    let id = words::short(clock);
    let ending = Memo::new(move |_| {
        let trace = state.trace(model, clock)?;
        let label = trace.clock.label();
        let failure = words::failure(&trace).map(|(_, sentence)| (label, sentence, true));
        failure.or_else(|| Some((label, words::outcome(&trace)?, false)))
    });
    move || {
        let (label, words, is_failure) = ending.get()?;
        Some(view! {
            <p class="ending" class:failure=is_failure data-testid=format!("ending-{model}-{id}")>
                <span class=format!("clock {id}")>{label}</span>
                <span>{words}</span>
            </p>
        })
    }
}
