//! Two states of a lesson: what was kept above what is changed, on one axis under one playhead.

use std::sync::Arc;

use engine::model::Model;
use engine::trace::{Clock, Trace};
use leptos::prelude::*;

use crate::components::controls::Controls;
use crate::components::lane::Lane;
use crate::components::legend::Legend;
use crate::components::stage::SharedAxis;
use crate::components::take_away::ShareMenu;
use crate::components::transport::{Transport, on_key};
use crate::state::compare::Part;
use crate::state::lesson::LessonState;
use crate::state::theme::Scheme;
use crate::state::way::Way;
use crate::state::words;
use crate::texts::ways;

/// What was kept and what is changed, side by side.
#[component]
pub fn Comparison(
    /// The lesson's state, which is that of what is changed.
    state: LessonState,
    /// In which colours it is drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let part = |part: Part| {
        view! {
            <tr class:differs=part.differs()>
                <th scope="row">{part.title}</th>
                <td>{part.kept.clone()}</td>
                <td>{part.now.clone()}</td>
            </tr>
        }
    };
    let panels = move || state.models.get().into_iter().map(|model| panel(state, model, scheme)).collect_view();
    view! {
        <div class="columns compared" data-testid="compared">
            <div class="column asked">
                <div class="panel intro">
                    <div class="intro-row">
                        <p class="eyebrow">{ways::COMPARED}</p>
                        <ShareMenu state />
                    </div>
                    <h1>{state.lesson.title}</h1>
                    <p class="sub">{ways::COMPARED_IS}</p>
                    <div class="row">
                        <button type="button" data-testid="swap" on:click=move |_| state.swap()>{ways::SWAP}</button>
                        <button type="button" data-testid="leave" on:click=move |_| state.show_as(Way::Page)>{ways::LEAVE}</button>
                    </div>
                </div>
                <Controls state />
            </div>
            <div class="column">
                <section class="panel compared-parts" aria-label=ways::DIFFERENCES>
                    <table data-testid="compared-parts">
                        <thead>
                            <tr>
                                <th scope="col">{ways::SETTING}</th>
                                <th scope="col"><span class="side">"A"</span> {ways::KEPT}</th>
                                <th scope="col"><span class="side now">"B"</span> {ways::CHANGED}</th>
                            </tr>
                        </thead>
                        <tbody>{move || state.parts().into_iter().map(part).collect_view()}</tbody>
                    </table>
                </section>
                <section class="panel stage-panel" aria-label=ways::COMPARED on:keydown=move |event| on_key(state, &event)>
                    <Legend />
                    <SharedAxis state>{panels}</SharedAxis>
                    <Transport state />
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// A model's two runs.
fn panel(state: LessonState, model: Model, scheme: Signal<Scheme>) -> AnyView {
    let kept = Signal::derive(move || state.kept_trace(model));
    let now = Signal::derive(move || state.trace(model, Clock::Virtual));
    let side = move |name: &'static str, class: &'static str, trace: Signal<Option<Arc<Trace>>>| {
        let told = move || trace.get().map(|trace| words::ended(&trace));
        view! {
            <p class="side-head">
                <span class=class>{name}</span>
                <span>{Clock::Virtual.label()}</span>
                <strong data-testid=format!("compared-{model}-{name}")>{told}</strong>
            </p>
            <Lane trace viewport=state.viewport.into() whole_end=Signal::derive(move || state.view.whole.get().end) scheme />
        }
    };
    view! {
        <section class="model" aria-labelledby=format!("compared-{model}")>
            <div class="model-head">
                <h3 id=format!("compared-{model}")>{model.title()}</h3>
                <p class="comes-to" data-testid=format!("comes-to-{model}")>{move || state.compared(model)}</p>
            </div>
            <div class="timeline has-playhead">{side("A", "side", kept)} {side("B", "side now", now)}</div>
        </section>
    }
    .into_any()
}
