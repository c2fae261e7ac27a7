//! Blocks that are too narrow to be told apart, such as turns of 5 ms on an axis of a minute. They are shown together: in
//! each column of the picture the states stand one upon the other, each as high as its share of that time.

use std::ops::Range;

use engine::trace::{State, Stretch};

use crate::timeline::draw::Area;
use crate::timeline::layout::Row;
use crate::timeline::viewport::Viewport;

/// A block narrower than this has no room beside the instants at its ends, which are 3 px wide whatever they lasted.
const NARROW_PX: f64 = 8.0;

/// So many narrow blocks, one beside the other, are a crowd. Fewer are instants, and drawn as such.
const FEWEST: usize = 5;

const COLUMN_PX: f64 = 4.0;

/// What ran at all is at least so high.
const LEAST_RUNNING_PX: f64 = 1.5;

/// Heights that differ by less look alike.
const STEP_PX: f64 = 0.5;

/// A part of a row that is drawn in one way.
#[derive(Debug, PartialEq)]
pub enum Piece<'r> {
    /// A block that can be seen.
    Block(&'r Stretch),
    /// A crowd.
    Columns(Columns),
}

/// Columns side by side.
#[derive(Debug, PartialEq)]
pub struct Columns {
    /// The left edge of the first one.
    pub x_px: f64,
    /// The right edge of the last one, which may be narrower than the others.
    pub end_px: f64,
    /// What each one shows.
    pub columns: Vec<Column>,
}

/// The share of each state in a column's time, and whether anybody ran, be it for an instant.
pub type Column = ([f64; State::ALL.len()], bool);

/// The parts of a row that can be seen, by how they are to be drawn.
pub fn pieces<'r>(row: &'r Row, viewport: &Viewport) -> Vec<Piece<'r>> {
    let stretches = &row.stretches;
    let mut next = stretches.partition_point(|stretch| stretch.to < viewport.start);
    let mut pieces = Vec::new();
    let is_of_many = row.is_of_many();
    while stretches.get(next).is_some_and(|stretch| stretch.from <= viewport.end) {
        let few = if is_of_many { 0 } else { few(&stretches[next..], viewport) };
        if few > 0 {
            pieces.extend(stretches[next..next + few].iter().map(Piece::Block));
            next += few;
        } else {
            let (columns, ended) = columns(row, next, is_of_many, viewport);
            let end_px = columns.end_px;
            pieces.push(Piece::Columns(columns));
            // Whatever the rounding, it goes on.
            next = ended.max(next + 1);
            if end_px >= viewport.right_px {
                break;
            }
        }
    }
    pieces
}

/// How many of the first blocks are to be drawn one by one: a wide one, or so few narrow ones that they are no crowd.
fn few(stretches: &[Stretch], viewport: &Viewport) -> usize {
    let width_px = |stretch: &Stretch| viewport.x_px(stretch.to) - viewport.x_px(stretch.from);
    if width_px(&stretches[0]) >= NARROW_PX {
        return 1;
    }
    let goes_on = |pair: &[Stretch]| {
        width_px(&pair[1]) < NARROW_PX && viewport.x_px(pair[1].from) - viewport.x_px(pair[0].to) < NARROW_PX
    };
    let together = 1 + stretches.windows(2).take(FEWEST - 1).take_while(|pair| goes_on(pair)).count();
    if together < FEWEST { together } else { 0 }
}

/// The columns from the block numbered `first` on, as far as there are some that cannot be told apart, and how many blocks have
/// ended with them.
fn columns(row: &Row, first: usize, is_of_many: bool, viewport: &Viewport) -> (Columns, usize) {
    let stretches = &row.stretches;
    let x_px = viewport.x_px(stretches[first].from).max(viewport.left_px);
    let mut columns = Vec::new();
    let mut left_px = x_px;
    let mut from = viewport.time_at(left_px);
    let mut walk = row.shares.walk(stretches, first, from);
    loop {
        let mut right_px = (left_px + COLUMN_PX).min(viewport.right_px);
        let mut to = viewport.time_at(right_px);
        let mut ended = walk.ended_by(to);
        let next = stretches.get(ended);
        let width_px = |stretch: &Stretch| viewport.x_px(stretch.to) - viewport.x_px(stretch.from);
        // What can be told apart begins within this column, or nothing does.
        let ends = !is_of_many
            && next.is_none_or(|next| width_px(next) >= NARROW_PX || viewport.x_px(next.from) > right_px + NARROW_PX);
        if ends {
            let until = next.map_or(right_px, |next| viewport.x_px(next.from));
            let last = ended.checked_sub(1).map_or(until, |last| viewport.x_px(stretches[last].to));
            right_px = right_px.min(until).min(last.max(left_px + 1.0));
            to = viewport.time_at(right_px);
            ended = walk.ended_by(to);
        }
        let is_last = ends || next.is_none();
        let (times, is_any_run) = walk.step(to);
        let length = (to.since(from).0.max(1)) as f64;
        columns.push((times.map(|time| time as f64 / length), is_any_run));
        (left_px, from) = (right_px, to);
        if is_last || left_px >= viewport.right_px {
            return (Columns { x_px, end_px: left_px, columns }, ended);
        }
    }
}

impl Columns {
    /// The areas of each state, in the order in which they are to be drawn, where the filling of the row is `area`. Each state
    /// reaches down to the row's foot, and is covered by those that stand under it: so what is as high for long is one area,
    /// whatever there is at its foot.
    pub fn bands(&self, row: &Row, area: Area) -> Vec<(State, Vec<Area>)> {
        let mut tops_px: [Vec<f64>; State::ALL.len()] = Default::default();
        for (shares, is_any_run) in &self.columns {
            let mut below_px = 0.0;
            for state in State::ALL {
                let share = shares[state as usize] / f64::from(row.stands_for.max(1));
                let least_px = if state == State::Running && *is_any_run { LEAST_RUNNING_PX } else { 0.0 };
                let top_px = stepped(below_px + (share * area.height_px).max(least_px)).min(area.height_px);
                tops_px[state as usize].push(if top_px > below_px { top_px } else { 0.0 });
                below_px = below_px.max(top_px);
            }
        }
        let left_px = |column: usize| (self.x_px + column as f64 * COLUMN_PX).min(self.end_px);
        let in_place = |slab: Slab| Area {
            x_px: left_px(slab.columns.start),
            y_px: area.y_px + area.height_px - slab.top_px,
            width_px: left_px(slab.columns.end) - left_px(slab.columns.start),
            height_px: slab.top_px - slab.bottom_px,
        };
        let bands = State::ALL.into_iter().rev().map(|state| {
            let slabs = slabs(&tops_px[state as usize]);
            (state, slabs.into_iter().map(in_place).collect())
        });
        bands.filter(|(_, areas): &(State, Vec<Area>)| !areas.is_empty()).collect()
    }
}

/// A part of a skyline that lies flat.
#[derive(Debug, PartialEq)]
struct Slab {
    columns: Range<usize>,
    bottom_px: f64,
    top_px: f64,
}

/// Cuts what stands under a skyline into slabs that lie upon each other, no more of them than it changes from column to column: a
/// peak on a long wall is one, and the wall another.
fn slabs(tops_px: &[f64]) -> Vec<Slab> {
    let mut slabs = Vec::new();
    // Those that still go on, from the lowest to the highest: where each began, and its top.
    let mut open: Vec<(usize, f64)> = Vec::new();
    for (column, now_px) in tops_px.iter().copied().chain([0.0]).enumerate() {
        let mut from = column;
        while let Some((began, top_px)) = open.pop_if(|(_, top_px)| *top_px > now_px) {
            let bottom_px = open.last().map_or(0.0, |(_, under_px)| *under_px).max(now_px);
            slabs.push(Slab { columns: began..column, bottom_px, top_px });
            from = began;
        }
        if now_px > open.last().map_or(0.0, |(_, under_px)| *under_px) {
            open.push((from, now_px));
        }
    }
    slabs
}

/// The nearest height that can be told from others.
fn stepped(height_px: f64) -> f64 {
    (height_px / STEP_PX).round() * STEP_PX
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn slabs_fill_what_is_under_a_skyline_once_and_are_no_more_than_its_changes(tops in prop::collection::vec(0..6_u8, 0..40)) {
            let slabs = slabs(&tops.iter().copied().map(f64::from).collect::<Vec<_>>());
            for (column, top) in tops.iter().enumerate() {
                for height in 0..6 {
                    let middle_px = f64::from(height) + 0.5;
                    let here = |slab: &&Slab| slab.columns.contains(&column) && slab.bottom_px < middle_px && middle_px < slab.top_px;
                    prop_assert_eq!(slabs.iter().filter(here).count(), usize::from(height < i32::from(*top)));
                }
            }
            let changes = [0].iter().chain(&tops).zip(&tops).filter(|(before, after)| before != after).count();
            prop_assert!(slabs.len() <= changes);
        }
    }
}
