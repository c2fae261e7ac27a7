//! CPU work: really done when a run is measured, charged by a formula when it is predicted.
//!
//! The formulas give the CPU time that the plain Python of each algorithm takes, near what CPython 3.11 needs and such
//! that the published figures come out; each says how far it is from a CPython that was measured. [`Costs::work`] takes
//! them to another interpreter.

mod fibonacci;
mod merge_sort;
mod spin;
mod sum_of_squares;

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

pub use merge_sort::merge_sort;
pub use spin::{SpinRate, adopt_spin, calibrate_spin};

use crate::costs::Costs;
use crate::model::Speed;
use crate::time::Nanos;

/// A piece of CPU work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Computation {
    /// Sort a list of random numbers top-down by merging; the result is the number of elements.
    ///
    /// Costs 275 ns for each element that a merge moves, n ⌈log₂ n⌉ − 2^⌈log₂ n⌉ + n of them: 0.123 s for 30,000
    /// elements, as was published. CPython 3.11.7 took 160 to 230 ns an element for lists of 100 to 100,000 (0.6 to
    /// 0.85 of the formula), CPython 3.6.15 took 295 to 340 ns (1.07 to 1.25).
    MergeSort {
        /// The length of the list.
        elements: u32,
        /// Where its random numbers begin.
        seed: u64,
    },
    /// Add up i² for every i in `0..below`; the result wraps around as an `i64` does, where a Python `int` grows.
    ///
    /// Costs 100 ns a number: 2.5 s for five numbers from 5,000,000 upwards, as was published for each of four
    /// processes. CPython 3.11.7 took 65 ns (0.65 of the formula), CPython 3.6.15 68 ns.
    SumOfSquares {
        /// The first number that is not squared.
        below: u64,
    },
    /// The Fibonacci number F(n) by plain recursion; beyond F(92) the result wraps around.
    ///
    /// Costs 100 ns a call, 2 F(n + 1) − 1 of them: 0.103 s for n = 28. CPython 3.11.7 took 72 ns (0.72 of the
    /// formula), CPython 3.6.15 101 ns.
    Fibonacci {
        /// Which number; F(0) is 0.
        n: u8,
    },
    /// Keep a core busy for so much CPU time, by counting and not by watching a clock: two of them on one core take
    /// twice as long. The result is 0.
    ///
    /// Costs what it says, whatever the interpreter: the amount is a time already.
    Spin(Nanos),
}

impl Computation {
    /// The CPU time that this takes under `costs`.
    pub fn cost(&self, costs: &Costs) -> Nanos {
        let in_cpython = match *self {
            Computation::MergeSort { elements, .. } => merge_sort::cost(elements),
            Computation::SumOfSquares { below } => sum_of_squares::cost(below),
            Computation::Fibonacci { n } => fibonacci::cost(n),
            Computation::Spin(time) => return time,
        };
        in_cpython.scaled(costs.work.get())
    }

    /// What [`Computation::perform`] returns, known without the work.
    pub fn result(&self) -> i64 {
        match *self {
            Computation::MergeSort { elements, .. } => i64::from(elements),
            Computation::SumOfSquares { below } => sum_of_squares::result(below),
            Computation::Fibonacci { n } => fibonacci::result(n),
            Computation::Spin(_) => 0,
        }
    }

    /// Does the work on the caller's thread, and returns its result.
    ///
    /// Calls `checkpoint` every few microseconds, some tens at the most: there a thread may be asked to pass on the GIL, or to stop, which
    /// ends the work early and without a result. `speed` shortens [`Computation::Spin`] alone, for a real algorithm
    /// takes what it takes.
    pub fn perform(&self, speed: Speed, checkpoint: &mut dyn FnMut() -> ControlFlow<()>) -> Option<i64> {
        let mut pace = Pace::new(checkpoint);
        let result = match *self {
            Computation::MergeSort { elements, seed } => merge_sort::perform(elements, seed, &mut pace),
            Computation::SumOfSquares { below } => sum_of_squares::perform(below, &mut pace),
            Computation::Fibonacci { n } => fibonacci::perform(n, &mut pace),
            Computation::Spin(time) => spin::perform(speed.shorten(time), checkpoint),
        };
        result.continue_value()
    }
}

/// Counts small steps of work, a few nanoseconds each, and calls the checkpoint after every so many.
struct Pace<'a> {
    left: u32,
    checkpoint: &'a mut dyn FnMut() -> ControlFlow<()>,
}

impl Pace<'_> {
    const STEPS: u32 = 2048;

    fn new(checkpoint: &mut dyn FnMut() -> ControlFlow<()>) -> Pace<'_> {
        Pace { left: Pace::STEPS, checkpoint }
    }

    #[inline]
    fn step(&mut self) -> ControlFlow<()> {
        self.left -= 1;
        if self.left > 0 {
            return ControlFlow::Continue(());
        }
        self.left = Pace::STEPS;
        (self.checkpoint)()
    }
}
