//! How long each model takes as one number changes: a curve a model, predicted a few points at a time.

use std::time::Duration;

use engine::model::Model;
use engine::time::Nanos;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::backend::foresight;
use crate::state::lesson::LessonState;
use crate::state::sweep::{self, Sweep};
use crate::state::words;
use crate::texts;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 210.0;
const LEFT: f64 = 44.0;
const BOTTOM: f64 = 26.0;
const TOP: f64 = 8.0;
const RIGHT: f64 = 8.0;

/// After a change, before the first point.
const REST: Duration = Duration::from_millis(300);

/// The picture, and the choice of the number.
#[component]
pub fn Scaling(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let parameters = sweep::sweepable(state.lesson);
    let first = parameters.first().copied()?;
    let over = RwSignal::new(first.name);
    let parameter =
        move || sweep::sweepable(state.lesson).into_iter().find(|one| one.name == over.get()).unwrap_or(first);
    let found = RwSignal::new(None::<Sweep>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        let parameter = parameter();
        // The speed of measured runs has no part in it.
        state.values.track();
        state.machine.track();
        state.models.track();
        let settings = state.form.with_untracked(|form| form.settings().clone());
        if let Some(before) = waiting.get_value() {
            before.clear();
        }
        found.set(Some(Sweep::new(parameter, settings)));
        waiting.set_value(set_timeout_with_handle(move || spawn_local(go_on(state, found)), REST).ok());
    });
    on_cleanup(move || {
        if let Some(waiting) = waiting.try_get_value().flatten() {
            waiting.clear();
        }
    });
    let options = parameters.into_iter().map(|parameter| {
        view! { <option value=parameter.name prop:selected=move || over.get() == parameter.name>{parameter.title}</option> }
    });
    let take = move |event: MouseEvent| {
        let Some(picture) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let area = picture.get_bounding_client_rect();
        let x = (f64::from(event.client_x()) - area.left()) / area.width().max(1.0) * WIDTH;
        let share = ((x - LEFT) / (WIDTH - LEFT - RIGHT)).clamp(0.0, 1.0);
        let taken = found.with_untracked(|sweep| sweep.as_ref().and_then(|sweep| sweep.text_at(share)));
        if let Some(text) = taken {
            state.edit(untrack(parameter), text);
            state.commit();
        }
    };
    let picture = move || found.with(|sweep| sweep.as_ref().map(picture));
    let is_logarithmic = move || {
        let is = found.with(|sweep| sweep.as_ref().is_some_and(Sweep::is_logarithmic));
        is.then_some(texts::SWEEP_IS_LOGARITHMIC)
    };
    let says = move || found.with(|sweep| sweep.as_ref().map(|sweep| texts::sweep(sweep.over, sweep.is_done())));
    Some(view! {
        <label class="studied">
            <span class="small">{texts::SWEEP_OVER}</span>
            <select data-testid="sweep-over" on:change=move |event| {
                let name = event_target_value(&event);
                if let Some(found) = sweep::sweepable(state.lesson).into_iter().find(|one| one.name == name) {
                    over.set(found.name);
                }
            }>{options.collect_view()}</select>
        </label>
        <svg class="sweep" data-testid="sweep" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=says on:click=take>
            {picture}
        </svg>
        <ul class="curves">{move || state.models.get().into_iter().map(key).collect_view()}</ul>
        <p class="footnote">{texts::SWEEP_NOTE} {is_logarithmic}</p>
        {move || found.with(|sweep| sweep.as_ref().map(|sweep| table(state, sweep)))}
    })
}

/// Tries one value after the other, as long as this sweep is wanted.
async fn go_on(state: LessonState, found: RwSignal<Option<Sweep>>) {
    let Some(Some(wanted)) = found.try_get_untracked() else { return };
    let next = || found.try_update_untracked(|sweep| sweep.as_mut().filter(|sweep| sweep.is_like(&wanted))?.next());
    while let Some(Some((at, settings, model))) = next() {
        let trace = foresight::run(state.lesson, &settings, model).await;
        found.try_update(|sweep| {
            if let Some(sweep) = sweep.as_mut().filter(|sweep| sweep.is_like(&wanted)) {
                sweep.take(at, model, words::wall(&trace));
            }
        });
    }
}

fn class(model: Model) -> String {
    format!("curve {}", model.id())
}

fn key(model: Model) -> impl IntoView {
    view! {
        <li>
            <svg width="24" height="8" viewBox="0 0 24 8" aria-hidden="true"><path class=class(model) d="M1 4h22" /></svg>
            {model.title()}
        </li>
    }
}

fn picture(sweep: &Sweep) -> AnyView {
    let (least, most, _, _) = sweep.bounds();
    let x = move |at: f64| LEFT + (at - least) / (most - least).max(f64::MIN_POSITIVE) * (WIDTH - LEFT - RIGHT);
    let y = |wall: Nanos| HEIGHT - BOTTOM - sweep.height(wall) * (HEIGHT - BOTTOM - TOP);
    let curve = |&model: &Model| {
        let points = sweep.points.iter().filter_map(|point| {
            let wall = point.walls.iter().find(|(other, _)| *other == model)?.1?;
            Some(format!("{:.1},{:.1}", x(point.at), y(wall)))
        });
        let points = points.collect::<Vec<_>>().join(" ");
        view! { <polyline class=class(model) points=points></polyline> }
    };
    let tick = |wall: Nanos| {
        let at = y(wall);
        view! {
            <line class="rule-line" x1=LEFT x2=WIDTH - RIGHT y1=at y2=at></line>
            <text x=LEFT - 6.0 y=at + 3.5 text-anchor="end">{words::brief_seconds(wall)}</text>
        }
    };
    let present = sweep.present();
    let dots = sweep.points.iter().filter(|point| point.at == present).flat_map(|point| &point.walls);
    let dots = dots.filter_map(|(model, wall)| {
        let (model, wall) = (*model, (*wall)?);
        Some(view! { <circle class=class(model) cx=x(present) cy=y(wall) r="3.5"></circle> })
    });
    let end = |at: f64, anchor: &'static str| {
        view! { <text x=x(at) y=HEIGHT - 8.0 text-anchor=anchor>{sweep::text(sweep.over, at)}</text> }
    };
    view! {
        {sweep.ticks().map(tick).collect_view()}
        <line class="present" x1=x(present) x2=x(present) y1=TOP y2=HEIGHT - BOTTOM></line>
        {sweep.settings.models.iter().map(curve).collect_view()}
        {dots.collect_view()}
        {end(least, "start")}
        {end(most, "end")}
        {(present > least + 0.12 * (most - least) && present < most - 0.12 * (most - least)).then(|| end(present, "middle"))}
    }
    .into_any()
}

/// The picture's twin for whoever cannot see it.
fn table(state: LessonState, sweep: &Sweep) -> AnyView {
    let over = sweep.over;
    let head = sweep.settings.models.iter().map(|model| view! { <th class="number" scope="col">{model.title()}</th> });
    let row = |point: &sweep::Point| {
        let text = sweep::text(over, point.at);
        let taken = text.clone();
        let take = move |_| {
            state.edit(over, taken.clone());
            state.commit();
        };
        let wall = |(_, wall): &(Model, Option<Nanos>)| {
            view! { <td class="number">{wall.map_or_else(|| texts::NO_END.to_owned(), words::seconds)}</td> }
        };
        view! {
            <tr>
                <th scope="row" class="number"><button type="button" class="take" title=texts::TAKE_OVER on:click=take>{text}</button></th>
                {point.walls.iter().map(wall).collect_view()}
            </tr>
        }
    };
    view! {
        <details class="twin">
            <summary>"As a table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Wall times, predicted">
                <table>
                    <thead><tr><th class="number" scope="col">{sweep.over.title}</th>{head.collect_view()}</tr></thead>
                    <tbody>{sweep.points.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
