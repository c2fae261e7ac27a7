//! One model: its figures, its timelines on the shared axis, and the same as a table.

use engine::model::Model;
use engine::trace::Clock;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::components::copy::CopiedCommand;
use crate::components::figures::Figures;
use crate::components::table::SpanTable;
use crate::state::door::Door;
use crate::state::lesson::LessonState;
use crate::state::theme::Scheme;
use crate::state::words;
use crate::timeline::canvas::{Followed, TimelineCanvas};

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
    let subtitle = move || words::subtitle(model, &state.prepared.get());
    let command = Signal::derive(move || words::native_command(state.lesson, model, &state.values.get()));
    let is_measured = move |clock| Memo::new(move |_| state.run_clock(model, clock).is_some());
    let (in_browser, on_machine) = (is_measured(Clock::Browser), is_measured(Clock::Machine));
    let why_failed = move |clock| {
        let run = state.measured(clock)?.run(model);
        run.with(|run| run.as_ref().and_then(|run| run.failed.clone()))
    };
    let cut_off = move |clock| {
        let why = why_failed(clock)?;
        Some(view! { <p class="wrong" data-testid=format!("wrong-{model}-{}", words::short(clock))>{why}</p> })
    };
    // Whoever has a companion needs no command: it runs what a browser cannot.
    let why_not = Memo::new(move |_| state.why_not_here(model).filter(|_| !door.is_there()));
    view! {
        <section class="model" aria-labelledby=format!("model-{model}")>
            <div class="model-head">
                <h3 id=format!("model-{model}")>{model.title()} <span class="sub">{subtitle}</span></h3>
                <Figures state model />
            </div>
            <div data-testid=format!("timeline-{model}")>
            <div class="timeline has-playhead">
                <Track state model clock=Clock::Virtual scheme>"predicted"</Track>
                <Show when=move || in_browser.get()>
                    <Track state model clock=Clock::Browser scheme>"browser"</Track>
                </Show>
                <Show when=move || on_machine.get()>
                    <Track state model clock=Clock::Machine scheme>"machine"</Track>
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
                </div>
            </Show>
            </div>
            <SpanTable state model />
        </section>
    }
}

/// A model that cannot run the lesson, and why.
#[component]
pub fn CannotPanel(
    /// Which model.
    model: Model,
    /// Why, as a sentence.
    why: &'static str,
) -> impl IntoView {
    view! {
        <section class="model cannot" aria-labelledby=format!("model-{model}") data-testid=format!("cannot-{model}")>
            <h3 id=format!("model-{model}")>{model.title()} <span class="sub">"cannot do this"</span></h3>
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
        let failure = words::failure(&trace).map(|(_, sentence)| (sentence, true));
        failure.or_else(|| Some((words::outcome(&trace)?, false)))
    });
    move || {
        let (words, is_failure) = ending.get()?;
        Some(view! {
            <p class="ending" class:failure=is_failure data-testid=format!("ending-{model}-{id}")>
                <span class=format!("clock {id}")>{clock.label()}</span>
                <span>{words}</span>
            </p>
        })
    }
}

/// One timeline under the name of its clock. The playhead follows a pointer over it.
#[component]
fn Track(state: LessonState, model: Model, clock: Clock, scheme: Signal<Scheme>, children: Children) -> impl IntoView {
    let trace = Signal::derive(move || state.trace(model, clock));
    let run_clock = Signal::derive(move || state.run_clock(model, clock));
    let label = Signal::derive(move || {
        format!("{}, {}: a timeline. The table below says the same.", model.title(), clock.label())
    });
    let point = move |event: PointerEvent| {
        let track = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(track) = track {
            let x_px = f64::from(event.client_x()) - track.get_bounding_client_rect().left();
            state.playhead.set(state.viewport.with_untracked(|viewport| viewport.time_at(x_px)));
            state.looked_at.set((model, clock));
        }
    };
    let followed = Followed { trace, run_clock, viewport: state.viewport.into(), scheme };
    view! {
        <div class=format!("track {}", words::short(clock)) on:pointermove=point on:pointerdown=point>
            <span class="clock">{children()}</span>
            <TimelineCanvas followed label />
        </div>
    }
}
