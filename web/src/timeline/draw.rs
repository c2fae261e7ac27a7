//! A layout in a viewport as a list of drawing calls. What carries them out is a [`Surface`].
//!
//! However long a run, a picture costs no more than its pixels: from block to block where they can be told apart, and from
//! column to column where they cannot.

use engine::time::Nanos;
use engine::trace::{RowKind, State, Stretch};

use crate::timeline::columns::{Piece, pieces};
use crate::timeline::layout::{Layout, Row, shown_state};
use crate::timeline::overlay::{self, Lit};
use crate::timeline::viewport::Viewport;

/// Something to draw on. Lengths are CSS pixels, counted from the left and from the top.
pub trait Surface {
    /// An upright line of the grid.
    fn grid_line(&mut self, x_px: f64, height_px: f64);
    /// Blocks in the colour and the pattern of a state.
    fn blocks(&mut self, areas: &[Area], state: State);
    /// Areas in the colour and the pattern of a state that stand side by side and are one shape.
    fn band(&mut self, areas: &[Area], state: State);
    /// A text on one line, whose middle is at `y_px`.
    fn text(&mut self, text: &str, x_px: f64, y_px: f64, style: Style);
    /// How wide a text in this style is.
    fn text_width_px(&self, text: &str, style: Style) -> f64;
    /// A line from point to point.
    fn line(&mut self, points: &[(f64, f64)], stroke: Stroke);
    /// The outline of an area.
    fn outline(&mut self, area: Area, stroke: Stroke);
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

impl Style {
    /// How large its letters are.
    pub fn size_px(self) -> f64 {
        match self {
            Style::RowName => 11.0,
            Style::On(_) => 10.5,
        }
    }
}

/// What a line is for, which decides its colour and its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A lock or a permit that is held.
    Hold,
    /// A line of the log.
    Log,
    /// From whoever let go to whoever went on.
    Arrow,
    /// The critical path.
    Path,
    /// The chain of causes of a wait.
    Chain,
    /// That a row goes on beyond the picture.
    Beyond,
}

impl Stroke {
    /// All of them.
    pub const ALL: [Stroke; 6] =
        [Stroke::Hold, Stroke::Log, Stroke::Arrow, Stroke::Path, Stroke::Chain, Stroke::Beyond];

    /// How wide its line is.
    pub fn width_px(self) -> f64 {
        match self {
            Stroke::Log | Stroke::Beyond => 1.5,
            Stroke::Arrow => 1.0,
            Stroke::Hold | Stroke::Path | Stroke::Chain => 2.0,
        }
    }
}

/// Which part of a layout is seen, and what is lit up in it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'l> {
    /// The uppermost height that is seen.
    pub top_px: f64,
    /// How much is seen.
    pub height_px: f64,
    /// What is lit up.
    pub lit: Option<&'l Lit>,
}

/// The distance of round instants on the axis and in the grid.
pub const TICK_GAP_PX: f64 = 64.0;

/// An instant is shown this wide.
const INSTANT_PX: f64 = 3.0;
const LABEL_MARGIN_PX: f64 = 7.0;
const NAME_MARGIN_PX: f64 = 8.0;
/// No words stand on a lower block.
const LEAST_HEIGHT_PX: f64 = 10.0;
/// Fewer letters than these before an ellipsis tell nothing.
const LEAST_LETTERS: usize = 3;

/// Draws what is seen of `layout` in `viewport`.
pub fn draw(surface: &mut impl Surface, layout: &Layout, viewport: &Viewport, seen: Seen<'_>) {
    for tick in viewport.ticks(TICK_GAP_PX) {
        surface.grid_line(tick.x_px, seen.height_px);
    }
    let rows = layout.between_px(seen.top_px, seen.top_px + seen.height_px);
    for index in rows.clone() {
        let row = &layout.rows[index];
        let pitch = layout.pitch(index);
        let middle_px = layout.top_px(index) - seen.top_px + pitch.row_px / 2.0;
        let area = Area {
            x_px: viewport.left_px,
            y_px: middle_px - pitch.block_px / 2.0,
            width_px: viewport.right_px - viewport.left_px,
            height_px: pitch.block_px,
        };
        draw_name(surface, row, viewport.left_px - NAME_MARGIN_PX, middle_px);
        draw_row(surface, layout, row, viewport, area);
        draw_beyond(surface, row, viewport, middle_px);
        overlay::draw_in_row(surface, &layout.links, index, viewport, area);
    }
    overlay::draw_over(surface, layout, viewport, seen);
}

fn draw_name(surface: &mut impl Surface, row: &Row, room_px: f64, middle_px: f64) {
    let style = Style::RowName;
    // Workers differ in their last letters.
    let cut = if let RowKind::Lane(_) = row.kind { Cut::Front } else { Cut::Back };
    let fit = fitted(&row.name, &row.name, room_px, cut, |text| surface.text_width_px(text, style));
    if let Some(name) = fit {
        surface.text(&name, room_px, middle_px, style);
    }
}

fn draw_row(surface: &mut impl Surface, layout: &Layout, row: &Row, viewport: &Viewport, area: Area) {
    let mut blocks = Vec::new();
    for piece in pieces(row, viewport) {
        match piece {
            Piece::Columns(columns) => {
                for (state, areas) in columns.bands(row, area) {
                    surface.band(&areas, state);
                }
            }
            Piece::Block(stretch) => match shown_state(stretch) {
                Some(state) => {
                    let least_px = if state == State::Running { INSTANT_PX } else { 1.0 };
                    blocks.push((stretch, state, spanned(stretch.from, stretch.to, least_px, viewport, area)));
                }
                None => draw_count(surface, layout, row, stretch, viewport, area),
            },
        }
    }
    // What ran for an instant must not vanish under the longer block beside it, so running blocks come last.
    for state in State::ALL.into_iter().rev() {
        let areas: Vec<Area> = blocks.iter().filter(|(_, of, _)| *of == state).map(|(.., area)| *area).collect();
        if !areas.is_empty() {
            surface.blocks(&areas, state);
        }
    }
    for (stretch, state, area) in blocks {
        let words = layout.words(row, stretch);
        draw_words(surface, &words, Style::On(state), area, area.y_px + area.height_px / 2.0);
    }
}

/// An angle in the margin wherever a row goes on beyond what is seen: what the window cuts has not ended there.
fn draw_beyond(surface: &mut impl Surface, row: &Row, viewport: &Viewport, middle_px: f64) {
    const GAP_PX: f64 = 2.0;
    const HALF_PX: f64 = 4.0;
    let (Some(first), Some(last)) = (row.stretches.first(), row.stretches.last()) else { return };
    let mut angle = |edge_px: f64, tip_px: f64| {
        let points = [(edge_px, middle_px - HALF_PX), (edge_px + tip_px, middle_px), (edge_px, middle_px + HALF_PX)];
        surface.line(&points, Stroke::Beyond);
    };
    if viewport.x_px(first.from) < viewport.left_px - 1.0 {
        angle(viewport.left_px - GAP_PX, -HALF_PX);
    }
    if viewport.x_px(last.to) > viewport.right_px + 1.0 {
        angle(viewport.right_px + GAP_PX, HALF_PX);
    }
}

/// How many stand in a queue, as high as they are many.
fn draw_count(
    surface: &mut impl Surface,
    layout: &Layout,
    row: &Row,
    stretch: &Stretch,
    viewport: &Viewport,
    area: Area,
) {
    let engine::trace::Shows::Tasks(counts) = stretch.shows else { return };
    let Some(state) = counts.commonest() else { return };
    let whole = spanned(stretch.from, stretch.to, 1.0, viewport, area);
    let share = f64::from(counts.total()) / f64::from(row.stands_for.max(1));
    let height_px = (share * whole.height_px).max(2.0);
    let y_px = whole.y_px + whole.height_px - height_px;
    surface.blocks(&[Area { y_px, height_px, ..whole }], state);
    if matches!(row.kind, RowKind::Queue(_)) {
        let words = layout.words(row, stretch);
        draw_words(surface, &words, Style::On(state), whole, whole.y_px + whole.height_px / 2.0);
    }
}

fn draw_words(surface: &mut impl Surface, [label, brief]: &[String; 2], style: Style, area: Area, middle_px: f64) {
    if area.height_px < LEAST_HEIGHT_PX {
        return;
    }
    let room_px = area.width_px - 2.0 * LABEL_MARGIN_PX;
    if let Some(label) = fitted(label, brief, room_px, Cut::Back, |text| surface.text_width_px(text, style)) {
        surface.text(&label, area.x_px + LABEL_MARGIN_PX, middle_px, style);
    }
}

/// The part of a row from one instant to another that can be seen, at least so wide.
pub fn spanned(from: Nanos, to: Nanos, least_px: f64, viewport: &Viewport, row: Area) -> Area {
    let x_px = viewport.x_px(from).clamp(viewport.left_px, (viewport.right_px - least_px).max(viewport.left_px));
    let end_px = viewport.x_px(to).min(viewport.right_px);
    Area { x_px, width_px: (end_px - x_px).max(least_px), ..row }
}

/// Which end of a text is given up first.
#[derive(Clone, Copy)]
enum Cut {
    Front,
    Back,
}

/// `text` if there is room for it, else as much of `brief` as there is, with an ellipsis for the rest; `None` where that
/// is too little to be read.
fn fitted(text: &str, brief: &str, room_px: f64, cut: Cut, width_px: impl Fn(&str) -> f64) -> Option<String> {
    /// No text is narrower: what has not even this room needs no measuring.
    const NARROWEST_PX: f64 = 6.0;
    if room_px < NARROWEST_PX {
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
    use engine::model::Model;
    use engine::trace::TaskId;

    use super::*;
    use crate::timeline::layout::Rows;
    use crate::timeline::testing::{Recording, laid_out};
    use crate::timeline::viewport::Window;

    const WIDTH_PX: f64 = 708.0;

    fn drawn(layout: &Layout, window: Window, seen: Seen<'_>) -> Recording {
        let mut surface = Recording::default();
        draw(&mut surface, layout, &Viewport::of(window, WIDTH_PX), seen);
        surface
    }

    fn all(layout: &Layout) -> Seen<'static> {
        Seen { top_px: 0.0, height_px: layout.height_px(), lit: None }
    }

    fn whole(layout: &Layout) -> Window {
        Window::whole(layout.trace.axis_length())
    }

    #[test]
    fn a_row_is_its_name_its_blocks_with_words_where_they_fit_and_instants_on_top() {
        let given = [("messages", "TWO=2,X=0.05,THREE=3")];
        let layout = laid_out("delay-messages", Model::Sequential, &given, 1.0, Rows::Few);
        let drawn = drawn(&layout, whole(&layout), all(&layout));
        assert_eq!(drawn.names(), ["MainThread"]);
        let words: Vec<&str> = drawn.texts.iter().skip(1).map(|(text, _)| text.as_str()).collect();
        assert_eq!(words, ["TWO", "THREE"], "X has no room for its name");
        let first_running = drawn.blocks.iter().position(|(_, state)| *state == State::Running).expect("something ran");
        assert!(drawn.blocks[first_running..].iter().all(|(_, state)| *state == State::Running));
        assert!(drawn.blocks[first_running..].iter().all(|(area, _)| area.width_px >= INSTANT_PX));
    }

    #[test]
    fn what_the_window_cuts_is_seen_to_go_on() {
        let layout = laid_out("delay-messages", Model::Sequential, &[], 1.0, Rows::Few);
        let angles = |start, end| {
            let window = Window { start: Nanos(start), end: Nanos(end) };
            let drawn = drawn(&layout, window, all(&layout));
            let ends = drawn.lines_for(Stroke::Beyond).into_iter().map(|points| points[1].0 > points[0].0);
            ends.collect::<Vec<_>>()
        };
        let end = layout.trace.end().0;
        assert!(angles(0, end).is_empty());
        assert_eq!(angles(0, end / 2), [true]);
        assert_eq!(angles(end / 3, end / 2), [false, true]);
    }

    #[test]
    fn what_waits_nearly_always_is_drawn_as_waiting_however_often_it_ran() {
        let layout = laid_out("paged-api", Model::Sequential, &[], 1.0, Rows::Few);
        let drawn = drawn(&layout, whole(&layout), all(&layout));
        let highest = |state: State| {
            let of_state = drawn.bands.iter().filter(|(_, of)| *of == state).flat_map(|(areas, _)| areas);
            of_state.map(|area| area.height_px).fold(0.0, f64::max)
        };
        let seen = |state: &State| highest(*state) >= 2.0;
        assert_eq!(State::ALL.into_iter().filter(seen).collect::<Vec<_>>(), [State::Waiting]);
        assert!(highest(State::Waiting) > 14.0, "the whole row");
        assert!(drawn.blocks.is_empty(), "no page of 6,000 can be told apart: {:?}", drawn.blocks.first());
    }

    #[test]
    fn a_crowd_is_drawn_from_the_back_to_the_front() {
        let layout = laid_out("gil", Model::Threads, &[], 1.0, Rows::Few);
        let drawn = drawn(&layout, whole(&layout), all(&layout));
        let foot_px = |areas: &[Area]| areas.iter().map(|area| area.y_px + area.height_px).fold(0.0, f64::max);
        let of_one_row = drawn.bands.windows(2).filter(|pair| foot_px(&pair[0].0) == foot_px(&pair[1].0));
        let states: Vec<_> = of_one_row.map(|pair| (pair[0].1, pair[1].1)).collect();
        assert_eq!(states, [(State::Gil, State::Running); 4]);
    }

    #[test]
    fn a_picture_costs_its_pixels_and_not_the_trace() {
        for model in [Model::Sequential, Model::ThreadPool, Model::EventLoop] {
            let layout = laid_out("paged-api", model, &[], 1.0, Rows::Few);
            let mut window = whole(&layout);
            for _ in 0..8 {
                let calls = drawn(&layout, window, all(&layout)).calls();
                assert!(
                    calls < WIDTH_PX as usize / 4 * (layout.rows.len() + 3),
                    "{model}: {calls} calls for {window:?}"
                );
                window = window.zoomed(Nanos(window.end.0 / 3), 4.0, whole(&layout));
            }
        }
    }

    #[test]
    fn a_small_picture_is_as_high_as_any_other_unless_it_has_few_rows_and_has_no_names() {
        let lessons = [
            ("paged-api", Model::ThreadPool, 48.0..=64.0),
            ("advise", Model::LoopAndProcesses, 48.0..=64.0),
            ("delay-messages", Model::Threads, 42.0..=42.0),
        ];
        for (lesson, model, height_px) in lessons {
            let layout = laid_out(lesson, model, &[], 1.0, Rows::Small);
            assert!(height_px.contains(&layout.height_px()), "{lesson}: {} px", layout.height_px());
            let mut surface = Recording::default();
            let viewport = Viewport { left_px: 0.0, ..Viewport::of(whole(&layout), WIDTH_PX) };
            draw(&mut surface, &layout, &viewport, all(&layout));
            assert!(surface.names().is_empty() && surface.lines.is_empty(), "{lesson}: {:?}", surface.texts);
            assert!(surface.blocks.len() + surface.bands.len() > 3, "{lesson}");
        }
    }

    #[test]
    fn of_six_thousand_rows_only_those_are_drawn_that_are_seen() {
        let layout = laid_out("paged-api", Model::EventLoop, &[], 1.0, Rows::All);
        let drawn = drawn(&layout, whole(&layout), Seen { top_px: 48_000.0, height_px: 460.0, lit: None });
        assert!((28..=31).contains(&drawn.names().len()), "{:?}", drawn.names());
        assert!(drawn.names().iter().all(|name| name.starts_with("page 29") || name.starts_with("page 30")));
    }

    #[test]
    fn a_chain_is_outlined_link_by_link_and_the_critical_path_is_one_line_to_the_end() {
        let given = [("messages", "TWO=2,THREE=3"), ("blocking", "THREE"), ("repair", "none")];
        let layout = laid_out("blocking-call", Model::EventLoop, &given, 1.0, Rows::Few);
        let trace = &layout.trace;
        let task = (0..4).map(TaskId).find(|task| trace.task_name(*task) == "TWO").expect("it is there");
        let at = Nanos(2_500_000_000);
        let chain = Some((trace.why(task, at).expect("it is there"), at));
        let lit = Lit { chain, path: trace.critical_path(&trace.history()) };
        let drawn = drawn(&layout, whole(&layout), Seen { lit: Some(&lit), ..all(&layout) });
        assert_eq!(drawn.outlines.len(), 2);
        let paths = drawn.lines_for(Stroke::Path);
        let viewport = Viewport::of(whole(&layout), WIDTH_PX);
        let (first, last) = (paths[0].first().expect("a line"), paths[0].last().expect("a line"));
        assert_eq!((paths.len(), first.0), (1, viewport.left_px));
        assert!((last.0 - viewport.x_px(trace.end())).abs() < 1.0);
    }

    #[test]
    fn an_arrow_leads_from_whoever_ends_to_whoever_waited_and_a_lock_is_held_under_its_holder() {
        let given = [("messages", "TWO=2,THREE=3")];
        let layout = laid_out("delay-messages", Model::Threads, &given, 1.0, Rows::Few);
        let threads = drawn(&layout, whole(&layout), all(&layout));
        // A shaft and a tip for each of two joins; the shaft goes up to the main thread's row.
        let arrows = threads.lines_for(Stroke::Arrow);
        assert_eq!(arrows.len(), 4);
        assert!(arrows[0][1].1 < arrows[0][0].1);
        assert!(threads.lines_for(Stroke::Hold).is_empty() && !threads.lines_for(Stroke::Log).is_empty());
        let layout = laid_out("deadlock", Model::Threads, &[], 1.0, Rows::Few);
        let locked = drawn(&layout, whole(&layout), all(&layout));
        assert_eq!(locked.lines_for(Stroke::Hold).len(), 2);
    }
}
