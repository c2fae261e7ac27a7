//! The canvas under a timeline: a surface over the browser's drawing calls, redrawn at most once a frame. Of many rows it
//! holds only what is seen: it stays in its frame, in which the rows are scrolled.

use std::f64::consts::TAU;
use std::sync::Arc;

use engine::time::Nanos;
use engine::trace::{State, Trace};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

use crate::backend::{LiveClock, reached};
use crate::state::browser;
use crate::state::theme::Scheme;
use crate::timeline::draw::{self, Area, Seen, Stroke, Style, Surface};
use crate::timeline::layout::{Layout, Rows};
use crate::timeline::overlay::Lit;
use crate::timeline::palette::Palette;
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

impl Drawn {
    /// Nothing yet.
    pub fn new() -> Drawn {
        Drawn { layout: StoredValue::new(None), folded: RwSignal::new(0), frame: NodeRef::new() }
    }

    /// The layout that was drawn last.
    pub fn layout(self) -> Option<Arc<Layout>> {
        self.layout.with_value(|known| known.as_ref().map(|known| Arc::clone(&known.layout)))
    }

    /// How far its rows were scrolled.
    pub fn scrolled_px(self) -> f64 {
        self.frame.get_untracked().map_or(0.0, |frame| f64::from(frame.scroll_top()) / browser::scale(&frame))
    }

    /// The layout of `trace` up to `until`: of a run that is over, and has been laid out like this, the one that there is.
    fn lay_out(self, trace: &Arc<Trace>, until: Nanos, rows: Rows) -> Arc<Layout> {
        let is_it =
            |known: &&Known| Arc::ptr_eq(&known.layout.trace, trace) && known.rows == rows && known.until == until;
        let known = self.layout.with_value(|known| known.as_ref().filter(is_it).map(|known| Arc::clone(&known.layout)));
        known.unwrap_or_else(|| {
            let layout = Arc::new(Layout::of(Arc::clone(trace), until, rows));
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
    let painter = Painter { canvas: NodeRef::new(), whole: NodeRef::new(), frame: StoredValue::new(None), followed };
    Effect::new(move || {
        painter.canvas.track();
        followed.trace.track();
        followed.run_clock.track();
        followed.viewport.track();
        followed.rows.track();
        followed.lit.track();
        followed.scheme.track();
        painter.ask_for_frame();
    });
    on_cleanup(move || painter.cancel_frame());
    view! {
        <div class="rows" node_ref=followed.drawn.frame on:scroll=move |_| painter.ask_for_frame()>
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
    followed: Followed,
}

impl Painter {
    fn ask_for_frame(self) {
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
        let until = trace.drawn_until(followed.whole_end.get_untracked(), now);
        let layout = followed.drawn.lay_out(&trace, until, followed.rows.get_untracked());
        let whole_px = layout.height_px();
        let height_px = whole_px.min(FRAME_PX);
        if let Some(whole) = self.whole.get_untracked() {
            let _ =
                HtmlElement::style(&whole).set_property("height", &format!("{}px", whole_px * browser::scale(&canvas)));
        }
        let top_px = followed.drawn.scrolled_px().clamp(0.0, whole_px - height_px);
        let lit = followed.lit.get_untracked();
        if let Some(mut surface) = CanvasSurface::new(&canvas, height_px) {
            let seen = Seen { top_px, height_px, lit: lit.as_deref() };
            draw::draw(&mut surface, &layout, &followed.viewport.get_untracked(), seen);
        }
        if trace.finished.is_none() && clock.is_some_and(|clock| clock.is_running()) {
            self.ask_for_frame();
        }
    }
}

/// The real surface: a canvas with as many pixels as the screen has under it.
struct CanvasSurface {
    context: CanvasRenderingContext2d,
    palette: Palette,
}

impl CanvasSurface {
    fn new(canvas: &HtmlCanvasElement, height_px: f64) -> Option<CanvasSurface> {
        let scale = browser::scale(canvas);
        let ratio = browser::pixel_ratio() * scale;
        // The height follows from the rows, the width from the page.
        let _ = HtmlElement::style(canvas).set_property("height", &format!("{}px", height_px * scale));
        let width_px = f64::from(canvas.client_width()) / scale;
        let (width, height) = ((width_px * ratio).round() as u32, (height_px * ratio).round() as u32);
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, width_px, height_px);
        context.set_text_baseline("middle");
        Some(CanvasSurface { context, palette: Palette::of(canvas)? })
    }

    /// Draws a state's pattern over the path that stands there.
    fn pattern(&self, area: Area, state: State) {
        let Area { x_px, y_px, width_px, height_px } = area;
        if matches!(state, State::Running | State::Waiting) {
            return;
        }
        self.context.save();
        self.context.clip();
        self.context.begin_path();
        match state {
            State::Gil => self.dots(area),
            State::Ready => self.stripes(area, 6.0, height_px),
            State::Blocked => self.stripes(area, 6.0, -height_px),
            _ => self.stripes(Area { x_px, y_px, width_px, height_px }, 5.0, 0.0),
        }
        self.context.restore();
    }

    /// Stripes from the bottom to the top, which lean to the right by so much.
    fn stripes(&self, area: Area, step_px: f64, lean_px: f64) {
        let Area { x_px, y_px, width_px, height_px } = area;
        // Stripes stand on the picture's own grid, so that neighbouring blocks continue each other.
        let mut stripe_px = ((x_px - lean_px.max(0.0)) / step_px).floor() * step_px;
        while stripe_px < x_px + width_px - lean_px.min(0.0) {
            self.context.move_to(stripe_px, y_px + height_px);
            self.context.line_to(stripe_px + lean_px, y_px);
            stripe_px += step_px;
        }
        self.context.set_line_width(if lean_px == 0.0 { 1.0 } else { 2.0 });
        self.context.stroke();
    }

    fn dots(&self, area: Area) {
        const STEP_PX: f64 = 5.0;
        let Area { x_px, y_px, width_px, height_px } = area;
        let (left, top) = ((x_px / STEP_PX).floor() as i64, (y_px / STEP_PX).floor() as i64);
        let (right, bottom) =
            (((x_px + width_px) / STEP_PX).ceil() as i64, ((y_px + height_px) / STEP_PX).ceil() as i64);
        for (column, row) in (left..=right).flat_map(|column| (top..=bottom).map(move |row| (column, row))) {
            let shift_px = if row % 2 == 0 { 0.0 } else { STEP_PX / 2.0 };
            self.context.rect(column as f64 * STEP_PX + shift_px, row as f64 * STEP_PX, 2.0, 2.0);
        }
        self.context.fill();
    }
}

impl Surface for CanvasSurface {
    fn grid_line(&mut self, x_px: f64, height_px: f64) {
        self.context.set_fill_style_str(&self.palette.line);
        self.context.fill_rect(x_px.round(), 0.0, 1.0, height_px);
    }

    fn block(&mut self, area: Area, state: State) {
        let colours = self.palette.state(state);
        let Area { x_px, y_px, width_px, height_px } = area;
        let radius_px = (width_px / 2.0).min(3.0);
        self.context.begin_path();
        rounded(&self.context, area, radius_px);
        self.context.set_fill_style_str(&colours.fill);
        self.context.fill();
        self.context.set_stroke_style_str(&colours.mark);
        self.context.set_fill_style_str(&colours.mark);
        self.pattern(area, state);
        // The outline tells a pale block from the ground, and from the next one.
        if state != State::Running && width_px > 3.0 {
            let inner =
                Area { x_px: x_px + 0.5, y_px: y_px + 0.5, width_px: width_px - 1.0, height_px: height_px - 1.0 };
            self.context.begin_path();
            rounded(&self.context, inner, radius_px);
            self.context.set_line_width(1.0);
            self.context.stroke();
        }
    }

    fn band(&mut self, areas: &[Area], state: State) {
        let Some(first) = areas.first() else { return };
        let colours = self.palette.state(state);
        self.context.begin_path();
        let mut all = *first;
        for area in areas {
            self.context.rect(area.x_px, area.y_px, area.width_px, area.height_px);
            let bottom_px = (all.y_px + all.height_px).max(area.y_px + area.height_px);
            all.y_px = all.y_px.min(area.y_px);
            all.height_px = bottom_px - all.y_px;
            all.width_px = area.x_px + area.width_px - all.x_px;
        }
        self.context.set_fill_style_str(&colours.fill);
        self.context.fill();
        self.context.set_stroke_style_str(&colours.mark);
        self.context.set_fill_style_str(&colours.mark);
        self.pattern(all, state);
    }

    fn text(&mut self, text: &str, x_px: f64, y_px: f64, style: Style) {
        self.context.set_font(font(style));
        if let Style::On(state @ (State::Queued | State::Ready | State::Gil | State::Blocked)) = style {
            // Words on a pattern stand on a plain ground.
            let width_px = self.text_width_px(text, style);
            self.context.set_fill_style_str(&self.palette.state(state).fill);
            self.context.fill_rect(x_px - 3.0, y_px - 6.0, width_px + 6.0, 12.0);
        }
        let (colour, align) = match style {
            Style::RowName => (&self.palette.muted, "right"),
            Style::On(State::Running) => (&self.palette.on_running, "left"),
            Style::On(_) => (&self.palette.ink, "left"),
        };
        self.context.set_fill_style_str(colour);
        self.context.set_text_align(align);
        // Where a text cannot be drawn, the table still says it.
        let _ = self.context.fill_text(text, x_px, y_px + 0.5);
    }

    fn text_width_px(&self, text: &str, style: Style) -> f64 {
        self.context.set_font(font(style));
        self.context.measure_text(text).map_or(f64::INFINITY, |metrics| metrics.width())
    }

    fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        let (Some(first), true) = (points.first(), points.len() > 1) else { return };
        self.context.begin_path();
        self.context.move_to(first.0, first.1);
        for (x_px, y_px) in &points[1..] {
            self.context.line_to(*x_px, *y_px);
        }
        if matches!(stroke, Stroke::Path | Stroke::Chain) {
            // A rim of the ground's colour keeps it apart from whatever it crosses.
            self.context.set_stroke_style_str(&self.palette.panel);
            self.context.set_line_width(stroke.width_px() + 2.5);
            self.context.stroke();
        }
        self.context.set_stroke_style_str(self.palette.stroke(stroke));
        self.context.set_line_width(stroke.width_px());
        self.context.stroke();
    }

    fn outline(&mut self, area: Area, stroke: Stroke) {
        let Area { x_px, y_px, width_px, height_px } = area;
        let outer = Area { x_px: x_px - 1.5, y_px: y_px - 1.5, width_px: width_px + 3.0, height_px: height_px + 3.0 };
        self.context.begin_path();
        rounded(&self.context, outer, 4.0_f64.min(outer.width_px / 2.0));
        self.context.set_stroke_style_str(self.palette.stroke(stroke));
        self.context.set_line_width(stroke.width_px());
        self.context.stroke();
    }
}

fn font(style: Style) -> &'static str {
    match style {
        Style::RowName => "11px system-ui, sans-serif",
        Style::On(_) => "10.5px system-ui, sans-serif",
    }
}

fn rounded(context: &CanvasRenderingContext2d, area: Area, radius_px: f64) {
    let Area { x_px, y_px, width_px, height_px } = area;
    let quarter = TAU / 4.0;
    let (left, right) = (x_px + radius_px, x_px + width_px - radius_px);
    let (top, bottom) = (y_px + radius_px, y_px + height_px - radius_px);
    let corners = [(right, top, 3.0), (right, bottom, 0.0), (left, bottom, 1.0), (left, top, 2.0)];
    for (x, y, turn) in corners {
        // Fails only for a negative radius.
        let _ = context.arc(x, y, radius_px.max(0.0), turn * quarter, (turn + 1.0) * quarter);
    }
    context.close_path();
}
