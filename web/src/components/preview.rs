//! A lesson in one small picture: some of its models on one axis, predicted as the page is opened.

use std::sync::Arc;

use engine::model::Model;
use engine::trace::Clock;
use leptos::html::Div;
use leptos::prelude::*;
use lessons::{Values, catalogue};

use crate::backend::Job;
use crate::backend::predict::Predictions;
use crate::components::axis::Axis;
use crate::state::observed::follow_width;
use crate::state::shelf::{self, Picture};
use crate::state::theme::Scheme;
use crate::state::words;
use crate::timeline::canvas::{Drawn, Followed, TimelineCanvas};
use crate::timeline::layout::Rows;
use crate::timeline::viewport::Viewport;

/// What is small enough to be taken in at a glance.
const SHOWN: [Model; 3] = [Model::Sequential, Model::ThreadPool, Model::EventLoop];

/// The predicted timelines of the first lesson with its defaults; once they stand there, the small pictures of all follow.
#[component]
pub fn HomePicture(
    /// The small pictures, still empty.
    shelf: Vec<RwSignal<Option<Picture>>>,
    /// In which colours it is drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    shelf::fill(shelf);
    let lesson = catalogue().first()?;
    let values = Values::read(lesson.parameters, &[]).ok()?;
    let predictions = Predictions::of(Job::usual(lesson, values));
    let frame = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    follow_width(frame, width_px);
    let longest = predictions.longest();
    let viewport: Signal<Viewport> = Memo::new(move |_| Viewport::fit(longest, width_px.get())).into();
    let row = |model: Model| {
        let trace = predictions.trace(model)?;
        let wall = words::seconds(words::wall(&trace)?);
        let followed = Followed {
            trace: Signal::stored(Some(Arc::clone(&trace))),
            run_clock: Signal::stored(None),
            viewport,
            whole_end: Signal::stored(longest),
            rows: Signal::stored(Rows::Few),
            lit: Signal::stored(None),
            scheme,
            drawn: Drawn::new(),
        };
        let label = format!("{}, {}: {wall}", model.title(), Clock::Virtual.label());
        Some(view! {
            <div class="preview-row">
                <p>
                    <strong>{model.title()}</strong>
                    <span>{Clock::Virtual.label()} " " <strong>{wall}</strong></span>
                </p>
                <TimelineCanvas followed label />
            </div>
        })
    };
    Some(view! {
        <div class="preview stage" node_ref=frame>
            <Axis viewport />
            {SHOWN.into_iter().filter_map(row).collect_view()}
        </div>
    })
}
