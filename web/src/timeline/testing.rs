//! What the tests of the timeline share: a lesson laid out, and a surface that writes down what it is asked.

use std::sync::Arc;

use engine::model::{Model, Speed};
use engine::trace::State;
use lessons::Values;

use crate::timeline::draw::{Area, Stroke, Style, Surface};
use crate::timeline::layout::{Layout, Rows};

/// A lesson laid out.
pub fn laid_out(lesson: &str, model: Model, given: &[(&str, &str)], speed: f64, rows: Rows) -> Layout {
    let lesson = lessons::find(lesson).expect("the lesson is there");
    let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
    let mut trace = engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0));
    trace.speed = Speed::new(speed).expect("the speed is right");
    let end = trace.end();
    Layout::of(Arc::new(trace), end, rows)
}

/// What was asked of a surface on which every letter is 6 px wide.
#[derive(Debug, Default)]
pub struct Recording {
    pub grid_lines: usize,
    pub blocks: Vec<(Area, State)>,
    pub bands: Vec<(Vec<Area>, State)>,
    pub texts: Vec<(String, Style)>,
    pub lines: Vec<(Vec<(f64, f64)>, Stroke)>,
    pub outlines: Vec<(Area, Stroke)>,
}

impl Recording {
    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.grid_lines
            + self.blocks.len()
            + self.bands.len()
            + self.texts.len()
            + self.lines.len()
            + self.outlines.len()
    }

    /// The lines that are for this.
    pub fn lines_for(&self, stroke: Stroke) -> Vec<&[(f64, f64)]> {
        self.lines.iter().filter(|(_, of)| *of == stroke).map(|(points, _)| points.as_slice()).collect()
    }

    /// The names of rows.
    pub fn names(&self) -> Vec<&str> {
        self.texts.iter().filter(|(_, style)| *style == Style::RowName).map(|(text, _)| text.as_str()).collect()
    }
}

impl Surface for Recording {
    fn grid_line(&mut self, _: f64, _: f64) {
        self.grid_lines += 1;
    }
    fn blocks(&mut self, areas: &[Area], state: State) {
        self.blocks.extend(areas.iter().map(|area| (*area, state)));
    }
    fn band(&mut self, areas: &[Area], state: State) {
        self.bands.push((areas.to_vec(), state));
    }
    fn text(&mut self, text: &str, _: f64, _: f64, style: Style) {
        self.texts.push((text.to_owned(), style));
    }
    fn text_width_px(&self, text: &str, _: Style) -> f64 {
        text.chars().count() as f64 * 6.0
    }
    fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        self.lines.push((points.to_vec(), stroke));
    }
    fn outline(&mut self, area: Area, stroke: Stroke) {
        self.outlines.push((area, stroke));
    }
}
