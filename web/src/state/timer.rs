//! How finely this browser tells its time, found out by looking.

use std::sync::LazyLock;

use engine::time::Nanos;

use crate::state::browser;

/// So many steps are enough to trust the smallest of them: one that was interrupted looks longer than it is.
const ENOUGH_STEPS: u32 = 20;

/// The page must not stand still for longer, whatever its clock is like.
const MOST_MS: f64 = 3.0;

/// The same bound for a clock that hardly moves; readings take about a tenth of a microsecond each.
const MOST_READINGS: u32 = 30_000;

static STEP: LazyLock<Option<Nanos>> = LazyLock::new(|| {
    let clock = browser::performance()?;
    smallest_step(|| clock.now())
});

/// The smallest step of `performance.now()` here; `None` where it is too long to be seen in a moment.
pub fn step() -> Option<Nanos> {
    *STEP
}

/// The smallest step between readings of a clock, to a tenth of a microsecond.
fn smallest_step(mut now_ms: impl FnMut() -> f64) -> Option<Nanos> {
    let began_ms = now_ms();
    let (mut before_ms, mut smallest_ms, mut steps) = (began_ms, f64::INFINITY, 0);
    for _ in 0..MOST_READINGS {
        let read_ms = now_ms();
        if read_ms > before_ms {
            smallest_ms = smallest_ms.min(read_ms - before_ms);
            steps += 1;
        }
        if steps == ENOUGH_STEPS || read_ms - began_ms > MOST_MS {
            break;
        }
        before_ms = read_ms;
    }
    // Readings are binary fractions, so a step of 5 µs comes out a hair off.
    (steps > 0).then(|| Nanos((smallest_ms * 1e4).round().max(1.0) as u64 * 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of a clock with steps of `step_us` that is read every 0.3 µs, and how often it was read.
    fn look(step_us: f64) -> (Option<Nanos>, u32) {
        let mut readings = 0;
        let found = smallest_step(|| {
            readings += 1;
            let real_us = 1_234_567.0 + f64::from(readings) * 0.3;
            (real_us / step_us).floor() * step_us / 1e3
        });
        (found, readings)
    }

    #[test]
    fn a_fine_clock_is_told_after_a_few_steps_and_a_coarse_one_not_waited_for() {
        for (step_us, most_readings) in [(5.0, 400), (20.0, 1_500), (100.0, 7_000), (1_000.0, 15_000)] {
            let (found, readings) = look(step_us);
            assert_eq!(found, Some(Nanos((step_us * 1e3) as u64)));
            assert!(readings <= most_readings, "{step_us} µs: {readings} readings");
        }
        assert_eq!(look(100_000.0), (None, MOST_READINGS + 1));
    }
}
