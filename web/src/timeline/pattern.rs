//! The patterns of the states, for eyes that colours do not reach: one tile each, which canvas and document repeat.

use engine::trace::State;

/// A pattern's tile: a square with a mark on it, whose opposite edges fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    /// The mark, as the data of an SVG path.
    pub path: &'static str,
    /// How wide the mark's line is.
    pub line_px: f64,
}

/// How wide and how high each tile is.
pub const TILE_PX: f64 = 6.0;

impl Tile {
    /// The tile of a state; `None` where its colour alone is told apart.
    pub fn of(state: State) -> Option<Tile> {
        match state {
            State::Running | State::Waiting => None,
            State::Gil => Some(Tile { path: "M1 1.5h2M4 4.5h2", line_px: 2.0 }),
            State::Ready => Some(Tile { path: "M-1 7L7-1M-1 1L1-1M5 7L7 5", line_px: 1.6 }),
            State::Blocked => Some(Tile { path: "M-1-1L7 7M5-1L7 1M-1 5L1 7", line_px: 1.6 }),
            State::Queued => Some(Tile { path: "M3 0v6", line_px: 1.0 }),
        }
    }
}
