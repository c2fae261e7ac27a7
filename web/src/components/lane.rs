//! Timelines that only show: a run that is given, with nothing to be pressed on it.

use std::sync::Arc;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::Trace;
use leptos::html::Div;
use leptos::prelude::*;

use crate::components::axis::Axis;
use crate::state::observed::follow_width;
use crate::state::theme::Scheme;
use crate::state::words;
use crate::timeline::canvas::{Drawn, Followed, TimelineCanvas};
use crate::timeline::layout::Rows;
use crate::timeline::viewport::Viewport;

/// One run.
#[component]
pub fn Lane(
    /// The run.
    trace: Signal<Option<Arc<Trace>>>,
    /// Where time is drawn.
    viewport: Signal<Viewport>,
    /// Until when a run that stands still is drawn.
    whole_end: Signal<Nanos>,
    /// In which colours it is drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let followed = Followed {
        trace,
        run_clock: Signal::stored(None),
        viewport,
        whole_end,
        rows: Signal::stored(Rows::Few),
        lit: Signal::stored(None),
        scheme,
        drawn: Drawn::new(),
    };
    let label = Signal::derive(move || trace.get().map(|trace| words::in_short(&trace)).unwrap_or_default());
    view! { <TimelineCanvas followed label /> }.into_any()
}

/// Some runs on an axis of their own, with an instant of one of them marked.
#[component]
pub fn Lanes(
    /// The runs.
    traces: Vec<Arc<Trace>>,
    /// The instant, and in whose run it is.
    marked: Option<(Model, Nanos)>,
    /// In which colours they are drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    follow_width(frame, width_px);
    let longest = traces.iter().map(|trace| trace.axis_length()).max().unwrap_or_default();
    let viewport: Signal<Viewport> = Memo::new(move |_| Viewport::fit(longest, width_px.get())).into();
    let playhead = move || {
        let x_px = marked.map_or(-9999.0, |(_, at)| viewport.get().x_px(at));
        format!("calc({x_px}px * var(--scale, 1))")
    };
    let row = |trace: Arc<Trace>| {
        let is_marked = marked.is_some_and(|(model, _)| model == trace.model);
        let head = words::in_short(&trace);
        view! {
            <div class="lane">
                <p>{head}</p>
                <div class:has-playhead=is_marked>
                    <Lane trace=Signal::stored(Some(trace)) viewport whole_end=Signal::stored(longest) scheme />
                </div>
            </div>
        }
    };
    view! {
        <div class="stage lanes" node_ref=frame style=("--playhead", playhead)>
            <Axis viewport />
            {traces.into_iter().map(row).collect_view()}
        </div>
    }
    .into_any()
}
