//! The middle of a lesson's page: all models on one time axis.

use engine::model::Model;
use engine::trace::Clock;
use leptos::ev::PointerEvent;
use leptos::html::Div;
use leptos::prelude::*;

use crate::components::axis::Axis;
use crate::components::elsewhere::Elsewhere;
use crate::components::legend::Legend;
use crate::components::model_panel::{CannotPanel, ModelPanel};
use crate::components::run_bar::{RunButtons, RunStatus};
use crate::components::track::{place, turn_wheel};
use crate::components::transport::{Transport, on_key};
use crate::state::door::Door;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;
use crate::state::observed::follow_width;
use crate::state::theme::Scheme;
use crate::state::{timer, words};

/// The models of a lesson, one under the other.
#[component]
pub fn Stage(
    /// The lesson's state.
    state: LessonState,
    /// What this browser can do.
    isolation: Isolation,
    /// The way to a companion.
    door: Door,
    /// In which colours it is drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let models =
        state.lesson.models.iter().map(|&model| view! { <ModelPanel state model door scheme /> }).collect_view();
    let cannot = state.lesson.cannot.iter().map(|&(model, why)| view! { <CannotPanel model why /> }).collect_view();
    let title = format!("{} models, one time axis", state.lesson.models.len());
    fit_at_first(state);
    let notes = move || [Clock::Browser, Clock::Machine].map(|clock| measured_note(state, clock));
    view! {
        <section
            class="panel stage-panel"
            class:late=move || state.is_late.get()
            aria-busy=move || state.is_late.get().to_string()
            aria-labelledby="stage-title"
            on:keydown=move |event| on_key(state, &event)
        >
            <div class="stage-head">
                <h2 class="eyebrow" id="stage-title">{title}</h2>
                <RunButtons state isolation door />
            </div>
            <RunStatus state isolation />
            <Elsewhere state door />
            <Legend />
            <SharedAxis state>{models} {cannot}</SharedAxis>
            {notes}
            <Transport state />
        </section>
    }
}

/// The time axis with whatever shares it, and one playhead through all of it.
#[component]
pub fn SharedAxis(
    /// The lesson's state.
    state: LessonState,
    /// What stands on the axis.
    children: Children,
) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    follow_width(stage, state.width_px);
    state.follow_lead();
    let playhead = move || {
        let (viewport, at) = (state.viewport.get(), state.playhead.get());
        // Outside of the window it is far outside of the page.
        let x_px = if viewport.shows(at) { viewport.x_px(at) } else { -9999.0 };
        format!("calc({x_px}px * var(--scale, 1))")
    };
    let gutter = move || format!("calc({}px * var(--scale, 1))", state.viewport.get().left_px);
    view! {
        <div class="stage" node_ref=stage style=("--playhead", playhead) style=("--gutter", gutter)>
            <AxisSlider state />
            {children()}
        </div>
    }
}

/// The axis as the playhead's own slider: it is dragged upon, and takes the keys of the stage.
#[component]
fn AxisSlider(state: LessonState) -> impl IntoView {
    let is_held = StoredValue::new(false);
    let scrub = move |event: &PointerEvent| {
        let Some((_, x_px, _)) = place(event) else { return };
        state.pause();
        state.playhead.set(state.viewport.with_untracked(|viewport| viewport.time_at(x_px)));
    };
    let down = move |event: PointerEvent| {
        if let Some((element, ..)) = place(&event) {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        is_held.set_value(true);
        scrub(&event);
    };
    let milliseconds = |at: engine::time::Nanos| (at.0 / 1_000_000).to_string();
    view! {
        <div
            class="axis-slider"
            role="slider"
            tabindex="0"
            aria-label="Playhead: an instant on all timelines"
            aria-keyshortcuts="ArrowDown ArrowUp"
            aria-valuemin="0"
            aria-valuemax=move || milliseconds(state.view.whole.get().end)
            aria-valuenow=move || milliseconds(state.playhead.get())
            aria-valuetext=move || state.playhead.get().to_string()
            data-testid="axis"
            on:pointerdown=down
            on:pointermove=move |event| if is_held.get_value() { scrub(&event) }
            on:pointerup=move |_| is_held.set_value(false)
            on:pointercancel=move |_| is_held.set_value(false)
            on:wheel=move |event| turn_wheel(state, &event)
        >
            <Axis viewport=state.viewport />
        </div>
    }
}

/// Beside a run that takes hours, those that the lesson is about would be a line: it opens on them.
fn fit_at_first(state: LessonState) {
    let is_opened = state.view.is_opened;
    Effect::new(move || {
        if !is_opened.get_value() && state.looked_at_trace().is_some() {
            is_opened.set_value(true);
            let (model, _) = state.looked_at.get();
            if state.is_far_smaller(model) {
                state.fit_model();
            }
        }
    });
}

/// What the figures of a clock rest on, where there are any.
fn measured_note(state: LessonState, clock: Clock) -> Option<impl IntoView> {
    let measured = state.measured(clock)?;
    let has_run = |model: &Model| measured.trace(*model).is_some();
    let models: Vec<Model> = state.lesson.models.iter().copied().filter(has_run).collect();
    let trace = measured.trace(*models.first()?)?;
    let factor = trace.speed.factor();
    let scaled = (factor != 1.0).then(|| {
        format!(" Delays were divided by {factor}; the timelines show the program’s own time, the figures the time that really passed.")
    });
    Some(view! { <p class="footnote">{words::measured_note(trace.clock, models, timer::step)} {scaled}</p> })
}
