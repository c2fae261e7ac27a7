//! All models on a load, the advised one first: each with its time as a bar and a number, and its run in small.

use engine::time::Nanos;
use engine::trace::Clock;
use leptos::html::Div;
use leptos::prelude::*;
use lessons::advice::Ranked;

use crate::components::strip::strip;
use crate::state::advise::{AdviseState, Found};
use crate::state::observed::follow_width;
use crate::state::theme::Scheme;
use crate::state::words;
use crate::texts::home as texts;

/// The ranking; while another load is predicted, that of the load before.
pub fn ranking(state: AdviseState, scheme: Signal<Scheme>) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    follow_width(frame, width_px);
    let shown = move || {
        let Some(found) = state.found.get() else { return view! { <p class="sub">{texts::PREDICTING}</p> }.into_any() };
        let longest = found.advice.ranking.iter().map(|ranked| ranked.wall).max().unwrap_or_default();
        let rows = found.advice.ranking.iter().enumerate();
        let rows = rows.map(|(place, ranked)| row(state, &found, place, ranked, longest, width_px, scheme));
        view! { <ol class="ranking">{rows.collect_view()}</ol> }.into_any()
    };
    let reason = move || state.found.get().map(|found| found.advice.reason.clone());
    view! {
        <section class="panel" aria-labelledby="ranking-title" aria-busy=move || (!state.is_found.get()).to_string() data-testid="ranking">
            <h2 class="eyebrow" id="ranking-title">{texts::RANKING}</h2>
            <p class="sub">{move || texts::load(&state.load.get())}</p>
            <p class="advise-reason" aria-live="polite" data-testid="reason">{reason}</p>
            <div node_ref=frame>{shown}</div>
            <p class="footnote">{texts::RANKING_NOTE}</p>
        </section>
    }
    .into_any()
}

fn row(
    state: AdviseState,
    found: &Found,
    place: usize,
    ranked: &Ranked,
    longest: Nanos,
    width_px: RwSignal<f64>,
    scheme: Signal<Scheme>,
) -> AnyView {
    let (model, wall) = (ranked.model, words::seconds(ranked.wall));
    let share = ranked.wall.as_secs_f64() / longest.as_secs_f64().max(f64::MIN_POSITIVE) * 100.0;
    let faster = ranked.speedup.map(|factor| format!("{factor:.2}× sequential"));
    let trace = found.trace(model);
    let label = format!("{}, {}: {wall}", model.title(), Clock::Virtual.label());
    let is_drawn = Memo::new(move |_| place < state.drawn.get());
    let run = move || {
        let trace = trace.clone().filter(|_| is_drawn.get())?;
        let longest = trace.axis_length();
        Some(strip(trace, longest, width_px, scheme, label.clone()))
    };
    view! {
        <li class="ranked" data-testid=format!("ranked-{model}")>
            <p>
                <strong>{model.title()}</strong>
                <span class="ranked-close">{texts::close(place, ranked.ties)}</span>
                <span class="sub">{faster}</span>
                <span class="ranked-wall"><span class="sub">{Clock::Virtual.label()}</span> " " <strong>{wall}</strong></span>
            </p>
            <div class="ranked-bar" aria-hidden="true"><span style:width=format!("{share:.2}%")></span></div>
            <div class="ranked-run">{run}</div>
        </li>
    }
    .into_any()
}
