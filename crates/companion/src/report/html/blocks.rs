//! What of a row can be seen: blocks where a state lasts, the commonest state where states change faster than a screen
//! can show, and a tick where something ran for less than that.

use std::collections::BTreeMap;

use engine::time::Nanos;
use engine::trace::{Row, RowKind, Shows, State, Stretch, TaskId, Trace};

/// Something that is seen in a row.
#[derive(Debug)]
pub struct Block {
    /// Where it begins, as a share of the axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// What it shows.
    pub state: State,
    /// What is written upon it.
    pub label: Option<Label>,
    /// What is told about it.
    pub says: String,
}

/// A text upon a block.
#[derive(Debug)]
pub struct Label {
    /// The text.
    pub text: String,
    /// Whether a telephone has no room for it.
    pub is_wide: bool,
}

/// So many places has an axis: about as many as a small screen can tell apart. Where something is less than one, the
/// states of a place are shown together.
const PLACES: usize = 1000;

/// Of how many places on a stretch is shown as it is.
const SHOWN_ALONE: f64 = 3.0;

/// What is seen of a row on an axis that is `end` long. Where blocks overlap the later ones are to be drawn above.
pub fn blocks(trace: &Trace, row: &Row, end: Nanos) -> Vec<Block> {
    let seen: Vec<Seen> = row.stretches.iter().filter_map(|stretch| Seen::new(trace, stretch, end)).collect();
    let mut blocks = together(&seen, end);
    let mut begins: BTreeMap<TaskId, f64> = BTreeMap::new();
    for seen in &seen {
        let is_first = seen.task().is_none_or(|task| seen.from - *begins.entry(task).or_insert(seen.from) < NEAR);
        if seen.is_shown_alone() {
            let label = if is_first { label(trace, row, seen) } else { None };
            // A task is named once.
            if let (Some(task), Some(_)) = (seen.task(), &label) {
                begins.insert(task, f64::NEG_INFINITY);
            }
            blocks.push(Block { from: seen.from, to: seen.to, state: seen.state, label, says: seen.says(trace) });
        }
    }
    blocks.extend(ticks(trace, &seen, &blocks));
    // What runs is what one looks for.
    blocks.sort_by_key(|block| block.state == State::Running);
    blocks
}

/// How near to where a task begins its name is still put, as a share of the axis.
const NEAR: f64 = 0.03;

/// A stretch and its place on the axis.
struct Seen<'s> {
    from: f64,
    to: f64,
    state: State,
    stretch: &'s Stretch,
}

impl<'s> Seen<'s> {
    fn new(trace: &Trace, stretch: &'s Stretch, end: Nanos) -> Option<Seen<'s>> {
        let share = |at: Nanos| (trace.program_time(at).0 as f64 / end.0.max(1) as f64).min(1.0);
        let state = match stretch.shows {
            Shows::Task { state, .. } => state,
            Shows::Tasks(counts) => counts.commonest()?,
        };
        Some(Seen { from: share(stretch.from), to: share(stretch.to), state, stretch })
    }

    fn is_shown_alone(&self) -> bool {
        (self.to - self.from) * PLACES as f64 >= SHOWN_ALONE
    }

    fn task(&self) -> Option<TaskId> {
        match self.stretch.shows {
            Shows::Task { task, .. } => Some(task),
            Shows::Tasks(_) => None,
        }
    }

    fn says(&self, trace: &Trace) -> String {
        let who = match self.stretch.shows {
            Shows::Task { task, .. } => format!("{} {}", trace.task_name(task), self.state.word()),
            Shows::Tasks(counts) => match counts.total() {
                1 => format!("1 task {}", self.state.word()),
                tasks => format!("{tasks} tasks, most of them {}", self.state.word()),
            },
        };
        let (from, to) = (trace.program_time(self.stretch.from), trace.program_time(self.stretch.to));
        format!("{who}, {:.3} to {to}", from.as_secs_f64())
    }
}

/// The stretches that are too short to be shown alone: each place in the state that took most of it.
fn together(seen: &[Seen], end: Nanos) -> Vec<Block> {
    let mut places = vec![[0.0; State::ALL.len()]; PLACES];
    for seen in seen.iter().filter(|seen| !seen.is_shown_alone()) {
        let (from, to) = (seen.from * PLACES as f64, seen.to * PLACES as f64);
        for (place, times) in places.iter_mut().enumerate().skip(from as usize).take(SHOWN_ALONE as usize + 1) {
            let start = place as f64;
            times[seen.state as usize] += (to.min(start + 1.0) - from.max(start)).max(0.0);
        }
    }
    let commonest = |times: &[f64; State::ALL.len()]| {
        let state = State::ALL.into_iter().max_by(|a, b| times[*a as usize].total_cmp(&times[*b as usize]))?;
        // Less than half a place is what its neighbours leave of it.
        (times.iter().sum::<f64>() >= 0.5).then_some(state)
    };
    let states: Vec<(usize, Option<State>)> = places.iter().map(commonest).enumerate().collect();
    let block = |stretch: &[(usize, Option<State>)]| {
        let (&(first, state), &(last, _)) = (stretch.first()?, stretch.last()?);
        let (state, from, to) = (state?, first as f64 / PLACES as f64, (last + 1) as f64 / PLACES as f64);
        let length = end.as_secs_f64();
        let says = format!("mostly {}, {:.3} to {:.3} s", state.word(), from * length, to * length);
        Some(Block { from, to, state, label: None, says })
    };
    states.chunk_by(|a, b| a.1 == b.1).filter_map(block).collect()
}

/// What ran for too short a time to be shown alone, where it can be told from what ran before and after. Of the rest
/// only some is shown, and only where nothing else is.
fn ticks(trace: &Trace, seen: &[Seen], blocks: &[Block]) -> Vec<Block> {
    const NEIGHBOURS: f64 = 1.0 / PLACES as f64;
    const APART: f64 = 4.0 * NEIGHBOURS;
    let short: Vec<&Seen> = seen.iter().filter(|seen| seen.state == State::Running && !seen.is_shown_alone()).collect();
    let stands_alone = |seen: &Seen| !blocks.iter().any(|block| block.from <= seen.from && seen.to <= block.to);
    let tick = |from: f64, to: f64, says: String| Block { from, to, state: State::Running, label: None, says };
    let mut ticks: Vec<Block> = Vec::new();
    for ran in short.chunk_by(|a, b| b.from - a.to < NEIGHBOURS) {
        let (first, last) = (ran[0], ran[ran.len() - 1]);
        if (last.to - first.from) * PLACES as f64 <= SHOWN_ALONE {
            let more = match ran.len() - 1 {
                0 => String::new(),
                1 => ", and once more".to_owned(),
                times => format!(", and {times} times more"),
            };
            ticks.push(tick(first.from, last.to, first.says(trace) + &more));
            continue;
        }
        for seen in ran {
            if ticks.last().is_none_or(|last| seen.from - last.to >= APART) && stands_alone(seen) {
                ticks.push(tick(seen.from, seen.to, seen.says(trace)));
            }
        }
    }
    ticks
}

/// What is written upon a stretch: the task's name, or how many there are.
fn label(trace: &Trace, row: &Row, seen: &Seen) -> Option<Label> {
    let room = seen.to - seen.from;
    match (seen.stretch.shows, row.kind) {
        (Shows::Task { task, .. }, RowKind::Lane(_)) if task != TaskId(0) && seen.state != State::Running => {
            Label::new(trace.task_name(task), room)
        }
        (Shows::Tasks(counts), _) => Label::new(&counts.total().to_string(), room),
        _ => None,
    }
}

impl Label {
    /// The label, where a desk's screen has room for it on this share of an axis.
    fn new(text: &str, room: f64) -> Option<Label> {
        const DESK_PX: f64 = 720.0;
        const TELEPHONE_PX: f64 = 240.0;
        const LETTER_PX: f64 = 7.5;
        const BESIDE_PX: f64 = 14.0;
        let needs_px = text.chars().count() as f64 * LETTER_PX + BESIDE_PX;
        (room * DESK_PX >= needs_px).then(|| Label { text: text.to_owned(), is_wide: room * TELEPHONE_PX < needs_px })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::Model;
    use engine::simulate::simulate;
    use lessons::Values;

    /// The first row of so many pages.
    fn seen(pages: &str, model: Model) -> Vec<Block> {
        let lesson = lessons::find("paged-api").unwrap();
        let settings = [("pages", pages), ("latency", "constant 2"), ("failure-rate", "0")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &settings).unwrap());
        let trace = simulate(&prepared.program, &prepared.settings(model, 0));
        let rows = trace.rows(trace.end(), 16);
        blocks(&trace, &rows[0], trace.end())
    }

    #[test]
    fn a_row_that_nearly_always_waits_is_seen_to_wait() {
        // Five waits with something that runs before, between and after.
        let few = seen("5", Model::Sequential);
        let shown = |state| few.iter().filter(|block| block.state == state).count();
        assert_eq!([shown(State::Waiting), shown(State::Running)], [5, 6], "{few:?}");
        assert_eq!(few.iter().filter(|block| block.label.is_some()).count(), 5);
        // So many that none can be told from the next: one wait, and nothing that runs.
        let many = seen("3000", Model::Sequential);
        let [one] = &many[..] else { panic!("{many:?}") };
        assert_eq!((one.state, one.from, one.to), (State::Waiting, 0.0, 1.0));
        // An event loop that runs for an instant all the time, and does not stand between, is seen to run.
        let turns = seen("3000", Model::EventLoop);
        assert!(
            (10..=PLACES / 4).contains(&turns.len()) && turns.iter().all(|block| block.state == State::Running),
            "{turns:?}"
        );
    }
}
