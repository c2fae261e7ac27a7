//! Where on a screen an instant lies. All timelines of a page share one viewport, so that they can be compared.

use engine::time::Nanos;

/// The stretch of pixels in which the time from a run's start to `end` is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The pixel at which time begins; what is left of it holds the rows' names.
    pub left_px: f64,
    /// The pixel at which `end` lies.
    pub right_px: f64,
    /// The latest instant that is drawn; never zero.
    pub end: Nanos,
}

/// An instant that the axis names.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// When.
    pub at: Nanos,
    /// Where.
    pub x_px: f64,
    /// What the axis says there, such as `1.5 s`.
    pub label: String,
}

/// A shorter axis than this cannot be told from an instant.
const SHORTEST_AXIS: Nanos = Nanos(1_000_000);

impl Viewport {
    /// A viewport that shows everything up to `longest`, in a picture `width_px` wide.
    pub fn fit(longest: Nanos, width_px: f64) -> Viewport {
        let left_px = gutter_px(width_px);
        let right_px = (width_px - 8.0).max(left_px + 1.0);
        Viewport { left_px, right_px, end: axis_end(longest) }
    }

    /// The pixel at which `at` lies; it may be outside the picture.
    pub fn x_px(&self, at: Nanos) -> f64 {
        let share = at.0 as f64 / self.end.0 as f64;
        self.left_px + share * (self.right_px - self.left_px)
    }

    /// The instant at a pixel, or the nearest one that is drawn.
    pub fn time_at(&self, x_px: f64) -> Nanos {
        let share = (x_px - self.left_px) / (self.right_px - self.left_px);
        self.end.scaled(share.clamp(0.0, 1.0))
    }

    /// Round instants, at least `gap_px` apart.
    pub fn ticks(&self, gap_px: f64) -> Vec<Tick> {
        let room = ((self.right_px - self.left_px) / gap_px).max(1.0);
        let step = round_step(Nanos((self.end.0 as f64 / room).ceil() as u64));
        let decimals = decimals(step);
        (0..=self.end.0 / step.0)
            .map(|index| {
                let at = Nanos(index * step.0);
                Tick { at, x_px: self.x_px(at), label: format!("{:.decimals$} s", at.as_secs_f64()) }
            })
            .collect()
    }
}

/// How much of a picture's width the rows' names take.
fn gutter_px(width_px: f64) -> f64 {
    if width_px < 520.0 { 84.0 } else { 148.0 }
}

/// The end of an axis that holds `longest`: a little later, and a round number, so that it keeps still while a measured
/// run grows past its prediction by milliseconds.
fn axis_end(longest: Nanos) -> Nanos {
    let longest = longest.max(SHORTEST_AXIS);
    let step = round_step(Nanos(longest.0.div_ceil(20)));
    Nanos((longest.0 + longest.0 / 50).div_ceil(step.0) * step.0)
}

/// The least of 1, 2, 5, 10, 20, 50 … nanoseconds that is no less than `least`.
fn round_step(least: Nanos) -> Nanos {
    let mut decade = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = decade.saturating_mul(factor);
            if step >= least.0 {
                return Nanos(step);
            }
        }
        decade = decade.saturating_mul(10);
    }
}

/// How many decimals tell the multiples of `step` apart.
fn decimals(step: Nanos) -> usize {
    let mut decimals = 0;
    let mut unit = 1_000_000_000;
    while step.0 < unit && decimals < 9 {
        unit /= 10;
        decimals += 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = Nanos(1_000_000_000);

    #[test]
    fn a_pixel_and_its_time_are_each_others_inverse() {
        let viewport = Viewport::fit(Nanos(5 * SECOND.0), 700.0);
        for at in [Nanos::ZERO, SECOND, Nanos(4_999_000_000)] {
            assert_eq!(viewport.time_at(viewport.x_px(at)), at);
        }
        assert_eq!(viewport.time_at(-50.0), Nanos::ZERO);
        assert_eq!(viewport.time_at(1e9), viewport.end);
    }

    #[test]
    fn what_is_longest_fits_whatever_the_width() {
        for (longest, width_px) in [(0, 0.0), (1, 300.0), (5 * SECOND.0, 700.0), (1920 * SECOND.0, 1200.0)] {
            let viewport = Viewport::fit(Nanos(longest), width_px);
            assert!(viewport.x_px(Nanos(longest)) <= viewport.right_px, "{longest} ns in {width_px} px");
            assert!(!viewport.ticks(60.0).is_empty());
        }
    }

    #[test]
    fn ticks_are_round_and_say_no_more_than_they_must() {
        let labels = |seconds: f64, width_px| -> Vec<String> {
            let viewport = Viewport::fit(Nanos((seconds * 1e9) as u64), width_px);
            viewport.ticks(60.0).into_iter().map(|tick| tick.label).collect()
        };
        assert_eq!(labels(5.0, 700.0), ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s"]);
        assert_eq!(labels(0.3, 400.0), ["0.0 s", "0.1 s", "0.2 s", "0.3 s"]);
        assert_eq!(labels(60.0, 400.0), ["0 s", "20 s", "40 s", "60 s"]);
    }
}
