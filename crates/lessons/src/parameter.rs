//! Parameters of lessons: what a learner may change, within which bounds, and how that is written as text.
//!
//! The text form is the same in a link, on the command line and in a field of the page.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::diagnostic::Diagnostic;

/// Something about a lesson that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name that links and commands use.
    pub name: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// What it is, in one line.
    pub explanation: &'static str,
    /// The unit of its numbers, such as `s`; empty where it has none.
    pub unit: &'static str,
    /// The default, as text.
    pub default: &'static str,
    /// What values it takes.
    pub kind: Kind,
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A whole number.
    Count {
        /// The least.
        least: u16,
        /// The most.
        most: u16,
    },
    /// A list of messages, written `NAME=SECONDS,NAME=SECONDS`.
    Messages {
        /// How many, at the most.
        most: usize,
        /// The longest delay, in seconds; the shortest is 0.
        longest_s: f64,
    },
}

/// A parameter's value, within its bounds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u16),
    /// A list of messages.
    Messages(Vec<Message>),
}

/// A message that arrives after a delay.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// Its name: 1 to 12 letters, digits, `-` or `_`.
    pub name: String,
    /// How long it takes.
    pub delay: Duration,
}

/// A value for every parameter of one lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(BTreeMap<&'static str, Value>);

/// The longest name of a message, in characters.
const LONGEST_NAME: usize = 12;

impl Parameter {
    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with `text`, and what is allowed.
    pub fn read(&self, text: &str) -> Result<Value, Diagnostic> {
        match self.kind {
            Kind::Count { least, most } => self.read_count(text, least, most).map(Value::Count),
            Kind::Messages { most, longest_s } => self.read_messages(text, most, longest_s).map(Value::Messages),
        }
    }

    /// What is allowed, such as "a whole number from 1 to 64".
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Count { least, most } => format!("a whole number from {least} to {most}"),
            Kind::Messages { most, longest_s } => {
                format!("1 to {most} messages written NAME=SECONDS with commas between, each from 0 to {longest_s} s")
            }
        }
    }

    /// The bounds in short, such as `1..64`.
    pub fn range(&self) -> String {
        match self.kind {
            Kind::Count { least, most } => format!("{least}..{most}"),
            Kind::Messages { most, longest_s } => format!("1..{most} messages of 0..{longest_s} s"),
        }
    }

    fn read_count(&self, text: &str, least: u16, most: u16) -> Result<u16, Diagnostic> {
        let given = text.trim();
        if let Ok(count) = given.parse::<u16>()
            && (least..=most).contains(&count)
        {
            return Ok(count);
        }
        let nearest = match given.parse::<f64>() {
            Ok(number) if !number.is_nan() => Some(number.round().clamp(least.into(), most.into()).to_string()),
            _ => None,
        };
        Err(Diagnostic::new(self.name, text, self.allowed(), nearest))
    }

    fn read_messages(&self, text: &str, most: usize, longest_s: f64) -> Result<Vec<Message>, Diagnostic> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        if text.trim().is_empty() {
            return Err(Diagnostic::new(self.name, text, self.allowed(), Some(self.default.to_owned())));
        }
        if parts.len() > most {
            let given = format!("{} messages", parts.len());
            return Err(Diagnostic::new(self.name, &given, self.allowed(), None));
        }
        let mut messages: Vec<Message> = Vec::new();
        for part in parts {
            let message = self.read_message(part, longest_s)?;
            if messages.iter().any(|other| other.name == message.name) {
                let given = format!("{} twice", message.name);
                return Err(Diagnostic::new(self.name, &given, "a list in which every name is there once", None));
            }
            messages.push(message);
        }
        Ok(messages)
    }

    fn read_message(&self, text: &str, longest_s: f64) -> Result<Message, Diagnostic> {
        let Some((name, delay)) = text.split_once('=') else {
            let allowed = "a name and a delay in seconds, written NAME=SECONDS";
            let nearest = is_name(text).then(|| format!("{text}=1"));
            return Err(Diagnostic::new(self.name, text, allowed, nearest));
        };
        Ok(Message {
            name: self.read_name(name.trim())?,
            delay: self.read_delay(name.trim(), delay.trim(), longest_s)?,
        })
    }

    fn read_name(&self, name: &str) -> Result<String, Diagnostic> {
        if is_name(name) {
            return Ok(name.to_owned());
        }
        let allowed = format!("a name of 1 to {LONGEST_NAME} letters, digits, “-” or “_”");
        Err(Diagnostic::new(self.name, name, allowed, None))
    }

    fn read_delay(&self, name: &str, delay: &str, longest_s: f64) -> Result<Duration, Diagnostic> {
        let number = delay.parse::<f64>().ok().filter(|seconds| !seconds.is_nan());
        match number {
            Some(seconds) if (0.0..=longest_s).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
            number => {
                let nearest = number.map(|seconds| format!("{name}={}", seconds.clamp(0.0, longest_s)));
                let allowed = format!("a delay from 0 to {longest_s} seconds");
                Err(Diagnostic::new(self.name, &format!("{name}={delay}"), allowed, nearest))
            }
        }
    }
}

impl Value {
    /// The value as text, which [`Parameter::read`] reads back.
    pub fn text(&self) -> String {
        match self {
            Value::Count(count) => count.to_string(),
            Value::Messages(messages) => messages.iter().map(Message::text).collect::<Vec<_>>().join(","),
        }
    }
}

impl Message {
    /// The message as text, such as `TWO=2`.
    pub fn text(&self) -> String {
        format!("{}={}", self.name, self.delay.as_secs_f64())
    }
}

impl Values {
    /// Reads a value for each of `parameters` out of `given` pairs of name and text; what is not given takes its default.
    ///
    /// # Errors
    /// Everything that is wrong: values out of bounds, names that no parameter has, names that are given twice.
    pub fn read(parameters: &[Parameter], given: &[(String, String)]) -> Result<Values, Vec<Diagnostic>> {
        let mut values = BTreeMap::new();
        let mut wrong = Vec::new();
        for (name, text) in given {
            let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
                let names = parameters.iter().map(|parameter| parameter.name);
                wrong.push(Diagnostic::unknown_name("parameter", name, names));
                continue;
            };
            match parameter.read(text) {
                Ok(_) if values.contains_key(parameter.name) => {
                    wrong.push(Diagnostic::new(parameter.name, text, "given once", None));
                }
                Ok(value) => {
                    values.insert(parameter.name, value);
                }
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        for parameter in parameters {
            if !values.contains_key(parameter.name) {
                match parameter.read(parameter.default) {
                    Ok(value) => {
                        values.insert(parameter.name, value);
                    }
                    Err(diagnostic) => wrong.push(diagnostic),
                }
            }
        }
        if wrong.is_empty() { Ok(Values(values)) } else { Err(wrong) }
    }

    /// The value of the parameter `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// These values with the one of `parameter` replaced.
    pub fn with(&self, parameter: &Parameter, value: Value) -> Values {
        let mut values = self.0.clone();
        values.insert(parameter.name, value);
        Values(values)
    }

    /// Every parameter's name and value as text, in the order of names.
    pub fn texts(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(name, value)| ((*name).to_owned(), value.text())).collect()
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    (1..=LONGEST_NAME).contains(&text.chars().count()) && text.chars().all(allowed)
}
