//! The timeline in layers: a trace is laid out as rows, a viewport says where they are, drawing makes calls of that, and
//! a canvas carries them out. All but the canvas are pure. The table tells the same in words.

pub mod ahead;
pub mod canvas;
pub mod columns;
pub mod draw;
pub mod gesture;
pub mod labels;
pub mod layout;
pub mod links;
pub mod overlay;
pub mod palette;
pub mod pattern;
pub mod read_out;
pub mod shares;
pub mod surface;
pub mod table;
#[cfg(test)]
mod testing;
pub mod viewport;
