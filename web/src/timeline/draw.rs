//! A layout in a viewport as a list of drawing calls. What carries them out is a [`Surface`].

use engine::trace::State;

use crate::timeline::crowd::{self, Group};
use crate::timeline::layout::{Block, Layout, Row, Shown};
use crate::timeline::viewport::Viewport;

/// Something to draw on. Lengths are CSS pixels, counted from the left and from the top.
pub trait Surface {
    /// An upright line of the grid.
    fn grid_line(&mut self, x_px: f64, height_px: f64);
    /// A block in the colour and the pattern of a state.
    fn block(&mut self, area: Area, state: State);
    /// Areas in the colour and the pattern of a state that stand side by side and are one shape.
    fn band(&mut self, areas: &[Area], state: State);
    /// A text on one line, whose middle is at `y_px`.
    fn text(&mut self, text: &str, x_px: f64, y_px: f64, style: Style);
    /// How wide a text in this style is.
    fn text_width_px(&self, text: &str, style: Style) -> f64;
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub x_px: f64,
    /// Its upper edge.
    pub y_px: f64,
    /// How wide it is.
    pub width_px: f64,
    /// How high it is.
    pub height_px: f64,
}

/// What a text is for, which decides its colour, its size and its alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A row's name, which ends at its place.
    RowName,
    /// The words on a block in this state, which begin at their place.
    On(State),
}

/// The distance of round instants on the axis and in the grid.
pub const TICK_GAP_PX: f64 = 64.0;

/// An instant is shown this wide.
const INSTANT_PX: f64 = 3.0;
const LABEL_MARGIN_PX: f64 = 7.0;
const NAME_MARGIN_PX: f64 = 8.0;
/// Fewer letters than these before an ellipsis tell nothing.
const LEAST_LETTERS: usize = 3;

/// How high rows are; many rows are lower.
#[derive(Clone, Copy)]
struct Pitch {
    row_px: f64,
    block_px: f64,
}

/// A row that stands for many is so many times as high.
const MANY_ROWS_PX: f64 = 3.0;

/// The height of a timeline.
pub fn height_px(layout: &Layout) -> f64 {
    let pitch = pitch(layout);
    let rows: f64 = layout.rows.iter().map(|row| row_px(row, pitch)).sum();
    rows.max(pitch.row_px)
}

/// Draws `layout` in `viewport`.
pub fn draw(surface: &mut impl Surface, layout: &Layout, viewport: &Viewport) {
    let height_px = height_px(layout);
    for tick in viewport.ticks(TICK_GAP_PX) {
        surface.grid_line(tick.x_px, height_px);
    }
    let pitch = pitch(layout);
    let mut top_px = 0.0;
    for row in &layout.rows {
        draw_row(surface, row, viewport, top_px, pitch);
        top_px += row_px(row, pitch);
    }
}

fn pitch(layout: &Layout) -> Pitch {
    if layout.rows.len() > 14 { Pitch { row_px: 16.0, block_px: 13.0 } } else { Pitch { row_px: 22.0, block_px: 17.0 } }
}

fn row_px(row: &Row, pitch: Pitch) -> f64 {
    if row.stands_for > 1 { pitch.row_px * MANY_ROWS_PX } else { pitch.row_px }
}

fn draw_row(surface: &mut impl Surface, row: &Row, viewport: &Viewport, top_px: f64, pitch: Pitch) {
    let row_px = row_px(row, pitch);
    let middle_px = top_px + row_px / 2.0;
    let name_room_px = viewport.left_px - NAME_MARGIN_PX;
    let style = Style::RowName;
    if let Some(name) =
        fitted(&row.name, &row.name, name_room_px, Cut::Front, |text| surface.text_width_px(text, style))
    {
        surface.text(&name, name_room_px, middle_px, style);
    }
    let height_px = row_px - (pitch.row_px - pitch.block_px);
    let y_px = middle_px - height_px / 2.0;
    let (mut standing, mut running) = (Vec::new(), Vec::new());
    // Blocks are in the order of time, so those that can be seen come first.
    let seen = row.blocks.partition_point(|block| block.start <= viewport.end);
    for group in crowd::grouped(&row.blocks[..seen], row.stands_for, viewport) {
        match group {
            Group::Crowd(blocks) => {
                for (state, areas) in crowd::bands(blocks, row.stands_for, viewport, y_px, height_px) {
                    surface.band(&areas, state);
                }
            }
            Group::Single(block) => match block.shows {
                Shown::State(State::Running) => running.push((block, State::Running)),
                Shown::State(state) => standing.push((block, state)),
                Shown::Counts(_) => {}
            },
        }
    }
    // What ran for an instant must not vanish under the longer block beside it, so running blocks come last.
    for (block, state) in standing.into_iter().chain(running) {
        draw_block(surface, block, state, viewport, y_px, height_px);
    }
}

fn draw_block(surface: &mut impl Surface, block: &Block, state: State, viewport: &Viewport, y_px: f64, height_px: f64) {
    let least_px = if state == State::Running { INSTANT_PX } else { 1.0 };
    let x_px = viewport.x_px(block.start).min(viewport.right_px - least_px);
    let end_px = viewport.x_px(block.end).min(viewport.right_px);
    let width_px = (end_px - x_px).max(least_px);
    surface.block(Area { x_px, y_px, width_px, height_px }, state);
    let style = Style::On(state);
    let room_px = width_px - 2.0 * LABEL_MARGIN_PX;
    let width_px = |text: &str| surface.text_width_px(text, style);
    if let Some(label) = fitted(&block.label, &block.brief, room_px, Cut::Back, width_px) {
        surface.text(&label, x_px + LABEL_MARGIN_PX, y_px + height_px / 2.0, style);
    }
}

/// Which end of a text is given up first: lanes differ in their last letters, tasks in their first.
#[derive(Clone, Copy)]
enum Cut {
    Front,
    Back,
}

/// `text` if there is room for it, else as much of `brief` as there is, with an ellipsis for the rest; `None` where that
/// is too little to be read.
fn fitted(text: &str, brief: &str, room_px: f64, cut: Cut, width_px: impl Fn(&str) -> f64) -> Option<String> {
    if room_px <= 0.0 {
        return None;
    }
    if let Some(whole) = [text, brief].into_iter().find(|text| !text.is_empty() && width_px(text) <= room_px) {
        return Some(whole.to_owned());
    }
    let letters: Vec<char> = brief.chars().collect();
    (LEAST_LETTERS..letters.len()).rev().find_map(|kept| {
        let shortened: String = match cut {
            Cut::Front => "…".chars().chain(letters[letters.len() - kept..].iter().copied()).collect(),
            Cut::Back => letters[..kept].iter().copied().chain("…".chars()).collect(),
        };
        (width_px(&shortened) <= room_px).then_some(shortened)
    })
}

#[cfg(test)]
mod tests {
    use engine::time::Nanos;

    use super::*;

    /// A surface that writes down what it is asked, and on which every letter is 6 px wide.
    #[derive(Default)]
    struct Recording(Vec<String>);

    impl Surface for Recording {
        fn grid_line(&mut self, x_px: f64, height_px: f64) {
            self.0.push(format!("grid {x_px} to {height_px}"));
        }
        fn block(&mut self, area: Area, state: State) {
            let Area { x_px, y_px, width_px, height_px } = area;
            self.0.push(format!("{} {x_px},{y_px} {width_px}x{height_px}", state.word()));
        }
        fn band(&mut self, areas: &[Area], state: State) {
            self.0.push(format!("{} columns {}", areas.len(), state.word()));
        }
        fn text(&mut self, text: &str, x_px: f64, y_px: f64, style: Style) {
            self.0.push(format!("{style:?} “{text}” {x_px},{y_px}"));
        }
        fn text_width_px(&self, text: &str, _: Style) -> f64 {
            text.chars().count() as f64 * 6.0
        }
    }

    fn block(start: u64, end: u64, state: State, [label, brief]: [&str; 2]) -> Block {
        let shows = Shown::State(state);
        Block { start: Nanos(start), end: Nanos(end), shows, label: label.to_owned(), brief: brief.to_owned() }
    }

    fn row(name: &str, stands_for: u32, blocks: Vec<Block>) -> Row {
        Row { name: name.to_owned(), stands_for, blocks }
    }

    #[test]
    fn a_row_is_its_grid_its_name_its_blocks_and_instants_on_top() {
        let viewport = Viewport { left_px: 100.0, right_px: 200.0, end: Nanos(100) };
        let blocks = vec![
            block(0, 0, State::Running, ["TWO", "TWO"]),
            block(0, 50, State::Waiting, ["THREE", "THREE"]),
            block(50, 90, State::Waiting, ["THREE", "THREE"]),
            block(0, 30, State::Queued, ["2 waiting", "2"]),
            block(30, 40, State::Queued, ["1 waiting", "1"]),
            block(100, 100, State::Running, ["", ""]),
        ];
        let layout = Layout { rows: vec![row("ThreadPoolExecutor-0_0", 1, blocks)] };
        let mut surface = Recording::default();
        draw(&mut surface, &layout, &viewport);
        assert_eq!(
            surface.0,
            [
                "grid 100 to 22",
                "grid 200 to 22",
                "RowName “…olExecutor-0_0” 92,11",
                "waiting 100,2.5 50x17",
                "On(Waiting) “THREE” 107,11",
                "waiting 150,2.5 40x17",
                "On(Waiting) “THR…” 157,11",
                "queued 100,2.5 30x17",
                "On(Queued) “2” 107,11",
                "queued 130,2.5 10x17",
                "running 100,2.5 3x17",
                "running 197,2.5 3x17",
            ]
        );
    }

    #[test]
    fn many_rows_are_lower_and_none_at_all_still_has_a_height() {
        let height_px = |rows: usize| height_px(&Layout { rows: vec![row("", 1, Vec::new()); rows] });
        assert_eq!([height_px(0), height_px(3), height_px(33)], [22.0, 66.0, 528.0]);
    }

    #[test]
    fn a_row_that_stands_for_many_is_higher_and_all_of_it_is_shares() {
        let viewport = Viewport { left_px: 100.0, right_px: 200.0, end: Nanos(100) };
        let blocks = vec![block(0, 100, State::Waiting, ["", ""])];
        let layout = Layout { rows: vec![row("99 more tasks", 99, blocks)] };
        let mut surface = Recording::default();
        draw(&mut surface, &layout, &viewport);
        assert_eq!(surface.0[2..], ["RowName “99 more tasks” 92,33", "25 columns waiting"]);
    }
}
