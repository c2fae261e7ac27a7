//! Blocks that are too narrow to be told apart, such as turns of 5 ms on an axis of a minute. They are shown together: in
//! each column of the picture the states stand one upon the other, each as high as its share of that time.

use engine::trace::State;

use crate::timeline::draw::Area;
use crate::timeline::layout::{Block, Shown};
use crate::timeline::viewport::Viewport;

/// A block narrower than this has no room beside the instants at its ends, which are 3 px wide whatever they lasted.
const NARROW_PX: f64 = 8.0;

/// So many narrow blocks, one beside the other, are a crowd. Fewer are instants, and drawn as such.
const FEWEST: usize = 5;

/// Nor are those that crowd upon one instant.
const LEAST_WIDTH_PX: f64 = 10.0;

const COLUMN_PX: f64 = 4.0;

/// What ran at all is at least so high.
const LEAST_RUNNING_PX: f64 = 2.0;

/// Blocks that are drawn in one way.
#[derive(Debug, PartialEq)]
pub enum Group<'b> {
    /// A block that can be seen.
    Single(&'b Block),
    /// A crowd.
    Crowd(&'b [Block]),
}

/// The blocks of a row that stands for `stands_for`, by how they are to be drawn.
pub fn grouped<'b>(blocks: &'b [Block], stands_for: u32, viewport: &Viewport) -> Vec<Group<'b>> {
    if stands_for > 1 {
        return if blocks.is_empty() { Vec::new() } else { vec![Group::Crowd(blocks)] };
    }
    let is_narrow = |block: &Block| viewport.x_px(block.end) - viewport.x_px(block.start) < NARROW_PX;
    let are_together = |a: &Block, b: &Block| {
        is_narrow(a) && is_narrow(b) && viewport.x_px(b.start) - viewport.x_px(a.end) < NARROW_PX
    };
    let runs = blocks.chunk_by(are_together);
    let width_px = |run: &[Block]| match run {
        [first, .., last] => viewport.x_px(last.end) - viewport.x_px(first.start),
        _ => 0.0,
    };
    let groups = |run: &'b [Block]| match run.len() < FEWEST || width_px(run) < LEAST_WIDTH_PX {
        true => run.iter().map(Group::Single).collect(),
        false => vec![Group::Crowd(run)],
    };
    runs.flat_map(groups).collect()
}

/// The areas of each state in the picture of a crowd, which is `height_px` high from `y_px` down, where full height means
/// `stands_for` tasks.
pub fn bands(
    blocks: &[Block],
    stands_for: u32,
    viewport: &Viewport,
    y_px: f64,
    height_px: f64,
) -> Vec<(State, Vec<Area>)> {
    let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Vec::new() };
    let begin_px = viewport.x_px(first.start);
    if begin_px >= viewport.right_px {
        return Vec::new();
    }
    let end_px = viewport.x_px(last.end).min(viewport.right_px);
    let columns = (((end_px - begin_px) / COLUMN_PX).ceil() as usize).max(1);
    let mut shares = vec![[0.0; State::ALL.len()]; columns];
    for block in blocks {
        let from = (viewport.x_px(block.start) - begin_px) / COLUMN_PX;
        let to = (viewport.x_px(block.end) - begin_px) / COLUMN_PX;
        let column = (from as usize).min(columns - 1);
        let after = (to.ceil() as usize).clamp(column + 1, columns);
        for (column, shares) in shares.iter_mut().enumerate().take(after).skip(column) {
            let part = (to.min(column as f64 + 1.0) - from.max(column as f64)).max(f64::MIN_POSITIVE);
            for state in State::ALL {
                shares[state as usize] += part * count(block.shows, state);
            }
        }
    }
    let band = |state: State| {
        let area = |(column, shares): (usize, &[f64; State::ALL.len()])| {
            let px = |state: State| {
                let share = shares[state as usize] / f64::from(stands_for);
                let least_px = if state == State::Running && share > 0.0 { LEAST_RUNNING_PX } else { 0.0 };
                (share.min(1.0) * height_px).max(least_px)
            };
            let below_px: f64 = State::ALL.into_iter().take_while(|below| *below != state).map(px).sum();
            let top_px = (below_px + px(state)).min(height_px);
            let area = Area {
                x_px: begin_px + column as f64 * COLUMN_PX,
                y_px: y_px + height_px - top_px,
                width_px: COLUMN_PX,
                height_px: top_px - below_px.min(height_px),
            };
            (area.height_px > 0.0).then_some(area)
        };
        (state, shares.iter().enumerate().filter_map(area).collect())
    };
    State::ALL.into_iter().map(band).filter(|(_, areas): &(_, Vec<Area>)| !areas.is_empty()).collect()
}

fn count(shows: Shown, state: State) -> f64 {
    match shows {
        Shown::State(shown) => f64::from(u8::from(shown == state)),
        Shown::Counts(counts) => f64::from(counts.of(state)),
    }
}

#[cfg(test)]
mod tests {
    use engine::time::Nanos;

    use super::*;

    /// Blocks of 1 ns, one after the other.
    fn blocks(states: &[State]) -> Vec<Block> {
        let block = |(at, state): (u64, &State)| {
            let (label, brief) = Default::default();
            Block { start: Nanos(at), end: Nanos(at + 1), shows: Shown::State(*state), label, brief }
        };
        (0..).zip(states).map(block).collect()
    }

    #[test]
    fn turns_too_short_to_see_are_shares_and_long_ones_are_themselves() {
        let turns = blocks(&[State::Running, State::Gil].repeat(20));
        let wide = Viewport { left_px: 0.0, right_px: 400.0, end: Nanos(40) };
        assert_eq!(grouped(&turns, 1, &wide).len(), 40);
        let narrow = Viewport { left_px: 0.0, right_px: 40.0, end: Nanos(40) };
        assert_eq!(grouped(&turns, 1, &narrow), [Group::Crowd(&turns)]);
        let bands = bands(&turns, 1, &narrow, 100.0, 10.0);
        let height = |height_px: f64, y_px: f64| move |area: &Area| area.height_px == height_px && area.y_px == y_px;
        assert_eq!(
            bands.iter().map(|(state, areas)| (*state, areas.len())).collect::<Vec<_>>(),
            [(State::Running, 10), (State::Gil, 10)]
        );
        assert!(bands[0].1.iter().all(height(5.0, 105.0)) && bands[1].1.iter().all(height(5.0, 100.0)));
    }

    #[test]
    fn a_few_instants_are_no_crowd() {
        let few = blocks(&[State::Running; 4]);
        let viewport = Viewport { left_px: 0.0, right_px: 40.0, end: Nanos(40) };
        assert_eq!(grouped(&few, 1, &viewport).len(), 4);
    }
}
