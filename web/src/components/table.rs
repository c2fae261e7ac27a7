//! A timeline's twin for whoever cannot see it: the same spans as a table.

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use leptos::ev::Event;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDetailsElement;

use crate::backend::reached;
use crate::state::browser;
use crate::state::lesson::LessonState;
use crate::texts;
use crate::timeline::table::{TableRow, table};

/// A model's spans, a table a clock. Rows are made only while it is open.
#[component]
pub fn SpanTable(
    /// The lesson's state.
    state: LessonState,
    /// Whose spans.
    model: Model,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let toggled = move |event: Event| {
        let details = event.target().and_then(|target| target.dyn_into::<HtmlDetailsElement>().ok());
        is_open.set(details.is_some_and(|details| details.open()));
    };
    let tables = move || {
        let clocks = [Clock::Virtual, Clock::Browser, Clock::Machine].into_iter().filter(|_| is_open.get());
        let of_clock = |clock| {
            let trace = state.trace(model, clock)?;
            // As far as the canvas draws it. The figures of a run that goes on move with its reports, not with every
            // frame: nobody could read them.
            let now = reached(&trace, state.run_clock(model, clock), browser::now_ms());
            Some(spans(&trace, now))
        };
        clocks.filter_map(of_clock).collect_view()
    };
    view! {
        <details class="twin" data-testid=format!("table-{model}") on:toggle=toggled>
            <summary>"As a table"</summary>
            {tables}
        </details>
    }
}

fn spans(trace: &Trace, now: Nanos) -> impl IntoView + use<> {
    let speed = trace.speed.factor();
    let caption = if speed == 1.0 {
        format!("{}, {}", trace.model.title(), trace.clock.label())
    } else {
        format!("{}, {} at {speed}×, in the seconds that really passed", trace.model.title(), trace.clock.label())
    };
    let row = |row: TableRow| {
        view! {
            <tr>
                <td>{row.task}</td>
                <td>{row.lane}</td>
                <td>{row.state}</td>
                <td class="number">{row.from.to_string()}</td>
                <td class="number">{row.to.map_or_else(|| texts::NO_END.to_owned(), |to| to.to_string())}</td>
                <td>{row.because}</td>
            </tr>
        }
    };
    let region = caption.clone();
    let (rows, more) = table(trace, now);
    let more = (more > 0).then(|| view! { <p class="footnote">{format!("… and {more} more spans.")}</p> });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=region>
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Task"</th>
                        <th scope="col">"Lane"</th>
                        <th scope="col">"State"</th>
                        <th class="number" scope="col">"From"</th>
                        <th class="number" scope="col">"To"</th>
                        <th scope="col">"Because"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
            {more}
        </div>
    }
}
