//! What several runs, or the many requests of one, come to in a few figures.

use std::collections::{BTreeMap, BTreeSet};

use engine::time::Nanos;
use engine::trace::{Activity, Mark, Marked, TaskId, Trace, WaitFor};

/// The middle one of `times`, or the mean of the two in the middle.
pub fn median(mut times: Vec<Nanos>) -> Option<Nanos> {
    times.sort_unstable();
    let upper = *times.get(times.len() / 2)?;
    let lower = *times.get(times.len().checked_sub(1)? / 2)?;
    Some(lower + Nanos((upper - lower).0 / 2))
}

/// The distance from the fastest to the slowest of so many runs, as a share of their median; `None` of one run alone.
pub fn scatter(least: Nanos, most: Nanos, median: Nanos, runs: usize) -> Option<f64> {
    (runs > 1 && median > Nanos::ZERO).then(|| most.since(least).as_secs_f64() / median.as_secs_f64())
}

/// The nearest-rank percentile: the least of `sorted` that no fewer than `percent` of a hundred do not exceed. It is
/// always one of those that were measured.
pub fn percentile(sorted: &[Nanos], percent: u8) -> Option<Nanos> {
    let rank = (sorted.len() * usize::from(percent)).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// The requests of a model's runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requests {
    /// How many attempts were answered, whatever the answer was.
    pub answered: usize,
    /// The time from asking to the answer that half of them did not exceed.
    pub p50: Nanos,
    /// The one that 95 in a hundred did not exceed.
    pub p95: Nanos,
    /// The one that 99 in a hundred did not exceed.
    pub p99: Nanos,
    /// How many answers came in a second; `None` where the runs took no time.
    pub per_second: Option<f64>,
}

impl Requests {
    /// Those of all `traces` together; `None` where nothing was asked. An answer is there when its task goes on: on an
    /// event loop that is busy it has come earlier.
    pub fn of<'t>(traces: impl Iterator<Item = &'t Trace> + Clone) -> Option<Requests> {
        let mut times: Vec<Nanos> = traces.clone().flat_map(latencies).collect();
        times.sort_unstable();
        let wall = traces.filter_map(Trace::summary).fold(Nanos::ZERO, |sum, summary| sum + summary.wall);
        Some(Requests {
            answered: times.len(),
            p50: percentile(&times, 50)?,
            p95: percentile(&times, 95)?,
            p99: percentile(&times, 99)?,
            per_second: (wall > Nanos::ZERO).then(|| times.len() as f64 / wall.as_secs_f64()),
        })
    }
}

/// How long each attempt that was answered took.
fn latencies(trace: &Trace) -> Vec<Nanos> {
    let mut asked: BTreeMap<(TaskId, u64), BTreeSet<Nanos>> = BTreeMap::new();
    for span in &trace.spans {
        if let Activity::Waiting(WaitFor::Request(request) | WaitFor::Socket(request)) = span.activity {
            asked.entry((span.task, request)).or_default().insert(span.start);
        }
    }
    let mut answered: BTreeMap<(TaskId, u64), Nanos> = BTreeMap::new();
    let latency = |mark: &Mark| {
        let Marked::Answered { request, .. } = mark.kind else { return None };
        let which = (mark.task, request);
        // On a socket an attempt may wait more than once: it begins with its first wait after the answer before.
        let since = answered.insert(which, mark.at).unwrap_or_default();
        let start = *asked.get(&which)?.range(since..=mark.at).next()?;
        Some(mark.at - start)
    };
    trace.marks.iter().filter_map(latency).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::Model;
    use engine::simulate::simulate;

    #[track_caller]
    fn check_median(times: &[u64], expected: Option<u64>) {
        assert_eq!(median(times.iter().copied().map(Nanos).collect()), expected.map(Nanos));
    }

    #[test]
    fn the_median_is_the_middle_one_or_between_the_middle_two() {
        check_median(&[], None);
        check_median(&[5], Some(5));
        check_median(&[9, 1, 4], Some(4));
        check_median(&[8, 2, 4, 100], Some(6));
    }

    #[test]
    fn requests_take_what_the_network_takes() {
        let lesson = lessons::find("paged-api").unwrap();
        let of = |model, failure_rate: &str| {
            let settings = [("pages", "8"), ("limit", "4"), ("latency", "constant 2"), ("failure-rate", failure_rate)];
            let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let prepared = lesson.prepare(&lessons::Values::read(lesson.parameters, &settings).unwrap());
            let trace = simulate(&prepared.program, &prepared.settings(model, 0));
            let requests = Requests::of([&trace, &trace].into_iter()).unwrap();
            let tenths = (requests.per_second.unwrap() * 10.0).round();
            let times = [requests.p50, requests.p95, requests.p99].map(|time| time.scaled(1e-8).0);
            ((requests.answered, tenths), times, trace.outcome().unwrap()["attempts"])
        };
        // One every two seconds, and four at a time; times are in tenths of a second.
        assert_eq!(of(Model::Sequential, "0"), ((16, 5.0), [20; 3], 8));
        assert_eq!(of(Model::ThreadPool, "0"), ((16, 20.0), [20; 3], 8));
        assert_eq!(of(Model::EventLoop, "0"), ((16, 20.0), [20; 3], 8));
        // One that is asked again is another, and takes no longer.
        let ((answered, _), times, attempts) = of(Model::Sequential, "0.5");
        assert_eq!((answered as i64, times), (2 * attempts, [20; 3]));
        assert!(attempts > 8, "{attempts}");
    }

    #[test]
    fn a_percentile_is_one_of_the_values_at_the_nearest_rank() {
        // The five that the definition is usually shown with.
        let five = [15, 20, 35, 40, 50].map(Nanos);
        let of = |percent| percentile(&five, percent).unwrap().0;
        assert_eq!([5, 30, 40, 50, 100].map(of), [15, 20, 20, 35, 50]);
        let hundred: Vec<Nanos> = (1..=100).map(Nanos).collect();
        assert_eq!([0, 1, 50, 95, 99, 100].map(|p| percentile(&hundred, p).unwrap().0), [1, 1, 50, 95, 99, 100]);
        assert_eq!(percentile(&[], 50), None);
    }
}
