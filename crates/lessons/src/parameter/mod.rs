//! Parameters of lessons: what a learner may change, within which bounds, and how that is written as text.
//!
//! The text form is the same in a link, on the command line and in a field of the page.

mod latency;
mod list;
pub(crate) mod machine;
mod number;
mod values;

use crate::diagnostic::Diagnostic;

pub use list::{Message, NOBODY};
pub use machine::{CORES, GIL};
pub use number::time_s;
pub use values::{Value, Values};

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
        least: u32,
        /// The most.
        most: u32,
    },
    /// A time in seconds, fractions allowed.
    Seconds {
        /// The shortest.
        least: f64,
        /// The longest.
        most: f64,
    },
    /// A share from 0 to 1, such as a failure rate.
    Share,
    /// On or off.
    Switch,
    /// One of some words: each with what people read.
    Choice(&'static [(&'static str, &'static str)]),
    /// A list of whole numbers, written `28,30,32`.
    Counts {
        /// How many, at the most.
        longest: usize,
        /// The least of each.
        least: u32,
        /// The most of each.
        most: u32,
    },
    /// A list of messages, written `NAME=SECONDS,NAME=SECONDS`.
    Messages {
        /// How many, at the most.
        most: usize,
        /// The longest delay, in seconds; the shortest is 0.
        longest_s: f64,
    },
    /// A name out of a list of messages, or `none`. That it is in the list is for [`Values`] to see, which have both.
    NameIn {
        /// The parameter that is the list.
        list: &'static str,
        /// What people read where it is none.
        nobody: &'static str,
    },
    /// How long a network takes, written `constant 3`, `uniform 1 5`, `exponential 3` or `log-normal 3 0.5` (median and
    /// sigma), in seconds.
    Latency {
        /// The longest of its times, in seconds.
        longest_s: f64,
    },
}

impl Parameter {
    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with `text`, and what is allowed.
    pub fn read(&self, text: &str) -> Result<Value, Diagnostic> {
        match self.kind {
            Kind::Count { least, most } => number::count(self, text, least, most).map(Value::Count),
            Kind::Seconds { least, most } => number::seconds(self, text, least, most).map(Value::Seconds),
            Kind::Share => number::share(self, text).map(Value::Share),
            Kind::Switch => number::switch(self, text).map(Value::Switch),
            Kind::Choice(choices) => number::choice(self, text, choices).map(Value::Choice),
            Kind::Counts { longest, least, most } => list::counts(self, text, longest, least, most).map(Value::Counts),
            Kind::Messages { most, longest_s } => list::messages(self, text, most, longest_s).map(Value::Messages),
            Kind::NameIn { .. } => list::name(self, text).map(Value::NameIn),
            Kind::Latency { longest_s } => latency::latency(self, text, longest_s).map(Value::Latency),
        }
    }

    /// What is allowed, such as "a whole number from 1 to 64".
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Count { least, most } => format!("a whole number from {least} to {most}"),
            Kind::Seconds { least, most } => format!("a time from {least} to {most} seconds"),
            Kind::Share => "a share from 0 to 1".to_owned(),
            Kind::Switch => "on or off".to_owned(),
            Kind::Choice(choices) => format!("one of {}", words(choices).collect::<Vec<_>>().join(", ")),
            Kind::Counts { longest, least, most } => {
                format!("1 to {longest} whole numbers with commas between, each from {least} to {most}")
            }
            Kind::Messages { most, longest_s } => {
                format!("1 to {most} messages written NAME=SECONDS with commas between, each from 0 to {longest_s} s")
            }
            Kind::NameIn { list, .. } => format!("{NOBODY} or a name out of {list}"),
            Kind::Latency { longest_s } => format!(
                "“constant 3”, “uniform 1 5”, “exponential 3” or “log-normal 3 0.5”, with times from 0 to {longest_s} s"
            ),
        }
    }

    /// The bounds in short, such as `1..64`.
    pub fn range(&self) -> String {
        match self.kind {
            Kind::Count { least, most } => format!("{least}..{most}"),
            Kind::Seconds { least, most } => format!("{least}..{most} s"),
            Kind::Share => "0..1".to_owned(),
            Kind::Switch => "on|off".to_owned(),
            Kind::Choice(choices) => words(choices).collect::<Vec<_>>().join("|"),
            Kind::Counts { longest, least, most } => format!("1..{longest} numbers of {least}..{most}"),
            Kind::Messages { most, longest_s } => format!("1..{most} messages of 0..{longest_s} s"),
            Kind::NameIn { list, .. } => format!("{NOBODY}|a name out of {list}"),
            Kind::Latency { longest_s } => format!("a distribution of 0..{longest_s} s"),
        }
    }
}

/// The words of a choice.
fn words(choices: &'static [(&'static str, &'static str)]) -> impl Iterator<Item = &'static str> + Clone {
    choices.iter().map(|(word, _)| *word)
}
