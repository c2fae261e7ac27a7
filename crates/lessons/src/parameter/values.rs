//! Values of a lesson's parameters.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::time::Duration;

use engine::network::Latency;

use crate::diagnostic::Diagnostic;
use crate::parameter::{Kind, Message, NOBODY, Parameter, latency};

/// A parameter's value, within its bounds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u32),
    /// A time.
    Seconds(Duration),
    /// A share from 0 to 1.
    Share(f64),
    /// On or off.
    Switch(bool),
    /// One of some words.
    Choice(&'static str),
    /// A list of whole numbers.
    Counts(Vec<u32>),
    /// A list of messages.
    Messages(Vec<Message>),
    /// A name out of a list; `None` for nobody.
    NameIn(Option<String>),
    /// How long a network takes.
    Latency(Latency),
}

/// A value for every parameter of one lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(BTreeMap<&'static str, Value>);

impl Value {
    /// The value as text, which [`Parameter::read`] reads back.
    pub fn text(&self) -> String {
        match self {
            Value::Count(count) => count.to_string(),
            Value::Seconds(time) => time.as_secs_f64().to_string(),
            Value::Share(share) => share.to_string(),
            Value::Switch(is_on) => if *is_on { "on" } else { "off" }.to_owned(),
            Value::Choice(word) => (*word).to_owned(),
            Value::Counts(counts) => counts.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
            Value::Messages(messages) => messages.iter().map(Message::text).collect::<Vec<_>>().join(","),
            Value::NameIn(name) => name.as_deref().unwrap_or(NOBODY).to_owned(),
            Value::Latency(latency) => latency::text(latency),
        }
    }
}

impl Values {
    /// Reads a value for each of `parameters` out of `given` pairs of name and text; what is not given takes its default.
    ///
    /// # Errors
    /// Everything that is wrong: values out of bounds, names that no parameter has, names that are given twice, and those that
    /// are not in the list that they should be out of.
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
            let is_wrong = wrong.iter().any(|complaint| complaint.about == parameter.name);
            if !is_wrong && !values.contains_key(parameter.name) {
                match parameter.read(parameter.default) {
                    Ok(value) => {
                        values.insert(parameter.name, value);
                    }
                    Err(diagnostic) => wrong.push(diagnostic),
                }
            }
        }
        let (values, astray) = Values(values).agreed(parameters);
        wrong.extend(astray.into_iter().map(|complaint| {
            let is_given = given.iter().any(|(name, _)| *name == complaint.about);
            if is_given {
                complaint
            } else {
                let allowed =
                    format!("{}: {} is only its default, so give one of these", complaint.allowed, complaint.given);
                Diagnostic { allowed, ..complaint }
            }
        }));
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }

    /// These values with nobody in the place of every name that is not in its list, and a complaint for each of those. It is to
    /// be asked for wherever values are put together one by one.
    pub fn agreed(mut self, parameters: &[Parameter]) -> (Values, Vec<Diagnostic>) {
        let mut astray = Vec::new();
        for parameter in parameters {
            let Kind::NameIn { list, .. } = parameter.kind else { continue };
            let Some(Value::NameIn(Some(name))) = self.get(parameter.name) else { continue };
            let names = self.names_in(list);
            // Without its list, which is wrong then, nothing can be said of a name.
            if !names.is_empty() && !names.contains(&name.as_str()) {
                let names = [NOBODY].into_iter().chain(names);
                astray.push(Diagnostic::unknown_name(parameter.name, name, names));
                self.0.insert(parameter.name, Value::NameIn(None));
            }
        }
        (self, astray)
    }

    /// The names in a list of messages.
    pub fn names_in(&self, list: &str) -> Vec<&str> {
        match self.get(list) {
            Some(Value::Messages(messages)) => messages.iter().map(|message| message.name.as_str()).collect(),
            _ => Vec::new(),
        }
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

/// What a lesson asks of its own values. Each panics where the lesson has no such parameter: a mistake of the lesson's
/// author, which the test over the whole catalogue finds.
impl Values {
    pub(crate) fn count(&self, name: &str) -> u32 {
        let Some(Value::Count(count)) = self.get(name) else { is_no("count", name) };
        *count
    }

    /// A count of workers: at least one, as its parameter says too.
    pub(crate) fn workers(&self, name: &str) -> NonZeroU16 {
        let count = u16::try_from(self.count(name)).unwrap_or(u16::MAX);
        NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
    }

    pub(crate) fn seconds(&self, name: &str) -> Duration {
        let Some(Value::Seconds(time)) = self.get(name) else { is_no("time", name) };
        *time
    }

    pub(crate) fn share(&self, name: &str) -> f64 {
        let Some(Value::Share(share)) = self.get(name) else { is_no("share", name) };
        *share
    }

    pub(crate) fn is_on(&self, name: &str) -> bool {
        let Some(Value::Switch(is_on)) = self.get(name) else { is_no("switch", name) };
        *is_on
    }

    pub(crate) fn choice(&self, name: &str) -> &'static str {
        let Some(Value::Choice(word)) = self.get(name) else { is_no("choice", name) };
        word
    }

    pub(crate) fn counts(&self, name: &str) -> &[u32] {
        let Some(Value::Counts(counts)) = self.get(name) else { is_no("list of numbers", name) };
        counts
    }

    pub(crate) fn messages(&self, name: &str) -> &[Message] {
        let Some(Value::Messages(messages)) = self.get(name) else { is_no("list of messages", name) };
        messages
    }

    pub(crate) fn name(&self, name: &str) -> Option<&str> {
        let Some(Value::NameIn(name)) = self.get(name) else { is_no("name", name) };
        name.as_deref()
    }

    pub(crate) fn latency(&self, name: &str) -> Latency {
        let Some(Value::Latency(latency)) = self.get(name) else { is_no("latency", name) };
        *latency
    }
}

fn is_no(wanted: &str, name: &str) -> ! {
    panic!("a lesson asks for the {wanted} “{name}”, which is no parameter of its own")
}
