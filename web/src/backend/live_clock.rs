//! What time it is in a run of which only reports are heard.

use engine::time::Nanos;
use engine::trace::Trace;

/// The clock of a run elsewhere, as the page infers it from what it hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveClock {
    /// The page's time at which the run began, as far as is known.
    began_ms: f64,
    /// The page's time at which nothing more came.
    stopped_ms: Option<f64>,
}

impl LiveClock {
    /// The clock of a run of which the page hears first at `now_ms`.
    pub fn start(now_ms: f64) -> LiveClock {
        LiveClock { began_ms: now_ms, stopped_ms: None }
    }

    /// Takes note that at `now_ms` something was told that happened at `at`: the run began no later than that.
    pub fn hear(&mut self, now_ms: f64, at: Nanos) {
        self.began_ms = self.began_ms.min(now_ms - at.0 as f64 / 1e6);
    }

    /// Stops the clock.
    pub fn stop(&mut self, now_ms: f64) {
        self.stopped_ms.get_or_insert(now_ms);
    }

    /// Whether the run goes on.
    pub fn is_running(&self) -> bool {
        self.stopped_ms.is_none()
    }

    /// The run's time at `now_ms` of the page's.
    pub fn now(&self, now_ms: f64) -> Nanos {
        let now_ms = self.stopped_ms.unwrap_or(now_ms);
        Nanos(((now_ms - self.began_ms).max(0.0) * 1e6) as u64)
    }
}

/// How far a run has come at `now_ms` of the page's: until then its unfinished spans go on. A run that has ended, or has
/// no such `clock`, came as far as its trace says.
pub fn reached(trace: &Trace, clock: Option<LiveClock>, now_ms: f64) -> Nanos {
    let clock = clock.filter(|_| trace.finished.is_none());
    clock.map_or(Nanos::ZERO, |clock| clock.now(now_ms)).max(trace.end())
}

#[cfg(test)]
mod tests {
    use engine::model::{Model, Speed};
    use engine::program::Outcome;
    use engine::trace::{Clock, Event};

    use super::*;

    #[test]
    fn the_report_that_was_quickest_tells_when_the_run_began() {
        let mut clock = LiveClock::start(1000.0);
        clock.hear(1000.0, Nanos::ZERO);
        clock.hear(1500.0, Nanos(520_000_000));
        clock.hear(2900.0, Nanos(1_000_000_000));
        assert_eq!(clock.now(1980.0), Nanos(1_000_000_000));
        assert_eq!(clock.now(0.0), Nanos::ZERO);
        clock.stop(1980.0);
        clock.stop(2500.0);
        assert_eq!(clock.now(3000.0), Nanos(1_000_000_000));
    }

    #[test]
    fn a_run_goes_on_until_now_a_cut_off_one_until_its_cut_and_a_finished_one_until_its_end() {
        let mut trace = Trace::new(Model::Threads, Clock::Browser, Speed::REAL);
        let mut clock = LiveClock::start(1000.0);
        assert_eq!(reached(&trace, Some(clock), 1500.0), Nanos(500_000_000));
        assert_eq!(reached(&trace, None, 1500.0), Nanos::ZERO);
        clock.stop(1600.0);
        assert_eq!(reached(&trace, Some(clock), 9000.0), Nanos(600_000_000));
        let ending = Ok(Outcome::default());
        trace.apply(Event::Finish { at: Nanos(550_000_000), cpu: None, switches: None, ending });
        assert_eq!(reached(&trace, Some(clock), 9000.0), Nanos(550_000_000));
    }
}
