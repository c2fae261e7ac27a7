//! How much of a stretch of time a row spends in each state, told without a walk over what happens in it.

use engine::time::Nanos;
use engine::trace::{Shows, State, Stretch};

/// Time by state, each task's counted, in nanoseconds.
pub type Times = [u64; State::ALL.len()];

/// The sums of time from a row's beginning to each of its stretches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    sums: Vec<Times>,
    /// How often a task ran, for however short a time.
    runs: Vec<u32>,
}

impl Shares {
    /// The sums of `stretches`, which are in the order of time and do not overlap.
    pub fn new(stretches: &[Stretch]) -> Shares {
        let (mut sum, mut ran) = (Times::default(), 0);
        let (mut sums, mut runs) = (vec![sum], vec![ran]);
        for stretch in stretches {
            add(&mut sum, stretch, stretch.to.since(stretch.from).0);
            ran += u32::from(does_anybody_run(stretch.shows));
            sums.push(sum);
            runs.push(ran);
        }
        Shares { sums, runs }
    }

    /// Whether anybody ran in the row, whose `stretches` these are, from `from` to `to`, be it for an instant.
    pub fn is_any_run(&self, stretches: &[Stretch], from: Nanos, to: Nanos) -> bool {
        let first = stretches.partition_point(|stretch| stretch.to < from);
        let after = stretches.partition_point(|stretch| stretch.from < to);
        first < after && self.runs[first] < self.runs[after]
    }

    /// How much of the time from `from` to `to` the row, whose `stretches` these are, spends in each state.
    pub fn between(&self, stretches: &[Stretch], from: Nanos, to: Nanos) -> Times {
        let first = stretches.partition_point(|stretch| stretch.to <= from);
        let after = stretches.partition_point(|stretch| stretch.from < to);
        let mut times = Times::default();
        if first >= after {
            return times;
        }
        for (time, (before, all)) in times.iter_mut().zip(self.sums[first].iter().zip(&self.sums[after])) {
            *time = all - before;
        }
        // The first and the last may stand out.
        let (begins, ends) = (&stretches[first], &stretches[after - 1]);
        subtract(&mut times, begins, from.since(begins.from).0);
        subtract(&mut times, ends, ends.to.since(to).0);
        times
    }
}

fn add(times: &mut Times, stretch: &Stretch, time: u64) {
    match stretch.shows {
        Shows::Task { state, .. } => times[state as usize] += time,
        Shows::Tasks(counts) => {
            State::ALL.iter().for_each(|of| times[*of as usize] += time * u64::from(counts.of(*of)))
        }
    }
}

fn subtract(times: &mut Times, stretch: &Stretch, time: u64) {
    let mut beyond = Times::default();
    add(&mut beyond, stretch, time);
    times.iter_mut().zip(beyond).for_each(|(time, beyond)| *time -= beyond);
}

fn does_anybody_run(shows: Shows) -> bool {
    match shows {
        Shows::Task { state, .. } => state == State::Running,
        Shows::Tasks(counts) => counts.of(State::Running) > 0,
    }
}

#[cfg(test)]
mod tests {
    use engine::trace::{Activity, Doing, TaskId};

    use super::*;

    /// One stretch after the other with a gap after each, of a length and in a state that `seed` decides.
    fn stretches(seed: u64) -> Vec<Stretch> {
        let (mut at, mut draw) = (0, seed);
        let mut next = |below: u64| {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (draw >> 33) % below
        };
        let stretch = |_| {
            let (length, gap, state) = (next(5), next(3), State::ALL[next(6) as usize]);
            let (from, to) = (Nanos(at), Nanos(at + length));
            at += length + gap;
            let shows = Shows::Task { task: TaskId(0), activity: Activity::Running(Doing::Steps), state };
            Stretch { from, to, shows }
        };
        (0..40).map(stretch).collect()
    }

    #[test]
    fn sums_say_what_counting_nanosecond_by_nanosecond_says() {
        for seed in 0..20 {
            let stretches = stretches(seed);
            let shares = Shares::new(&stretches);
            for (from, to) in (0..90).flat_map(|from| [1, 2, 7, 60].map(|length| (from, from + length))) {
                let mut counted = Times::default();
                for instant in from..to {
                    let covers = |stretch: &&Stretch| stretch.from.0 <= instant && instant < stretch.to.0;
                    let Some(stretch) = stretches.iter().find(covers) else { continue };
                    add(&mut counted, stretch, 1);
                }
                assert_eq!(shares.between(&stretches, Nanos(from), Nanos(to)), counted, "{from} to {to} of {seed}");
            }
        }
    }
}
