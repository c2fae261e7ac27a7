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
        let room = stretches.len() + 1;
        let (mut sums, mut runs) = (Vec::with_capacity(room), Vec::with_capacity(room));
        sums.push(sum);
        runs.push(ran);
        for stretch in stretches {
            add(&mut sum, stretch, stretch.to.since(stretch.from).0);
            ran += u32::from(does_anybody_run(stretch.shows));
            sums.push(sum);
            runs.push(ran);
        }
        Shares { sums, runs }
    }

    /// A walk along the row, whose `stretches` these are, from the instant `from` on, before which all those before the one
    /// numbered `first` have ended.
    pub fn walk<'r>(&'r self, stretches: &'r [Stretch], first: usize, from: Nanos) -> Walk<'r> {
        Walk { shares: self, stretches, begun: first, at: from }
    }
}

/// A walk along a row, step by step: what comes next is looked for near where it is.
#[derive(Clone, Debug)]
pub struct Walk<'r> {
    shares: &'r Shares,
    stretches: &'r [Stretch],
    /// How many of the stretches lie behind: those that had ended where the walk began, and those that have begun on the way.
    begun: usize,
    at: Nanos,
}

impl Walk<'_> {
    /// How many of the stretches have ended by `to`, which lies ahead.
    pub fn ended_by(&self, to: Nanos) -> usize {
        let ended = ended(self.stretches, self.begun_before(to), to);
        // Instants end where they begin.
        ended + self.stretches[ended..].iter().take_while(|stretch| stretch.to <= to).count()
    }

    /// Goes on to `to`. Returns how much of the time on the way the row spends in each state, and whether anybody ran there, be it
    /// for an instant.
    pub fn step(&mut self, to: Nanos) -> (Times, bool) {
        let (first, begun) = (ended(self.stretches, self.begun, self.at), self.begun_before(to));
        let mut times = Times::default();
        if first < begun {
            let Shares { sums, .. } = self.shares;
            for (time, (before, all)) in times.iter_mut().zip(sums[first].iter().zip(&sums[begun])) {
                *time = all - before;
            }
            // The first and the last may stand out.
            let (begins, ends) = (&self.stretches[first], &self.stretches[begun - 1]);
            subtract(&mut times, begins, self.at.since(begins.from).0);
            subtract(&mut times, ends, ends.to.since(to).0);
        }
        let is_any_run = times[State::Running as usize] > 0 || self.shares.runs[self.begun] < self.shares.runs[begun];
        (self.begun, self.at) = (begun, to);
        (times, is_any_run)
    }

    fn begun_before(&self, to: Nanos) -> usize {
        let ahead = &self.stretches[self.begun..];
        // In ever longer strides, until one is too long.
        let mut stride = 1;
        while ahead.get(stride - 1).is_some_and(|stretch| stretch.from < to) {
            stride *= 2;
        }
        let near = &ahead[stride / 2..ahead.len().min(stride)];
        self.begun + stride / 2 + near.partition_point(|stretch| stretch.from < to)
    }
}

/// How many of the stretches have ended by `at`, of which so many have begun before: all of them, or all but the last.
fn ended(stretches: &[Stretch], begun: usize, at: Nanos) -> usize {
    match begun.checked_sub(1) {
        Some(last) if stretches[last].to > at => last,
        _ => begun,
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

    /// The same, nanosecond by nanosecond.
    fn counted(stretches: &[Stretch], from: Nanos, to: Nanos) -> Times {
        let mut counted = Times::default();
        for instant in from.0..to.0 {
            let covers = |stretch: &&Stretch| stretch.from.0 <= instant && instant < stretch.to.0;
            if let Some(stretch) = stretches.iter().find(covers) {
                add(&mut counted, stretch, 1);
            }
        }
        counted
    }

    #[test]
    fn each_step_of_a_walk_says_what_counting_says_wherever_it_begins() {
        for (seed, begin) in (0..20).flat_map(|seed| [0, 1, 30, 85].map(|begin| (seed, begin))) {
            let stretches = stretches(seed);
            let shares = Shares::new(&stretches);
            let first = stretches.partition_point(|stretch| stretch.to <= Nanos(begin));
            for length in [1, 2, 7, 60] {
                let mut walk = shares.walk(&stretches, first, Nanos(begin));
                for (from, to) in (0..120 / length).map(|step| (begin + step * length, begin + (step + 1) * length)) {
                    let (from, to) = (Nanos(from), Nanos(to));
                    let ended = stretches.iter().filter(|stretch| stretch.to <= to).count();
                    assert_eq!(walk.ended_by(to), ended, "by {to} of {seed}");
                    let (times, is_any_run) = walk.step(to);
                    assert_eq!(times, counted(&stretches, from, to), "{from} to {to} of {seed}");
                    // An instant counts where it begins.
                    let is_there = |stretch: &Stretch| {
                        let lasts = from <= stretch.from || from < stretch.to;
                        stretch.from < to && lasts && does_anybody_run(stretch.shows)
                    };
                    assert_eq!(is_any_run, stretches[first..].iter().any(is_there), "{from} to {to} of {seed}");
                }
            }
        }
    }
}
