//! A loop that keeps a core busy for a stated amount of CPU time.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use web_time::{Duration, Instant};

use crate::time::Nanos;

/// How much of the loop runs between two checkpoints.
const STRIDE: Nanos = Nanos(20_000);

/// How fast the spinning loop turns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpinRate {
    turns_per_nano: f64,
}

static RATE: OnceLock<SpinRate> = OnceLock::new();

/// Times the spinning loop, once a process; whoever measures does it before the run's clock starts.
pub fn calibrate_spin() -> SpinRate {
    *RATE.get_or_init(measure)
}

/// Spins at the rate that another process of this program has measured, unless this one has measured its own: timing the
/// loop takes longer than to start a process.
pub fn adopt_spin(rate: SpinRate) {
    let _ = RATE.set(rate);
}

pub(super) fn perform(time: Nanos, checkpoint: &mut dyn FnMut() -> ControlFlow<()>) -> ControlFlow<(), i64> {
    let SpinRate { turns_per_nano } = calibrate_spin();
    let mut left = time;
    while left > Nanos::ZERO {
        let stride = left.min(STRIDE);
        turn((stride.0 as f64 * turns_per_nano).round() as u64);
        left = left - stride;
        checkpoint()?;
    }
    ControlFlow::Continue(0)
}

/// The fastest of a few tries, since whatever else the machine does can only make one slower.
fn measure() -> SpinRate {
    const TRIES: u32 = 7;
    const LONG_ENOUGH: Duration = Duration::from_millis(1);
    const MOST_TURNS: u64 = 1 << 30;

    let mut turns = 1024;
    while time(turns) < LONG_ENOUGH && turns < MOST_TURNS {
        turns *= 2;
    }
    let fastest = (0..TRIES).map(|_| time(turns)).min().unwrap_or(LONG_ENOUGH);
    SpinRate { turns_per_nano: turns as f64 / fastest.as_nanos().max(1) as f64 }
}

fn time(turns: u64) -> Duration {
    let start = Instant::now();
    turn(turns);
    start.elapsed()
}

/// Each turn needs the last one's value, so that a core cannot do several at once.
fn turn(turns: u64) {
    let mut value = 1_u64;
    for _ in 0..turns {
        value = black_box(value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
}
