//! A program beside its run: which of its lines each task is at.

use std::collections::{BTreeMap, BTreeSet};

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Line, Marked, NameId, TaskId, Trace};
use lessons::Lesson;

use crate::state::listing::CodeLine;

/// Which program is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The Python that a learner would write.
    Python,
    /// The Rust body that runs.
    Rust,
}

/// A program's parts: the lines of one file each, and whose lines of a run they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Whose lines these are.
    pub of: Tasks,
    /// The lines.
    pub lines: Vec<CodeLine>,
}

/// Some of a run's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tasks {
    /// All.
    All,
    /// The first one.
    First,
    /// All but the first one.
    Spawned,
}

/// What stands at a line: the names of the first tasks there, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Here {
    /// The names.
    pub names: Vec<String>,
    /// How many more.
    pub more: usize,
}

/// So many names fit beside a line.
const NAMES: usize = 2;

/// What stands in a pattern for anything at all.
const ANYTHING: char = '*';

/// Lessons whose first task is written in another lesson's file.
const MAIN_ELSEWHERE: [&str; 1] = ["blocking-call"];

/// The files of a program, each with whose lines it holds.
pub fn files(lesson: &Lesson, model: Model, program: Program) -> Vec<(Tasks, String)> {
    let file = |name: &str| format!("code/{}/{name}.txt", lesson.id);
    match program {
        Program::Python => vec![(Tasks::All, file(model.id()))],
        Program::Rust if MAIN_ELSEWHERE.contains(&lesson.id) => {
            vec![(Tasks::Spawned, file("rust")), (Tasks::First, file("rust-main"))]
        }
        Program::Rust => vec![(Tasks::All, file("rust"))],
    }
}

impl Tasks {
    fn has(self, task: TaskId) -> bool {
        match self {
            Tasks::All => true,
            Tasks::First => task == TaskId(0),
            Tasks::Spawned => task != TaskId(0),
        }
    }
}

/// The place of the first line that somebody reads a program for: the function that writes first.
pub fn first_to_read(part: &Part) -> usize {
    part.lines.iter().position(|line| !line.writes.is_empty()).map_or(0, |place| place.saturating_sub(1))
}

/// Who stands at which line of a part at an instant of the trace's own time, by the place of the line.
pub fn here(program: Program, part: &Part, trace: &Trace, at: Nanos) -> BTreeMap<usize, Here> {
    let mut here: BTreeMap<usize, Here> = BTreeMap::new();
    for (task, place) in lines(program, part, trace, at) {
        let here = here.entry(place).or_default();
        match here.names.len() < NAMES {
            true => {
                here.names.push(if task == TaskId(0) { "main".to_owned() } else { trace.task_name(task).to_owned() })
            }
            false => here.more += 1,
        }
    }
    here
}

/// The place of the line of a part at which a task stands at an instant of the trace's own time.
pub fn line_of(program: Program, part: &Part, trace: &Trace, task: TaskId, at: Nanos) -> Option<usize> {
    lines(program, part, trace, at).get(&task).copied()
}

fn lines(program: Program, part: &Part, trace: &Trace, at: Nanos) -> BTreeMap<TaskId, usize> {
    let mut lines: BTreeMap<TaskId, usize> = BTreeMap::new();
    match program {
        // The body says at which line each task is.
        Program::Rust => {
            let known = last_marks(trace, at);
            let mut last: Vec<Option<(Nanos, Line)>> = vec![None; trace.tasks.len()];
            // What has not ended goes on for ever: tasks that block each other stand where they are.
            let begun = trace.spans_until(Nanos(u64::MAX)).filter(|span| span.start <= at && part.of.has(span.task));
            for span in begun {
                let task = span.task.0 as usize;
                if let Some(line) = span.line {
                    last[task] = Some((span.start, line));
                }
                if at < span.end || span.start == at {
                    let marked = known[task].filter(|_| span.line.is_none());
                    // Of one instant, what goes on was asked for behind what is over.
                    let latest = marked.into_iter().chain(last[task]).max_by_key(|(at, _)| *at);
                    if let Some(place) = latest.and_then(|(_, line)| place(part, line.0)) {
                        lines.insert(span.task, place);
                    }
                }
            }
        }
        // Python did not run: what is known is what each task wrote last.
        Program::Python => {
            let mut last: BTreeMap<TaskId, (Nanos, &str)> = BTreeMap::new();
            for mark in trace.marks.iter().filter(|mark| mark.at <= at && is_alive(trace, mark.task, at)) {
                if let Marked::Log(text) = mark.kind {
                    last.insert(mark.task, (mark.at, trace.text(text)));
                }
            }
            for (task, (_, text)) in last {
                if let Some(place) = part.lines.iter().position(|line| matches(&line.writes, text)) {
                    lines.insert(task, place);
                }
            }
        }
    }
    lines
}

/// The line of each task's last mark up to an instant, and when that was, by the task's number.
fn last_marks(trace: &Trace, at: Nanos) -> Vec<Option<(Nanos, Line)>> {
    let mut last = vec![None; trace.tasks.len()];
    for mark in trace.marks.iter().filter(|mark| mark.at <= at) {
        last[mark.task.0 as usize] = mark.line.map(|line| (mark.at, line)).or(last[mark.task.0 as usize]);
    }
    last
}

/// The places of the lines of a part that a task comes to at any time: those for which [`next_at`] has an instant.
pub fn leading(program: Program, part: &Part, trace: &Trace) -> BTreeSet<usize> {
    let all = part.lines.iter().enumerate();
    match program {
        Program::Rust => {
            let spans = trace.spans_until(trace.end()).map(|span| (span.task, span.line));
            let met = spans.chain(trace.marks.iter().map(|mark| (mark.task, mark.line)));
            let met = met.filter(|(task, _)| part.of.has(*task)).filter_map(|(_, line)| line);
            let met: BTreeSet<u32> = met.map(|line| line.0).collect();
            all.filter(|(_, line)| met.contains(&line.number)).map(|(place, _)| place).collect()
        }
        Program::Python => {
            let can_write: Vec<(usize, &CodeLine)> = all.filter(|(_, line)| !line.writes.is_empty()).collect();
            let logs = trace.marks.iter().filter_map(|mark| match mark.kind {
                Marked::Log(text) => Some(text),
                _ => None,
            });
            let written: BTreeSet<NameId> = logs.collect();
            let is_written = |line: &CodeLine| written.iter().any(|text| matches(&line.writes, trace.text(*text)));
            can_write.into_iter().filter(|(_, line)| is_written(line)).map(|(place, _)| place).collect()
        }
    }
}

/// The next instant after `at` at which a task comes to the line at `place`, or else the first one, with the task; in the trace's
/// own time.
pub fn next_at(program: Program, part: &Part, place: usize, trace: &Trace, at: Nanos) -> Option<(Nanos, TaskId)> {
    let line = part.lines.get(place)?;
    let instants: Vec<(Nanos, TaskId)> = match program {
        Program::Rust => {
            let is_line = |other: Option<Line>| other.is_some_and(|other| other.0 == line.number);
            let spans = trace.spans_until(trace.end()).filter(|span| is_line(span.line) && part.of.has(span.task));
            let marks = trace.marks.iter().filter(|mark| is_line(mark.line) && part.of.has(mark.task));
            spans.map(|span| (span.start, span.task)).chain(marks.map(|mark| (mark.at, mark.task))).collect()
        }
        Program::Python => {
            let writes = |kind: &Marked| matches!(kind, Marked::Log(text) if matches(&line.writes, trace.text(*text)));
            let marks = trace.marks.iter().filter(|mark| writes(&mark.kind));
            marks.map(|mark| (mark.at, mark.task)).collect()
        }
    };
    let later = instants.iter().copied().filter(|(instant, _)| *instant > at).min();
    later.or_else(|| instants.into_iter().min())
}

fn place(part: &Part, number: u32) -> Option<usize> {
    part.lines.iter().position(|line| line.number == number)
}

fn is_alive(trace: &Trace, task: TaskId, at: Nanos) -> bool {
    let ended = trace.tasks.get(task.0 as usize).and_then(|task| task.ended);
    ended.is_none_or(|ended| at <= ended)
}

/// Whether a pattern stands for this text. Nothing is written by an empty one.
fn matches(pattern: &str, text: &str) -> bool {
    if pattern.is_empty() {
        return false;
    }
    let mut parts = pattern.split(ANYTHING);
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(between) = last.replace(part) {
            let Some(at) = rest.find(between) else { return false };
            rest = &rest[at + between.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use lessons::Values;
    use proptest::prelude::*;

    use super::*;

    fn run(lesson: &Lesson, model: Model) -> Trace {
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &[]).expect("defaults are right"));
        engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0))
    }

    /// A part whose lines are numbered from `first`.
    fn part(source: &str, of: Tasks) -> Part {
        let line = |(index, text): (usize, &str)| {
            let writes = text.trim().strip_prefix("log(f\"").and_then(|text| text.strip_suffix("\")"));
            let writes = writes.unwrap_or_default().replace("{name}", "*");
            CodeLine { number: index as u32 + 1, writes, html: text.to_owned() }
        };
        Part { of, lines: source.lines().enumerate().map(line).collect() }
    }

    fn said(part: &Part, here: &BTreeMap<usize, Here>) -> Vec<(String, Vec<String>)> {
        here.iter().map(|(place, here)| (part.lines[*place].html.trim().to_owned(), here.names.clone())).collect()
    }

    #[test]
    fn every_task_stands_at_the_line_that_it_waits_in() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let trace = run(lesson, Model::Threads);
        let rust = part(include_str!("../../../crates/lessons/src/delay_messages/mod.rs"), Tasks::All);
        let here = here(Program::Rust, &rust, &trace, Nanos(1_000_000_000));
        let expected = [
            ("task.join(handle).await?;".to_owned(), vec!["main".to_owned()]),
            ("task.sleep(self.delay).await;".to_owned(), vec!["TWO".to_owned(), "THREE".to_owned()]),
        ];
        assert_eq!(said(&rust, &here), expected);
        let sleep = *here.keys().last().expect("two lines");
        let (next, task) = next_at(Program::Rust, &rust, sleep, &trace, Nanos(1_000_000_000)).expect("it was there");
        // From a line to its spans, and from a span to its line.
        assert_eq!(line_of(Program::Rust, &rust, &trace, task, next), Some(sleep));
        assert!(next < Nanos(1_000_000_000), "the first sleep again, for there is no later one: {next}");
    }

    #[test]
    fn python_shows_what_each_task_wrote_last() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let trace = run(lesson, Model::Threads);
        let (_, python) = lesson.python.iter().find(|(model, _)| *model == Model::Threads).expect("it has one");
        let python = part(python, Tasks::All);
        let here = here(Program::Python, &python, &trace, Nanos(1_000_000_000));
        let received = here.iter().find(|(place, _)| python.lines[**place].html.contains("received"));
        assert_eq!(received.expect("they received").1.names, ["TWO", "THREE"]);
    }

    #[test]
    fn who_stands_still_for_ever_stays_at_its_line() {
        let lesson = lessons::find("deadlock").expect("the lesson is there");
        let trace = run(lesson, Model::Threads);
        let rust = part(include_str!("../../../crates/lessons/src/deadlock/mod.rs"), Tasks::All);
        for at in [trace.end(), trace.end() + Nanos(1_000_000_000)] {
            let expected = [
                ("given_up += task.join(handle).await?;".to_owned(), vec!["main".to_owned()]),
                ("task.acquire(second.lock).await;".to_owned(), vec!["LEFT".to_owned(), "RIGHT".to_owned()]),
            ];
            assert_eq!(said(&rust, &here(Program::Rust, &rust, &trace, at)), expected, "{at}");
        }
    }

    #[test]
    fn who_is_kept_from_going_on_is_at_the_line_that_it_goes_on_from() {
        let gil = include_str!("../../../crates/lessons/src/gil/mod.rs");
        let blocking = include_str!("../../../crates/lessons/src/blocking_call/mod.rs");
        let downloads = include_str!("../../../crates/lessons/src/downloads/mod.rs");
        for (id, model, source, at, tasks) in [
            ("gil", Model::Threads, gil, Nanos(500_000_000), Tasks::All),
            ("blocking-call", Model::EventLoop, blocking, Nanos(2_000_000_000), Tasks::Spawned),
            ("downloads", Model::EventLoop, downloads, Nanos(1_000_000_000), Tasks::All),
        ] {
            let trace = run(lessons::find(id).expect("the lesson is there"), model);
            let rust = part(source, tasks);
            let here = here(Program::Rust, &rust, &trace, at);
            let marked: usize = here.values().map(|here| here.names.len() + here.more).sum();
            // Who has yet to begin is at no line.
            let begun = |task: TaskId| {
                let mut spans = trace.spans_until(trace.end()).filter(|span| span.task == task && span.start <= at);
                tasks.has(task) && is_alive(&trace, task, at) && spans.any(|span| span.activity.is_running())
            };
            let there = (0..trace.tasks.len() as u32).filter(|task| begun(TaskId(*task))).count();
            assert!(there >= 3, "{id}: only {there} are there");
            assert_eq!(marked, there, "{id}: {here:?}");
        }
        let trace = run(lessons::find("blocking-call").expect("the lesson is there"), Model::EventLoop);
        let rust = part(blocking, Tasks::Spawned);
        let here = said(&rust, &here(Program::Rust, &rust, &trace, Nanos(2_000_000_000)));
        assert!(here.iter().any(|(line, names)| line.contains("task.sleep") && names.contains(&"ONE".to_owned())));
    }

    #[test]
    fn a_line_leads_somewhere_just_where_a_task_comes_to_it() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let trace = run(lesson, Model::Threads);
        let (_, python) = lesson.python.iter().find(|(model, _)| *model == Model::Threads).expect("it has one");
        let rust = include_str!("../../../crates/lessons/src/delay_messages/mod.rs");
        for (program, source) in [(Program::Python, *python), (Program::Rust, rust)] {
            let part = part(source, Tasks::All);
            let leading = leading(program, &part, &trace);
            assert!(!leading.is_empty() && leading.len() < part.lines.len() / 4, "{program:?}: {leading:?}");
            for place in 0..part.lines.len() {
                let next = next_at(program, &part, place, &trace, Nanos::ZERO);
                assert_eq!(next.is_some(), leading.contains(&place), "{program:?}: {}", part.lines[place].html);
            }
        }
    }

    #[test]
    fn a_lesson_whose_first_task_is_elsewhere_says_so() {
        for lesson in lessons::catalogue() {
            let trace = run(lesson, lesson.models[lesson.models.len() - 1]);
            let lines = |first: bool| {
                let spans = trace.spans.iter().filter(move |span| (span.task == TaskId(0)) == first);
                spans.filter_map(|span| span.line).map(|line| line.0).collect::<Vec<_>>()
            };
            let folder =
                format!("{}/../crates/lessons/src/{}", env!("CARGO_MANIFEST_DIR"), lesson.id.replace('-', "_"));
            let source = std::fs::read_to_string(folder + "/mod.rs").expect("the lesson has a file");
            let is_operation =
                |line: &u32| source.lines().nth(*line as usize - 1).is_some_and(|text| text.contains('.'));
            assert!(lines(false).iter().all(is_operation), "{}", lesson.id);
            if !MAIN_ELSEWHERE.contains(&lesson.id) {
                assert!(lines(true).iter().all(is_operation), "{}", lesson.id);
            }
        }
    }

    proptest! {
        #[test]
        fn a_pattern_stands_for_whatever_is_put_in(parts in proptest::collection::vec("[a-c ]{0,3}", 1..4), put in "[a-c ]{0,3}") {
            let pattern = parts.join("*");
            let text = parts.join(&put);
            prop_assert!(pattern.is_empty() || matches(&pattern, &text));
            let longer = text + "x";
            prop_assert!(!matches(&pattern, &longer) || pattern.ends_with('*'));
        }
    }
}
