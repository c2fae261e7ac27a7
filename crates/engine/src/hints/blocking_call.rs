//! A task that kept its event loop for long while others could have run.

use super::overlap::Stretch;
use super::{Check, Finding, Hint, Run, Weight, count};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, ReadyFor, Span, TaskId, WaitFor, sort_by_numbers};

/// How long others must have been held up by one turn: what asyncio's debug mode reports too, as
/// `loop.slow_callback_duration` is 0.1 s unless set otherwise.
const SLOW: Nanos = Nanos(100_000_000);

/// A task's turn on the loop, from when it began until it gave way.
struct Turn {
    task: TaskId,
    stretch: Stretch,
    blocking: Nanos,
    working: Nanos,
}

/// What one turn did to the others.
struct HoldUp {
    tasks: usize,
    longest: Nanos,
}

pub(super) fn look(run: &Run<'_>) -> Option<Finding> {
    let line = Line::new(run);
    let slow = turns(run).into_iter().filter(|turn| turn.blocking + turn.working > Nanos::ZERO);
    let with_those_behind = |turn: Turn| line.behind(run, turn.stretch).map(|behind| (turn, behind));
    let held_up: Vec<(Turn, HoldUp)> = slow.filter_map(with_those_behind).collect();
    let (turn, worst) =
        held_up.iter().reduce(|worst, next| if next.1.longest > worst.1.longest { next } else { worst })?;
    let (did, mend) = if turn.blocking >= turn.working {
        (
            "called something that does not give way".to_owned(),
            "Await `asyncio.sleep` or an asynchronous library in place of `time.sleep` or a blocking one, or send the call \
             to a thread with `await asyncio.to_thread(…)`.",
        )
    } else {
        (
            format!("computed for {} without giving way", run.own(turn.working)),
            "Send the computing to a process with `await loop.run_in_executor(ProcessPoolExecutor(), …)`, or give way now \
             and then with `await asyncio.sleep(0)`.",
        )
    };
    let tasks = count(worst.tasks, "task", "tasks");
    let name = run.trace.task_name(turn.task);
    let mut says = format!("{name} {did} and kept {tasks} waiting for up to {}.", run.own(worst.longest));
    if held_up.len() > 1 {
        says.push_str(&format!(
            " {} of this run held up others as well.",
            count(held_up.len() - 1, "more turn", "more turns")
        ));
    }
    let hint =
        Hint { check: Check::BlockingCall, says, mend: mend.to_owned(), task: Some(turn.task), at: turn.stretch.0 };
    Some(Finding { hint, weight: Weight::Time(worst.longest) })
}

/// All turns of tasks on event loops. The machine may take the core or the GIL away in the middle of one.
fn turns(run: &Run<'_>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for span in run.lives.all() {
        let keeps_the_loop = span.activity.holds_the_loop()
            || matches!(span.activity, Activity::WantsGil | Activity::Ready(ReadyFor::Core));
        if !run.is_on_loop(span.lane) || !keeps_the_loop {
            continue;
        }
        let goes_on = turns.last().is_some_and(|turn| turn.task == span.task && turn.stretch.1 == span.start);
        if !goes_on {
            let stretch = (span.start, span.start);
            turns.push(Turn { task: span.task, stretch, blocking: Nanos::ZERO, working: Nanos::ZERO });
        }
        if let Some(turn) = turns.last_mut() {
            let length = span.end.since(span.start);
            turn.stretch.1 = span.end;
            match span.activity {
                Activity::Waiting(WaitFor::BlockingCall(_)) => turn.blocking = turn.blocking + length,
                Activity::Running(Doing::Work) => turn.working = turn.working + length,
                _ => {}
            }
        }
    }
    turns
}

/// Those who stood ready on the loop for long.
struct Line {
    /// By their starts.
    stretches: Vec<Stretch>,
    ends: Vec<Nanos>,
    /// The latest end among the first so many.
    latest: Vec<Nanos>,
}

impl Line {
    fn new(run: &Run<'_>) -> Line {
        let stands = |span: &&Span| {
            let is_ready = span.activity == Activity::Ready(ReadyFor::Turn);
            is_ready && run.own(span.end.since(span.start)) >= SLOW
        };
        let mut stretches: Vec<Stretch> =
            run.lives.all().iter().filter(stands).map(|span| (span.start, span.end)).collect();
        sort_by_numbers(&mut stretches, |(from, to)| [from.0, to.0]);
        let mut ends: Vec<Nanos> = stretches.iter().map(|stretch| stretch.1).collect();
        sort_by_numbers(&mut ends, |at| [at.0]);
        let mut latest: Vec<Nanos> = stretches.iter().map(|stretch| stretch.1).collect();
        for place in 1..latest.len() {
            latest[place] = latest[place].max(latest[place - 1]);
        }
        Line { stretches, ends, latest }
    }

    /// Whom a turn held up for long; `None` where nobody.
    fn behind(&self, run: &Run<'_>, (from, to): Stretch) -> Option<HoldUp> {
        let slow = SLOW.scaled(1.0 / run.trace.speed.factor());
        if to.since(from) < slow {
            return None;
        }
        // Whoever came early enough, less whoever was gone too soon; all of these came early enough, too.
        let came = self.stretches.partition_point(|stretch| stretch.0 + slow <= to);
        let gone = self.ends.partition_point(|end| *end < from + slow);
        let tasks = came.checked_sub(gone).filter(|tasks| *tasks > 0)?;
        let first = self.latest.partition_point(|end| *end < to);
        let longest = self.stretches.get(first).map_or(slow, |stretch| to.since(stretch.0.max(from)));
        Some(HoldUp { tasks, longest })
    }
}
