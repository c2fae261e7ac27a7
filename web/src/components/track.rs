//! One timeline under the name of its clock, and what a hand can do on it.

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, RowKind, Shows};
use leptos::ev::{MouseEvent, PointerEvent, WheelEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use crate::state::answer::nobody;
use crate::state::browser;
use crate::state::lesson::LessonState;
use crate::state::theme::Scheme;
use crate::state::view::Asked;
use crate::state::words;
use crate::timeline::canvas::{Drawn, Followed, TimelineCanvas};
use crate::timeline::gesture::{Gesture, Meant};
use crate::timeline::layout::Rows;
use crate::timeline::read_out::read_out;

/// One timeline.
#[component]
pub fn Track(
    /// The lesson's state.
    state: LessonState,
    /// Whose run.
    model: Model,
    /// By which clock.
    clock: Clock,
    /// In which colours it is drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let drawn = Drawn::new();
    let rows = RwSignal::new(Rows::Few);
    let lit = Memo::new(move |_| state.lit(model, clock));
    let followed = Followed {
        trace: Signal::derive(move || state.trace(model, clock)),
        run_clock: Signal::derive(move || state.run_clock(model, clock)),
        viewport: state.viewport.into(),
        whole_end: Signal::derive(move || state.view.whole.get().end),
        rows: rows.into(),
        lit: lit.into(),
        scheme,
        drawn,
    };
    let label = Signal::derive(move || {
        let clock = state.trace(model, clock).map_or(clock, |trace| trace.clock);
        format!("{}, {}: a timeline. The table below says the same.", model.title(), clock.label())
    });
    let hand =
        Hand { state, model, clock, drawn, gesture: StoredValue::new(Gesture::default()), told: RwSignal::new(None) };
    let told = move || {
        hand.told.get().map(|Told { x_px, y_px, is_right, said: [what, when] }| {
            let place = format!("left: calc({x_px}px * var(--scale, 1)); top: calc({y_px}px * var(--scale, 1))");
            view! { <p class="read-out" class:to-left=is_right style=place aria-hidden="true"><strong>{what}</strong> {when}</p> }
        })
    };
    let name = words::short(clock);
    // A file's runs stand where those of this machine do, and say so.
    let shown_name = move || words::name(state.trace(model, clock).map_or(clock, |trace| trace.clock));
    view! {
        <div
            class=format!("track {name}")
            data-testid=format!("track-{model}-{name}")
            on:pointerdown=move |event| hand.down(&event)
            on:pointermove=move |event| hand.moved(&event)
            on:pointerup=move |event| hand.up(&event)
            on:pointercancel=move |event| hand.lost(&event)
            on:pointerleave=move |_| hand.told.set(None)
            on:dblclick=move |_| hand.closer()
            on:wheel=move |event| turn_wheel(state, &event)
        >
            <span class="clock">{shown_name}</span>
            <TimelineCanvas followed label />
            {told}
        </div>
        <Expander rows drawn />
    }
}

/// Unfolds the rows that stand for many, and folds them again.
#[component]
fn Expander(rows: RwSignal<Rows>, drawn: Drawn) -> impl IntoView {
    let words = move || match (rows.get(), drawn.folded.get()) {
        (Rows::All, _) => Some("Show fewer rows".to_owned()),
        (_, 0) => None,
        (_, folded) => Some(format!("Show all rows, {folded} more")),
    };
    let press = move |_| rows.update(|rows| *rows = if *rows == Rows::All { Rows::Few } else { Rows::All });
    move || words().map(|words| view! { <button class="quiet expander" type="button" on:click=press>{words}</button> })
}

/// A hand on one timeline.
#[derive(Clone, Copy)]
struct Hand {
    state: LessonState,
    model: Model,
    clock: Clock,
    drawn: Drawn,
    gesture: StoredValue<Gesture>,
    told: RwSignal<Option<Told>>,
}

/// What is told beside a pointer.
#[derive(Clone, PartialEq)]
struct Told {
    x_px: f64,
    y_px: f64,
    /// Whether there is more room to the left of it.
    is_right: bool,
    said: [String; 2],
}

impl Hand {
    fn down(self, event: &PointerEvent) {
        let Some((element, x_px, y_px)) = place(event) else { return };
        // Without it a drag ends at the timeline's edge, which is no harm.
        let _ = element.set_pointer_capture(event.pointer_id());
        self.gesture.update_value(|gesture| gesture.down(event.pointer_id(), x_px, y_px));
        self.state.turn_to(self.model, self.clock);
    }

    /// Tells what is under a mouse that only rests there.
    fn rests(self, event: &PointerEvent) {
        let said = place(event).filter(|_| event.buttons() == 0 && event.pointer_type() == "mouse").and_then(
            |(_, x_px, y_px)| {
                let viewport = self.state.viewport.get_untracked();
                let layout = self.drawn.layout()?;
                let slack = Nanos(viewport.time_of(2.0) as u64);
                let said = read_out(&layout, y_px + self.drawn.scrolled_px(), viewport.time_at(x_px), slack)?;
                Some(Told { x_px, y_px, is_right: x_px > (viewport.left_px + viewport.right_px) / 2.0, said })
            },
        );
        self.told.set(said);
    }

    fn moved(self, event: &PointerEvent) {
        self.rests(event);
        let Some((_, x_px, y_px)) = place(event) else { return };
        let pans = !self.state.view.is_whole_untracked() && !event.shift_key();
        let meant = self.gesture.try_update_value(|gesture| gesture.moved(event.pointer_id(), x_px, y_px, pans));
        self.act(meant);
    }

    fn up(self, event: &PointerEvent) {
        let meant = self.gesture.try_update_value(|gesture| gesture.up(event.pointer_id()));
        self.act(meant);
    }

    fn lost(self, event: &PointerEvent) {
        self.gesture.update_value(|gesture| gesture.lost(event.pointer_id()));
    }

    /// Shows all of this run, or all of every run.
    fn closer(self) {
        self.state.turn_to(self.model, self.clock);
        self.state.fit();
    }

    fn act(self, meant: Option<Meant>) {
        let state = self.state;
        let viewport = state.viewport.get_untracked();
        match meant.unwrap_or(Meant::Nothing) {
            Meant::Nothing => {}
            Meant::Scrub(x_px) => {
                state.pause();
                state.playhead.set(viewport.time_at(x_px));
            }
            Meant::Pan(by_px) => state.view.pan(viewport.time_of(by_px)),
            Meant::Zoom(factor, about_px) => state.view.zoom(viewport.time_at(about_px), factor),
            Meant::Ask(x_px, y_px) => {
                state.pause();
                let at = viewport.time_at(x_px);
                state.playhead.set(at);
                let asked = self.asked(y_px, at, Nanos(viewport.time_of(4.0) as u64));
                state.view.nobody.set(if asked.is_none() { self.nobody(y_px, at) } else { None });
                state.view.asked.set(asked);
            }
        }
    }

    /// Why there is nobody where a person pressed.
    fn nobody(self, y_px: f64, at: Nanos) -> Option<String> {
        let layout = self.drawn.layout()?;
        let (row, _) = layout.at(y_px + self.drawn.scrolled_px(), at, Nanos::ZERO)?;
        let row = &layout.rows[row];
        Some(nobody(&layout.trace, row.kind, &row.name, layout.trace.own_time(at)))
    }

    /// What a person asks who presses at a height and an instant.
    fn asked(self, y_px: f64, at: Nanos, slack: Nanos) -> Option<Asked> {
        let layout = self.drawn.layout()?;
        let (row, stretch) = layout.at(y_px + self.drawn.scrolled_px(), at, slack)?;
        let stretch = stretch?;
        let own = |at| layout.trace.own_time(at);
        // At its very end a stretch is over, and beyond the end of a trace there is nothing to ask about.
        let last = own(stretch.to).since(Nanos(1)).min(layout.trace.end()).max(own(stretch.from));
        let own = own(at).clamp(own(stretch.from), last);
        let (model, clock) = (self.model, self.clock);
        let task = match (stretch.shows, layout.rows[row].kind) {
            (Shows::Task { task, .. }, _) => task,
            (Shows::Tasks(_), RowKind::Queue(queue)) => {
                let queues = layout.trace.history().at(own).queues;
                let line = queues.into_iter().find(|(lane, _)| *lane == queue)?.1;
                line.first()?.task
            }
            (Shows::Tasks(_), _) => return None,
        };
        Some(Asked { model, clock, task, at: own })
    }
}

/// Turns a wheel: with the control key it looks closer, sideways it moves the window.
pub fn turn_wheel(state: LessonState, event: &WheelEvent) {
    let Some((_, x_px, _)) = place(event) else { return };
    let viewport = state.viewport.get_untracked();
    if event.ctrl_key() || event.meta_key() {
        event.prevent_default();
        state.view.zoom(viewport.time_at(x_px), (-event.delta_y() / 240.0).clamp(-1.0, 1.0).exp2());
        return;
    }
    let by_px = if event.shift_key() { event.delta_y() + event.delta_x() } else { event.delta_x() };
    if by_px != 0.0 && !state.view.is_whole_untracked() {
        event.prevent_default();
        state.view.pan(viewport.time_of(by_px));
    }
}

/// The element that listens, and where in it the pointer is.
pub fn place(event: &MouseEvent) -> Option<(Element, f64, f64)> {
    let element = event.current_target().and_then(|target: EventTarget| target.dyn_into::<Element>().ok())?;
    let canvas = element.query_selector("canvas").ok().flatten();
    let left_top = element.get_bounding_client_rect();
    let top_px = canvas.map_or(left_top.top(), |canvas| canvas.get_bounding_client_rect().top());
    let (x_px, y_px) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let scale = browser::scale(&element);
    Some((element, (x_px - left_top.left()) / scale, (y_px - top_px) / scale))
}
