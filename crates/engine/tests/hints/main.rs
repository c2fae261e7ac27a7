//! Hints and explanations over small programs.

mod checks;
mod instants;
mod plan;
mod why;
