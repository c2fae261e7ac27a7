//! How many threads and processes a run had at once, told from its trace, so that it holds for any run on any clock.

use std::collections::BTreeSet;

use engine::time::Nanos;
use engine::trace::{Activity, Doing, Lane, LaneId, LaneKind, Process, Trace};

/// The most that a run had at once. Threads are those that its program knows of: what feeds a pool's processes or
/// records the run is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alive {
    /// Threads, each process's first among them.
    pub threads: usize,
    /// Processes, the first among them.
    pub processes: usize,
    /// Threads that do tasks: all but the first one's, unless it is the only one or has an event loop.
    pub workers: usize,
    /// Of these the ones that could use a core at the same time: those that did work, each process's together only one
    /// where there is a GIL.
    pub computing: usize,
}

impl Alive {
    /// What `trace` tells, of a program with a GIL or without.
    pub fn of(trace: &Trace, has_gil: bool) -> Alive {
        let lives = lives(trace);
        let works = |kind: LaneKind| !matches!(kind, LaneKind::Main | LaneKind::Queue);
        let computing = computing(trace, &lives, has_gil);
        Alive {
            threads: most(lives.iter().map(|life| (life.from, life.to))).max(1),
            processes: most(by_process(&lives)).max(1),
            workers: most(lives.iter().filter(|life| works(life.kind)).map(|life| (life.from, life.to))).max(1),
            computing,
        }
    }
}

/// The time for which a lane's thread was there.
#[derive(Clone, Copy)]
struct Life {
    lane: LaneId,
    kind: LaneKind,
    process: Process,
    from: Nanos,
    to: Nanos,
}

fn lives(trace: &Trace) -> Vec<Life> {
    let end = trace.end();
    let mut used: Vec<Option<(Nanos, Nanos)>> = vec![None; trace.lanes.len()];
    for span in trace.spans_until(end) {
        let Some(used) = used.get_mut(span.lane.0 as usize) else { continue };
        let (from, to) = used.unwrap_or((span.start, span.end));
        *used = Some((from.min(span.start), to.max(span.end)));
    }
    let life = |(index, lane): (usize, &Lane)| {
        let (from, to) = match (lane.kind, used[index]) {
            (LaneKind::Queue, _) => return None,
            // There from the first to the last, whether it did anything or not.
            (LaneKind::Main | LaneKind::EventLoop | LaneKind::PoolProcess, _) => (Nanos::ZERO, end),
            // A thread of one task ends with it.
            (LaneKind::Thread | LaneKind::Process, used) => used?,
            // A pool keeps its threads.
            (LaneKind::PoolThread | LaneKind::ExecutorThread | LaneKind::ProcessThread, used) => (used?.0, end),
        };
        Some(Life { lane: LaneId(index as u32), kind: lane.kind, process: lane.process, from, to })
    };
    trace.lanes.iter().enumerate().filter_map(life).collect()
}

/// From when to when each process has a thread.
fn by_process(lives: &[Life]) -> impl Iterator<Item = (Nanos, Nanos)> {
    let processes: BTreeSet<Process> = lives.iter().map(|life| life.process).collect();
    processes.into_iter().filter_map(|process| {
        let own = lives.iter().filter(|life| life.process == process);
        Some((own.clone().map(|life| life.from).min()?, own.map(|life| life.to).max()?))
    })
}

fn computing(trace: &Trace, lives: &[Life], has_gil: bool) -> usize {
    let at_work = trace.spans.iter().filter(|span| span.activity == Activity::Running(Doing::Work));
    let lanes: BTreeSet<LaneId> = at_work.map(|span| span.lane).collect();
    let at_work: Vec<Life> = lives.iter().filter(|life| lanes.contains(&life.lane)).copied().collect();
    match has_gil {
        true => most(by_process(&at_work)),
        false => most(at_work.iter().map(|life| (life.from, life.to))),
    }
}

/// The most stretches that overlap. One that ends where another begins does not.
fn most(stretches: impl Iterator<Item = (Nanos, Nanos)>) -> usize {
    // A stretch without length was there all the same.
    let ends = |(from, to): (Nanos, Nanos)| [(from, 1), (to.max(from + Nanos(1)), -1)];
    let mut changes: Vec<(Nanos, i64)> = stretches.flat_map(ends).collect();
    changes.sort_unstable();
    let mut now = 0;
    let counts = changes.iter().map(|(_, change)| {
        now += change;
        now
    });
    counts.max().unwrap_or(0).unsigned_abs() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::{Model, Speed};
    use engine::simulate::simulate;
    use engine::trace::{Clock, Event, TaskId};

    #[track_caller]
    fn check(lesson: &str, settings: &[(&str, &str)], model: Model, expected: [usize; 4]) {
        let lesson = lessons::find(lesson).unwrap();
        let texts: Vec<(String, String)> =
            settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let prepared = lesson.prepare(&lessons::Values::read(lesson.parameters, &texts).unwrap());
        let trace = simulate(&prepared.program, &prepared.settings(model, 0));
        let Alive { threads, processes, workers, computing } = Alive::of(&trace, prepared.costs.gil.is_some());
        assert_eq!([threads, processes, workers, computing], expected, "{model}");
    }

    #[test]
    fn threads_and_processes_are_those_that_a_program_has_at_once() {
        let five = &[("messages", "A=1,B=2,C=3,D=4,E=5"), ("workers", "2")];
        check("delay-messages", five, Model::Sequential, [1, 1, 1, 0]);
        check("delay-messages", five, Model::Threads, [6, 1, 5, 0]);
        check("delay-messages", five, Model::ThreadPool, [3, 1, 2, 0]);
        check("delay-messages", five, Model::EventLoop, [1, 1, 1, 0]);
        check("delay-messages", five, Model::ProcessPool, [3, 3, 2, 0]);
        // Four threads that compute use one core under a GIL, and four without.
        let gil = &[("threads", "4"), ("work", "0.1"), ("gil", "on")];
        check("gil", gil, Model::Threads, [5, 1, 4, 1]);
        let no_gil = &[("threads", "4"), ("work", "0.1"), ("gil", "off")];
        check("gil", no_gil, Model::Threads, [5, 1, 4, 4]);
    }

    #[test]
    fn a_thread_that_has_ended_is_not_there_beside_the_next() {
        let mut trace = Trace::new(Model::Threads, Clock::Virtual, Speed::REAL);
        let process = Process(0);
        for (index, kind, from, to) in
            [(0, LaneKind::Main, 0, 9), (1, LaneKind::Thread, 0, 5), (2, LaneKind::Thread, 5, 9)]
        {
            let (task, lane, activity) = (TaskId(index), LaneId(index), Activity::Running(Doing::Work));
            trace.apply(Event::Lane { lane, name: String::new(), kind, process });
            trace.apply(Event::Task { task, name: String::new(), parent: None, at: Nanos(from) });
            trace.apply(Event::Enter { task, lane, activity, at: Nanos(from), line: None, by: None });
            trace.apply(Event::End { task, at: Nanos(to) });
        }
        let expected = Alive { threads: 2, processes: 1, workers: 1, computing: 2 };
        assert_eq!(Alive::of(&trace, false), expected);
        assert_eq!(Alive::of(&trace, true), Alive { computing: 1, ..expected });
    }

    #[test]
    fn one_that_ends_where_another_begins_is_not_there_with_it() {
        let most_of = |stretches: &[(u64, u64)]| most(stretches.iter().map(|(from, to)| (Nanos(*from), Nanos(*to))));
        assert_eq!(most_of(&[]), 0);
        assert_eq!(most_of(&[(0, 5), (5, 9)]), 1);
        assert_eq!(most_of(&[(0, 6), (5, 9), (5, 5)]), 3);
    }
}
