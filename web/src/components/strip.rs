//! A run in small: its rows, low and without names.

use std::sync::Arc;

use engine::time::Nanos;
use engine::trace::Trace;
use leptos::prelude::*;

use crate::state::shelf::Picture;
use crate::state::theme::Scheme;
use crate::timeline::canvas::{Drawn, Followed, TimelineCanvas};
use crate::timeline::layout::Rows;
use crate::timeline::viewport::Viewport;

/// The run at `place` of a small picture, once that is predicted.
pub fn card_run(
    picture: RwSignal<Option<Picture>>,
    place: usize,
    width_px: RwSignal<f64>,
    scheme: Signal<Scheme>,
) -> AnyView {
    let run = move || {
        picture.with(|picture| {
            let Picture { traces, longest } = picture.as_ref()?;
            Some(strip(traces.get(place)?.clone(), *longest, width_px, scheme, String::new()))
        })
    };
    run.into_any()
}

/// A run in small, on an axis that ends at `longest`.
pub fn strip(
    trace: Arc<Trace>,
    longest: Nanos,
    width_px: RwSignal<f64>,
    scheme: Signal<Scheme>,
    label: String,
) -> AnyView {
    let end = longest.max(Nanos(1));
    let viewport = move || {
        let width_px = width_px.get().max(1.0);
        Viewport { left_px: 0.0, right_px: width_px, width_px, start: Nanos::ZERO, end }
    };
    let followed = Followed {
        trace: Signal::stored(Some(trace)),
        run_clock: Signal::stored(None),
        viewport: Signal::derive(viewport),
        whole_end: Signal::stored(end),
        rows: Signal::stored(Rows::Small),
        lit: Signal::stored(None),
        scheme,
        drawn: Drawn::new(),
    };
    view! { <TimelineCanvas followed label /> }.into_any()
}
