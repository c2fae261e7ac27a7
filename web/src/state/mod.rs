//! What the page knows: what a link can carry, what a person typed, what was measured, and what the browser is asked.

pub mod address;
pub mod browser;
pub mod crash;
pub mod door;
pub mod files;
pub mod form;
pub mod isolation;
pub mod lesson;
pub mod link;
pub mod measured;
pub mod rows;
pub mod slider;
pub mod theme;
pub mod timer;
pub mod words;
