//! The figures of one model's run on every clock that it ran on, and how its times are spread.

use engine::model::Model;
use engine::trace::Clock;
use leptos::prelude::*;

use crate::components::tabs::StudiedModel;
use crate::state::lesson::LessonState;
use crate::state::numbers::{self, Figure, Histogram};
use crate::state::words;
use crate::texts;

/// Figures, a column a clock, and a histogram.
#[component]
pub fn Numbers(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let explained = RwSignal::new(false);
    let table = move || {
        let model = state.studied.get();
        let of = |clock: Clock| {
            let trace = state.trace(model, clock)?;
            let sequential = state.trace(Model::Sequential, clock);
            Some((words::heading(clock, trace.speed), clock, numbers::figures(&trace, sequential.as_deref())))
        };
        let columns: Vec<_> = [Clock::Virtual, Clock::Browser, Clock::Machine].into_iter().filter_map(of).collect();
        let first: Vec<Figure> = columns.first().map(|column| column.2.clone()).unwrap_or_default();
        let head = columns.iter().map(|(heading, clock, _)| {
            let class = format!("number clock {}", words::short(*clock));
            view! { <th class=class scope="col">{heading.clone()}</th> }
        });
        let head = head.collect_view();
        let row = |(index, (name, meaning, _)): (usize, Figure)| {
            let values =
                columns.iter().map(|(_, _, figures)| view! { <td class="number">{figures[index].2.clone()}</td> });
            let meaning = view! { <tr><td class="meaning" colspan=columns.len() + 1>{meaning}</td></tr> };
            let meaning = explained.get().then_some(meaning);
            view! { <tr><th scope="row">{name}</th>{values.collect_view()}</tr> {meaning} }
        };
        let rows = first.into_iter().enumerate().map(row).collect_view();
        view! {
            <table class="figures-table" data-testid="numbers">
                <thead><tr><th scope="col"><span class="unseen">"Figure"</span></th>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    let spread = move || {
        let clock = state.log_of.get();
        let model = state.studied.get();
        let trace = state.trace(model, clock).or_else(|| state.trace(model, Clock::Virtual))?;
        let (of, times) = numbers::times(&trace);
        let histogram = numbers::histogram(&times)?;
        Some(view! {
            <h3 class="small">{texts::times_of(of)} " " <span class="sub">{trace.clock.label()}</span></h3>
            {bars(&histogram)}
        })
    };
    view! {
        <StudiedModel state />
        <label class="tick-box">
            <input
                type="checkbox"
                data-testid="meanings"
                prop:checked=explained
                on:change=move |event| explained.set(event_target_checked(&event))
            />
            {texts::MEANINGS}
        </label>
        {table}
        {spread}
        <p class="footnote">{texts::NUMBERS_NOTE}</p>
    }
}

fn bars(histogram: &Histogram) -> AnyView {
    const WIDTH: usize = 300;
    const HEIGHT: usize = 72;
    let most = histogram.counts.iter().copied().max().unwrap_or(1).max(1);
    let wide = WIDTH / histogram.counts.len();
    let bar = |(index, count): (usize, &usize)| {
        let high = (count * HEIGHT).div_ceil(most);
        view! { <rect x=index * wide + 1 y=HEIGHT - high width=wide - 2 height=high rx="1"></rect> }
    };
    let ends = [histogram.from, histogram.to].map(words::seconds);
    view! {
        <svg class="bars" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=texts::histogram(histogram)>
            {histogram.counts.iter().enumerate().map(bar).collect_view()}
        </svg>
        <p class="bar-ends"><span>{ends[0].clone()}</span><span>{texts::most_in_a_bar(most)}</span><span>{ends[1].clone()}</span></p>
    }
    .into_any()
}
