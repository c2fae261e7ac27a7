//! The figures of one run, and how long its requests or its tasks took.

use std::collections::{BTreeMap, BTreeSet};

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, LaneKind, Mark, Marked, TaskId, Trace, WaitFor, sort_by_numbers, speedup};

use crate::state::words;

/// A figure: its name, what it means, and its value as text.
pub type Figure = (&'static str, &'static str, String);

/// What is written where nothing is known.
const UNKNOWN: &str = "–";

/// Times that differ by less than this part of the longest are shown from nought.
const NARROW: u64 = 20;

/// The bars of a histogram.
const BINS: usize = 12;

/// How many times fell into each stretch of equal length.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Where the first bar begins.
    pub from: Nanos,
    /// Where the last bar ends.
    pub to: Nanos,
    /// The bars, from the shortest times to the longest.
    pub counts: Vec<usize>,
}

/// What the times of a run are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimesOf {
    /// From asking to the answer.
    Requests,
    /// From the spawning of a task to its end.
    Tasks,
}

/// How long the requests of a run took or, where it made none, its tasks; sorted, in the program's own time.
pub fn times(trace: &Trace) -> (TimesOf, Vec<Nanos>) {
    let requests = request_times(trace);
    let (of, mut times) = match requests.is_empty() {
        false => (TimesOf::Requests, requests),
        true => (TimesOf::Tasks, task_times(trace)),
    };
    times.iter_mut().for_each(|time| *time = trace.program_time(*time));
    sort_by_numbers(&mut times, |time| [time.0]);
    (of, times)
}

/// The figures of a run; `sequential` is the sequential run on the same clock.
pub fn figures(trace: &Trace, sequential: Option<&Trace>) -> Vec<Figure> {
    let summary = trace.summary();
    let wall = words::wall(trace);
    let times_faster = sequential.and_then(words::wall).zip(wall).and_then(|(one, wall)| speedup(one, wall));
    let workers = workers(trace);
    let (of, times) = times(trace);
    let count = times.len();
    let share = |number: f64| format!("{:.0} %", 100.0 * number);
    let told = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
    let rate = wall.filter(|wall| wall.0 > 0).map(|wall| count as f64 / wall.as_secs_f64());
    let of_times = |percent| told(percentile(&times, percent).map(words::seconds));
    let (counted, each) = match of {
        TimesOf::Requests => ("Answers", "how many attempts were answered, well or not"),
        TimesOf::Tasks => ("Tasks", "how many tasks were spawned and ended"),
    };
    vec![
        ("Wall time", "from the start of the first task to its end", told(wall.map(words::seconds))),
        ("CPU time", "what all threads used of the cores", told(summary.and_then(|summary| summary.cpu).map(fine))),
        ("Computing", "of it, steps and work of tasks", fine(computing(trace))),
        ("Speed-up", "how many times faster than sequential", told(times_faster.map(|times| format!("{times:.2}×")))),
        ("Workers", "lanes that did tasks", workers.to_string()),
        (
            "Efficiency",
            "the speed-up by the workers: over 100 % where one worker has several waits at once",
            told(times_faster.filter(|_| trace.model != Model::Sequential).map(|times| share(times / workers as f64))),
        ),
        (counted, each, count.to_string()),
        ("Throughput", "of these, how many in a second of wall time", told(rate.map(|rate| format!("{rate:.1} /s")))),
        ("Half within", "the time that half of them did not exceed (p50)", of_times(50)),
        ("95 % within", "the time that 95 in a hundred did not exceed (p95)", of_times(95)),
        ("99 % within", "the time that 99 in a hundred did not exceed (p99)", of_times(99)),
        (
            "Switches",
            "how often a core went from one thread to another: because it waited, and because its turn was over",
            told(
                summary
                    .and_then(|summary| summary.switches)
                    .map(|switches| format!("{} + {}", switches.voluntary, switches.involuntary)),
            ),
        ),
    ]
}

/// The nearest-rank percentile: the least of `sorted` that no fewer than `percent` of a hundred do not exceed.
pub fn percentile(sorted: &[Nanos], percent: usize) -> Option<Nanos> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// The histogram of sorted times; `None` where there are fewer than two, which need no picture.
pub fn histogram(sorted: &[Nanos]) -> Option<Histogram> {
    let (&least, &to) = (sorted.first()?, sorted.last()?);
    if sorted.len() < 2 {
        return None;
    }
    // Times that are all but equal are not spread over the picture.
    let from = if to.since(least).0 < to.0 / NARROW { Nanos::ZERO } else { least };
    let length = to.since(from).0.max(1);
    let mut counts = vec![0; BINS];
    for time in sorted {
        let bin = u128::from(time.since(from).0) * BINS as u128 / u128::from(length);
        counts[(bin as usize).min(BINS - 1)] += 1;
    }
    Some(Histogram { from, to, counts })
}

/// A time of which little is much.
fn fine(time: Nanos) -> String {
    match time.0 {
        0..1_000_000 => format!("{} µs", time.0 / 1_000),
        1_000_000..100_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => words::seconds(time),
    }
}

fn computing(trace: &Trace) -> Nanos {
    let runs = |doing: &Activity| matches!(doing, Activity::Running(Doing::Steps | Doing::Work));
    let spans = trace.spans.iter().filter(|span| runs(&span.activity));
    spans.fold(Nanos::ZERO, |sum, span| sum + span.end.since(span.start))
}

/// The lanes that did tasks: all but the first one's, unless it is the only one or has an event loop.
fn workers(trace: &Trace) -> usize {
    let works = |kind: LaneKind| !matches!(kind, LaneKind::Main | LaneKind::Queue);
    let used: BTreeSet<_> = trace.spans.iter().map(|span| span.lane).collect();
    let lanes = trace
        .lanes
        .iter()
        .enumerate()
        .filter(|(index, lane)| works(lane.kind) && used.iter().any(|lane| lane.0 as usize == *index));
    lanes.count().max(1)
}

fn task_times(trace: &Trace) -> Vec<Nanos> {
    let spawned = trace.tasks.iter().filter(|task| task.parent.is_some());
    spawned.filter_map(|task| Some(task.ended?.since(task.spawned))).collect()
}

/// How long each attempt that was answered took. An answer is there when its task goes on.
fn request_times(trace: &Trace) -> Vec<Nanos> {
    let mut asked: BTreeMap<(TaskId, u64), BTreeSet<Nanos>> = BTreeMap::new();
    for span in &trace.spans {
        if let Activity::Waiting(WaitFor::Request(request) | WaitFor::Socket(request)) = span.activity {
            asked.entry((span.task, request)).or_default().insert(span.start);
        }
    }
    let mut answered: BTreeMap<(TaskId, u64), Nanos> = BTreeMap::new();
    let time = |mark: &Mark| {
        let Marked::Answered { request, .. } = mark.kind else { return None };
        let which = (mark.task, request);
        // On a socket an attempt may wait more than once: it begins with its first wait after the answer before.
        let since = answered.insert(which, mark.at).unwrap_or_default();
        let start = *asked.get(&which)?.range(since..=mark.at).next()?;
        Some(mark.at.since(start))
    };
    trace.marks.iter().filter_map(time).collect()
}

#[cfg(test)]
mod tests {
    use lessons::Values;
    use proptest::prelude::*;

    use super::*;

    fn run(lesson: &str, model: Model, given: &[(&str, &str)]) -> Trace {
        let lesson = lessons::find(lesson).expect("the lesson is there");
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
        engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0))
    }

    fn told(figures: &[Figure], name: &str) -> String {
        figures.iter().find(|figure| figure.0 == name).expect("the figure is there").2.clone()
    }

    #[test]
    fn a_pool_of_two_has_two_workers_and_its_requests_the_networks_time() {
        let given = [("pages", "8"), ("limit", "4"), ("latency", "constant 2"), ("failure-rate", "0")];
        let one = run("paged-api", Model::Sequential, &given);
        let pool = figures(&run("paged-api", Model::ThreadPool, &given), Some(&one));
        let of =
            ["Wall time", "Speed-up", "Workers", "Efficiency", "Answers", "Throughput", "Half within", "99 % within"];
        let expected = ["4.00 s", "4.00×", "4", "100 %", "8", "2.0 /s", "2.00 s", "2.00 s"];
        assert_eq!(of.map(|name| told(&pool, name)), expected);
        let (of, times) = times(&run("delay-messages", Model::Threads, &[]));
        let seconds: Vec<f64> = times.iter().map(|time| time.as_secs_f64().round()).collect();
        assert_eq!((of, seconds), (TimesOf::Tasks, vec![2.0, 3.0]));
    }

    #[test]
    fn a_deadlock_has_no_wall_time_and_no_speed_up() {
        let trace = run("deadlock", Model::Threads, &[]);
        let figures = figures(&trace, Some(&trace));
        assert_eq!(["Wall time", "Speed-up", "Throughput"].map(|name| told(&figures, name)), [UNKNOWN; 3]);
    }

    proptest! {
        #[test]
        fn every_time_is_in_one_bar_and_the_ends_are_the_ends(mut times in proptest::collection::vec(any::<u64>(), 0..50)) {
            times.sort_unstable();
            let sorted: Vec<Nanos> = times.iter().copied().map(Nanos).collect();
            match histogram(&sorted) {
                None => prop_assert!(sorted.len() < 2),
                Some(Histogram { from, to, counts }) => {
                    prop_assert_eq!(counts.iter().sum::<usize>(), sorted.len());
                    prop_assert!(from == sorted[0] || from == Nanos::ZERO);
                    prop_assert_eq!(to, sorted[sorted.len() - 1]);
                    prop_assert!(counts[BINS - 1] > 0);
                }
            }
        }
    }
}
