//! Hints and explanations over small programs.

mod checks;
mod plan;
mod why;
