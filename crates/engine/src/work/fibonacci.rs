//! Fibonacci numbers by plain recursion.

use std::ops::ControlFlow;

use super::Pace;
use crate::time::Nanos;

const NANOS_PER_CALL: u64 = 100;

pub(super) fn cost(n: u8) -> Nanos {
    let (_, next) = pair(n, u64::saturating_add);
    let calls = next.saturating_mul(2).saturating_sub(1);
    Nanos(calls.saturating_mul(NANOS_PER_CALL))
}

pub(super) fn result(n: u8) -> i64 {
    let (number, _) = pair(n, u64::wrapping_add);
    number as i64
}

pub(super) fn perform(n: u8, pace: &mut Pace<'_>) -> ControlFlow<(), i64> {
    pace.step()?;
    if n < 2 {
        return ControlFlow::Continue(i64::from(n));
    }
    ControlFlow::Continue(perform(n - 1, pace)?.wrapping_add(perform(n - 2, pace)?))
}

/// F(n) and F(n + 1), added up from below with `add`.
fn pair(n: u8, add: fn(u64, u64) -> u64) -> (u64, u64) {
    (0..n).fold((0, 1), |(number, next), _| (next, add(number, next)))
}
