//! Timing by medians.

use std::time::Duration;

/// The median time of each contender in so many rounds. Everyone runs once in each, in changing order: on a machine that does
/// other things too, only what ran side by side compares fairly. `None` where a contender cannot be run here.
pub fn interleaved<F: Fn() -> Option<Duration>>(rounds: usize, contenders: &[F]) -> Vec<Option<Duration>> {
    let mut times = vec![Vec::new(); contenders.len()];
    for round in 0..rounds {
        for place in 0..contenders.len() {
            let index = (round + place) % contenders.len();
            times[index].extend(contenders[index]());
        }
    }
    times.into_iter().map(median).collect()
}

/// The median; of an even number, the later of the two in the middle.
pub fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn whoever_can_run_runs_in_every_round() {
        let runs = Cell::new(0);
        let runs_thrice = || {
            runs.set(runs.get() + 1);
            Some(Duration::from_secs([7, 1, 3][runs.get() - 1]))
        };
        let contenders: [&dyn Fn() -> Option<Duration>; 2] = [&runs_thrice, &|| None];
        assert_eq!(interleaved(3, &contenders), [Some(Duration::from_secs(3)), None]);
    }
}
