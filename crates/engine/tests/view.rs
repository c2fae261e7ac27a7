//! A trace as rows: each instant of each row against the plain definition, and what the rows of known runs are.

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{
    Activity, Clock, Counts, Doing, Event, LaneId, LaneKind, Process, ReadyFor, Row, RowKind, Shows, Span, State,
    TaskId, Trace, WaitFor,
};
use proptest::prelude::*;

const RUNS: Activity = Activity::Running(Doing::Steps);
const SLEEPS: Activity = Activity::Waiting(WaitFor::Timer(Nanos(9)));
const BLOCKS_THE_LOOP: Activity = Activity::Waiting(WaitFor::BlockingCall(Nanos(9)));

fn joins(task: u32) -> Activity {
    Activity::Waiting(WaitFor::Task(TaskId(task)))
}

/// A trace of these lanes in which tasks enter states: the task, its lane, what it does there, and when; a task that does
/// nothing has ended.
fn trace(lanes: &[LaneKind], tasks: u32, entered: &[(u32, u32, Option<Activity>, u64)]) -> Trace {
    let mut trace = Trace::new(Model::Threads, Clock::Virtual, Speed::REAL);
    for (lane, &kind) in (0..).map(LaneId).zip(lanes) {
        trace.apply(Event::Lane { lane, name: format!("lane {}", lane.0), kind, process: Process(0) });
    }
    for task in (0..tasks).map(TaskId) {
        trace.apply(Event::Task { task, name: format!("T{}", task.0), parent: None, at: Nanos::ZERO });
    }
    for &(task, lane, activity, at) in entered {
        let (task, lane, at) = (TaskId(task), LaneId(lane), Nanos(at));
        trace.apply(match activity {
            Some(activity) => Event::Enter { task, lane, activity, at, line: None, by: None },
            None => Event::End { task, at },
        });
    }
    trace
}

/// Rows as text: `name: from-to who state, …`.
fn shown(rows: &[Row]) -> Vec<String> {
    let counts = |counts: &Counts| {
        let seen = State::ALL.into_iter().filter(|state| counts.of(*state) > 0);
        seen.map(|state| format!("{} {}", counts.of(state), state.word())).collect::<Vec<_>>().join(" + ")
    };
    let stretches = |row: &Row| {
        let stretch = |stretch: &engine::trace::Stretch| {
            let what = match &stretch.shows {
                Shows::Task { task, state, .. } => format!("T{} {}", task.0, state.word()),
                Shows::Tasks(tasks) => counts(tasks),
            };
            format!("{}-{} {what}", stretch.from.0, stretch.to.0)
        };
        row.stretches.iter().map(stretch).collect::<Vec<_>>().join(", ")
    };
    rows.iter().map(|row| format!("{}: {}", row.name, stretches(row))).collect()
}

#[test]
fn a_caller_is_hidden_while_its_callee_is_on_the_lane_and_shows_again_after() {
    let entered = [
        (0, 0, Some(RUNS), 0),
        (0, 0, Some(joins(1)), 1),
        (1, 0, Some(SLEEPS), 1),
        (1, 0, Some(joins(2)), 3),
        (2, 0, Some(RUNS), 4),
        (2, 0, None, 4),
        (1, 0, None, 6),
        (0, 0, None, 7),
    ];
    let rows = trace(&[LaneKind::Main], 3, &entered).rows(Nanos(7), 9);
    assert_eq!(
        shown(&rows),
        ["lane 0: 0-1 T0 running, 1-3 T1 waiting, 3-4 T1 waiting, 4-4 T2 running, 4-6 T1 waiting, 6-7 T0 waiting"]
    );
}

#[test]
fn a_loop_has_its_turns_on_top_then_its_tasks_then_lanes_beside_it_then_the_queue() {
    let lanes = [LaneKind::EventLoop, LaneKind::ExecutorThread, LaneKind::Queue, LaneKind::ExecutorThread];
    let entered = [
        (0, 0, Some(RUNS), 0),
        (0, 0, Some(joins(1)), 1),
        (1, 0, Some(BLOCKS_THE_LOOP), 1),
        (2, 0, Some(Activity::Ready(ReadyFor::Turn)), 1),
        (3, 2, Some(Activity::Queued), 2),
        (4, 2, Some(Activity::Queued), 3),
        (1, 0, None, 4),
        (2, 0, Some(joins(3)), 4),
        (3, 1, Some(RUNS), 5),
    ];
    let rows = trace(&lanes, 5, &entered).rows(Nanos(8), 9);
    assert_eq!(
        shown(&rows),
        [
            "event loop: 0-1 T0 running, 1-4 T1 blocked",
            "T0: 0-1 T0 running, 1-8 T0 waiting",
            "T1: 1-4 T1 waiting",
            "T2: 1-4 T2 ready, 4-8 T2 waiting",
            "lane 1: 5-8 T3 running",
            "lane 2: 2-3 1 queued, 3-5 2 queued, 5-8 1 queued",
        ]
    );
}

#[test]
fn six_thousand_tasks_are_few_rows_and_none_of_them_is_lost() {
    let mut entered = vec![(0, 0, Some(RUNS), 0), (0, 0, Some(joins(1)), 0)];
    entered.extend((1..=6000).map(|task| (task, 0, Some(SLEEPS), u64::from(task))));
    entered.extend((1..=6000).flat_map(|task| {
        let ends = 10_000 + u64::from(task);
        [(task, 0, Some(RUNS), ends), (task, 0, None, ends)]
    }));
    let rows = trace(&[LaneKind::EventLoop], 6001, &entered).rows(Nanos(20_000), 16);
    assert_eq!(rows.len(), 17);
    assert_eq!(rows[0].stretches.len(), 6001, "the loop's own row shows every turn");
    assert_eq!((rows[16].kind, rows[16].name.as_str()), (RowKind::Rest(5986), "5986 more tasks"));
    let most = rows[16].stretches.iter().map(|stretch| match &stretch.shows {
        Shows::Tasks(counts) => counts.of(State::Waiting),
        Shows::Task { .. } => 0,
    });
    assert_eq!(most.max(), Some(5986));
}

const ACTIVITIES: [Activity; 6] =
    [RUNS, SLEEPS, Activity::WantsGil, Activity::Ready(ReadyFor::Core), Activity::Queued, BLOCKS_THE_LOOP];

/// What tasks enter, in the order of time: any of the activities above, or to join one of the tasks, or to end.
fn entered() -> impl Strategy<Value = Vec<(u32, u32, Option<Activity>, u64)>> {
    let one = (0..6_u32, 0..3_u32, 0..ACTIVITIES.len() + 8, 0..3_u64);
    proptest::collection::vec(one, 0..60).prop_map(|steps| {
        let mut now = 0;
        let entered = |(task, lane, what, later): (u32, u32, usize, u64)| {
            now += later;
            let activity = match what.checked_sub(ACTIVITIES.len()) {
                None => Some(ACTIVITIES[what]),
                Some(joined @ 0..6) => Some(joins(joined as u32)),
                Some(_) => None,
            };
            (task, lane, activity, now)
        };
        steps.into_iter().map(entered).collect()
    })
}

/// What a row has at an instant and the one after it.
fn at(row: &Row, instant: u64) -> Option<Shows> {
    let covers = |stretch: &&engine::trace::Stretch| stretch.from.0 <= instant && instant < stretch.to.0;
    let found: Vec<_> = row.stretches.iter().filter(covers).collect();
    assert!(found.len() <= 1, "{} shows two things at {instant}", row.name);
    found.first().map(|stretch| stretch.shows)
}

proptest! {
    #[test]
    fn each_row_shows_at_each_instant_what_its_definition_says(entered in entered(), kind in 0..3_usize, most in 1..5_usize) {
        let first = [LaneKind::Main, LaneKind::EventLoop, LaneKind::Queue][kind];
        let trace = trace(&[first, LaneKind::Thread, LaneKind::Thread], 6, &entered);
        let now = Nanos(trace.end().0 + 2);
        let spans: Vec<Span> = trace.spans_until(now).collect();
        let rows = trace.rows(now, usize::MAX);
        for row in &rows {
            prop_assert!(row.stretches.is_sorted_by_key(|stretch| (stretch.from, stretch.to)));
            let runs = |shows| matches!(shows, Shows::Task { state: State::Running, .. });
            prop_assert!(row.stretches.iter().all(|stretch| stretch.from < stretch.to || runs(stretch.shows)));
        }
        for instant in 0..now.0 {
            let present = |lane: LaneId| {
                spans.iter().filter(move |span| span.lane == lane && span.start.0 <= instant && instant < span.end.0)
            };
            for (index, lane) in trace.lanes.iter().enumerate() {
                let id = LaneId(index as u32);
                let kind = if lane.kind == LaneKind::Queue { RowKind::Queue(id) } else { RowKind::Lane(id) };
                let seen = rows.iter().find(|row| row.kind == kind).and_then(|row| at(row, instant));
                let (count, is_loop) = (present(id).count(), lane.kind == LaneKind::EventLoop);
                match seen {
                    None if is_loop => prop_assert!(present(id).all(|span| !span.activity.is_running())),
                    None => prop_assert_eq!(count, 0),
                    Some(Shows::Tasks(counts)) => prop_assert_eq!(counts.total() as usize, count),
                    Some(Shows::Task { task, activity, .. }) => {
                        let shown = present(id).find(|span| span.task == task && span.activity == activity);
                        prop_assert!(shown.is_some());
                        let joins = |span: &Span| matches!(span.activity, Activity::Waiting(WaitFor::Task(_)));
                        let later = present(id).filter(|span| !joins(span)).any(|span| span.start > shown.unwrap().start);
                        prop_assert!(is_loop || joins(shown.unwrap()) == present(id).all(joins));
                        prop_assert!(is_loop || joins(shown.unwrap()) || !later);
                    }
                }
            }
            for row in &rows {
                let RowKind::Task(task) = row.kind else { continue };
                let seen = at(row, instant).map(|shows| matches!(shows, Shows::Task { task: shown, .. } if shown == task));
                prop_assert_eq!(seen == Some(true), present(LaneId(0)).any(|span| span.task == task));
            }
        }
        let few = trace.rows(now, most);
        for rest in few.iter().filter(|row| matches!(row.kind, RowKind::Rest(_))) {
            let hidden: Vec<&Row> = rows.iter().filter(|row| few.iter().all(|kept| kept.kind != row.kind)).collect();
            let of_a_loop = rest.name.ends_with("tasks");
            let hidden = hidden.into_iter().filter(|row| matches!(row.kind, RowKind::Task(_)) == of_a_loop);
            let hidden: Vec<&Row> = hidden.collect();
            prop_assert_eq!(rest.kind, RowKind::Rest(hidden.len() as u32));
            for instant in 0..now.0 {
                let counted = at(rest, instant);
                for state in State::ALL {
                    let expected = hidden.iter().filter(|row| {
                        matches!(at(row, instant), Some(Shows::Task { state: seen, .. }) if seen == state)
                    });
                    let seen = match counted { Some(Shows::Tasks(counts)) => counts.of(state), _ => 0 };
                    prop_assert_eq!(seen as usize, expected.count());
                }
            }
        }
    }
}
