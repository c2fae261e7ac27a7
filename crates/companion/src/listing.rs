//! `interleave lessons`: what can be run, what can be changed about it, and what it asks.

use engine::model::Model;
use lessons::shell::setting;
use lessons::{Answer, Answered, Diagnostic, Lesson, Parameter, Question, catalogue};
use serde::Serialize;

use crate::arguments::LessonsArguments;
use crate::failure::Failure;
use crate::report::json::{Scalar, VERSION, print_line};
use crate::report::style::{DIM, HEADING};
use crate::report::text::wrapped;
use crate::report::{print_text, terminal_width};
use crate::words::unknown_model;

/// Prints the lessons, for people or as JSON; or one lesson's Python.
///
/// # Errors
/// Where there is no such lesson or no such file of it, or standard output cannot be written.
pub fn print(arguments: &LessonsArguments) -> Result<(), Failure> {
    let found = arguments.lesson.as_deref().map(lessons::find).transpose();
    let one = found.map_err(|complaint| Failure::WrongWords(vec![complaint]))?;
    if arguments.json {
        let lessons = one.map_or_else(|| catalogue().to_vec(), |lesson| vec![lesson]);
        let lessons = lessons.into_iter().map(LessonObject::new).collect();
        return print_line(&Object { version: VERSION, lessons });
    }
    let width = terminal_width();
    match (one, &arguments.python) {
        (Some(lesson), Some(model)) => {
            let file = python(lesson, model).map_err(|complaint| Failure::WrongWords(vec![complaint]))?;
            print_text(file)
        }
        (Some(lesson), None) => {
            let questions = questions(lesson, arguments.answers, width).map_err(Failure::WrongWords)?;
            print_text(&(described(lesson, width) + &questions))
        }
        (None, _) => print_text(&listed(width)),
    }
}

/// The Python file of the lesson on the model with this id.
fn python(lesson: &'static Lesson, id: &str) -> Result<&'static str, Diagnostic> {
    let file = lesson.python.iter().find(|(model, _)| model.id() == id).map(|(_, file)| *file);
    file.ok_or_else(|| {
        let known: Vec<Model> = lesson.python.iter().map(|(model, _)| *model).collect();
        unknown_model("--python", id, &known, Some(lesson))
    })
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
    shows: &'static str,
    models: Vec<&'static str>,
    cannot: Vec<CannotObject>,
    parameters: Vec<ParameterObject>,
}

#[derive(Serialize)]
struct CannotObject {
    model: &'static str,
    reason: &'static str,
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
            shows: lesson.shows,
            models: lesson.models.iter().map(|model| model.id()).collect(),
            cannot: lesson.cannot.iter().map(|&(model, reason)| CannotObject { model: model.id(), reason }).collect(),
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

/// Every lesson in two lines or three.
fn listed(width: usize) -> String {
    let mut text = String::new();
    for lesson in catalogue() {
        text += &format!("{HEADING}{}{HEADING:#}  {}\n", lesson.id, lesson.title);
        text += &wrapped("  shows       ", lesson.shows, width);
        text += &wrapped("  models      ", &ids(lesson), width);
        let cannot: Vec<&str> = lesson.cannot.iter().map(|(model, _)| model.id()).collect();
        if !cannot.is_empty() {
            text += &wrapped("  left out    ", &cannot.join(", "), width);
        }
        let parameters: Vec<&str> = lesson.parameters.iter().map(|parameter| parameter.name).collect();
        text += &wrapped("  parameters  ", &parameters.join(", "), width);
    }
    text += "\n";
    text + &wrapped("", "What a lesson is about and what its parameters take: interleave lessons LESSON", width)
}

/// All about one lesson.
fn described(lesson: &Lesson, width: usize) -> String {
    let mut text = format!("{HEADING}{}{HEADING:#}  {}\n", lesson.id, lesson.title);
    if let Some(beginning) = lesson.story.first() {
        text += &wrapped("  ", beginning, width);
    }
    text += "\n";
    text += &wrapped("  shows       ", lesson.shows, width);
    text += &wrapped("  models      ", &ids(lesson), width);
    for (model, reason) in lesson.cannot {
        text += &wrapped("  left out    ", &format!("{model}: {reason}"), width);
    }
    let widest = lesson.parameters.iter().map(|parameter| parameter.name.len()).max().unwrap_or(0).max(10);
    for parameter in lesson.parameters {
        text += &wrapped(&format!("  {:<widest$}  ", parameter.name), parameter.explanation, width);
        let allowed = format!("default {}; {}", parameter.default, parameter.allowed());
        text += &wrapped(&format!("  {:<widest$}  ", ""), &allowed, width);
    }
    for (title, settings) in lesson.presets {
        let differs =
            |(name, value): &&(&str, &str)| lesson.parameters.iter().any(|p| p.name == *name && p.default != *value);
        let settings: String = settings.iter().filter(differs).map(|(name, value)| setting(name, value)).collect();
        text += &format!("  {DIM}{title}:{DIM:#} interleave run {}{settings}\n", lesson.id);
    }
    text
}

/// What the lesson asks, and the answers where they are wanted.
fn questions(lesson: &Lesson, with_answers: bool, width: usize) -> Result<String, Vec<Diagnostic>> {
    const INDENT: &str = "     ";
    let mut text = format!("\n{HEADING}Questions{HEADING:#}\n");
    for (number, question) in (1..).zip(lesson.questions) {
        text += &wrapped(&format!("{:>4} ", format!("{number}.")), question.ask, width);
        text += &wrapped(&format!("{INDENT}options  "), &options(question), width);
        if with_answers {
            let answer = match question.answer(lesson)? {
                Answered::Seconds(seconds) => format!("{seconds:.3} s"),
                Answered::Number(number) => number.to_string(),
                Answered::Choice(option) => option.to_owned(),
                Answered::Order(options) => options.join(", "),
            };
            text += &wrapped(&format!("{INDENT}answer   "), &answer, width);
            text += &wrapped(&format!("{INDENT}because  "), question.because, width);
        }
    }
    text += "\n";
    if !with_answers {
        text += &wrapped("", &format!("The answers: interleave lessons {} --answers", lesson.id), width);
    }
    Ok(text + &wrapped("", &format!("A model's Python: interleave lessons {} --python MODEL", lesson.id), width))
}

/// What a question can be answered with.
fn options(question: &Question) -> String {
    match question.answer {
        Answer::Seconds(_) => "a time in seconds".to_owned(),
        Answer::Number(_) => "a whole number".to_owned(),
        Answer::Choice(options, _) => options.join(" / "),
        Answer::Order(options, _) => format!("{} in the order in which they happen", options.join(" / ")),
    }
}

fn ids(lesson: &Lesson) -> String {
    lesson.models.iter().map(|model| model.id()).collect::<Vec<_>>().join(", ")
}
