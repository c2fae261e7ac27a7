//! The surface that a browser has: a canvas with as many pixels as the screen has under it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use engine::trace::State;
use wasm_bindgen::JsCast;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, Document, HtmlCanvasElement, Path2d};

use crate::timeline::draw::{Area, Stroke, Style, Surface};
use crate::timeline::palette::Palette;
use crate::timeline::pattern::{TILE_PX, Tile};

/// Halves are rounded up, also those that are a little less because they were reckoned with.
const ROUNDING: f64 = 0.501;

/// So much higher than needed a canvas is made: to change its size takes new room, and a slider's move may add a row or take
/// one away.
const SPARE_PX: f64 = 48.0;

/// What a canvas is drawn with. To make them takes longer than most pictures.
pub struct Brushes {
    palette: Palette,
    patterns: [Option<CanvasPattern>; State::ALL.len()],
    /// How wide the texts were that were measured so far: most of them are drawn again in the next frame.
    widths_px: RefCell<HashMap<String, f64>>,
    ratio: f64,
}

/// The style in which texts are measured.
const MEASURED: Style = Style::RowName;

/// So many widths are worth their room.
const MOST_WIDTHS: usize = 4096;

impl Brushes {
    /// The brushes for the colours that hold for `canvas`, with so many of the screen's pixels to one of a drawing.
    pub fn new(canvas: &HtmlCanvasElement, ratio: f64) -> Option<Brushes> {
        let (document, palette) = (canvas.owner_document()?, Palette::of(canvas)?);
        let patterns = State::ALL.map(|state| pattern(&document, &palette, state, ratio));
        Some(Brushes { palette, patterns, widths_px: RefCell::default(), ratio })
    }

    /// With how many of the screen's pixels to one of a drawing.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }
}

/// The tiles of a state side by side in the screen's own pixels; `None` for a state without a pattern.
fn pattern(document: &Document, palette: &Palette, state: State, ratio: f64) -> Option<CanvasPattern> {
    /// So many that they fill whole pixels at the usual ratios.
    const TILES: u32 = 8;
    let tile = Tile::of(state)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    let whole_px = f64::from(TILES) * TILE_PX;
    let pixels = (whole_px * ratio).round();
    canvas.set_width(pixels as u32);
    canvas.set_height(pixels as u32);
    let context = context(&canvas)?;
    let (colours, mark) = (palette.state(state), Path2d::new_with_path_string(tile.path).ok()?);
    context.set_fill_style_str(&colours.fill);
    context.fill_rect(0.0, 0.0, pixels, pixels);
    context.set_stroke_style_str(&colours.mark);
    context.set_line_width(tile.line_px);
    let scale = pixels / whole_px;
    for (column, row) in (0..TILES).flat_map(|column| (0..TILES).map(move |row| (column, row))) {
        let [x_px, y_px] = [column, row].map(|place| f64::from(place) * TILE_PX * scale);
        context.set_transform(scale, 0.0, 0.0, scale, x_px, y_px).ok()?;
        context.stroke_with_path(&mark);
    }
    context.create_pattern_with_html_canvas_element(&canvas, "repeat").ok()?
}

/// A canvas that is drawn upon.
pub struct CanvasSurface<'b> {
    context: CanvasRenderingContext2d,
    brushes: &'b Brushes,
    /// The style that the context's font is of.
    font: Cell<Option<Style>>,
    /// How many of the canvas's pixels a length of one is.
    unit: Cell<f64>,
}

impl<'b> CanvasSurface<'b> {
    /// Clears `canvas`, and makes it so wide and at least so high, but no higher than `most_px`.
    pub fn new(
        canvas: &HtmlCanvasElement,
        width_px: f64,
        height_px: f64,
        most_px: f64,
        brushes: &'b Brushes,
    ) -> Option<Self> {
        let pixels = |px: f64| (px * brushes.ratio).round() as u32;
        // Each of these takes new room, be it for the same size.
        if canvas.width() != pixels(width_px) {
            canvas.set_width(pixels(width_px));
        }
        let spare = |times: f64| pixels((height_px + times * SPARE_PX).min(most_px));
        if !(pixels(height_px)..=spare(2.0)).contains(&canvas.height()) {
            canvas.set_height(spare(1.0));
        }
        let context = context(canvas)?;
        // A font that is set anew, be it the same, has the browser look up all styles first.
        let last = context.font();
        let font = [MEASURED, Style::On(State::Running)].into_iter().find(|style| font(*style) == last);
        let surface = CanvasSurface { context, brushes, font: Cell::new(font), unit: Cell::new(f64::NAN) };
        surface.by_ratio(brushes.ratio);
        surface.context.clear_rect(0.0, 0.0, width_px, surface.height_px(canvas));
        surface.context.set_text_baseline("middle");
        Some(surface)
    }

    /// How high the canvas is, which may be more than was asked for.
    pub fn height_px(&self, canvas: &HtmlCanvasElement) -> f64 {
        f64::from(canvas.height()) / self.brushes.ratio
    }

    fn by_ratio(&self, ratio: f64) {
        // On most screens it is always the same, and to set it takes as long as to fill a block.
        if self.unit.replace(ratio) != ratio {
            // Fails only for what is no number.
            let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        }
    }

    /// Fills from now on in a state's colour and pattern.
    fn use_brush(&self, state: State) {
        match &self.brushes.patterns[state as usize] {
            Some(pattern) => self.context.set_fill_style_canvas_pattern(pattern),
            None => self.context.set_fill_style_str(&self.brushes.palette.state(state).fill),
        }
    }

    /// Adds an area to the path.
    fn rounded(&self, Area { x_px, y_px, width_px, height_px }: Area, radius_px: f64) {
        // Fails only for a negative radius.
        let _ = self.context.round_rect_with_f64(x_px, y_px, width_px, height_px, radius_px.max(0.0));
    }

    fn stroke(&self, colour: &str, line_px: f64) {
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(line_px);
        self.context.stroke();
    }

    fn measure(&self, text: &str) -> f64 {
        self.set_font(MEASURED);
        let width_px = self.context.measure_text(text).map_or(f64::INFINITY, |metrics| metrics.width());
        let mut widths_px = self.brushes.widths_px.borrow_mut();
        if widths_px.len() >= MOST_WIDTHS {
            widths_px.clear();
        }
        widths_px.insert(text.to_owned(), width_px);
        width_px
    }

    fn set_font(&self, style: Style) {
        if self.font.replace(Some(style)).is_none_or(|last| last.size_px() != style.size_px()) {
            self.context.set_font(&font(style));
        }
    }
}

impl Surface for CanvasSurface<'_> {
    fn grid_line(&mut self, x_px: f64, height_px: f64) {
        self.context.set_fill_style_str(&self.brushes.palette.line);
        self.context.fill_rect(x_px.round(), 0.0, 1.0, height_px);
    }

    fn blocks(&mut self, areas: &[Area], state: State) {
        self.context.begin_path();
        for area in areas {
            self.rounded(*area, corner_px(area));
        }
        self.use_brush(state);
        // Patterns are made in the screen's pixels, and stand on the picture's own grid, so that neighbours continue each other.
        self.by_ratio(1.0);
        self.context.fill();
        self.by_ratio(self.brushes.ratio);
        if state == State::Running {
            return;
        }
        // The outline tells a pale block from the ground, and from the next one.
        self.context.begin_path();
        for area in areas.iter().filter(|area| area.width_px > 3.0) {
            self.rounded(grown(*area, -0.5), corner_px(area));
        }
        self.stroke(&self.brushes.palette.state(state).mark, 1.0);
    }

    fn band(&mut self, areas: &[Area], state: State) {
        // On whole pixels, neighbours meet without a seam, and nothing has to be blended.
        let pixel = |px: f64| (px * self.brushes.ratio + ROUNDING).floor();
        self.use_brush(state);
        self.by_ratio(1.0);
        for Area { x_px, y_px, width_px, height_px } in areas {
            let (left, top) = (pixel(*x_px), pixel(*y_px));
            let (right, bottom) = (pixel(x_px + width_px), pixel(y_px + height_px));
            self.context.fill_rect(left, top, (right - left).max(1.0), (bottom - top).max(1.0));
        }
        self.by_ratio(self.brushes.ratio);
    }

    fn text(&mut self, text: &str, x_px: f64, y_px: f64, style: Style) {
        let palette = &self.brushes.palette;
        if let Style::On(state) = style
            && Tile::of(state).is_some()
        {
            // Words on a pattern stand on a plain ground.
            let width_px = self.text_width_px(text, style);
            self.context.set_fill_style_str(&palette.state(state).fill);
            self.context.fill_rect(x_px - 3.0, y_px - 6.0, width_px + 6.0, 12.0);
        }
        let (colour, align) = match style {
            Style::RowName => (&palette.muted, "right"),
            Style::On(State::Running) => (&palette.on_running, "left"),
            Style::On(_) => (&palette.ink, "left"),
        };
        self.set_font(style);
        self.context.set_fill_style_str(colour);
        self.context.set_text_align(align);
        // Where a text cannot be drawn, the table still says it.
        let _ = self.context.fill_text(text, x_px, y_px + 0.5);
    }

    fn text_width_px(&self, text: &str, style: Style) -> f64 {
        // All letters are of one kind, and as wide as they are large.
        let size = style.size_px() / MEASURED.size_px();
        let known = self.brushes.widths_px.borrow().get(text).copied();
        known.unwrap_or_else(|| self.measure(text)) * size
    }

    fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        let (Some(first), true) = (points.first(), points.len() > 1) else { return };
        let palette = &self.brushes.palette;
        self.context.begin_path();
        self.context.move_to(first.0, first.1);
        for (x_px, y_px) in &points[1..] {
            self.context.line_to(*x_px, *y_px);
        }
        if matches!(stroke, Stroke::Path | Stroke::Chain) {
            // A rim of the ground's colour keeps it apart from whatever it crosses.
            self.stroke(&palette.panel, stroke.width_px() + 2.5);
        }
        self.stroke(palette.stroke(stroke), stroke.width_px());
    }

    fn outline(&mut self, area: Area, stroke: Stroke) {
        let outer = grown(area, 1.5);
        self.context.begin_path();
        self.rounded(outer, 4.0_f64.min(outer.width_px / 2.0));
        self.stroke(self.brushes.palette.stroke(stroke), stroke.width_px());
    }
}

/// How round the corners of a block are.
fn corner_px(area: &Area) -> f64 {
    (area.width_px / 2.0).min(3.0)
}

/// An area with so much more on each side.
fn grown(Area { x_px, y_px, width_px, height_px }: Area, by_px: f64) -> Area {
    Area {
        x_px: x_px - by_px,
        y_px: y_px - by_px,
        width_px: width_px + 2.0 * by_px,
        height_px: height_px + 2.0 * by_px,
    }
}

fn font(style: Style) -> String {
    format!("{}px system-ui, sans-serif", style.size_px())
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}
