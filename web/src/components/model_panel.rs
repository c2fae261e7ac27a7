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
    /// In which colours it is drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let subtitle = move || words::subtitle(model, &state.lesson.prepare(&state.values.get()));
    let command = Signal::derive(move || words::native_command(state.lesson, model, &state.values.get()));
    let is_measured = Memo::new(move |_| state.measured.run(model).with(Option::is_some));
    let failed = move || {
        let predicted = state.predictions.with(|predictions| predictions.failure(model));
        let measured = state.measured.run(model).with(|run| run.as_ref().and_then(|run| run.failed.clone()));
        predicted.into_iter().chain(measured).map(|sentence| view! { <p class="wrong">{sentence}</p> }).collect_view()
    };
    view! {
        <section class="model" aria-labelledby=format!("model-{model}")>
            <div class="model-head">
                <h3 id=format!("model-{model}")>{model.title()} <span class="sub">{subtitle}</span></h3>
                <Figures state model />
            </div>
            <div data-testid=format!("timeline-{model}")>
            <div class="timeline has-playhead">
                <Track state model clock=Clock::Virtual scheme>"predicted"</Track>
                <Show when=move || is_measured.get()>
                    <Track state model clock=Clock::Browser scheme>"browser"</Track>
                </Show>
            </div>
            <Show when=move || !state.is_measured_here(model)>
                <div class="native">
                    <p>"A browser has no processes to give. Measured natively:"</p>
                    <CopiedCommand command />
                </div>
            </Show>
            </div>
            {failed}
            <SpanTable state model />
        </section>
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
        <div class="track" class:browser=clock == Clock::Browser on:pointermove=point on:pointerdown=point>
            <span class="clock">{children()}</span>
            <TimelineCanvas followed label />
        </div>
    }
}
