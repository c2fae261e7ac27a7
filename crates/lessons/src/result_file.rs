//! A file that holds measured runs: `interleave run --result` writes it, and the page opens it.
//!
//! One line of text says what it is and of which version; behind it stands a message of the [protocol] as bytes. Whatever
//! changes the protocol's events changes these files, so they share its version.

use engine::model::{Model, Speed};
use engine::protocol;
use engine::trace::{Clock, Event, Trace};
use serde::{Deserialize, Serialize};

use crate::{Lesson, Values};

/// Measured runs of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultFile {
    /// The lesson's id.
    pub lesson: String,
    /// The lesson's parameters, as names and texts.
    pub parameters: Vec<(String, String)>,
    /// Where random draws began.
    pub seed: u64,
    /// By how much delays were divided.
    pub speed: Speed,
    /// The machine that it was measured on, in a few words; empty where nobody knows.
    pub machine: String,
    /// What happened on each model, in this order.
    pub runs: Vec<(Model, Vec<Event>)>,
}

/// A result that fits a lesson that there is.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// The values of its parameters.
    pub values: Values,
    /// By how much delays were divided.
    pub speed: Speed,
    /// The machine that wrote them, in a few words; empty where nobody knows.
    pub machine: String,
    /// The runs, by the clock of a file.
    pub traces: Vec<Trace>,
}

const WRITE_IT: &str = "`interleave run LESSON --result FILE` writes one";

const TITLE: &str = "interleave result, version ";

/// No machine needs more letters to be told from another.
const MOST_WORDS: usize = 200;

/// No result is longer; a file that is was chosen by mistake, and is not to fill a page's memory.
pub const LONGEST: usize = 256 << 20;

impl ResultFile {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{TITLE}{}\n", protocol::VERSION).into_bytes();
        bytes.extend(protocol::encode(self));
        bytes
    }
}

/// Opens the file `name` that holds `bytes`.
///
/// # Errors
/// What is wrong with it and what mends it, as sentences.
pub fn open(name: &str, bytes: &[u8]) -> Result<Opened, String> {
    if bytes.len() > LONGEST {
        return too_long(name, bytes.len());
    }
    let Some(rest) = bytes.strip_prefix(TITLE.as_bytes()) else {
        let hint = if bytes.starts_with(b"{") { ", and what --json prints has no timelines in it" } else { "" };
        return Err(format!("{name} is no result of Interleave{hint}: {WRITE_IT}."));
    };
    let (version, message) = rest.split_at(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()));
    let known = protocol::VERSION.to_string();
    if version != known.as_bytes() {
        let version = String::from_utf8_lossy(version).chars().take(20).collect::<String>();
        return Err(format!(
            "{name} is a result of version {version}, and only version {known} is understood here: measure it again with the \
             `interleave` that serves this page."
        ));
    }
    let broken = || format!("{name} breaks off or was changed, so nothing of it is shown: {WRITE_IT} anew.");
    let message = message.strip_prefix(b"\n").ok_or_else(broken)?;
    let file: ResultFile = protocol::decode(message).map_err(|_| broken())?;
    // What reads messages overlooks what stands behind them.
    if Speed::new(file.speed.factor()).is_none() || protocol::encode(&file).len() != message.len() {
        return Err(broken());
    }
    file.fitted().map_err(|reason| format!("{name} does not fit the lessons here. {reason}"))
}

/// That the file `name` with so many bytes is too long to be looked at.
///
/// # Errors
/// Always.
pub fn too_long(name: &str, bytes: usize) -> Result<Opened, String> {
    let (given, most) = (bytes >> 20, LONGEST >> 20);
    Err(format!("{name} is {given} MB long, and a result is at most {most} MB: {WRITE_IT}."))
}

impl ResultFile {
    fn fitted(self) -> Result<Opened, String> {
        let lesson = crate::find(&self.lesson).map_err(|wrong| wrong.to_string())?;
        let values = Values::read(lesson.parameters, &self.parameters)
            .map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))?;
        let speed = self.speed;
        let trace = |(model, events): (Model, Vec<Event>)| {
            let mut trace = Trace::new(model, Clock::File, speed);
            events.into_iter().for_each(|event| trace.apply(event));
            trace
        };
        let machine = self.machine.chars().take(MOST_WORDS).collect();
        Ok(Opened { lesson, values, speed, machine, traces: self.runs.into_iter().map(trace).collect() })
    }
}

#[cfg(test)]
mod tests {
    use engine::program::Outcome;
    use engine::time::Nanos;

    use super::*;

    fn file() -> ResultFile {
        let ending = Ok(Outcome::default());
        let finish = Event::Finish { at: Nanos(7), cpu: None, switches: None, ending };
        ResultFile {
            lesson: "delay-messages".to_owned(),
            parameters: vec![("workers".to_owned(), "3".to_owned())],
            seed: 0,
            speed: Speed::REAL,
            machine: "Linux".repeat(100),
            runs: vec![(Model::Threads, vec![finish])],
        }
    }

    #[track_caller]
    fn check(bytes: &[u8], said: &str) {
        let refused = open("run.result", bytes).map(|_| "it was opened").unwrap_err();
        assert!(refused.contains(said), "{refused}");
        assert!(refused.starts_with("run.result ") && refused.ends_with(['.', '?']), "{refused}");
    }

    #[test]
    fn a_result_is_opened_as_it_was_written() {
        let opened = open("run.result", &file().to_bytes()).unwrap();
        assert_eq!(opened.lesson.id, "delay-messages");
        assert_eq!(opened.values.texts().last(), Some(&("workers".to_owned(), "3".to_owned())));
        assert!(opened.machine.starts_with("LinuxLinux") && opened.machine.len() == MOST_WORDS);
        let [trace] = &opened.traces[..] else { panic!("one run was written") };
        assert_eq!((trace.model, trace.clock, trace.end()), (Model::Threads, Clock::File, Nanos(7)));
    }

    #[test]
    fn what_is_no_result_of_this_version_is_named_with_its_mend() {
        check(b"", "is no result of Interleave: `interleave run");
        check(b"{\"version\":1}", "what --json prints has no timelines");
        check(&[0xff; 1000], "is no result of Interleave");
        check(b"interleave result, version 1\n", "is a result of version 1, and only version");
        check(b"interleave result, version ", "is a result of version , and only");
        let other = ResultFile { lesson: "delay-mesages".to_owned(), ..file() };
        check(&other.to_bytes(), "Did you mean delay-messages?");
        let other = ResultFile { parameters: vec![("workers".to_owned(), "0".to_owned())], ..file() };
        check(&other.to_bytes(), "workers: got “0”");
    }

    #[test]
    fn a_file_that_breaks_off_or_goes_on_is_not_shown_in_part() {
        let whole = file().to_bytes();
        let title = whole.iter().position(|byte| *byte == b'\n').unwrap();
        for length in title..whole.len() {
            check(&whole[..length], "breaks off or was changed");
        }
        check(&[&whole[..], b"x"].concat(), "breaks off or was changed");
    }
}
