//! Predicting a run on a virtual clock.
//!
//! A prediction is a pure function of program and settings: it reads no clock and no global randomness, and equal
//! inputs give equal traces.

mod agenda;
mod bodies;
mod loop_thread;
mod machine;
mod operations;
mod spawning;
mod thread;
mod world;

pub use operations::{AWAY, BESIDE_THE_LOOP};

use crate::model::Settings;
use crate::program::Program;
use crate::trace::Trace;

/// Predicts how `program` runs under `settings`. The trace tells how it ended: with an outcome, or with the reason why it
/// came to none.
pub fn simulate(program: &Program, settings: &Settings) -> Trace {
    let mut steps = MOST;
    simulate_at_most(program, settings, &mut steps)
}

/// The same, but for another number of steps than [`MOST`]: `steps` are those that are left, and this run takes its own from them.
pub fn simulate_at_most(program: &Program, settings: &Settings, steps: &mut u64) -> Trace {
    let (trace, taken) = world::run(program, settings, *steps);
    *steps = steps.saturating_sub(taken);
    trace
}

/// After how many steps a prediction is broken off as [endless](crate::error::RunError::Endless). A step is an operation that
/// a task asks for, or a thread's being made to give way. Ten operations each of 600,000 tasks fit.
pub const MOST: u64 = 10_000_000;
