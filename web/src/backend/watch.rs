//! Whether a runner that says nothing is dead. It is counted in ticks and not read from a clock: a page that slept with its
//! machine misses ticks and reports alike, and must not blame the runner.

/// How often the page looks, in milliseconds.
pub const TICK_MS: u32 = 1000;

/// A runner says something at least once a second; so many silent ticks mean that it is gone.
const SILENT_TICKS: u32 = 8;

/// A browser may take this many ticks to start a runner.
const STARTING_TICKS: u32 = 30;

/// Counts a runner's silence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    silent_ticks: u32,
    has_spoken: bool,
}

impl Watch {
    /// The runner said something.
    pub fn hear(&mut self) {
        *self = Watch { silent_ticks: 0, has_spoken: true };
    }

    /// A tick went by. Returns why the runner must be given up, once it must.
    pub fn tick(&mut self) -> Option<String> {
        self.silent_ticks += 1;
        let (most, what) =
            if self.has_spoken { (SILENT_TICKS, "has said nothing") } else { (STARTING_TICKS, "has not started") };
        (self.silent_ticks >= most).then(|| format!("it {what} for {most} seconds"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_is_given_up_after_its_silence_and_sooner_once_it_has_spoken() {
        let ticks_until_given_up = |watch: &mut Watch| (1..100).find(|_| watch.tick().is_some());
        let mut watch = Watch::default();
        assert_eq!(ticks_until_given_up(&mut watch), Some(30));
        watch.hear();
        assert_eq!(ticks_until_given_up(&mut watch), Some(8));
    }
}
