//! What holds for every program, on every model and under all costs.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use engine::costs::Costs;
use engine::error::RunError;
use engine::model::{Model, Settings};
use engine::program::{Program, numbered};
use engine::simulate::simulate;
use engine::sync::{ObjectId, ObjectKind};
use engine::time::Nanos;
use engine::trace::{Activity, Doing, LaneKind, Marked, ReadyFor, Span, TaskId, Trace, Used, WaitFor};
use proptest::prelude::*;

use super::program::trees::{flat_trees, orderly_trees, settings, trees};
use super::program::{MILLISECOND, Tree, critical_path};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_numbered_name_is_what_format_makes_of_it(number: u64, shift in 0_u32..64) {
        let number = number >> shift;
        prop_assert_eq!(numbered("page", number), format!("page {number}"));
    }

    #[test]
    fn no_more_tasks_run_than_there_are_cores(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        prop_assert!(most_at_once(&running(&trace)) <= usize::from(settings.costs.cores.get()));
    }

    #[test]
    fn one_task_runs_where_there_is_a_gil(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let mut by_process: BTreeMap<_, Vec<Span>> = BTreeMap::new();
        for span in running(&trace) {
            by_process.entry(trace.process(span.lane)).or_default().push(span);
        }
        for spans in by_process.values() {
            prop_assert!(settings.costs.gil.is_none() || most_at_once(spans) <= 1);
        }
    }

    #[test]
    fn a_task_is_in_one_state_after_another_from_its_beginning_to_its_end(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let spans = by_task(&trace);
        for (index, record) in trace.tasks.iter().enumerate() {
            let mut at = record.spawned;
            for span in spans.get(&TaskId(index as u32)).into_iter().flatten() {
                prop_assert_eq!(span.start, at, "{:?} of {}", span, trace.text(record.name));
                prop_assert!(span.start <= span.end, "{:?} of {}", span, trace.text(record.name));
                at = span.end;
            }
            prop_assert_eq!(at, record.ended.unwrap_or(trace.end()), "{}", trace.text(record.name));
        }
    }

    #[test]
    fn time_never_runs_backwards(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let spawned: Vec<Nanos> = trace.tasks.iter().map(|task| task.spawned).collect();
        let marked: Vec<Nanos> = trace.marks.iter().map(|mark| mark.at).collect();
        // A timer that comes due while its loop is busy is told of afterwards, with the instant at which it was due.
        let is_told_later = |span: &&Span| {
            is_on_loop(&trace, span) && matches!(span.activity, Activity::Waiting(_) | Activity::Blocked { .. })
        };
        let ended: Vec<Nanos> = trace.spans.iter().filter(|span| !is_told_later(span)).map(|span| span.end).collect();
        for times in [spawned, ended, marked] {
            prop_assert!(times.is_sorted(), "{:?}", times);
        }
        prop_assert!(trace.spans.iter().all(|span| span.end <= trace.end()));
        prop_assert_eq!(trace.finished.as_ref().map(|finish| finish.at <= trace.end()), Some(true));
    }

    #[test]
    fn every_wait_has_a_cause_and_whoever_ends_it_is_named(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let causes = trace.causes(trace.end());
        for (index, span) in trace.spans.iter().enumerate() {
            prop_assert_eq!(causes.of(span).is_empty(), span.activity.is_running());
            prop_assert_ne!(span.ended_by, Some(span.task));
            let is_let_on = span.ended_by.is_some();
            match span.activity {
                // A lane begins by itself.
                Activity::Running(_) | Activity::Ready(ReadyFor::LaneStart) => {}
                Activity::Waiting(WaitFor::Task(task)) => prop_assert_eq!(span.ended_by, Some(task)),
                Activity::Waiting(WaitFor::Timer(due) | WaitFor::BlockingCall(due)) => {
                    prop_assert_eq!((span.end, span.ended_by), (due, None));
                }
                Activity::Waiting(WaitFor::Request(_)) => prop_assert_eq!(span.ended_by, None),
                Activity::Waiting(WaitFor::Socket(_)) => prop_assert!(false, "nothing predicted has a socket: {:?}", span),
                Activity::Queued => prop_assert!(is_let_on, "{:?}", span),
                Activity::Blocked { object, .. } => {
                    prop_assert!(is_let_on || lost_patience(&trace, span, object), "{:?}", span);
                }
                Activity::Ready(ReadyFor::Turn) => match span.ended_by {
                    Some(by) => prop_assert!(had_the_loop_until(&trace, by, span), "{:?}", span),
                    None => prop_assert_eq!(made_way(&trace, index), None, "{:?}", span),
                },
                Activity::WantsGil | Activity::Ready(ReadyFor::Core) => {
                    prop_assert!(is_let_on || loop_made_way(&trace, span), "{:?}", span);
                }
            }
        }
    }

    #[test]
    fn what_is_computed_is_what_is_charged(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let Some(outcome) = trace.outcome() else { return Ok(()) };
        let worked = Nanos(outcome["worked"] as u64 * MILLISECOND);
        let works = |span: &&Span| span.activity == Activity::Running(Doing::Work);
        let shown = trace.spans.iter().filter(works).fold(Nanos::ZERO, |sum, span| sum + (span.end - span.start));
        let cpu = trace.summary().and_then(|summary| summary.cpu).unwrap();
        if settings.costs.loop_turn == Nanos::ZERO {
            prop_assert_eq!((shown, cpu), (worked, worked));
        } else {
            // A switch is paid for by the thread that comes, whatever it does.
            prop_assert!(shown >= worked && cpu >= worked);
        }
    }

    #[test]
    fn all_cpu_time_is_shown_as_running(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let shown = running(&trace).iter().fold(Nanos::ZERO, |sum, span| sum + (span.end - span.start));
        let cpu = trace.summary().and_then(|summary| summary.cpu).unwrap();
        // A thread that a loop waits on pays for its switch before any task can be said to run.
        let unseen = settings.model.has_loop() && settings.costs.context_switch > Nanos::ZERO;
        prop_assert!(if unseen { shown <= cpu } else { shown == cpu }, "{} {}", shown, cpu);
    }

    #[test]
    fn no_schedule_beats_the_critical_path_or_the_cores(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let Some(outcome) = trace.outcome() else { return Ok(()) };
        let wall = trace.summary().unwrap().wall;
        prop_assert!(wall >= critical_path(&tree.0, settings.seed));
        let worked = outcome["worked"] as u64 * MILLISECOND;
        let is_one_process = !settings.model.spawns_processes() && settings.model != Model::LoopAndProcesses;
        let is_one_at_a_time = settings.model == Model::Sequential || (settings.costs.gil.is_some() && is_one_process);
        let at_once = if is_one_at_a_time { 1 } else { u64::from(settings.costs.cores.get()) };
        prop_assert!(wall.0 * at_once >= worked);
    }

    #[test]
    fn every_task_is_served_or_the_run_says_who_is_not(tree in trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        let waiting: Vec<&str> =
            trace.tasks.iter().filter(|task| task.ended.is_none()).map(|task| trace.text(task.name)).collect();
        match trace.finished.as_ref().map(|finish| &finish.ending) {
            Some(Ok(_)) => prop_assert!(waiting.is_empty(), "{:?}", waiting),
            Some(Err(RunError::Deadlock(links))) => {
                for (link, next) in links.iter().zip(links.iter().cycle().skip(1)) {
                    prop_assert_eq!(&link.holder, &next.task);
                    prop_assert!(waiting.contains(&link.task.as_str()));
                }
            }
            Some(Err(RunError::Stalled { waiting: named })) => {
                for name in named {
                    prop_assert!(waiting.contains(&name.as_str()), "{}", name);
                }
                prop_assert!(named.contains(&"main".to_owned()));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn whoever_waits_for_what_is_sure_to_come_is_served(tree in orderly_trees(), settings in settings()) {
        let trace = run(&tree, &settings);
        prop_assert!(trace.outcome().is_some(), "{:?}", trace.finished);
        prop_assert!(trace.tasks.iter().all(|task| task.ended.is_some()));
    }

    #[test]
    fn equal_inputs_give_equal_traces(tree in trees(), settings in settings()) {
        prop_assert_eq!(run(&tree, &settings), run(&tree, &settings));
    }

    #[test]
    fn a_pool_of_one_does_what_a_sequence_does(tree in flat_trees(), is_threads in any::<bool>()) {
        let one = NonZeroU16::MIN;
        let model = if is_threads { Model::ThreadPool } else { Model::ProcessPool };
        let settings = |model| Settings { model, threads: one, processes: one, seed: 0, costs: Costs::FREE };
        let (pool, sequence) = (run(&tree, &settings(model)), run(&tree, &settings(Model::Sequential)));
        prop_assert_eq!(log(&pool), log(&sequence));
        prop_assert_eq!(pool.summary().unwrap().wall, sequence.summary().unwrap().wall);
    }
}

fn run(tree: &Tree, settings: &Settings) -> Trace {
    simulate(&Program::new(tree.clone()), settings)
}

fn log(trace: &Trace) -> Vec<(Nanos, &str)> {
    trace.log().into_iter().map(|line| (line.at, line.text)).collect()
}

fn running(trace: &Trace) -> Vec<Span> {
    trace.spans_until(trace.end()).filter(|span| span.activity.is_running()).collect()
}

/// Of each task the spans in the order of time.
fn by_task(trace: &Trace) -> BTreeMap<TaskId, Vec<Span>> {
    let mut spans: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for span in trace.spans_until(trace.end()) {
        spans.entry(span.task).or_default().push(span);
    }
    spans
}

/// How many spans there are at any one time; those that end where others begin are over by then.
fn most_at_once(spans: &[Span]) -> usize {
    let lasting = spans.iter().filter(|span| span.end > span.start);
    let mut changes: Vec<_> = lasting.flat_map(|span| [(span.start, 1), (span.end, -1)]).collect();
    changes.sort();
    let mut now = 0;
    changes.iter().fold(0, |most, (_, change)| {
        now += change;
        most.max(now)
    }) as usize
}

/// Whether a wait for an object that nobody ended was ended by the task's own timer. On a loop the object may still come after
/// that and before the task's turn, which is then too late to end the wait, and not too late to be had: by the end of that turn,
/// or where it is news, when the task has waited for the condition's lock as well.
fn lost_patience(trace: &Trace, span: &Span, object: ObjectId) -> bool {
    let mut next: Vec<Span> =
        trace.spans_until(trace.end()).filter(|next| next.task == span.task && next.start >= span.end).collect();
    next.sort_by_key(|next| (next.start, next.end));
    let is_on_the_way = |next: &&Span| match next.activity {
        Activity::Ready(ReadyFor::Turn) | Activity::Running(Doing::Steps) => true,
        Activity::Blocked { object: lock, .. } => stands_on(trace, object, lock),
        _ => false,
    };
    let in_time = next.iter().take_while(is_on_the_way).last().map_or(span.end, |last| last.end);
    let after = trace.marks.iter().filter(|mark| mark.task == span.task && mark.at >= span.end);
    let used = after.filter_map(|mark| match mark.kind {
        Marked::Used(used, how) if used == object => Some((mark.at, how)),
        _ => None,
    });
    used.take(1).all(|(at, how)| how == Used::TimedOut || (is_on_loop(trace, span) && at <= in_time))
}

/// Whether `condition` is one, and stands on this lock.
fn stands_on(trace: &Trace, condition: ObjectId, lock: ObjectId) -> bool {
    trace.objects[condition.0 as usize].kind == ObjectKind::Condition(lock)
}

/// Whether `by` had the loop until a wait for a turn was over: where turns cost nothing, several had it at that instant.
fn had_the_loop_until(trace: &Trace, by: TaskId, wait: &Span) -> bool {
    let had_it = |span: &Span| (span.task, span.lane, span.end) == (by, wait.lane, wait.end);
    trace.spans.iter().any(|span| had_it(span) && span.activity.holds_the_loop())
}

/// The task that made way for the one whose wait for its turn is span `index`: the one that had the loop until then. `None` where
/// that was nobody, because the loop's thread was only just going on after a wait of its own.
fn made_way(trace: &Trace, index: usize) -> Option<TaskId> {
    let wait = &trace.spans[index];
    let mut before = trace.spans[..index].iter().rev();
    let before = before.find(|span| span.lane == wait.lane && span.activity.holds_the_loop())?;
    (before.end == wait.end && before.task != wait.task).then_some(before.task)
}

/// Whether the thread of an event loop may have made way between two turns, when there is no task of which to tell.
fn loop_made_way(trace: &Trace, span: &Span) -> bool {
    let mut held = trace.spans.iter().filter(|held| is_on_loop(trace, held) && held.activity.holds_the_loop());
    trace.model.has_loop() && !is_on_loop(trace, span) && !held.any(|held| held.start < span.end && span.end < held.end)
}

fn is_on_loop(trace: &Trace, span: &Span) -> bool {
    trace.lanes[span.lane.0 as usize].kind == LaneKind::EventLoop
}
