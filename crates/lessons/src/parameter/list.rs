//! Parameters that are lists, of numbers and of messages, or names out of them.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::parameter::Parameter;
use crate::parameter::number::{count, number};

/// A message that arrives after a delay.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// Its name: 1 to 12 letters, digits, `-` or `_`.
    pub name: String,
    /// How long it takes.
    pub delay: Duration,
}

/// What stands in the place of a name for nobody.
pub const NOBODY: &str = "none";

/// The name of a run's first task.
const FIRST_TASK: &str = "main";

/// The longest name of a message, in characters.
const LONGEST_NAME: usize = 12;

impl Message {
    /// The message as text, such as `TWO=2`.
    pub fn text(&self) -> String {
        format!("{}={}", self.name, self.delay.as_secs_f64())
    }
}

pub(super) fn counts(
    parameter: &Parameter,
    text: &str,
    longest: usize,
    least: u32,
    most: u32,
) -> Result<Vec<u32>, Diagnostic> {
    parts(parameter, text, longest, "numbers")?.into_iter().map(|part| count(parameter, part, least, most)).collect()
}

pub(super) fn messages(
    parameter: &Parameter,
    text: &str,
    most: usize,
    longest_s: f64,
) -> Result<Vec<Message>, Diagnostic> {
    let mut messages: Vec<Message> = Vec::new();
    for part in parts(parameter, text, most, "messages")? {
        let message = message(parameter, part, longest_s)?;
        if messages.iter().any(|other| other.name == message.name) {
            let given = format!("{} twice", message.name);
            return Err(Diagnostic::new(parameter.name, &given, "a list in which every name is there once", None));
        }
        messages.push(message);
    }
    Ok(messages)
}

/// The name out of a list; `None` for nobody.
pub(super) fn name(parameter: &Parameter, text: &str) -> Result<Option<String>, Diagnostic> {
    match text.trim() {
        NOBODY => Ok(None),
        name if is_name(name) => Ok(Some(name.to_owned())),
        _ => Err(Diagnostic::new(parameter.name, text, parameter.allowed(), None)),
    }
}

/// What stands between the commas, unless it is nothing at all or too much.
fn parts<'a>(parameter: &Parameter, text: &'a str, most: usize, of: &str) -> Result<Vec<&'a str>, Diagnostic> {
    if text.trim().is_empty() {
        return Err(Diagnostic::new(parameter.name, text, parameter.allowed(), Some(parameter.default.to_owned())));
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > most {
        let given = format!("{} {of}", parts.len());
        return Err(Diagnostic::new(parameter.name, &given, parameter.allowed(), None));
    }
    Ok(parts)
}

fn message(parameter: &Parameter, text: &str, longest_s: f64) -> Result<Message, Diagnostic> {
    let Some((name, delay)) = text.split_once('=') else {
        let allowed = "a name and a delay in seconds, written NAME=SECONDS";
        let nearest = is_name(text).then(|| format!("{text}=1"));
        return Err(Diagnostic::new(parameter.name, text, allowed, nearest));
    };
    let (name, delay) = (name.trim(), delay.trim());
    if !is_name(name) {
        let allowed = format!("a name of 1 to {LONGEST_NAME} letters, digits, “-” or “_”");
        return Err(Diagnostic::new(parameter.name, name, allowed, None));
    }
    if [FIRST_TASK, NOBODY].contains(&name) {
        let allowed = format!("a name other than {FIRST_TASK}, the first task, and {NOBODY}, which stands for nobody");
        return Err(Diagnostic::new(
            parameter.name,
            name,
            allowed,
            Some(format!("{}={delay}", name.to_ascii_uppercase())),
        ));
    }
    match number(delay) {
        Some(seconds) if (0.0..=longest_s).contains(&seconds) => {
            Ok(Message { name: name.to_owned(), delay: Duration::from_secs_f64(seconds) })
        }
        given => {
            let nearest = given.map(|seconds| format!("{name}={}", seconds.clamp(0.0, longest_s)));
            let allowed = format!("a delay from 0 to {longest_s} seconds");
            Err(Diagnostic::new(parameter.name, &format!("{name}={delay}"), allowed, nearest))
        }
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    (1..=LONGEST_NAME).contains(&text.chars().count()) && text.chars().all(allowed)
}
