//! What a timeline shows, before anyone says where: the trace's rows in words, in the program's own time.

use engine::time::Nanos;
use engine::trace::{Activity, Counts, Doing, ReadyFor, RowKind, Shows, State, Stretch, TaskId, Trace, WaitFor};

/// The rows of one timeline, from the top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// How many rows it stands for.
    pub stands_for: u32,
    /// Its blocks, which do not overlap, in the order of time.
    pub blocks: Vec<Block>,
}

/// A stretch of time in which a row shows one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// From when, in the program's time.
    pub start: Nanos,
    /// Until when; a block without length is an instant at which a task ran.
    pub end: Nanos,
    /// What.
    pub shows: Shown,
    /// What it says where there is room.
    pub label: String,
    /// What it says where there is little, cut short if need be.
    pub brief: String,
}

/// What a block shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    /// This state.
    State(State),
    /// How many of the row's many are in each state.
    Counts(Counts),
}

/// The most tasks of a loop, or lanes, that have a row of their own.
const MOST_ROWS: usize = 20;

/// Lays out `trace`, whose unfinished spans last until `now` on its own clock. Times are those of the program: a run at
/// ten times the speed is as long as one at full length.
pub fn lay_out(trace: &Trace, now: Nanos) -> Layout {
    let row = |row: engine::trace::Row| Row {
        stands_for: if let RowKind::Rest(rows) = row.kind { rows } else { 1 },
        blocks: joined(row.stretches.iter().map(|stretch| block(trace, row.kind, stretch))),
        name: row.name,
    };
    Layout { rows: trace.rows(now, MOST_ROWS).into_iter().map(row).collect() }
}

/// Blocks of which those are one that run on under the same name: a task that computes in pieces goes on all the while.
fn joined(blocks: impl Iterator<Item = Block>) -> Vec<Block> {
    let mut joined: Vec<Block> = Vec::new();
    for block in blocks {
        let runs_on = |last: &&mut Block| {
            let runs = [last.shows, block.shows] == [Shown::State(State::Running); 2];
            runs && last.end == block.start && last.label == block.label
        };
        match joined.last_mut().filter(runs_on) {
            Some(last) => last.end = block.end,
            None => joined.push(block),
        }
    }
    joined
}

fn block(trace: &Trace, row: RowKind, stretch: &Stretch) -> Block {
    let (shows, [label, brief]) = match stretch.shows {
        Shows::Task { task, activity, state } => (Shown::State(state), words(trace, row, task, activity)),
        Shows::Tasks(counts) if matches!(row, RowKind::Queue(_)) => {
            let length = counts.total().to_string();
            (Shown::State(State::Queued), [format!("{length} waiting"), length])
        }
        Shows::Tasks(counts) => (Shown::Counts(counts), Default::default()),
    };
    let (start, end) = (trace.program_time(stretch.from), trace.program_time(stretch.to));
    Block { start, end, shows, label, brief }
}

/// What a block says: on a lane who stands there, in a task's own row what it does.
fn words(trace: &Trace, row: RowKind, task: TaskId, activity: Activity) -> [String; 2] {
    let name = trace.task_name(task);
    match (row, activity) {
        (RowKind::Lane(_), Activity::Waiting(WaitFor::Task(_))) | (RowKind::Task(_), _) => {
            [doing(trace, activity), String::new()]
        }
        (_, Activity::Waiting(WaitFor::BlockingCall(_))) => [format!("{name} blocks the loop"), name.to_owned()],
        (_, Activity::Blocked { .. }) => [format!("{name}: {}", doing(trace, activity)), name.to_owned()],
        _ => [name.to_owned(), name.to_owned()],
    }
}

fn doing(trace: &Trace, activity: Activity) -> String {
    match activity {
        Activity::Running(Doing::Steps) => "runs".to_owned(),
        Activity::Running(Doing::Work) => "computes".to_owned(),
        Activity::Running(Doing::Starting) => "starts a lane".to_owned(),
        Activity::Running(Doing::Message) => "message".to_owned(),
        Activity::Ready(ReadyFor::Turn) => "ready".to_owned(),
        Activity::Ready(ReadyFor::LaneStart) => "starting".to_owned(),
        Activity::Ready(ReadyFor::Core) => "wants a core".to_owned(),
        Activity::WantsGil => "wants the GIL".to_owned(),
        Activity::Blocked { object, .. } => format!("waits for {}", trace.object_name(object)),
        Activity::Waiting(WaitFor::Timer(_)) => "timer".to_owned(),
        Activity::Waiting(WaitFor::BlockingCall(_)) => "blocks the loop".to_owned(),
        Activity::Waiting(WaitFor::Request(_) | WaitFor::Socket(_)) => "request".to_owned(),
        Activity::Waiting(WaitFor::Task(other)) => format!("awaits {}", trace.task_name(other)),
        Activity::Queued => "queued".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use engine::model::{Model, Speed};
    use lessons::Values;

    use super::*;

    /// The rows of a lesson as text: `name: start-end state label, …` to a tenth of a second, what is shorter left out.
    fn shown(lesson: &str, model: Model, given: &[(&str, &str)], speed: f64) -> Vec<String> {
        let lesson = lessons::find(lesson).expect("the lesson is there");
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
        let mut trace = engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0));
        trace.speed = Speed::new(speed).expect("the speed is right");
        let shown = |block: &Block| {
            let state = match block.shows {
                Shown::State(state) => state.word(),
                Shown::Counts(_) => "several",
            };
            let seconds = |at: Nanos| (at.as_secs_f64() * 10.0).round() / 10.0;
            format!("{}-{} {state} {}", seconds(block.start), seconds(block.end), block.label)
        };
        let is_long = |block: &&Block| block.end.since(block.start) > Nanos(50_000_000);
        let rows = lay_out(&trace, trace.end()).rows;
        let text = |row: &Row| {
            let blocks: Vec<String> = row.blocks.iter().filter(is_long).map(shown).collect();
            format!("{}: {}", row.name, blocks.join(", "))
        };
        rows.iter().map(text).collect()
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
}
