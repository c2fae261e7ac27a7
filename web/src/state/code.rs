//! A program beside its run: its lines as they were highlighted when the page was built, and which of them each task is at.

use std::collections::BTreeMap;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Marked, TaskId, Trace};
use lessons::{Lesson, Values, python_file};

/// Which program is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The Python that a learner would write.
    Python,
    /// The Rust body that runs.
    Rust,
}

/// A line of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeLine {
    /// Its number in its file.
    pub number: u32,
    /// What it writes to the log, as a pattern; empty where it writes nothing.
    pub writes: String,
    /// The line as HTML, made when the page was built.
    pub html: String,
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

/// The lines of a file as it was written when the page was built.
pub fn read(text: &str) -> Vec<CodeLine> {
    let line = |line: &str| {
        let mut fields = line.splitn(3, '\t');
        let number = fields.next()?.parse().ok()?;
        Some(CodeLine { number, writes: fields.next()?.to_owned(), html: fields.next()?.to_owned() })
    };
    text.lines().filter_map(line).collect()
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
            for span in trace.spans_until(trace.end()) {
                let is_there = span.start <= at && (at < span.end || span.start == at);
                if let Some(place) =
                    span.line.filter(|_| is_there && part.of.has(span.task)).and_then(|line| place(part, line.0))
                {
                    lines.insert(span.task, place);
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

/// The next instant after `at` at which a task comes to the line at `place`, or else the first one, with the task; in the trace's
/// own time.
pub fn next_at(program: Program, part: &Part, place: usize, trace: &Trace, at: Nanos) -> Option<(Nanos, TaskId)> {
    let line = part.lines.get(place)?;
    let instants: Vec<(Nanos, TaskId)> = match program {
        Program::Rust => {
            let is_line = |other: Option<engine::trace::Line>| other.is_some_and(|other| other.0 == line.number);
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

/// The lines of a Python file with these values in place of its own constants.
pub fn with_values(lines: Vec<CodeLine>, lesson: &'static Lesson, values: &Values) -> Vec<CodeLine> {
    let constants = python_file::constants(lesson, values);
    let own = |line: CodeLine| {
        let text = plain(&line.html);
        match constants.iter().find(|(start, _)| text.starts_with(start)) {
            Some((start, value)) => CodeLine { html: escaped(&format!("{start}{value}")), ..line },
            None => line,
        }
    };
    lines.into_iter().map(own).collect()
}

/// A program as it was before it was highlighted.
pub fn text(lines: &[CodeLine]) -> String {
    lines.iter().map(|line| plain(&line.html) + "\n").collect()
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            letter if !is_tag => text.push(letter),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
    fn a_program_has_the_values_that_are_chosen() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let given = [("workers".to_owned(), "3".to_owned())];
        let values = Values::read(lesson.parameters, &given).expect("the values are right");
        let lines = read("1\t\tMESSAGES = []\n2\t\tWORKERS = <b class=n>2</b>\n3\t\tWORKERS_TOO = 2\n");
        assert_eq!(super::text(&with_values(lines, lesson, &values)), "MESSAGES = []\nWORKERS = 3\nWORKERS_TOO = 2\n");
    }

    #[test]
    fn a_program_loses_its_colours_and_nothing_else() {
        let text = "3\t\t<b class=k>if</b> a &lt; b &amp;&amp; c:\n4\t* x\tlog(<b class=s>f&quot;</b>)\n";
        assert_eq!(super::text(&read(text)), "if a < b && c:\nlog(f&quot;)\n");
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
