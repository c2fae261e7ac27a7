//! A trace as rows: what every timeline shows, whoever draws it.
//!
//! A row is a lane, a task of an event loop, a pool's queue, or what is left over where there are too many to be shown one
//! by one. What happens in a row is told in stretches that do not overlap, in the order of time.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::RunError;
use crate::time::Nanos;
use crate::trace::{Activity, LaneId, LaneKind, Process, ReadyFor, Span, State, TaskId, Trace, WaitFor};

/// One row of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: RowKind,
    /// What happens in it. Stretches do not overlap; one without length is an instant at which a task ran.
    pub stretches: Vec<Stretch>,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A lane: what stands upon it, without those who wait beneath for what they called. On an event loop's lane that is
    /// whoever has its turn.
    Lane(LaneId),
    /// A task on an event loop, in turn and waiting.
    Task(TaskId),
    /// How many tasks stand in this queue.
    Queue(LaneId),
    /// Who has the GIL of this process; [`Trace::gil_rows`] makes it.
    Gil(Process),
    /// How many of so many further rows are in each state.
    Rest(u32),
}

/// A stretch of time in which a row shows one thing. Times are those of the trace's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From when.
    pub from: Nanos,
    /// Until when.
    pub to: Nanos,
    /// What.
    pub shows: Shows,
}

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// One task.
    Task {
        /// Which.
        task: TaskId,
        /// What it does.
        activity: Activity,
        /// The state that the row is in. It is the task's own, but that a call that does not give way blocks its loop.
        state: State,
    },
    /// Several.
    Tasks(Counts),
}

/// How many tasks are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u32; State::ALL.len()]);

impl Trace {
    /// The rows from the top: an event loop and its tasks, or else the first task's lane; then the other lanes; then queues.
    /// A lane on which nothing ever happened has none. What still goes on is drawn out to `now`.
    ///
    /// Of the tasks of a loop, and of the other lanes, at most `most` rows come back each: where there are more, the last
    /// one counts all that are left.
    pub fn rows(&self, now: Nanos, most: usize) -> Vec<Row> {
        let mut on_lanes: Vec<Vec<Span>> = vec![Vec::new(); self.lanes.len()];
        for span in self.spans_until(now) {
            on_lanes[span.lane.0 as usize].push(span);
        }
        let (mut loops, mut lanes, mut queues) = (Vec::new(), Vec::new(), Vec::new());
        for ((index, spans), lane) in on_lanes.into_iter().enumerate().zip(&self.lanes) {
            let id = LaneId(index as u32);
            match lane.kind {
                _ if spans.is_empty() => {}
                LaneKind::Queue => queues.push(Unnamed { kind: RowKind::Queue(id), stretches: queue(&spans) }),
                LaneKind::EventLoop => {
                    loops.push(Unnamed { kind: RowKind::Lane(id), stretches: turns(&spans) });
                    loops.extend(folded(tasks(spans), most));
                }
                _ => lanes.push(Unnamed { kind: RowKind::Lane(id), stretches: uppermost(spans) }),
            }
        }
        lanes.retain(|lane: &Unnamed| !lane.stretches.is_empty());
        let has_loop = !loops.is_empty();
        let rows = loops.into_iter().map(|row| self.named(row, "tasks"));
        let rows = rows.chain(folded(lanes, most).into_iter().map(|row| self.named(row, "lanes")));
        let mut rows: Vec<Row> = rows.chain(queues.into_iter().map(|row| self.named(row, "queues"))).collect();
        if has_loop {
            rows[0].name = "event loop".to_owned();
        }
        rows
    }

    /// An instant of this run as the program knows it: a run at ten times the speed is as long as one at full length.
    pub fn program_time(&self, at: Nanos) -> Nanos {
        at.scaled(self.speed.factor())
    }

    /// An instant of the program on this run's own clock.
    pub fn own_time(&self, at: Nanos) -> Nanos {
        at.scaled(1.0 / self.speed.factor())
    }

    /// How much of an axis this run takes, in the program's time. A run that stands still shows a piece of its eternity.
    pub fn axis_length(&self) -> Nanos {
        const SOME_MORE: f64 = 1.25;
        let end = self.program_time(self.end());
        if self.stands_still() { end.scaled(SOME_MORE) } else { end }
    }

    /// Until when what still goes on is to be drawn, on the run's own clock: to the end of the axis where the run stands
    /// still, else as far as the run has come.
    pub fn drawn_until(&self, axis_end: Nanos, now: Nanos) -> Nanos {
        if self.stands_still() { axis_end.scaled(1.0 / self.speed.factor()) } else { now }
    }

    /// Whether the run came to a halt in which its tasks wait for ever, so that no time is the end of their waiting.
    pub fn stands_still(&self) -> bool {
        matches!(self.failure(), Some(RunError::Deadlock(_) | RunError::Stalled { .. }))
    }

    fn named(&self, row: Unnamed, noun: &str) -> Row {
        let name = match row.kind {
            RowKind::Lane(lane) | RowKind::Queue(lane) => self.lane_name(lane).to_owned(),
            RowKind::Task(task) => self.task_name(task).to_owned(),
            RowKind::Gil(_) => "GIL".to_owned(),
            RowKind::Rest(rows) => format!("{rows} more {noun}"),
        };
        Row { name, kind: row.kind, stretches: row.stretches }
    }
}

impl Counts {
    /// How many are in this state.
    pub fn of(&self, state: State) -> u32 {
        self.0[state as usize]
    }

    /// How many there are.
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The state that most are in; of equals the first one of a legend. `None` where there is nobody.
    pub fn commonest(&self) -> Option<State> {
        State::ALL.into_iter().rev().filter(|state| self.of(*state) > 0).max_by_key(|state| self.of(*state))
    }
}

/// A row before it is known whether anyone will see its name.
struct Unnamed {
    kind: RowKind,
    stretches: Vec<Stretch>,
}

/// Who has his turn on an event loop.
fn turns(spans: &[Span]) -> Vec<Stretch> {
    let takes_the_turn = |span: &&Span| {
        let activity = span.activity;
        activity.holds_the_loop() || matches!(activity, Activity::WantsGil | Activity::Ready(ReadyFor::Core))
    };
    let mut stretches = uppermost(spans.iter().filter(takes_the_turn).copied().collect());
    for stretch in &mut stretches {
        if let Shows::Task { activity: Activity::Waiting(WaitFor::BlockingCall(_)), state, .. } = &mut stretch.shows {
            *state = State::Blocked;
        }
    }
    stretches
}

/// A row for each task of an event loop. A task is in one state at a time.
fn tasks(spans: Vec<Span>) -> Vec<Unnamed> {
    let mut by_task: BTreeMap<TaskId, Vec<Stretch>> = BTreeMap::new();
    for span in spans.iter().filter(|span| is_seen(span)) {
        by_task.entry(span.task).or_default().push(stretch(span, span.start, span.end));
    }
    by_task.into_iter().map(|(task, stretches)| Unnamed { kind: RowKind::Task(task), stretches }).collect()
}

fn queue(spans: &[Span]) -> Vec<Stretch> {
    counted(spans.iter().map(|span| (span.start, span.end, span.activity.state())))
}

/// What stands uppermost on a lane at each instant: whoever waits there for another task stands below all others, and of
/// equals whoever came last stands above.
fn uppermost(mut spans: Vec<Span>) -> Vec<Stretch> {
    spans.retain(is_seen);
    spans.sort_by_key(|span| (span.start, span.task));
    let mut changes: Vec<(Nanos, usize)> =
        spans.iter().enumerate().flat_map(|(index, span)| [(span.start, index), (span.end, index)]).collect();
    changes.sort();
    let height = |index: usize| {
        let joins = matches!(spans[index].activity, Activity::Waiting(WaitFor::Task(_)));
        (!joins, spans[index].start, index)
    };
    let mut present = BTreeSet::new();
    let mut upper: Option<(usize, Nanos)> = None;
    let mut stretches = Vec::new();
    for now in changes.chunk_by(|a, b| a.0 == b.0) {
        let at = now[0].0;
        let mut instants = Vec::new();
        for &(_, index) in now {
            if spans[index].start == spans[index].end {
                instants.push(index);
            } else if spans[index].start == at {
                present.insert(height(index));
            } else {
                present.remove(&height(index));
            }
        }
        let next = present.last().map(|&(_, _, index)| index);
        if instants.is_empty() && next == upper.map(|(index, _)| index) {
            continue;
        }
        if let Some((index, from)) = upper.filter(|(_, from)| *from < at) {
            stretches.push(stretch(&spans[index], from, at));
        }
        // An instant begins and ends among the changes of one time, so it is there twice.
        instants.dedup();
        stretches.extend(instants.into_iter().map(|index| stretch(&spans[index], at, at)));
        upper = next.map(|index| (index, at));
    }
    stretches
}

/// At most `most` of `rows`, the last of which counts those that are left out.
fn folded(mut rows: Vec<Unnamed>, most: usize) -> Vec<Unnamed> {
    if rows.len() <= most {
        return rows;
    }
    let rest = rows.split_off(most.saturating_sub(1));
    let states = rest.iter().flat_map(|row| &row.stretches).filter_map(|stretch| match stretch.shows {
        Shows::Task { state, .. } => Some((stretch.from, stretch.to, state)),
        Shows::Tasks(_) => None,
    });
    rows.push(Unnamed { kind: RowKind::Rest(rest.len() as u32), stretches: counted(states) });
    rows
}

/// How many are in each state, from each change to the next.
fn counted(states: impl Iterator<Item = (Nanos, Nanos, State)>) -> Vec<Stretch> {
    let ends = |(from, to, state): (Nanos, Nanos, State)| [(from, true, state), (to, false, state)];
    let mut changes: Vec<(Nanos, bool, State)> = states.filter(|(from, to, _)| from < to).flat_map(ends).collect();
    // Those who come stand before those who go, so that no count falls below nought on the way.
    changes.sort_by_key(|&(at, comes, _)| (at, !comes));
    let mut counts = Counts::default();
    let mut since = Nanos::ZERO;
    let mut stretches = Vec::new();
    for now in changes.chunk_by(|a, b| a.0 == b.0) {
        let before = counts;
        for &(_, comes, state) in now {
            let count = &mut counts.0[state as usize];
            *count = if comes { *count + 1 } else { *count - 1 };
        }
        if counts != before {
            let at = now[0].0;
            if before.total() > 0 {
                stretches.push(Stretch { from: since, to: at, shows: Shows::Tasks(before) });
            }
            since = at;
        }
    }
    stretches
}

/// Whether a span is to be seen: one without length only if its task ran.
fn is_seen(span: &Span) -> bool {
    span.end > span.start || span.activity.is_running()
}

fn stretch(span: &Span, from: Nanos, to: Nanos) -> Stretch {
    let state = span.activity.state();
    Stretch { from, to, shows: Shows::Task { task: span.task, activity: span.activity, state } }
}
