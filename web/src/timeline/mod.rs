//! The timeline in layers: a trace is laid out as rows, a viewport says where they are, drawing makes calls of that, and
//! a canvas carries them out. All but the canvas are pure. The table tells the same in words.

pub mod canvas;
pub mod crowd;
pub mod draw;
pub mod layout;
pub mod palette;
pub mod table;
pub mod viewport;
