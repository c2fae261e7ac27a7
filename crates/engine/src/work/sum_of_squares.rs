//! The sum of the squares below a number.

use std::hint::black_box;
use std::ops::ControlFlow;

use super::Pace;
use crate::time::Nanos;

const NANOS_PER_NUMBER: u64 = 100;

pub(super) fn cost(below: u64) -> Nanos {
    Nanos(below.saturating_mul(NANOS_PER_NUMBER))
}

/// (n − 1) n (2n − 1) / 6, divided before it is multiplied: the quotient is wanted modulo 2⁶⁴, the product need not
/// fit.
pub(super) fn result(below: u64) -> i64 {
    let n = u128::from(below);
    let mut factors = [n.saturating_sub(1), n, (2 * n).saturating_sub(1)];
    for divisor in [2, 3] {
        if let Some(factor) = factors.iter_mut().find(|factor| **factor % divisor == 0) {
            *factor /= divisor;
        }
    }
    factors.into_iter().fold(1, u128::wrapping_mul) as i64
}

pub(super) fn perform(below: u64, pace: &mut Pace<'_>) -> ControlFlow<(), i64> {
    let mut sum = 0_u64;
    for number in 0..below {
        // Without the box the optimiser finds the closed form, and nothing is left to do.
        sum = sum.wrapping_add(black_box(number).wrapping_mul(number));
        pace.step()?;
    }
    ControlFlow::Continue(sum as i64)
}
