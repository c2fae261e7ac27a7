//! Random programs on real threads: what holds for their traces, as it does for predicted ones.

use std::collections::BTreeMap;

use engine::error::RunError;
use engine::model::{Model, Settings, Speed};
use engine::program::Program;
use engine::time::Nanos;
use engine::trace::{Activity, Event, Marked, ReadyFor, Span, TaskId, Trace, Used, WaitFor};
use proptest::prelude::*;

use super::machine::{ON_THREADS, events, measure, most_at_once, settings};
use super::tree::trees::{orderly_trees, trees};

const CASES: u32 = if cfg!(miri) { 2 } else { 48 };

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_measured_trace_is_whole(tree in trees(), settings in settings_on_threads()) {
        let trace = measure(&Program::new(tree.clone()), settings, Speed::new(Speed::MAX).unwrap());
        ends_with_a_word(&trace)?;
        spans_follow_each_other(&trace)?;
        waits_have_causes_and_ends(&trace)?;
        if settings.costs.gil.is_some() || settings.model == Model::Sequential {
            let running: Vec<Span> = all_spans(&trace).filter(|span| span.activity.is_running()).collect();
            prop_assert!(most_at_once(&running) <= 1, "{:?}", running);
        }
    }

    #[test]
    fn time_never_runs_backwards(tree in trees(), settings in settings_on_threads()) {
        let events = events(&Program::new(tree.clone()), settings, Speed::new(Speed::MAX).unwrap());
        let mut latest: BTreeMap<Option<TaskId>, (Nanos, &Event)> = BTreeMap::new();
        for event in &events {
            let Some(at) = event.at() else { continue };
            // A loop reads the clock before it tells, and threads that it sent work to may tell between.
            let whose = task_of(event).filter(|_| settings.model.has_loop());
            if let Some((before, other)) = latest.insert(whose, (at, event)) {
                prop_assert!(before <= at, "{:?} comes after {:?}", event, other);
            }
        }
    }

    #[test]
    fn whoever_waits_for_what_is_sure_to_come_is_served(tree in orderly_trees(), settings in settings_on_threads()) {
        let trace = measure(&Program::new(tree.clone()), settings, Speed::new(Speed::MAX).unwrap());
        prop_assert!(trace.outcome().is_some(), "{:?}", trace.finished);
    }
}

fn task_of(event: &Event) -> Option<TaskId> {
    match event {
        Event::Task { task, .. } | Event::Enter { task, .. } | Event::Mark { task, .. } | Event::End { task, .. } => {
            Some(*task)
        }
        Event::Lane { .. } | Event::Object { .. } | Event::Finish { .. } => None,
    }
}

fn settings_on_threads() -> impl Strategy<Value = Settings> {
    (prop::sample::select(ON_THREADS.to_vec()), any::<bool>()).prop_map(|(model, gil)| settings(model, gil))
}

/// With an outcome, and then everybody has ended; or by naming those who have not.
fn ends_with_a_word(trace: &Trace) -> Result<(), TestCaseError> {
    let unfinished: Vec<&str> =
        trace.tasks.iter().filter(|task| task.ended.is_none()).map(|task| trace.text(task.name)).collect();
    match trace.finished.as_ref().map(|finish| &finish.ending) {
        Some(Ok(_)) => prop_assert!(unfinished.is_empty(), "{:?}", unfinished),
        Some(Err(RunError::Deadlock(links))) => {
            for (link, next) in links.iter().zip(links.iter().cycle().skip(1)) {
                prop_assert_eq!(&link.holder, &next.task);
                prop_assert!(unfinished.contains(&link.task.as_str()));
            }
        }
        Some(Err(RunError::Stalled { waiting })) => {
            for name in waiting {
                prop_assert!(unfinished.contains(&name.as_str()), "{}", name);
            }
        }
        other => prop_assert!(false, "{:?}", other),
    }
    Ok(())
}

/// From a task's first span to its end there is no gap and no overlap.
fn spans_follow_each_other(trace: &Trace) -> Result<(), TestCaseError> {
    let mut by_task: BTreeMap<TaskId, Vec<Span>> = BTreeMap::new();
    for span in all_spans(trace) {
        by_task.entry(span.task).or_default().push(span);
    }
    for (task, spans) in &by_task {
        let record = &trace.tasks[task.0 as usize];
        prop_assert!(record.spawned <= spans[0].start);
        for (span, next) in spans.iter().zip(&spans[1..]) {
            prop_assert!(span.start <= span.end, "{:?}", span);
            prop_assert_eq!(span.end, next.start, "{:?} {:?}", span, next);
        }
        prop_assert_eq!(spans[spans.len() - 1].end, record.ended.unwrap_or(trace.end()));
    }
    Ok(())
}

fn waits_have_causes_and_ends(trace: &Trace) -> Result<(), TestCaseError> {
    let causes = trace.causes(trace.end());
    for span in &trace.spans {
        prop_assert_eq!(causes.of(span).is_empty(), span.activity.is_running());
        // A loop that parks or is called back makes way without being a task, and gives its tasks their turns.
        let by_the_loop = trace.model.has_loop();
        match span.activity {
            Activity::Waiting(WaitFor::Task(task)) => prop_assert_eq!(span.ended_by, Some(task)),
            Activity::Blocked { .. } => {
                // Who gave up and was cut off before it had the GIL back has not told so.
                let is_cut_off = trace.tasks[span.task.0 as usize].ended.is_none();
                let gave_up = timed_out(trace, span) || is_cut_off;
                prop_assert!(span.ended_by.is_some() || gave_up || by_the_loop, "{:?}", span);
            }
            Activity::Queued => prop_assert!(span.ended_by.is_some(), "{:?}", span),
            Activity::WantsGil | Activity::Ready(ReadyFor::Core) => {
                prop_assert!(span.ended_by.is_some() || by_the_loop, "{:?}", span);
            }
            _ => {}
        }
        prop_assert_ne!(span.ended_by, Some(span.task));
    }
    Ok(())
}

fn timed_out(trace: &Trace, span: &Span) -> bool {
    let gave_up = |kind| matches!(kind, Marked::Used(_, Used::TimedOut));
    trace.marks.iter().any(|mark| mark.task == span.task && mark.at >= span.end && gave_up(mark.kind))
}

fn all_spans(trace: &Trace) -> impl Iterator<Item = Span> + '_ {
    trace.spans_until(trace.end())
}
