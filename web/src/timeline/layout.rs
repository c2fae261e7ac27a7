//! What a timeline shows, before anyone says where: rows of blocks, in the program's own time.

use std::collections::{BTreeMap, HashSet};

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Activity, LaneId, LaneKind, ReadyFor, Span, State, TaskId, Trace, WaitFor};

/// The rows of one timeline, from the top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row: a lane, a task of an event loop, or a pool's queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its blocks, which do not overlap, in the order of time.
    pub blocks: Vec<Block>,
}

/// A stretch of time in one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// From when, in the program's time.
    pub start: Nanos,
    /// Until when; a block without length is an instant at which a task ran.
    pub end: Nanos,
    /// In which state.
    pub state: State,
    /// What it says where there is room.
    pub label: String,
    /// What it says where there is little, cut short if need be.
    pub brief: String,
}

/// Lays out `trace`, whose unfinished spans last until `now` on its own clock. Times are those of the program: a run at
/// ten times the speed is as long as one at full length.
pub fn lay_out(trace: &Trace, now: Nanos) -> Layout {
    let spans = visible_spans(trace, now);
    let mut rows = match trace.model {
        Model::EventLoop => event_loop_rows(trace, &spans),
        Model::Sequential | Model::Threads | Model::ThreadPool | Model::ProcessPool => lane_rows(trace, &spans),
    };
    rows.extend(queue_row(trace, &spans));
    for block in rows.iter_mut().flat_map(|row| &mut row.blocks) {
        block.start = block.start.scaled(trace.speed.factor());
        block.end = block.end.scaled(trace.speed.factor());
    }
    Layout { rows }
}

/// All spans but those of a task that waits for another one on its own lane: there the other one is shown.
fn visible_spans(trace: &Trace, now: Nanos) -> Vec<Span> {
    let mut spans: Vec<Span> = trace.spans_until(now).collect();
    if trace.model != Model::EventLoop {
        let present: HashSet<(TaskId, LaneId)> = spans.iter().map(|span| (span.task, span.lane)).collect();
        spans.retain(|span| match span.activity {
            Activity::Waiting(WaitFor::Task(other)) => !present.contains(&(other, span.lane)),
            _ => true,
        });
    }
    spans.sort_by_key(|span| (span.start, span.end));
    spans
}

/// A row a lane, in the order of lanes: the first one is the program's own.
fn lane_rows(trace: &Trace, spans: &[Span]) -> Vec<Row> {
    let mut blocks: BTreeMap<LaneId, Vec<Block>> = BTreeMap::new();
    for span in spans.iter().filter(|span| span.activity != Activity::Queued) {
        blocks.entry(span.lane).or_default().push(lane_block(trace, span));
    }
    let lanes = trace.lanes.iter().enumerate().filter(|(_, lane)| lane.kind != LaneKind::Queue);
    lanes
        .map(|(index, lane)| {
            let blocks = blocks.remove(&LaneId(index as u32)).unwrap_or_default();
            Row { name: trace.text(lane.name).to_owned(), blocks }
        })
        .collect()
}

/// The loop's own row, on which tasks take turns, and a row a task, in which it waits.
fn event_loop_rows(trace: &Trace, spans: &[Span]) -> Vec<Row> {
    let (turns, waits): (Vec<&Span>, Vec<&Span>) = spans.iter().partition(|span| span.activity == Activity::Running);
    let turns = turns.into_iter().map(|span| named(span, trace.task_name(span.task))).collect();
    let mut rows = vec![Row { name: "event loop".to_owned(), blocks: turns }];
    let mut by_task: BTreeMap<TaskId, Vec<Block>> = BTreeMap::new();
    for span in waits {
        by_task.entry(span.task).or_default().push(waiting(trace, span));
    }
    rows.extend(
        (0..trace.tasks.len() as u32).map(TaskId).map(|task| Row {
            name: trace.task_name(task).to_owned(),
            blocks: by_task.remove(&task).unwrap_or_default(),
        }),
    );
    rows
}

/// How many tasks stand in the queue, from each change to the next; no row where nothing was ever queued.
fn queue_row(trace: &Trace, spans: &[Span]) -> Option<Row> {
    let queued: Vec<&Span> = spans.iter().filter(|span| span.activity == Activity::Queued).collect();
    let lane = queued.first()?.lane;
    let mut changes: BTreeMap<Nanos, i64> = BTreeMap::new();
    for span in &queued {
        *changes.entry(span.start).or_default() += 1;
        *changes.entry(span.end).or_default() -= 1;
    }
    changes.retain(|_, change| *change != 0);
    let instants: Vec<Nanos> = changes.keys().copied().collect();
    let mut length = 0;
    let mut blocks = Vec::new();
    for pair in instants.windows(2) {
        length += changes.get(&pair[0]).copied().unwrap_or_default();
        if length > 0 {
            let (label, brief) = (format!("{length} waiting"), length.to_string());
            blocks.push(Block { start: pair[0], end: pair[1], state: State::Queued, label, brief });
        }
    }
    Some(Row { name: trace.lane_name(lane).to_owned(), blocks })
}

/// A block that is known by a name, of which a part still tells something.
fn named(span: &Span, name: &str) -> Block {
    Block {
        start: span.start,
        end: span.end,
        state: span.activity.state(),
        label: name.to_owned(),
        brief: name.to_owned(),
    }
}

/// A block that says what its task waits for.
fn waiting(trace: &Trace, span: &Span) -> Block {
    let label = wait_label(trace, span);
    Block { start: span.start, end: span.end, state: span.activity.state(), label, brief: String::new() }
}

/// On a lane a block is known by its task; a task that waits for another says for whom.
fn lane_block(trace: &Trace, span: &Span) -> Block {
    match span.activity {
        Activity::Waiting(WaitFor::Task(_)) => waiting(trace, span),
        _ => named(span, trace.task_name(span.task)),
    }
}

fn wait_label(trace: &Trace, span: &Span) -> String {
    match span.activity {
        Activity::Running => "runs".to_owned(),
        Activity::Ready(ReadyFor::Turn) => "ready".to_owned(),
        Activity::Ready(ReadyFor::LaneStart) => "starting".to_owned(),
        Activity::Waiting(WaitFor::Timer(_)) => "timer".to_owned(),
        Activity::Waiting(WaitFor::Task(other)) => format!("awaits {}", trace.task_name(other)),
        Activity::Queued => "queued".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use engine::model::Speed;
    use engine::trace::Clock;
    use lessons::Values;

    use super::*;

    /// The rows of lesson 1 as text: `name: start-end state label, …` in whole seconds, instants left out.
    fn shown(model: Model, messages: &str, speed: f64) -> Vec<String> {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let given = [("messages".to_owned(), messages.to_owned())];
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the messages are right"));
        let settings = prepared.settings(model, 0);
        let mut trace = engine::simulate::simulate(&prepared.program, &settings).expect("it runs");
        trace.speed = Speed::new(speed).expect("the speed is right");
        let seconds = |at: Nanos| at.as_secs_f64();
        let shown = |block: &Block| {
            format!("{}-{} {} {}", seconds(block.start), seconds(block.end), block.state.word(), block.label)
        };
        let rows = lay_out(&trace, trace.end()).rows;
        rows.iter()
            .map(|row| {
                let blocks: Vec<String> = row.blocks.iter().filter(|b| b.end > b.start).map(shown).collect();
                format!("{}: {}", row.name, blocks.join(", "))
            })
            .collect()
    }

    #[test]
    fn one_after_another_shows_the_task_and_not_who_waits_beneath_it() {
        assert_eq!(shown(Model::Sequential, "TWO=2,THREE=3", 1.0), ["MainThread: 0-2 waiting TWO, 2-5 waiting THREE"]);
    }

    #[test]
    fn threads_have_a_row_each_below_the_main_one() {
        assert_eq!(
            shown(Model::Threads, "TWO=2,THREE=3", 1.0),
            [
                "MainThread: 0-2 waiting awaits TWO, 2-3 waiting awaits THREE",
                "Thread-1: 0-2 waiting TWO",
                "Thread-2: 0-3 waiting THREE",
            ]
        );
    }

    #[test]
    fn a_pools_queue_is_counted_and_stands_last() {
        assert_eq!(
            shown(Model::ThreadPool, "A=1,B=2,C=1,D=1", 1.0)[1..],
            [
                "ThreadPoolExecutor-0_0: 0-1 waiting A, 1-2 waiting C",
                "ThreadPoolExecutor-0_1: 0-2 waiting B, 2-3 waiting D",
                "queue: 0-1 queued 2 waiting, 1-2 queued 1 waiting",
            ]
        );
    }

    #[test]
    fn an_event_loop_has_its_turns_on_top_and_a_row_a_task() {
        assert_eq!(
            shown(Model::EventLoop, "TWO=2,THREE=3", 1.0),
            [
                "event loop: ",
                "main: 0-2 waiting awaits TWO, 2-3 waiting awaits THREE",
                "TWO: 0-2 waiting timer",
                "THREE: 0-3 waiting timer",
            ]
        );
    }

    #[test]
    fn a_fast_run_is_laid_out_in_the_programs_time() {
        assert_eq!(shown(Model::Sequential, "TWO=2", 10.0), ["MainThread: 0-20 waiting TWO"]);
    }

    #[test]
    fn a_run_that_goes_on_is_drawn_until_now() {
        use engine::trace::Event;
        let mut trace = Trace::new(Model::Threads, Clock::Browser, Speed::REAL);
        let (task, lane) = (TaskId(0), LaneId(0));
        trace.apply(Event::Lane { lane, name: "MainThread".to_owned(), kind: LaneKind::Main });
        trace.apply(Event::Task { task, name: "main".to_owned(), parent: None, at: Nanos::ZERO });
        trace.apply(Event::Enter { task, lane, activity: Activity::Running, at: Nanos(5), line: None });
        assert_eq!(lay_out(&trace, Nanos(9)).rows[0].blocks[0].end, Nanos(9));
    }
}
