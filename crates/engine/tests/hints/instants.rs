//! The machine at every instant of runs of random plans, beside the plain definition; the critical path; and stepping from
//! event to event.

use engine::costs::{Costs, Preset};
use engine::model::Model;
use engine::sync::ObjectKind;
use engine::time::Nanos;
use engine::trace::{Activity, Instant, ReadyFor, Span, Standing, Trace, WaitFor};
use proptest::prelude::*;

use super::plan::Do::{self, *};
use super::plan::{Plan, milliseconds, named, run, run_on};

/// A run of jobs each of which does a few whole things: what is acquired is released.
fn plans() -> impl Strategy<Value = Plan> {
    let thing = (0..7_u8, 1..40_u64).prop_map(|(which, ms)| -> Vec<Do> {
        match which {
            0 => vec![Sleep(ms)],
            1 => vec![Block(ms)],
            2 => vec![Spin(ms)],
            3 => vec![Request],
            4 => vec![Acquire, Sleep(ms), Release],
            5 => vec![Permit, Spin(ms), GiveBack],
            _ => vec![Read, Sleep(ms), WriteOneMore],
        }
    });
    let job = proptest::collection::vec(thing, 0..4).prop_map(|things| things.concat());
    proptest::array::uniform5(job).prop_map(|jobs| named(jobs, ["A", "B", "C", "D", "E"]))
}

fn runs() -> impl Strategy<Value = Trace> {
    let models = [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop, Model::LoopAndThreads];
    (plans(), 0..models.len(), any::<bool>()).prop_map(move |(plan, model, is_free)| {
        let costs = if is_free { Costs::FREE } else { Preset::CPython.costs() };
        run_on(plan, models[model], costs, 2)
    })
}

/// Every instant at which anything begins or ends, and one between.
fn instants(trace: &Trace) -> Vec<Nanos> {
    let mut all: Vec<u64> = trace.spans.iter().flat_map(|span| [span.start.0, span.end.0, span.end.0 + 1]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(Nanos).filter(|at| *at < trace.end()).collect()
}

/// Who does what `is_it` asks for at an instant, by a walk over all spans; in the order of coming.
fn plainly(trace: &Trace, at: Nanos, is_it: impl Fn(Activity) -> bool) -> Vec<Standing> {
    let covers = |span: &&Span| span.start <= at && at < span.end && is_it(span.activity);
    let standing = |span: &Span| Standing { since: span.start, task: span.task, lane: span.lane };
    let mut found: Vec<Standing> = trace.spans.iter().filter(covers).map(standing).collect();
    found.sort();
    found
}

fn sorted(standing: impl IntoIterator<Item = Standing>) -> Vec<Standing> {
    let mut standing: Vec<Standing> = standing.into_iter().collect();
    standing.sort();
    standing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn an_instant_is_what_a_walk_over_all_spans_finds(trace in runs()) {
        let history = trace.history();
        for at in instants(&trace) {
            let Instant { running, ready, wants_core, timers, blocking, requests, joins, queues, gils, objects, .. } =
                history.at(at);
            let plain = |is_it: fn(Activity) -> bool| plainly(&trace, at, is_it);
            prop_assert_eq!(sorted(running), plain(Activity::is_running));
            prop_assert_eq!(ready, plain(|it| it == Activity::Ready(ReadyFor::Turn)));
            prop_assert_eq!(wants_core, plain(|it| it == Activity::Ready(ReadyFor::Core)));
            let by_time = plain(|it| matches!(it, Activity::Waiting(WaitFor::Timer(_))));
            prop_assert!(timers.is_sorted() && timers.iter().all(|(due, _)| *due >= at));
            prop_assert_eq!(sorted(timers.into_iter().map(|(_, standing)| standing)), by_time);
            let blocked = plain(|it| matches!(it, Activity::Waiting(WaitFor::BlockingCall(_))));
            prop_assert_eq!(sorted(blocking.into_iter().map(|(_, standing)| standing)), blocked);
            let asked = plain(|it| matches!(it, Activity::Waiting(WaitFor::Request(_))));
            prop_assert_eq!(sorted(requests.into_iter().map(|(_, standing)| standing)), asked);
            let joining = plain(|it| matches!(it, Activity::Waiting(WaitFor::Task(_))));
            prop_assert_eq!(sorted(joins.into_iter().map(|(_, standing)| standing)), joining);
            let queued = queues.into_iter().flat_map(|(_, line)| line);
            prop_assert_eq!(sorted(queued), plain(|it| it == Activity::Queued));
            for gil in gils {
                prop_assert_eq!(gil.wanted_by, plain(|it| it == Activity::WantsGil));
            }
            for thing in objects {
                let waits = |it: Activity| matches!(it, Activity::Blocked { object, .. } if object == thing.object);
                prop_assert_eq!(&thing.waiters, &plainly(&trace, at, waits));
                let permits = match thing.kind {
                    ObjectKind::Lock => 1,
                    ObjectKind::Semaphore(permits) => permits as usize,
                    _ => continue,
                };
                // A line exists only while nothing is free.
                prop_assert!(thing.holders.len() <= permits);
                prop_assert!(thing.waiters.is_empty() || thing.holders.len() == permits, "{:?} at {}", thing, at);
            }
        }
    }

    #[test]
    fn the_critical_path_leads_without_a_gap_from_the_beginning_to_the_end(trace in runs()) {
        let legs = trace.critical_path(&trace.history());
        let mut reached = Nanos::ZERO;
        for leg in &legs {
            prop_assert_eq!(leg.from, reached);
            prop_assert!(leg.from < leg.to);
            let is_it = |span: &Span| span.task == leg.task && span.lane == leg.lane && span.activity == leg.activity;
            prop_assert!(trace.spans.iter().any(|span| is_it(span) && span.start <= leg.from && leg.to <= span.end));
            reached = leg.to;
        }
        prop_assert_eq!(reached, trace.tasks[0].ended.unwrap_or_default());
    }

    #[test]
    fn stepping_on_finds_every_instant_and_stepping_back_the_same_ones(trace in runs()) {
        let moments = trace.moments();
        let mut expected: Vec<Nanos> = trace.spans.iter().flat_map(|span| [span.start, span.end]).collect();
        expected.sort();
        expected.dedup();
        let on: Vec<Nanos> = std::iter::successors(Some(Nanos::ZERO), |at| moments.after(*at)).collect();
        let mut back: Vec<Nanos> = std::iter::successors(on.last().copied(), |at| moments.before(*at)).collect();
        back.reverse();
        prop_assert_eq!(&on, &back);
        prop_assert!(expected.iter().all(|at| on.binary_search(at).is_ok()));
        for at in on {
            let (when, says, _) = moments.last_by(&trace, at).expect("something happened by then");
            prop_assert!(when == at && !says.is_empty());
        }
    }
}

/// The critical path as text.
fn path(trace: &Trace) -> Vec<String> {
    let legs = trace.critical_path(&trace.history());
    let long = legs.iter().filter(|leg| leg.to.since(leg.from) >= milliseconds(100));
    long.map(|leg| format!("{} {} to {}", trace.task_name(leg.task), leg.from, leg.to)).collect()
}

#[test]
fn the_critical_path_goes_through_the_lock_to_whoever_was_last() {
    let first = vec![Acquire, Sleep(1000), Release];
    let second = vec![Sleep(100), Acquire, Sleep(1000), Release];
    let trace = run(named([first, second, vec![Sleep(1500)]], ["A", "B", "C"]), Model::Threads);
    assert_eq!(path(&trace), ["A 0.000 s to 1.000 s", "B 1.000 s to 2.000 s"]);
}

#[test]
fn the_critical_path_of_a_blocked_loop_goes_through_the_call() {
    let trace = run(named([vec![Sleep(1000)], vec![Block(3000)], vec![Sleep(500)]], ["A", "B", "C"]), Model::EventLoop);
    assert_eq!(path(&trace), ["B 0.000 s to 3.000 s", "C 3.000 s to 3.500 s"]);
}

#[test]
fn a_value_is_what_was_written_last_and_a_copy_is_what_was_read_before() {
    let plan = named([vec![Read, Sleep(1000), WriteOneMore], vec![Sleep(500), Write(7)]], ["A", "B"]);
    let trace = run(plan, Model::Threads);
    let at = |ms| {
        let now = trace.history().at(milliseconds(ms));
        let value = now.objects.iter().find_map(|thing| thing.value);
        (value, now.locals.iter().map(|(task, _, value)| (trace.task_name(*task).to_owned(), *value)).next())
    };
    assert_eq!(at(100), (Some(0), Some(("A".to_owned(), 0))));
    assert_eq!(at(600), (Some(7), Some(("A".to_owned(), 0))), "it goes by what it read before");
}

#[test]
fn one_sentence_says_the_whole_chain() {
    let jobs = [vec![Acquire, Sleep(1000), Release], vec![Sleep(100), Acquire, Release]];
    let trace = run(named(jobs, ["A", "B"]), Model::Threads);
    let task = engine::trace::TaskId(2);
    let steps = trace.why(task, milliseconds(500)).expect("it is there");
    let said = trace.in_one_sentence(&trace.history(), &steps, milliseconds(500));
    assert_eq!(said, "B waits for lock, held by A, which sleeps for 1.000 s, until 1.000 s.");
}
