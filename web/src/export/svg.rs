//! The timelines as an SVG document: the same drawing calls as on the page's canvas, written down.

use std::fmt::Write;

use engine::trace::State;

use crate::timeline::draw::{self, Area, Seen, Stroke, Style, Surface, TICK_GAP_PX};
use crate::timeline::layout::Layout;
use crate::timeline::pattern::{TILE_PX, Tile};
use crate::timeline::viewport::Viewport;

/// One model's timeline in a picture.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What stands above it: the model, its clock and its wall time.
    pub title: String,
    /// Its rows.
    pub layout: Layout,
}

/// The colours of a picture.
#[derive(Clone, Debug)]
pub struct Colours {
    /// Of the ground.
    pub ground: String,
    /// Of words.
    pub ink: String,
    /// Of words that say less.
    pub muted: String,
    /// Of the grid.
    pub line: String,
    /// Of words on a task that runs.
    pub on_running: String,
    /// Of each line, in the order of [`Stroke::ALL`].
    pub strokes: Vec<String>,
    /// The ground and the mark of each state, in the order of [`State::ALL`].
    pub states: Vec<[String; 2]>,
}

/// All that a picture is made of beside its timelines.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What stands above all.
    pub title: String,
    /// What stands below all: where the picture comes from.
    pub foot: String,
    /// How wide it is.
    pub width_px: f64,
}

/// A picture as text, and how large it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The SVG document.
    pub text: String,
    /// Its width.
    pub width_px: f64,
    /// Its height.
    pub height_px: f64,
}

const MARGIN_PX: f64 = 16.0;
const TITLE_PX: f64 = 30.0;
const AXIS_PX: f64 = 24.0;
const HEAD_PX: f64 = 28.0;
const GAP_PX: f64 = 10.0;
const FOOT_PX: f64 = 28.0;

/// A letter of the page's type is about so wide, for each pixel of its size.
const LETTER: f64 = 0.56;

/// Draws the panels one under the other on one axis.
pub fn picture(frame: &Frame, panels: &[Panel], viewport: &Viewport, colours: Colours) -> Picture {
    let panels_px: f64 = panels.iter().map(|panel| HEAD_PX + panel.layout.height_px() + GAP_PX).sum();
    let height_px = 2.0 * MARGIN_PX + TITLE_PX + AXIS_PX + panels_px + FOOT_PX;
    let width_px = frame.width_px + 2.0 * MARGIN_PX;
    let mut surface = SvgSurface { text: String::new(), colours };
    surface.open(width_px, height_px);
    let (ink, muted) = (surface.colours.ink.clone(), surface.colours.muted.clone());
    surface.words(&frame.title, MARGIN_PX, MARGIN_PX + 14.0, "start", 16.0, "700", &ink);
    let mut top_px = MARGIN_PX + TITLE_PX;
    for tick in viewport.ticks(TICK_GAP_PX) {
        surface.words(&tick.label, MARGIN_PX + tick.x_px, top_px + 12.0, "middle", 11.0, "400", &muted);
    }
    top_px += AXIS_PX;
    for panel in panels {
        surface.words(&panel.title, MARGIN_PX, top_px + 16.0, "start", 13.0, "600", &ink);
        top_px += HEAD_PX;
        surface.begin_group(MARGIN_PX, top_px);
        let whole = Seen { top_px: 0.0, height_px: panel.layout.height_px(), lit: None };
        draw::draw(&mut surface, &panel.layout, viewport, whole);
        surface.text += "</g>\n";
        top_px += panel.layout.height_px() + GAP_PX;
    }
    surface.words(&frame.foot, MARGIN_PX, top_px + 16.0, "start", 11.0, "400", &muted);
    surface.text += "</svg>\n";
    Picture { text: surface.text, width_px, height_px }
}

struct SvgSurface {
    text: String,
    colours: Colours,
}

impl SvgSurface {
    /// Adds to the text; writing into memory does not fail.
    fn put(&mut self, words: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(words);
    }

    fn open(&mut self, width_px: f64, height_px: f64) {
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width_px} {height_px}\" width=\"{width_px}\" \
             height=\"{height_px}\" font-family=\"system-ui, sans-serif\">\n<defs>\n"
        ));
        for state in State::ALL {
            let name = state.id();
            let [fill, mark] = self.state(state);
            let mark = Tile::of(state).map(|Tile { path, line_px }| {
                format!("<path d=\"{path}\" stroke=\"{mark}\" stroke-width=\"{line_px}\"/>")
            });
            self.put(format_args!(
                "<pattern id=\"{name}\" width=\"{TILE_PX}\" height=\"{TILE_PX}\" patternUnits=\"userSpaceOnUse\">\
                 <rect width=\"{TILE_PX}\" height=\"{TILE_PX}\" fill=\"{fill}\"/>{}</pattern>\n",
                mark.unwrap_or_default()
            ));
        }
        self.put(format_args!(
            "</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
            self.colours.ground.clone()
        ));
    }

    fn state(&self, state: State) -> [String; 2] {
        self.colours.states.get(state as usize).cloned().unwrap_or_default()
    }

    fn stroke(&self, stroke: Stroke) -> String {
        let place = Stroke::ALL.iter().position(|other| *other == stroke);
        place.and_then(|place| self.colours.strokes.get(place)).cloned().unwrap_or_default()
    }

    fn begin_group(&mut self, x_px: f64, y_px: f64) {
        self.put(format_args!("<g transform=\"translate({x_px} {y_px})\">\n"));
    }

    #[allow(clippy::too_many_arguments, reason = "a text is placed, sized and coloured in one call")]
    fn words(&mut self, text: &str, x_px: f64, y_px: f64, anchor: &str, size: f64, weight: &str, colour: &str) {
        let text = escaped(text);
        self.put(format_args!(
            "<text x=\"{x_px:.1}\" y=\"{y_px:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" font-weight=\"{weight}\" \
             fill=\"{colour}\">{text}</text>\n"
        ));
    }

    fn rect(&mut self, area: Area, state: State, radius_px: f64) {
        let Area { x_px, y_px, width_px, height_px } = area;
        let (name, [_, mark]) = (state.id(), self.state(state));
        let line = if state != State::Running && radius_px > 0.0 && width_px > 3.0 {
            format!(" stroke=\"{mark}\"")
        } else {
            String::new()
        };
        self.put(format_args!(
            "<rect x=\"{x_px:.1}\" y=\"{y_px:.1}\" width=\"{:.1}\" height=\"{height_px:.1}\" rx=\"{:.1}\" \
             fill=\"url(#{name})\"{line}/>\n",
            width_px.max(0.5),
            radius_px.min(width_px / 2.0)
        ));
    }
}

impl Surface for SvgSurface {
    fn grid_line(&mut self, x_px: f64, height_px: f64) {
        let colour = self.colours.line.clone();
        self.put(format_args!("<path d=\"M{:.1} 0v{height_px:.1}\" stroke=\"{colour}\"/>\n", x_px.round() + 0.5));
    }

    fn blocks(&mut self, areas: &[Area], state: State) {
        for area in areas {
            self.rect(*area, state, 3.0);
        }
    }

    fn band(&mut self, areas: &[Area], state: State) {
        // They are one shape, whatever the size at which somebody looks: no seams.
        self.put(format_args!("<g shape-rendering=\"crispEdges\">\n"));
        for area in areas {
            self.rect(*area, state, 0.0);
        }
        self.put(format_args!("</g>\n"));
    }

    fn text(&mut self, text: &str, x_px: f64, y_px: f64, style: Style) {
        let (anchor, size) = (if style == Style::RowName { "end" } else { "start" }, style.size_px());
        let colour = match style {
            Style::RowName => self.colours.muted.clone(),
            Style::On(State::Running) => self.colours.on_running.clone(),
            Style::On(state) => {
                // Words on a pattern stand on a plain ground.
                let [fill, _] = self.state(state);
                let width_px = self.text_width_px(text, style);
                let (left_px, top_px) = (x_px - 3.0, y_px - 6.0);
                self.put(format_args!(
                    "<rect x=\"{left_px:.1}\" y=\"{top_px:.1}\" width=\"{:.1}\" height=\"12\" fill=\"{fill}\"/>\n",
                    width_px + 6.0
                ));
                self.colours.ink.clone()
            }
        };
        self.words(text, x_px, y_px + 3.5, anchor, size, "400", &colour);
    }

    fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        let points: Vec<String> = points.iter().map(|(x_px, y_px)| format!("{x_px:.1},{y_px:.1}")).collect();
        let (colour, width_px) = (self.stroke(stroke), stroke.width_px());
        self.put(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width_px}\"/>\n",
            points.join(" ")
        ));
    }

    fn outline(&mut self, area: Area, stroke: Stroke) {
        let Area { x_px, y_px, width_px, height_px } = area;
        let (colour, line_px) = (self.stroke(stroke), stroke.width_px());
        self.put(format_args!(
            "<rect x=\"{x_px:.1}\" y=\"{y_px:.1}\" width=\"{width_px:.1}\" height=\"{height_px:.1}\" rx=\"3\" \
             fill=\"none\" stroke=\"{colour}\" stroke-width=\"{line_px}\"/>\n"
        ));
    }

    fn text_width_px(&self, text: &str, style: Style) -> f64 {
        text.chars().count() as f64 * style.size_px() * LETTER
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use engine::model::Model;
    use lessons::Values;

    use super::*;
    use crate::timeline::layout::Rows;

    #[test]
    fn a_picture_holds_every_row_and_closes_what_it_opens() {
        let lesson = lessons::find("blocking-call").expect("the lesson is there");
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &[]).expect("defaults are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(Model::EventLoop, 0));
        let end = trace.end();
        let layout = Layout::of(trace.into(), end, Rows::Few);
        let rows: Vec<String> = layout.rows.iter().map(|row| row.name.clone()).collect();
        let frame = Frame { title: "a < b & c".to_owned(), foot: "here".to_owned(), width_px: 900.0 };
        let colour = || "#123456".to_owned();
        let colours = Colours {
            ground: colour(),
            ink: colour(),
            muted: colour(),
            line: colour(),
            on_running: colour(),
            strokes: vec![colour(); Stroke::ALL.len()],
            states: vec![[colour(), colour()]; State::ALL.len()],
        };
        let panels = [Panel { title: "Event loop".to_owned(), layout }];
        let drawn = picture(&frame, &panels, &Viewport::fit(end, 900.0), colours);
        for row in &rows {
            assert!(drawn.text.contains(&format!(">{row}</text>")), "{row}");
        }
        assert!(drawn.text.contains("a &lt; b &amp; c") && drawn.text.contains("url(#blocked)"));
        for element in ["svg", "g", "text", "pattern", "defs"] {
            let opened = drawn.text.matches(&format!("<{element}")).count();
            assert_eq!(opened, drawn.text.matches(&format!("</{element}>")).count(), "{element}");
        }
    }
}
