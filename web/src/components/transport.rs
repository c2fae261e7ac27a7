//! The bar under the timelines: play, step, the instant and what happens there, how fast, how close.

use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;

use crate::components::icons;
use crate::components::why::WHY_ID;
use crate::state::answer::answered;
use crate::state::browser;
use crate::state::keys::{self, Act, Heard};
use crate::state::lesson::LessonState;
use crate::state::view::{PACES, ZOOM_STEP};
use crate::state::way::Way;
use crate::texts;

/// The bar under the timelines.
#[component]
pub fn Transport(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let view = state.view;
    let happens = Memo::new(move |_| state.happens());
    let chosen = move |event: Event| {
        if let Ok(pace) = event_target_value(&event).parse() {
            view.pace.set(pace);
        }
    };
    let pace = |pace: f64| {
        view! { <option value=pace.to_string() selected=pace == 1.0>{format!("{pace}×")}</option> }
    };
    let fit = move || match view.is_whole() {
        true => format!("Fit {}", state.looked_at.get().0.title().to_ascii_lowercase()),
        false => "Fit all".to_owned(),
    };
    let answered = answered(state);
    // A comparison and a frame of another page have no more than the sentence, and so it is they who tell it.
    let has_panel = move || state.way.with(|way| *way == Way::Page);
    let sentence = move || {
        let sentence = match answered.get() {
            Some(Ok(answer)) => answer.sentence,
            Some(Err(sentence)) => sentence,
            None => view.nobody.get()?,
        };
        let more = move |_| {
            if let Some(why) = browser::document().and_then(|document| document.get_element_by_id(WHY_ID)) {
                browser::bring_into_view(&why);
            }
        };
        let more =
            has_panel().then(|| view! { <button type="button" class="quiet" on:click=more>{texts::WHY_MORE}</button> });
        Some(view! {
            <div class="asked-now">
                <p data-testid="asked-now" aria-hidden=has_panel().then_some("true")>{sentence}</p>
                {more}
                {icons::button(texts::WHY_AWAY, "answer-away", icons::cross(), move || view.put_away())}
            </div>
        })
    };
    let live = move || if has_panel() { "off" } else { "polite" };
    let play_name = move || if view.is_playing.get() { "Pause" } else { "Play" };
    view! {
        <div class="transport" role="group" aria-label="Playhead">
            <div class="asked-place" aria-live=live>{sentence}</div>
            <p class="happens">
                <output class="instant" data-testid="instant">{move || state.instant()}</output>
                <span class="sentence-now" data-testid="happens">{happens}</span>
                <span class="of">{move || state.of()}</span>
            </p>
            <div class="keys">
                {seldom(icons::button("To the beginning", "to-start", icons::to_start(), move || state.jump(false)))}
                {icons::button("To the event before", "step-back", icons::back(), move || state.step(false))}
                <button
                    class="icon-button primary"
                    type="button"
                    aria-label=play_name
                    title=play_name
                    data-testid="play"
                    on:click=move |_| state.play_or_pause()
                >
                    {move || if view.is_playing.get() { icons::pause().into_any() } else { icons::play().into_any() }}
                </button>
                {icons::button("To the next event", "step", icons::forward(), move || state.step(true))}
                {seldom(icons::button("To the end", "to-end", icons::to_end(), move || state.jump(true)))}
            </div>
            <div class="keys">
                <label class="pace" title="Seconds of the program in a second of playing">
                    <span class="unseen">"Speed of playing"</span>
                    <select data-testid="pace" on:change=chosen>{PACES.map(pace).collect_view()}</select>
                </label>
                {seldom(icons::button("Zoom out", "zoom-out", icons::minus(), move || zoom(state, 1.0 / ZOOM_STEP)))}
                {seldom(icons::button("Zoom in", "zoom-in", icons::plus(), move || zoom(state, ZOOM_STEP)))}
                <button class="fit" type="button" data-testid="fit" on:click=move |_| state.fit()>{fit}</button>
            </div>
        </div>
    }
}

/// A button that is left out where there is little room: the keys and a pinch do the same.
fn seldom(button: impl IntoView) -> impl IntoView {
    view! { <span class="seldom">{button}</span> }
}

/// Looks closer at the playhead, or at the middle where the playhead cannot be seen.
fn zoom(state: LessonState, factor: f64) {
    let viewport = state.viewport.get_untracked();
    let playhead = state.playhead.get_untracked();
    let middle = viewport.time_at((viewport.left_px + viewport.right_px) / 2.0);
    state.view.zoom(if viewport.shows(playhead) { playhead } else { middle }, factor);
}

/// How much of what is seen a key moves the window by.
const PAN: f64 = 0.25;

fn pan(state: LessonState, share: f64) {
    let length = untrack(|| state.view.window()).length();
    state.view.pan(length.0 as f64 * share);
}

/// What a key does on the stage. Keys that something else there needs, such as a list, are left to it.
pub fn on_key(state: LessonState, event: &KeyboardEvent) {
    let Some((act, _)) = keys::asked(Heard::Timelines, event) else { return };
    match act {
        Act::Play => state.play_or_pause(),
        Act::Next => state.step(true),
        Act::Before => state.step(false),
        Act::First => state.jump(false),
        Act::Last => state.jump(true),
        Act::Closer => zoom(state, ZOOM_STEP),
        Act::Further => zoom(state, 1.0 / ZOOM_STEP),
        Act::Fit => state.fit(),
        Act::Sooner => pan(state, -PAN),
        Act::Later => pan(state, PAN),
        Act::AskNext => state.ask_further(true),
        Act::AskBefore => state.ask_further(false),
        Act::Leave => state.view.put_away(),
        _ => return,
    }
    event.prevent_default();
}
