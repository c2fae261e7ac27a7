//! What a timeline shows, before anyone says where: the trace's rows in the program's own time, their heights, and which
//! row a task is in.

use std::sync::Arc;

use engine::time::Nanos;
use engine::trace::{Activity, LaneId, LaneKind, RowKind, Shows, State, Stretch, TaskId, Trace};

use crate::timeline::labels::words;
use crate::timeline::links::Links;
use crate::timeline::shares::Shares;

/// The rows of one timeline, from the top.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The run that is shown.
    pub trace: Arc<Trace>,
    /// Until when what still goes on is drawn, in the program's time.
    pub until: Nanos,
    /// The rows.
    pub rows: Vec<Row>,
    /// What leads from row to row, and who holds what; only of a run that is over.
    pub links: Links,
    /// How high a plain row is.
    pitch: Pitch,
    /// Where each row begins, and where the last one ends.
    tops_px: Vec<f64>,
    /// By task: the row that a task of a loop has.
    of_task: Vec<Option<u32>>,
    /// By lane.
    of_lane: Vec<Option<u32>>,
    /// The row of all tasks of a loop that have none of their own, and that of all such lanes.
    of_rest: [Option<usize>; 2],
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RowKind,
    /// How many rows it stands for; of a queue, how many stood in it at the most.
    pub stands_for: u32,
    /// What happens in it, without overlaps, in the order of time, which is the program's.
    pub stretches: Vec<Stretch>,
    /// How much of any time it spends in each state.
    pub shares: Shares,
}

/// How many tasks of a loop, or lanes, have a row of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// So few, and so low, that they make a small picture without names.
    Small,
    /// As many as one can take in at a glance.
    Few,
    /// All.
    All,
}

/// The most tasks of a loop, or lanes, that have a row of their own where few are to have one.
const FEW_ROWS: usize = 20;

/// The same in a small picture.
const SMALL_ROWS: usize = 4;

/// How high a row is, and how much of that is filled.
#[derive(Clone, Copy, Debug)]
pub struct Pitch {
    /// The row.
    pub row_px: f64,
    /// What fills it.
    pub block_px: f64,
}

/// A row that stands for many is so many times as high.
const MANY_ROWS: f64 = 3.0;

/// The row of a queue in which more than so many stood is so many times as high: its depth is told by its height.
const SHORT_QUEUE: u32 = 6;
const LONG_QUEUE: f64 = 2.0;

impl Layout {
    /// Lays out `trace`, whose unfinished spans last until `now` on its own clock. Times are those of the program: a run at
    /// ten times the speed is as long as one at full length.
    pub fn of(trace: Arc<Trace>, now: Nanos, rows: Rows) -> Layout {
        let (most, is_small) = match rows {
            Rows::Small => (SMALL_ROWS, true),
            Rows::Few => (FEW_ROWS, false),
            Rows::All => (usize::MAX, false),
        };
        let mut rows: Vec<Row> = trace.rows(now, most).into_iter().map(|row| in_program_time(&trace, row)).collect();
        if is_gil_scarce(&trace, now) {
            let gils = trace.gil_rows(now).into_iter().map(|row| in_program_time(&trace, row));
            // Beside the loop's own row, or on top: whoever reads of a GIL wants to know who has it.
            let place = rows.iter().position(|row| matches!(row.kind, RowKind::Task(_))).unwrap_or_default();
            rows.splice(place..place, gils);
        }
        let pitch = if is_small { small(&rows) } else { pitch(rows.len()) };
        let mut layout = Layout {
            pitch,
            until: trace.program_time(now),
            links: Links::default(),
            tops_px: tops_px(&rows, pitch),
            of_task: places(trace.tasks.len(), &rows, |kind| match kind {
                RowKind::Task(task) => Some(task.0),
                _ => None,
            }),
            of_lane: places(trace.lanes.len(), &rows, |kind| match kind {
                RowKind::Lane(lane) | RowKind::Queue(lane) => Some(lane.0),
                _ => None,
            }),
            of_rest: rests(&rows),
            trace,
            rows,
        };
        if layout.trace.finished.is_some() && !is_small {
            layout.links = Links::of(&layout);
        }
        layout
    }

    /// The height of all rows.
    pub fn height_px(&self) -> f64 {
        self.tops_px.last().copied().unwrap_or_default().max(self.pitch.row_px)
    }

    /// The rows between two heights.
    pub fn between_px(&self, top_px: f64, bottom_px: f64) -> std::ops::Range<usize> {
        let first = self.tops_px.partition_point(|top| *top <= top_px).saturating_sub(1);
        let after = self.tops_px.partition_point(|top| *top < bottom_px).min(self.rows.len());
        first.min(after)..after
    }

    /// Where a row begins.
    pub fn top_px(&self, row: usize) -> f64 {
        self.tops_px.get(row).copied().unwrap_or_default()
    }

    /// How high a row is, and its filling.
    pub fn pitch(&self, row: usize) -> Pitch {
        let pitch = self.pitch;
        let row_px = self.top_px(row + 1) - self.top_px(row);
        Pitch { row_px, block_px: row_px - (pitch.row_px - pitch.block_px) }
    }

    /// How many rows are folded into others.
    pub fn folded(&self) -> u32 {
        let folded = self.rows.iter().map(|row| if let RowKind::Rest(rows) = row.kind { rows } else { 0 });
        folded.sum()
    }

    /// The row that shows `task` while it is on `lane`.
    pub fn row_of(&self, task: TaskId, lane: LaneId) -> Option<usize> {
        let is_on_loop = self.trace.lanes.get(lane.0 as usize).is_some_and(|lane| lane.kind == LaneKind::EventLoop);
        let own = if is_on_loop { self.of_task.get(task.0 as usize) } else { self.of_lane.get(lane.0 as usize) };
        own.copied().flatten().map(|row| row as usize).or(self.of_rest[usize::from(!is_on_loop)])
    }

    /// What stands at a height and an instant: the row, and what it shows there.
    pub fn at(&self, y_px: f64, at: Nanos, slack: Nanos) -> Option<(usize, Option<&Stretch>)> {
        let row = self.between_px(y_px, y_px + 1.0).start;
        let stretches = &self.rows.get(row)?.stretches;
        let next = stretches.partition_point(|stretch| stretch.to <= at);
        let is_near = |stretch: &&Stretch| stretch.from <= at + slack && at <= stretch.to + slack;
        let found = stretches.get(next).filter(|stretch| stretch.from <= at);
        let before = || next.checked_sub(1).and_then(|index| stretches.get(index)).filter(is_near);
        Some((row, found.or_else(|| stretches.get(next).filter(is_near)).or_else(before)))
    }

    /// What a stretch of a row says where there is room, and where there is little.
    pub fn words(&self, row: &Row, stretch: &Stretch) -> [String; 2] {
        match stretch.shows {
            Shows::Task { task, activity, .. } => words(&self.trace, row.kind, task, activity),
            Shows::Tasks(counts) if matches!(row.kind, RowKind::Queue(_)) => {
                let length = counts.total().to_string();
                [format!("{length} waiting"), length]
            }
            Shows::Tasks(_) => Default::default(),
        }
    }
}

/// Whether threads waited for a GIL so long that it can be seen: for an instant here and there they always do.
fn is_gil_scarce(trace: &Trace, now: Nanos) -> bool {
    const SHARE: u64 = 100;
    let wants = trace.spans_until(now).filter(|span| span.activity == Activity::WantsGil);
    let waited = wants.fold(Nanos::ZERO, |sum, span| sum + span.end.since(span.start));
    waited > Nanos(now.0 / SHARE)
}

impl Row {
    /// Whether it is a picture of how many there are rather than of who is there.
    pub fn is_of_many(&self) -> bool {
        match self.kind {
            RowKind::Rest(_) => true,
            RowKind::Queue(_) => self.stands_for > SHORT_QUEUE,
            _ => false,
        }
    }
}

const ROOMY: Pitch = Pitch { row_px: 22.0, block_px: 17.0 };
const DENSE: Pitch = Pitch { row_px: 16.0, block_px: 13.0 };

/// A small picture is so high, however many rows it has, unless they are too few for that.
const SMALL_PX: f64 = 64.0;
const LOWEST_PX: f64 = 4.0;
const HIGHEST_PX: f64 = 14.0;

/// So much of a row of a small picture is filled.
const FILLED: f64 = 0.8;

/// Many rows are lower.
fn pitch(rows: usize) -> Pitch {
    if rows > 14 { DENSE } else { ROOMY }
}

/// The rows of a small picture share its height.
fn small(rows: &[Row]) -> Pitch {
    let plain: f64 = rows.iter().map(plain_rows).sum();
    let row_px = (SMALL_PX / plain).floor().clamp(LOWEST_PX, HIGHEST_PX);
    Pitch { row_px, block_px: (row_px * FILLED).round() }
}

fn tops_px(rows: &[Row], pitch: Pitch) -> Vec<f64> {
    let mut top_px = 0.0;
    let mut tops_px = vec![top_px];
    for row in rows {
        top_px += pitch.row_px * plain_rows(row);
        tops_px.push(top_px);
    }
    tops_px
}

/// As how many plain rows one is as high.
fn plain_rows(row: &Row) -> f64 {
    match row.kind {
        RowKind::Rest(rows) if rows > 1 => MANY_ROWS,
        RowKind::Queue(_) if row.is_of_many() => LONG_QUEUE,
        _ => 1.0,
    }
}

/// The row of each of `count` things, by its number, where `number` tells whose row one is.
fn places(count: usize, rows: &[Row], number: impl Fn(RowKind) -> Option<u32>) -> Vec<Option<u32>> {
    let mut places = vec![None; count];
    for (index, row) in (0..).zip(rows) {
        if let Some(place) = number(row.kind).and_then(|number| places.get_mut(number as usize)) {
            *place = Some(index);
        }
    }
    places
}

/// The rows that stand for many tasks of a loop, and for many lanes: each stands below the last that has its own.
fn rests(rows: &[Row]) -> [Option<usize>; 2] {
    let below = |is_task: bool| {
        let is_it = |pair: &[Row]| {
            matches!(pair[1].kind, RowKind::Rest(_)) && matches!(pair[0].kind, RowKind::Task(_)) == is_task
        };
        rows.windows(2).position(is_it).map(|above| above + 1)
    };
    [below(true), below(false)]
}

fn in_program_time(trace: &Trace, row: engine::trace::Row) -> Row {
    let mut stretches: Vec<Stretch> = Vec::with_capacity(row.stretches.len());
    for stretch in row.stretches {
        let (from, to) = (trace.program_time(stretch.from), trace.program_time(stretch.to));
        let stretch = Stretch { from, to, ..stretch };
        match stretches.last_mut().filter(|last| last.to == from && runs_on(last.shows, stretch.shows, row.kind)) {
            Some(last) => last.to = to,
            None => stretches.push(stretch),
        }
    }
    let deepest = stretches.iter().map(|stretch| match stretch.shows {
        Shows::Tasks(counts) => counts.total(),
        Shows::Task { .. } => 1,
    });
    let stands_for = match row.kind {
        RowKind::Rest(rows) => rows,
        RowKind::Queue(_) => deepest.max().unwrap_or(1).max(1),
        _ => 1,
    };
    let shares = Shares::new(&stretches);
    let name = match row.kind {
        RowKind::Queue(_) if stands_for > SHORT_QUEUE => format!("{}, up to {stands_for}", row.name),
        _ => row.name,
    };
    Row { name, kind: row.kind, stands_for, stretches, shares }
}

/// Whether a task runs on: one that computes in pieces goes on all the while.
fn runs_on(before: Shows, after: Shows, row: RowKind) -> bool {
    match (before, after) {
        (Shows::Task { task: one, activity: a, .. }, Shows::Task { task: other, activity: b, .. }) => {
            // A task's own row says what the task does, so that another doing is another block.
            one == other && a.is_running() && b.is_running() && (a == b || !matches!(row, RowKind::Task(_)))
        }
        _ => false,
    }
}

/// The state that a stretch shows of one task; `None` where it counts several.
pub fn shown_state(stretch: &Stretch) -> Option<State> {
    match stretch.shows {
        Shows::Task { state, .. } => Some(state),
        Shows::Tasks(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use engine::model::Model;

    use super::*;
    use crate::timeline::testing::laid_out;

    /// The rows of a lesson as text: `name: start-end state label, …` to a tenth of a second, what is shorter left out.
    fn shown(lesson: &str, model: Model, given: &[(&str, &str)], speed: f64) -> Vec<String> {
        let layout = laid_out(lesson, model, given, speed, Rows::Few);
        let stretch = |row: &Row, stretch: &Stretch| {
            let state = match stretch.shows {
                Shows::Task { state, .. } => state.word(),
                Shows::Tasks(counts) => counts.commonest().map_or("", State::word),
            };
            let seconds = |at: Nanos| (at.as_secs_f64() * 10.0).round() / 10.0;
            let [label, _] = layout.words(row, stretch);
            format!("{}-{} {state} {label}", seconds(stretch.from), seconds(stretch.to))
        };
        let is_long = |stretch: &&Stretch| stretch.to.since(stretch.from) > Nanos(50_000_000);
        let text = |row: &Row| {
            let blocks: Vec<String> = row.stretches.iter().filter(is_long).map(|it| stretch(row, it)).collect();
            format!("{}: {}", row.name, blocks.join(", "))
        };
        layout.rows.iter().map(text).collect()
    }

    const TWO: &[(&str, &str)] = &[("messages", "TWO=2,THREE=3")];

    #[test]
    fn a_lane_names_who_stands_there_and_whoever_waits_for_another_says_for_whom() {
        assert_eq!(
            shown("delay-messages", Model::Sequential, TWO, 1.0),
            ["MainThread: 0-2 waiting TWO, 2-5 waiting THREE"]
        );
        assert_eq!(
            shown("delay-messages", Model::Threads, TWO, 1.0),
            [
                "MainThread: 0-2 waiting awaits TWO, 2-3 waiting awaits THREE",
                "Thread-1: 0-2 waiting TWO",
                "Thread-2: 0-3 waiting THREE",
            ]
        );
    }

    #[test]
    fn a_queue_is_counted_and_a_fast_run_is_laid_out_in_the_programs_time() {
        let four = [("messages", "A=1,B=2,C=1,D=1"), ("workers", "2")];
        assert_eq!(
            shown("delay-messages", Model::ThreadPool, &four, 10.0)[1..],
            [
                "ThreadPoolExecutor-0_0: 0-10 waiting A, 10-20 waiting C",
                "ThreadPoolExecutor-0_1: 0-20 waiting B, 20-30 waiting D",
                "queue: 0-10 queued 2 waiting, 10-20 queued 1 waiting",
            ]
        );
    }

    #[test]
    fn a_call_that_does_not_give_way_blocks_the_loop_and_only_waits_in_its_own_row() {
        let two = [("messages", "TWO=2,THREE=3"), ("blocking", "THREE"), ("repair", "none")];
        let rows = shown("blocking-call", Model::EventLoop, &two, 1.0);
        assert_eq!(rows[0], "event loop: 0-3 blocked THREE blocks the loop");
        assert_eq!(rows[2..], ["TWO: 0-2 waiting timer, 2-3 ready ready", "THREE: 0-3 waiting blocks the loop"]);
    }

    #[test]
    fn threads_that_wait_for_the_gil_have_a_row_that_says_who_has_it() {
        let given = [("threads", "2"), ("work", "1"), ("waiting", "0")];
        let layout = laid_out("gil", Model::Threads, &given, 1.0, Rows::Few);
        let gil = &layout.rows[0];
        assert_eq!(gil.name, "GIL");
        let held = gil.shares.walk(&gil.stretches, 0, Nanos::ZERO).step(layout.trace.end()).0[State::Running as usize];
        assert!(held * 100 > layout.trace.end().0 * 95, "somebody has it nearly all the time");
        assert!(laid_out("delay-messages", Model::Threads, TWO, 1.0, Rows::Few).rows[0].name != "GIL");
    }

    #[test]
    fn six_thousand_tasks_have_six_thousand_rows_when_all_are_asked_for_and_every_height_finds_its_own() {
        let few = laid_out("paged-api", Model::EventLoop, &[], 1.0, Rows::Few);
        assert!(few.rows.len() <= FEW_ROWS + 1 && few.folded() > 5_900);
        let all = laid_out("paged-api", Model::EventLoop, &[], 1.0, Rows::All);
        assert!(all.rows.len() > 6_000 && all.folded() == 0);
        for row in [0, 1, 77, 5_999, all.rows.len() - 1] {
            let middle_px = all.top_px(row) + all.pitch(row).row_px / 2.0;
            assert_eq!(all.between_px(middle_px, middle_px + 1.0), row..row + 1);
            assert_eq!(all.at(middle_px, Nanos::ZERO, Nanos::ZERO).map(|(found, _)| found), Some(row));
        }
        for task in [0, 5, 6_000].map(TaskId) {
            let row = all.row_of(task, LaneId(0)).expect("it has a row");
            assert_eq!(all.rows[row].kind, RowKind::Task(task));
        }
        let rest = few.row_of(TaskId(6_000), LaneId(0)).expect("it is in the rest");
        assert!(matches!(few.rows[rest].kind, RowKind::Rest(_)));
    }
}
