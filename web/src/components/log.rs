//! The log of one model's run, line by line, up to the playhead and beyond it.

use engine::time::Nanos;
use engine::trace::Clock;
use leptos::html::Ol;
use leptos::prelude::*;

use crate::components::tabs::{StudiedModel, keep_in_sight};
use crate::state::lesson::LessonState;
use crate::state::log::shown;
use crate::state::words;
use crate::texts;

/// The log, with a choice of the model, the clock and the lane.
#[component]
pub fn Log(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let lane = RwSignal::new(None::<String>);
    // Where there is no measured run the prediction is shown, and the heading says so.
    let trace = Memo::new(move |_| {
        let model = state.studied.get();
        state.trace(model, state.log_of.get()).or_else(|| state.trace(model, Clock::Virtual)).map(Same)
    });
    let log = Memo::new(move |_| {
        let trace = trace.get()?;
        Some(lane.with(|lane| shown(&trace.0, lane.as_deref())))
    });
    let written = Memo::new(move |_| {
        let at = state.playhead.get();
        log.with(|log| log.as_ref().map_or(0, |log| log.written_by(at)))
    });
    let list = NodeRef::<Ol>::new();
    Effect::new(move || {
        let last = written.get().saturating_sub(1);
        if let Some(list) = list.get() {
            keep_in_sight(&list, last);
        }
    });
    let option = move |clock: Clock| {
        view! {
            <label>
                <input
                    type="radio"
                    name="log-clock"
                    prop:checked=move || state.log_of.get() == clock
                    on:change=move |_| state.log_of.set(clock)
                />
                <span>{words::short(clock)}</span>
            </label>
        }
    };
    let heading = move || trace.get().map(|trace| texts::log_of(trace.0.clock, trace.0.speed));
    let class = move || format!("clock {}", trace.get().map_or("", |trace| words::short(trace.0.clock)));
    let lanes = move || {
        let lanes = log.with(|log| log.as_ref().map(|log| log.lanes.clone()).unwrap_or_default());
        let option = |name: String| {
            let is_chosen = {
                let name = name.clone();
                move || lane.with(|lane| lane.as_deref() == Some(&name))
            };
            let value = name.clone();
            view! { <option value=value prop:selected=is_chosen>{name}</option> }
        };
        lanes.into_iter().map(option).collect_view()
    };
    let choose = move |event| lane.set(Some(event_target_value(&event)).filter(|lane| !lane.is_empty()));
    let lines = move || {
        let lines = log.with(|log| log.as_ref().map(|log| log.lines.clone()).unwrap_or_default());
        let line = |(index, (at, text)): (usize, (Nanos, String))| {
            let is_to_come = move || state.playhead.get() > Nanos::ZERO && index >= written.get();
            let is_last = move || index + 1 == written.get();
            view! {
                <li class:to-come=is_to_come class:now=is_last>
                    <button type="button" class="line" on:click=move |_| state.move_playhead(at)>{text}</button>
                </li>
            }
        };
        lines.into_iter().enumerate().map(line).collect_view()
    };
    let more = move || {
        let more = log.with(|log| log.as_ref().map_or(0, |log| log.more));
        (more > 0).then(|| view! { <p class="footnote">{texts::more_lines(more)}</p> })
    };
    let id = move || format!("log-{}", state.studied.get());
    view! {
        <div class="log-head">
            <StudiedModel state />
            <label>
                <span class="unseen">"Lane"</span>
                <select data-testid="log-lane" on:change=choose>
                    <option value="" prop:selected=move || lane.with(Option::is_none)>{texts::ALL_LANES}</option>
                    {lanes}
                </select>
            </label>
        </div>
        <div class="segmented" role="radiogroup" aria-label="Whose log" data-testid="log-clock">
            {[Clock::Virtual, Clock::Browser, Clock::Machine].map(option).collect_view()}
        </div>
        <p class=class>{heading}</p>
        <ol class="log-lines" node_ref=list data-testid=id aria-label="Log">{lines}</ol>
        {more}
    }
}

/// A trace that is told from another by its place alone.
#[derive(Clone)]
struct Same(std::sync::Arc<engine::trace::Trace>);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        std::sync::Arc::ptr_eq(&self.0, &other.0)
    }
}
