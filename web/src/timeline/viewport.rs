//! Where on a screen an instant lies. All timelines of a page share one viewport, so that they can be compared.

use engine::time::Nanos;

/// The stretch of pixels in which a stretch of time is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The pixel at which `start` lies; what is left of it holds the rows' names.
    pub left_px: f64,
    /// The pixel at which `end` lies.
    pub right_px: f64,
    /// How wide the picture is.
    pub width_px: f64,
    /// The earliest instant that is drawn.
    pub start: Nanos,
    /// The latest instant that is drawn; always later than `start`.
    pub end: Nanos,
}

/// A stretch of time that somebody zoomed in on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub start: Nanos,
    /// Its end, always later.
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

/// Nobody needs to look closer: a nanosecond is then wider than a pixel.
const SHORTEST_WINDOW: u64 = 1_000;

impl Viewport {
    /// A viewport that shows `window`, in a picture `width_px` wide.
    pub fn of(window: Window, width_px: f64) -> Viewport {
        let left_px = gutter_px(width_px);
        let right_px = (width_px - 8.0).max(left_px + 1.0);
        Viewport { left_px, right_px, width_px, start: window.start, end: window.end }
    }

    /// A viewport that shows everything up to `longest`, in a picture `width_px` wide.
    pub fn fit(longest: Nanos, width_px: f64) -> Viewport {
        Viewport::of(Window::whole(longest), width_px)
    }

    /// The pixel at which `at` lies; it may be outside the picture.
    pub fn x_px(&self, at: Nanos) -> f64 {
        let since = at.0 as f64 - self.start.0 as f64;
        self.left_px + since / self.length() * (self.right_px - self.left_px)
    }

    /// The instant at a pixel, or the nearest one that is drawn.
    pub fn time_at(&self, x_px: f64) -> Nanos {
        let share = (x_px - self.left_px) / (self.right_px - self.left_px);
        self.start + Nanos((self.length() * share.clamp(0.0, 1.0)).round() as u64)
    }

    /// How much time so many pixels are.
    pub fn time_of(&self, width_px: f64) -> f64 {
        width_px / (self.right_px - self.left_px) * self.length()
    }

    /// Whether an instant is drawn.
    pub fn shows(&self, at: Nanos) -> bool {
        self.start <= at && at <= self.end
    }

    /// Round instants, at least `gap_px` apart and further where their labels are long.
    pub fn ticks(&self, gap_px: f64) -> Vec<Tick> {
        const LETTER_PX: f64 = 6.5;
        let width_px = (self.right_px - self.left_px).max(1.0);
        let mut gap_px = gap_px;
        loop {
            let room = (width_px / gap_px).max(1.0);
            let step = round_step(Nanos((self.length() / room).ceil() as u64)).0.max(1);
            let unit = Unit::of(self.end, step);
            let ticks = (self.start.0.div_ceil(step)..=self.end.0 / step).map(|index| {
                let at = Nanos(index * step);
                Tick { at, x_px: self.x_px(at), label: unit.label(at, step) }
            });
            let ticks: Vec<Tick> = ticks.collect();
            let longest = ticks.iter().map(|tick| tick.label.chars().count()).max().unwrap_or_default();
            let needed_px = longest as f64 * LETTER_PX + 12.0;
            if needed_px <= gap_px || ticks.len() <= 2 {
                return ticks;
            }
            gap_px = needed_px;
        }
    }

    fn length(&self) -> f64 {
        (self.end.0 - self.start.0).max(1) as f64
    }
}

impl Window {
    /// All of a time that lasts until `longest`.
    pub fn whole(longest: Nanos) -> Window {
        Window { start: Nanos::ZERO, end: axis_end(longest) }
    }

    /// How long it is.
    pub fn length(self) -> Nanos {
        self.end.since(self.start)
    }

    /// The window made shorter by `factor` about an instant that stays where it is, as far as there is time in `whole`.
    pub fn zoomed(self, about: Nanos, factor: f64, whole: Window) -> Window {
        let length = (self.length().0 as f64 / factor).max(SHORTEST_WINDOW as f64).min(whole.length().0 as f64);
        let share = (about.0 as f64 - self.start.0 as f64) / self.length().0.max(1) as f64;
        let start = about.0 as f64 - share.clamp(0.0, 1.0) * length;
        Window::within(start, length, whole)
    }

    /// The window moved by so many nanoseconds, as far as there is time in `whole`.
    pub fn moved(self, by: f64, whole: Window) -> Window {
        Window::within(self.start.0 as f64 + by, self.length().0 as f64, whole)
    }

    /// The window moved no further than it must be to show `at`: by whole pages, as one turns them.
    pub fn turned_to(self, at: Nanos, whole: Window) -> Window {
        if self.start <= at && at <= self.end {
            return self;
        }
        const BEFORE: f64 = 0.1;
        let length = self.length().0 as f64;
        let before = if at > self.end { BEFORE } else { 1.0 - BEFORE };
        Window::within(at.0 as f64 - length * before, length, whole)
    }

    fn within(start: f64, length: f64, whole: Window) -> Window {
        let length = length.min(whole.length().0 as f64);
        let start = start.clamp(whole.start.0 as f64, whole.end.0 as f64 - length).round() as u64;
        Window { start: Nanos(start), end: Nanos((start + length.round() as u64).min(whole.end.0)) }
    }
}

/// The unit in which the instants of an axis are short to write.
#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
}

impl Unit {
    fn of(end: Nanos, step: u64) -> Unit {
        const MILLISECOND: u64 = 1_000_000;
        match (step, end.0) {
            (100_000_000.., _) => Unit::Seconds,
            (MILLISECOND.., 1_000_000_000..) => Unit::Seconds,
            (..MILLISECOND, ..10_000_000) => Unit::Microseconds,
            _ => Unit::Milliseconds,
        }
    }

    fn label(self, at: Nanos, step: u64) -> String {
        let (name, size) = match self {
            Unit::Seconds => ("s", 1_000_000_000),
            Unit::Milliseconds => ("ms", 1_000_000),
            Unit::Microseconds => ("µs", 1_000),
        };
        let decimals = decimals(step, size);
        format!("{:.decimals$} {name}", at.0 as f64 / size as f64)
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

/// How many decimals tell the multiples of `step` apart, in a unit of so many nanoseconds.
fn decimals(step: u64, mut unit: u64) -> usize {
    let mut decimals = 0;
    while step < unit && decimals < 9 {
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
        let whole = Viewport::fit(Nanos(5 * SECOND.0), 700.0);
        let close = Viewport::of(Window { start: SECOND, end: Nanos(SECOND.0 + 10_000) }, 700.0);
        for (viewport, instants) in
            [(whole, [0, SECOND.0, 4_999_000_000]), (close, [SECOND.0, SECOND.0 + 1, SECOND.0 + 9_999])]
        {
            for at in instants.map(Nanos) {
                assert_eq!(viewport.time_at(viewport.x_px(at)), at);
            }
            assert_eq!(viewport.time_at(-50.0), viewport.start);
            assert_eq!(viewport.time_at(1e9), viewport.end);
        }
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
        let labels = |start: u64, end: u64| -> Vec<String> {
            let viewport = Viewport::of(Window { start: Nanos(start), end: Nanos(end) }, 400.0);
            viewport.ticks(60.0).into_iter().map(|tick| tick.label).collect()
        };
        assert_eq!(labels(0, 6 * SECOND.0), ["0 s", "2 s", "4 s", "6 s"]);
        assert_eq!(labels(0, 320_000_000), ["0.0 s", "0.1 s", "0.2 s", "0.3 s"]);
        assert_eq!(labels(0, 60 * SECOND.0), ["0 s", "20 s", "40 s", "60 s"]);
        assert_eq!(
            labels(2_999_900_000, 3_000_100_000),
            ["2999.90 ms", "2999.95 ms", "3000.00 ms", "3000.05 ms", "3000.10 ms"]
        );
        assert_eq!(labels(0, 4_000), ["0 µs", "1 µs", "2 µs", "3 µs", "4 µs"]);
    }

    #[test]
    fn zooming_keeps_the_instant_under_the_pointer_and_never_leaves_the_whole() {
        let whole = Window::whole(Nanos(5 * SECOND.0));
        let about = Nanos(2 * SECOND.0);
        let mut window = whole;
        for factor in [2.0, 3.0, 1.5, 0.5, 7.0] {
            let before = Viewport::of(window, 700.0).x_px(about);
            window = window.zoomed(about, factor, whole);
            let after = Viewport::of(window, 700.0).x_px(about);
            assert!((before - after).abs() < 0.01, "{before} became {after}");
        }
        for by in [-1e12, 1e12] {
            let moved = window.moved(by, whole);
            assert_eq!(moved.length(), window.length());
            assert!(whole.start <= moved.start && moved.end <= whole.end);
        }
        assert_eq!(window.zoomed(about, 1e-9, whole), whole);
        assert_eq!(window.zoomed(about, 1e99, whole).length(), Nanos(SHORTEST_WINDOW));
    }

    #[test]
    fn a_window_is_turned_like_a_page_until_it_shows_the_playhead() {
        let whole = Window { start: Nanos::ZERO, end: Nanos(1000) };
        let window = Window { start: Nanos(100), end: Nanos(200) };
        assert_eq!(window.turned_to(Nanos(150), whole), window);
        assert_eq!(window.turned_to(Nanos(201), whole), Window { start: Nanos(191), end: Nanos(291) });
        assert_eq!(window.turned_to(Nanos(99), whole), Window { start: Nanos(9), end: Nanos(109) });
        assert_eq!(window.turned_to(Nanos(1000), whole), Window { start: Nanos(900), end: Nanos(1000) });
    }
}
