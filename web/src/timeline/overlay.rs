//! What is drawn over the states of a timeline: who held what, log lines, who woke whom, the chain of causes of a wait, and
//! the critical path.

use engine::time::Nanos;
use engine::trace::{Leg, Step};

use crate::timeline::draw::{Area, Seen, Stroke, Surface, spanned};
use crate::timeline::layout::Layout;
use crate::timeline::links::{Hold, Links};
use crate::timeline::viewport::Viewport;

/// What is lit up in a timeline. Times are those of the trace's clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lit {
    /// The chain of causes of a wait, and the instant that it is about.
    pub chain: Option<(Vec<Step>, Nanos)>,
    /// The critical path.
    pub path: Vec<Leg>,
}

/// So many arrows can be told apart.
const MOST_ARROWS: usize = 60;

/// What follows within so many pixels is drawn as one.
const TOGETHER_PX: f64 = 2.0;

/// How far below a block it is told that its task holds something.
const HOLD_GAP_PX: f64 = 1.5;
const LOG_PX: f64 = 4.0;
const TIP_PX: f64 = 4.0;

/// Draws what stands in a row beside its states.
pub fn draw_in_row(surface: &mut impl Surface, links: &Links, row: usize, viewport: &Viewport, area: Area) {
    let bottom_px = area.y_px + area.height_px;
    if let Some(holds) = links.holds.get(row) {
        draw_holds(surface, holds, viewport, area, bottom_px + HOLD_GAP_PX);
    }
    let Some(logs) = links.logs.get(row) else { return };
    let mut next = logs.partition_point(|at| *at < viewport.start);
    while let Some(at) = logs.get(next).filter(|at| **at <= viewport.end) {
        let x_px = viewport.x_px(*at);
        surface.line(&[(x_px, area.y_px - 1.0), (x_px, area.y_px - 1.0 + LOG_PX)], Stroke::Log);
        let beyond = viewport.time_at(x_px + TOGETHER_PX);
        next = (next + 1).max(logs.partition_point(|at| *at < beyond));
    }
}

/// Draws what is held in a row, as one line where it is held again at once.
fn draw_holds(surface: &mut impl Surface, holds: &[Hold], viewport: &Viewport, area: Area, y_px: f64) {
    /// Whoever holds several things took them within so many others.
    const OVERLAPPING: usize = 8;
    let mut next = holds.partition_point(|hold| hold.from < viewport.start).saturating_sub(OVERLAPPING);
    let mut drawn_px = f64::NEG_INFINITY;
    while let Some(hold) = holds.get(next).filter(|hold| hold.from <= viewport.end) {
        let part = spanned(hold.from, hold.to, 1.0, viewport, area);
        let end_px = part.x_px + part.width_px;
        if hold.to >= viewport.start && end_px > drawn_px + TOGETHER_PX / 2.0 {
            surface.line(&[(part.x_px.max(drawn_px), y_px), (end_px, y_px)], Stroke::Hold);
            drawn_px = end_px;
        }
        let beyond = holds.partition_point(|hold| viewport.x_px(hold.from) < drawn_px - TOGETHER_PX);
        next = (next + 1).max(beyond.saturating_sub(OVERLAPPING));
    }
}

/// Draws what leads from row to row, and what is lit up.
pub fn draw_over(surface: &mut impl Surface, layout: &Layout, viewport: &Viewport, seen: Seen<'_>) {
    let filling = |row: usize| {
        let pitch = layout.pitch(row);
        let y_px = layout.top_px(row) - seen.top_px + (pitch.row_px - pitch.block_px) / 2.0;
        let (x_px, width_px) = (viewport.left_px, viewport.right_px - viewport.left_px);
        Area { x_px, y_px, width_px, height_px: pitch.block_px }
    };
    let is_seen = |y_px: f64| (-20.0..=seen.height_px + 20.0).contains(&y_px);
    let arrows = layout.links.arrows_between(viewport.start, viewport.end);
    if arrows.len() <= MOST_ARROWS {
        for arrow in arrows {
            let (from, to) = (filling(arrow.from as usize), filling(arrow.to as usize));
            if is_seen(from.y_px) || is_seen(to.y_px) {
                draw_arrow(surface, viewport.x_px(arrow.at), from, to, Stroke::Arrow);
            }
        }
    }
    let Some(lit) = seen.lit else { return };
    draw_path(surface, layout, viewport, &lit.path, filling);
    if let Some((steps, at)) = &lit.chain {
        draw_chain(surface, layout, viewport, steps, *at, filling);
    }
}

/// The critical path: along the lower edge of whatever is on it, and up or down to what comes next.
fn draw_path(
    surface: &mut impl Surface,
    layout: &Layout,
    viewport: &Viewport,
    legs: &[Leg],
    filling: impl Fn(usize) -> Area,
) {
    let time = |at: Nanos| layout.trace.program_time(at);
    let mut points: Vec<(f64, f64)> = Vec::new();
    let first = legs.partition_point(|leg| time(leg.to) < viewport.start);
    for leg in legs[first..].iter().take_while(|leg| time(leg.from) <= viewport.end) {
        let Some(row) = layout.row_of(leg.task, leg.lane) else { continue };
        let part = spanned(time(leg.from), drawn_end(layout, leg.to), 0.0, viewport, filling(row));
        let y_px = part.y_px + part.height_px;
        // Within one pixel a path goes nowhere that could be seen.
        let is_new =
            points.last().is_none_or(|(x_px, last_px)| part.x_px + part.width_px > x_px + 0.5 || *last_px != y_px);
        if is_new {
            points.extend([(part.x_px, y_px), (part.x_px + part.width_px, y_px)]);
        }
    }
    if points.len() > 1 {
        surface.line(&points, Stroke::Path);
    }
}

fn draw_chain(
    surface: &mut impl Surface,
    layout: &Layout,
    viewport: &Viewport,
    steps: &[Step],
    at: Nanos,
    filling: impl Fn(usize) -> Area,
) {
    let at = layout.trace.program_time(at);
    let at_px = viewport.x_px(at);
    let mut above: Option<Area> = None;
    for step in steps {
        let Some(row) = layout.row_of(step.task, step.lane) else { continue };
        let row = filling(row);
        let (from, to) = (layout.trace.program_time(step.from), drawn_end(layout, step.to));
        if to >= viewport.start && from <= viewport.end {
            surface.outline(spanned(from, to, 4.0, viewport, row), Stroke::Chain);
        }
        if let Some(from) = above.filter(|from| from.y_px != row.y_px && viewport.shows(at)) {
            draw_arrow(surface, at_px, from, row, Stroke::Chain);
        }
        above = Some(row);
    }
}

/// The end of something in the program's time; what lasts until the end of a run that stands still lasts on.
fn drawn_end(layout: &Layout, to: Nanos) -> Nanos {
    let trace = &layout.trace;
    if trace.stands_still() && to >= trace.end() { layout.until } else { trace.program_time(to) }
}

/// An upright arrow from one row's edge to another's.
fn draw_arrow(surface: &mut impl Surface, x_px: f64, from: Area, to: Area, stroke: Stroke) {
    let (begin_px, end_px, back_px) = if from.y_px < to.y_px {
        (from.y_px + from.height_px, to.y_px, -TIP_PX)
    } else {
        (from.y_px, to.y_px + to.height_px, TIP_PX)
    };
    surface.line(&[(x_px, begin_px), (x_px, end_px)], stroke);
    let wings = [(x_px - TIP_PX * 0.75, end_px + back_px), (x_px, end_px), (x_px + TIP_PX * 0.75, end_px + back_px)];
    surface.line(&wings, stroke);
}
