//! The canvas under a timeline: a surface over the browser's drawing calls, redrawn at most once a frame. Of many rows it
//! holds only what is seen: it stays in its frame, in which the rows are scrolled. Of few rows it may be higher than they are, and
//! is cut off below them. What is out of sight is drawn when it comes into sight, or when nothing has changed for a moment.

use std::sync::Arc;
use std::time::Duration;

use engine::time::Nanos;
use engine::trace::Trace;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::backend::{LiveClock, reached};
use crate::state::browser;
use crate::state::observed::follow_sight;
use crate::state::pause::Pause;
use crate::state::practice::practise;
use crate::state::theme::Scheme;
use crate::timeline::ahead;
use crate::timeline::draw::{self, Seen};
use crate::timeline::layout::{Layout, Rows};
use crate::timeline::overlay::Lit;
use crate::timeline::surface::{Brushes, CanvasSurface};
use crate::timeline::viewport::Viewport;

/// What a timeline's canvas follows.
#[derive(Clone, Copy)]
pub struct Followed {
    /// The run; nothing is drawn without one.
    pub trace: Signal<Option<Arc<Trace>>>,
    /// The clock of a measured run, by which its unfinished spans grow.
    pub run_clock: Signal<Option<LiveClock>>,
    /// Where to draw.
    pub viewport: Signal<Viewport>,
    /// Until when a run that stands still is drawn.
    pub whole_end: Signal<Nanos>,
    /// How many rows are shown.
    pub rows: Signal<Rows>,
    /// What is lit up.
    pub lit: Signal<Option<Arc<Lit>>>,
    /// In which colours.
    pub scheme: Signal<Scheme>,
    /// What was drawn last, for whoever asks what stands under a pointer.
    pub drawn: Drawn,
}

/// What was drawn last, and how far its rows were scrolled.
#[derive(Clone, Copy)]
pub struct Drawn {
    layout: StoredValue<Option<Known>>,
    /// How many rows are folded into others.
    pub folded: RwSignal<u32>,
    frame: NodeRef<Div>,
    scrolled_px: StoredValue<f64>,
}

/// A layout, and what it was made for.
#[derive(Clone)]
struct Known {
    layout: Arc<Layout>,
    until: Nanos,
    rows: Rows,
}

/// All rows are seen through a frame no higher than this.
const FRAME_PX: f64 = 460.0;

/// What is out of sight is drawn when it has not changed for so long.
const REST: Duration = Duration::from_millis(150);

impl Drawn {
    /// Nothing yet.
    pub fn new() -> Drawn {
        let (layout, scrolled_px) = (StoredValue::new(None), StoredValue::new(0.0));
        Drawn { layout, folded: RwSignal::new(0), frame: NodeRef::new(), scrolled_px }
    }

    /// The layout that was drawn last.
    pub fn layout(self) -> Option<Arc<Layout>> {
        self.layout.with_value(|known| known.as_ref().map(|known| Arc::clone(&known.layout)))
    }

    /// How far its rows were scrolled.
    pub fn scrolled_px(self) -> f64 {
        self.scrolled_px.get_value()
    }

    /// Takes note of how far they are scrolled. Asked while a picture is made, the browser would have to lay out the page first.
    fn scroll(self) {
        if let Some(frame) = self.frame.get_untracked() {
            self.scrolled_px.set_value(f64::from(frame.scroll_top()) / browser::scale(&frame));
        }
    }

    /// Has the next one laid out anew.
    fn forget(self) {
        self.layout.set_value(None);
    }

    /// The layout of `trace` up to `until`: of a run that is over, and has been laid out like this, the one that there is.
    fn lay_out(self, trace: &Arc<Trace>, until: Nanos, rows: Rows) -> Arc<Layout> {
        let is_it =
            |known: &&Known| Arc::ptr_eq(&known.layout.trace, trace) && known.rows == rows && known.until == until;
        let known = self.layout.with_value(|known| known.as_ref().filter(is_it).map(|known| Arc::clone(&known.layout)));
        known.unwrap_or_else(|| {
            let made = ahead::take(trace, until, rows);
            let layout = made.unwrap_or_else(|| Arc::new(Layout::of(Arc::clone(trace), until, rows)));
            self.layout.set_value(Some(Known { layout: Arc::clone(&layout), until, rows }));
            self.folded.set(layout.folded());
            layout
        })
    }
}

/// A timeline drawn on a canvas, described by `label` for whoever cannot see it.
#[component]
pub fn TimelineCanvas(
    /// What it shows.
    followed: Followed,
    /// What it is, in words.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let painter = Painter {
        canvas: NodeRef::new(),
        whole: NodeRef::new(),
        frame: StoredValue::new(None),
        is_in_sight: StoredValue::new(true),
        rest: Pause::new(),
        brushes: StoredValue::new_local(None),
        scale: StoredValue::new(None),
        followed,
    };
    follow_sight(followed.drawn.frame, move |is_in_sight| painter.come(is_in_sight));
    let resized = window_event_listener(leptos::ev::resize, move |_| painter.scale.set_value(None));
    Effect::new(move || {
        painter.canvas.track();
        followed.trace.track();
        followed.run_clock.track();
        followed.viewport.track();
        followed.rows.track();
        followed.lit.track();
        followed.scheme.track();
        painter.ask();
    });
    let is_there = Memo::new(move |_| followed.trace.with(Option::is_some));
    Effect::new(move || {
        // A small picture stays as it is.
        if is_there.get() && followed.rows.get_untracked() != Rows::Small {
            practise(move || {
                followed.drawn.forget();
                painter.paint();
            });
        }
    });
    on_cleanup(move || {
        resized.remove();
        painter.cancel_frame();
    });
    let scroll = move |_| {
        followed.drawn.scroll();
        painter.ask_for_frame();
    };
    view! {
        <div class="rows" node_ref=followed.drawn.frame on:scroll=scroll>
            <div node_ref=painter.whole>
                <canvas node_ref=painter.canvas role="img" aria-label=label></canvas>
            </div>
        </div>
    }
}

#[derive(Clone, Copy)]
struct Painter {
    canvas: NodeRef<Canvas>,
    /// As high as all rows.
    whole: NodeRef<Div>,
    /// The frame that was asked for and has not come.
    frame: StoredValue<Option<AnimationFrameRequestHandle>>,
    /// Whether somebody can see it. Before the browser has said so it is drawn as if.
    is_in_sight: StoredValue<bool>,
    /// Until what is out of sight is drawn.
    rest: Pause,
    /// What was drawn with last, and in which colours.
    brushes: StoredValue<Option<(Scheme, Brushes)>, LocalStorage>,
    /// By how much it is drawn larger, once that was asked for: to ask takes as long as to draw some rows, and only the size of the
    /// window changes it.
    scale: StoredValue<Option<f64>>,
    followed: Followed,
}

impl Painter {
    /// Has it drawn in the next frame that is free for it.
    fn ask(self) {
        if self.is_in_sight.get_value() {
            self.ask_for_frame();
        } else {
            self.rest.then(REST, move || self.ask_for_frame());
        }
    }

    /// Comes into sight, or goes out of it.
    fn come(self, is_in_sight: bool) {
        self.is_in_sight.try_set_value(is_in_sight);
        if let Some(trace) = self.followed.trace.try_get_untracked().flatten() {
            ahead::take_note(trace.model, is_in_sight);
        }
        if is_in_sight && self.rest.is_on() {
            self.ask_for_frame();
        }
    }

    fn ask_for_frame(self) {
        self.rest.end();
        if self.frame.get_value().is_some() {
            return;
        }
        let asked = request_animation_frame_with_handle(move || {
            self.frame.set_value(None);
            self.paint();
        });
        self.frame.set_value(asked.ok());
    }

    fn cancel_frame(self) {
        if let Some(frame) = self.frame.try_get_value().flatten() {
            frame.cancel();
        }
    }

    /// Draws what there is now. Signals are read untracked: the effect above has asked for this frame because of them.
    fn paint(self) {
        // A frame may come when the page has moved on.
        let Some(Some(canvas)) = self.canvas.try_get_untracked() else { return };
        let followed = self.followed;
        let Some(trace) = followed.trace.get_untracked() else { return };
        let clock = followed.run_clock.get_untracked();
        let now = reached(&trace, clock, browser::now_ms());
        ahead::take_note(trace.model, self.is_in_sight.get_value());
        let until = trace.drawn_until(followed.whole_end.get_untracked(), now);
        let layout = followed.drawn.lay_out(&trace, until, followed.rows.get_untracked());
        let whole_px = layout.height_px();
        let height_px = whole_px.min(FRAME_PX);
        let scale = self.scale(&canvas);
        let viewport = followed.viewport.get_untracked();
        if let Some(whole) = self.whole.get_untracked() {
            let _ = HtmlElement::style(&whole).set_property("height", &format!("{}px", whole_px * scale));
        }
        let top_px = followed.drawn.scrolled_px().clamp(0.0, whole_px - height_px);
        let lit = followed.lit.get_untracked();
        self.with_brushes(&canvas, browser::pixel_ratio() * scale, |brushes| {
            if let Some(mut surface) = CanvasSurface::new(&canvas, viewport.width_px, height_px, FRAME_PX, brushes) {
                let style = HtmlElement::style(&canvas);
                let _ = style.set_property("height", &format!("{}px", surface.height_px(&canvas) * scale));
                let _ = style.set_property("width", &format!("{}px", viewport.width_px * scale));
                let seen = Seen { top_px, height_px, lit: lit.as_deref() };
                draw::draw(&mut surface, &layout, &viewport, seen);
            }
        });
        if trace.finished.is_none() && clock.is_some_and(|clock| clock.is_running()) {
            self.ask();
        }
    }

    fn scale(self, canvas: &HtmlCanvasElement) -> f64 {
        self.scale.get_value().unwrap_or_else(|| {
            let scale = browser::scale(canvas);
            self.scale.set_value(Some(scale));
            scale
        })
    }

    /// Draws with the brushes for so many of the screen's pixels to one of the picture: with the last ones while they hold.
    fn with_brushes(self, canvas: &HtmlCanvasElement, ratio: f64, draw: impl FnOnce(&Brushes)) {
        let scheme = self.followed.scheme.get_untracked();
        self.brushes.update_value(|known| {
            let holds = |(made_for, brushes): &(Scheme, Brushes)| *made_for == scheme && brushes.ratio() == ratio;
            if !known.as_ref().is_some_and(holds) {
                *known = Brushes::new(canvas, ratio).map(|brushes| (scheme, brushes));
            }
            if let Some((_, brushes)) = known {
                draw(brushes);
            }
        });
    }
}
