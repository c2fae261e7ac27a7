//! Predicted runs: what holds for every program, what can be known in advance, and the order that CPython's loop has.

mod event_loop;
mod program;
mod properties;
mod scheduling;
