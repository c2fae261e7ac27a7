//! `interleave lessons`: what can be run, and what can be changed about it.

use std::io::Write;

use lessons::{Entry, Lesson, Parameter, catalogue};
use serde::Serialize;

use crate::failure::Failure;
use crate::report::json::{Scalar, VERSION, print_line};
use crate::report::terminal_width;

/// Prints the lessons, for people or as JSON.
///
/// # Errors
/// Where standard output cannot be written.
pub fn print(as_json: bool) -> Result<(), Failure> {
    if as_json {
        return print_line(&Object { version: VERSION, lessons: open_lessons().map(LessonObject::new).collect() });
    }
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(for_people(terminal_width()).as_bytes())?;
    Ok(stdout.flush()?)
}

fn open_lessons() -> impl Iterator<Item = &'static Lesson> {
    lessons::catalogue::open_lessons()
}

#[derive(Serialize)]
struct Object {
    version: u32,
    lessons: Vec<LessonObject>,
}

#[derive(Serialize)]
struct LessonObject {
    id: &'static str,
    title: &'static str,
    models: Vec<&'static str>,
    parameters: Vec<ParameterObject>,
}

#[derive(Serialize)]
struct ParameterObject {
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    default: Scalar,
    range: String,
}

impl LessonObject {
    fn new(lesson: &'static Lesson) -> LessonObject {
        LessonObject {
            id: lesson.id,
            title: lesson.title,
            models: lesson.models.iter().map(|model| model.id()).collect(),
            parameters: lesson.parameters.iter().map(ParameterObject::new).collect(),
        }
    }
}

impl ParameterObject {
    fn new(parameter: &'static Parameter) -> ParameterObject {
        let default = parameter.read(parameter.default);
        ParameterObject {
            name: parameter.name,
            title: parameter.title,
            unit: parameter.unit,
            default: default.map_or_else(|_| Scalar::Text(parameter.default.to_owned()), |value| (&value).into()),
            range: parameter.range(),
        }
    }
}

fn for_people(width: usize) -> String {
    let mut text = String::new();
    for lesson in open_lessons() {
        text += &described(lesson, width);
    }
    text += "\n";
    text + &to_come(width)
}

fn described(lesson: &Lesson, width: usize) -> String {
    use crate::report::style::{DIM, HEADING};
    let mut text = format!("{HEADING}{}{HEADING:#}  {}\n", lesson.id, lesson.title);
    let models: Vec<&str> = lesson.models.iter().map(|model| model.id()).collect();
    text += &wrapped("  models      ", &models.join(", "), width);
    for parameter in lesson.parameters {
        text += &wrapped(&format!("  {:<12}", parameter.name), parameter.explanation, width);
        text += &wrapped("              ", &format!("default {}; {}", parameter.default, parameter.allowed()), width);
    }
    for (title, settings) in lesson.presets {
        let differs =
            |(name, value): &&(&str, &str)| lesson.parameters.iter().any(|p| p.name == *name && p.default != *value);
        let settings: String =
            settings.iter().filter(differs).map(|(name, value)| format!(" --set {name}={value}")).collect();
        text += &format!("  {DIM}{title}:{DIM:#} interleave run {}{settings}\n", lesson.id);
    }
    text
}

fn to_come(width: usize) -> String {
    let coming = catalogue().iter().filter_map(|entry| match entry {
        Entry::Coming { id, .. } => Some(*id),
        Entry::Open(_) => None,
    });
    wrapped("To come: ", &coming.collect::<Vec<_>>().join(", "), width)
}

/// `text` behind `head`, broken between words so that no line is longer than `width`; further lines begin below the
/// first one's text.
fn wrapped(head: &str, text: &str, width: usize) -> String {
    let indent = head.chars().count();
    let mut lines = vec![head.to_owned()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > indent && line + 1 + word.chars().count() > width {
            lines.push(" ".repeat(indent));
        }
        if let Some(line) = lines.last_mut() {
            if line.chars().count() > indent {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}
