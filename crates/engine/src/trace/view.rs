//! A trace as rows: what every timeline shows, whoever draws it.
//!
//! A row is a lane, a task of an event loop, a pool's queue, or what is left over where there are too many to be shown one
//! by one. What happens in a row is told in stretches that do not overlap, in the order of time.

use crate::error::RunError;
use crate::time::Nanos;
use crate::trace::{
    Activity, LaneId, LaneKind, Process, ReadyFor, Span, State, TaskId, Trace, WaitFor, sort_by_numbers,
};

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
        let open: Vec<Span> = self.open_until(now).collect();
        let mut on_lanes: Vec<Vec<&Span>> = vec![Vec::new(); self.lanes.len()];
        for span in self.spans.iter().chain(&open) {
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
                    loops.extend(tasks(&spans, most));
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
fn turns(spans: &[&Span]) -> Vec<Stretch> {
    let takes_the_turn = |span: &&&Span| {
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

/// A row for each task of an event loop, which is in one state at a time; at most so many, the last of which counts those that are
/// left out.
fn tasks(spans: &[&Span], most: usize) -> Vec<Unnamed> {
    let mut is_there: Vec<bool> = Vec::new();
    for span in spans.iter().filter(|span| is_seen(span)) {
        let task = span.task.0 as usize;
        is_there.resize(is_there.len().max(task + 1), false);
        is_there[task] = true;
    }
    let mut own: Vec<u32> = (0..).zip(&is_there).filter(|(_, is_there)| **is_there).map(|(task, _)| task).collect();
    let rest = beyond(&mut own, most);
    let of_rest = |span: &&&Span| rest.first().is_some_and(|first| span.task.0 >= *first);
    let mut shown: Vec<&Span> = spans.iter().filter(|span| is_seen(span) && !of_rest(span)).copied().collect();
    sort_by_numbers(&mut shown, |span| [span.task.0.into()]);
    let row = |spans: &[&Span]| {
        let stretches = spans.iter().map(|span| stretch(span, span.start, span.end)).collect();
        Unnamed { kind: RowKind::Task(spans[0].task), stretches }
    };
    let mut rows: Vec<Unnamed> = shown.chunk_by(|a, b| a.task == b.task).map(row).collect();
    rows.extend(counting(rest.len(), spans.iter().filter(of_rest).map(|span| lasting(span))));
    rows
}

fn queue(spans: &[&Span]) -> Vec<Stretch> {
    counted(spans.iter().map(|span| lasting(span)))
}

fn lasting(span: &Span) -> (Nanos, Nanos, State) {
    (span.start, span.end, span.activity.state())
}

/// What stands uppermost on a lane at each instant: whoever waits there for another task stands below all others, and of
/// equals whoever came last stands above.
fn uppermost(mut spans: Vec<&Span>) -> Vec<Stretch> {
    spans.retain(|span| is_seen(span));
    sort_by_numbers(&mut spans, |span| [span.start.0, span.task.0.into()]);
    // Mostly nobody stands upon anybody.
    if spans.windows(2).all(|pair| pair[0].end <= pair[1].start) {
        return spans.into_iter().map(|span| stretch(span, span.start, span.end)).collect();
    }
    let mut ends: Vec<u32> = (0..spans.len() as u32).collect();
    sort_by_numbers(&mut ends, |index| [spans[*index as usize].end.0]);
    let height = |index: usize| {
        let joins = matches!(spans[index].activity, Activity::Waiting(WaitFor::Task(_)));
        (!joins, spans[index].start, index)
    };
    let (mut begin, mut end) = ((0..spans.len()).peekable(), ends.into_iter().map(|index| index as usize).peekable());
    // From the lowest to the uppermost: seldom more than two.
    let mut present: Vec<(bool, Nanos, usize)> = Vec::new();
    let mut upper: Option<(usize, Nanos)> = None;
    let mut stretches = Vec::new();
    let mut instants = Vec::new();
    // Whatever begins ends later, or at once.
    while let Some(ends) = end.peek().map(|index| spans[*index].end) {
        let at = begin.peek().map_or(ends, |index| ends.min(spans[*index].start));
        while let Some(index) = begin.next_if(|index| spans[*index].start == at) {
            if spans[index].end == at {
                instants.push(index);
            } else {
                let height = height(index);
                present.insert(present.partition_point(|other| *other < height), height);
            }
        }
        while let Some(index) = end.next_if(|index| spans[*index].end == at) {
            if let Ok(place) = present.binary_search(&height(index)) {
                present.remove(place);
            }
        }
        let next = present.last().map(|&(_, _, index)| index);
        if instants.is_empty() && next == upper.map(|(index, _)| index) {
            continue;
        }
        if let Some((index, from)) = upper.filter(|(_, from)| *from < at) {
            stretches.push(stretch(spans[index], from, at));
        }
        stretches.extend(instants.drain(..).map(|index| stretch(spans[index], at, at)));
        upper = next.map(|index| (index, at));
    }
    stretches
}

/// At most `most` of `rows`, the last of which counts those that are left out.
fn folded(mut rows: Vec<Unnamed>, most: usize) -> Vec<Unnamed> {
    let rest = beyond(&mut rows, most);
    let states = rest.iter().flat_map(|row| &row.stretches).filter_map(|stretch| match stretch.shows {
        Shows::Task { state, .. } => Some((stretch.from, stretch.to, state)),
        Shows::Tasks(_) => None,
    });
    rows.extend(counting(rest.len(), states));
    rows
}

/// Takes out of `all` what has no row of its own, where there may be at most so many rows.
fn beyond<T>(all: &mut Vec<T>, most: usize) -> Vec<T> {
    if all.len() <= most { Vec::new() } else { all.split_off(most.saturating_sub(1)) }
}

/// The row that stands for so many others, in these states; none for none.
fn counting(rows: usize, states: impl Iterator<Item = (Nanos, Nanos, State)>) -> Option<Unnamed> {
    (rows > 0).then(|| Unnamed { kind: RowKind::Rest(rows as u32), stretches: counted(states) })
}

/// How many are in each state, from each change to the next.
fn counted(states: impl Iterator<Item = (Nanos, Nanos, State)>) -> Vec<Stretch> {
    let mut come: Vec<_> = states.filter(|(from, to, _)| from < to).collect();
    let mut go = come.clone();
    sort_by_numbers(&mut come, |(from, ..)| [from.0]);
    sort_by_numbers(&mut go, |(_, to, _)| [to.0]);
    let (mut come, mut go) = (come.into_iter().peekable(), go.into_iter().peekable());
    let mut counts = Counts::default();
    let mut since = Nanos::ZERO;
    let mut stretches = Vec::new();
    while let Some(&(_, goes, _)) = go.peek() {
        let at = come.peek().map_or(goes, |(comes, ..)| goes.min(*comes));
        let before = counts;
        while let Some((.., state)) = come.next_if(|(from, ..)| *from == at) {
            counts.0[state as usize] += 1;
        }
        while let Some((.., state)) = go.next_if(|(_, to, _)| *to == at) {
            counts.0[state as usize] -= 1;
        }
        if counts != before {
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
