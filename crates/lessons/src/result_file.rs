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
    /// What of the file could not be read, as a sentence; `None` where it is whole.
    pub missing: Option<String>,
}

/// What could be read of a file.
struct Part<'b> {
    file: ResultFile,
    /// How many runs there should be.
    count: usize,
    /// How many of them are whole.
    whole: usize,
    /// What stands behind what was read.
    rest: &'b [u8],
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
        let (given, most) = (bytes.len() >> 20, LONGEST >> 20);
        return Err(format!("{name} is {given} MB long, and a result is at most {most} MB: {WRITE_IT}."));
    }
    let Some(rest) = bytes.strip_prefix(TITLE.as_bytes()) else {
        let hint = if bytes.starts_with(b"{") { ", and what --json prints has no timelines in it" } else { "" };
        return Err(format!("{name} is no result of Interleave{hint}: {WRITE_IT}."));
    };
    let (version, message) = rest.split_at(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()));
    let known = protocol::VERSION.to_string();
    let message = message.strip_prefix(b"\n").unwrap_or_default();
    if version != known.as_bytes() {
        let version = String::from_utf8_lossy(version).chars().take(20).collect::<String>();
        let why = format!(
            "{name} is a result of version {version}, and only version {known} is understood here: measure it again with the \
             `interleave` that serves this page."
        );
        // A version changes what events look like; the lesson and its values still stand before them.
        let part = read(message).and_then(|part| ResultFile { runs: Vec::new(), ..part.file }.fitted().ok());
        return match part {
            Some(opened) => Ok(Opened { missing: Some(why), ..opened }),
            None => Err(why),
        };
    }
    let Some(Part { file, count, whole, rest }) = read(message) else {
        return Err(format!(
            "{name} breaks off or was changed before its first run, so nothing of it is shown: {WRITE_IT} anew."
        ));
    };
    let missing = match file.runs.len() > whole || whole < count {
        true => {
            let runs = if count == 1 { "its run is" } else { "runs are" };
            let part =
                file.runs.get(whole).map(|(model, _)| format!(", “{}” is shown as far as it goes", model.title()));
            let part = part.unwrap_or_default();
            Some(format!("{name} breaks off or was changed: {whole} of {count} {runs} whole{part}. {WRITE_IT} anew."))
        }
        false if !rest.is_empty() => {
            Some(format!("{name} goes on behind its end: {} bytes were left out, and {WRITE_IT} anew.", rest.len()))
        }
        false => None,
    };
    let opened = file.fitted().map_err(|reason| format!("{name} does not fit the lessons here. {reason}"))?;
    Ok(Opened { missing, ..opened })
}

/// Reads a file's message as far as it goes; `None` where it breaks off before the first run.
fn read(bytes: &[u8]) -> Option<Part<'_>> {
    let (lesson, bytes) = protocol::take(bytes)?;
    let (parameters, bytes) = protocol::take(bytes)?;
    let (seed, bytes) = protocol::take(bytes)?;
    let (speed, bytes): (Speed, _) = protocol::take(bytes)?;
    let (machine, bytes) = protocol::take(bytes)?;
    let (count, mut rest): (u32, _) = protocol::take(bytes)?;
    // No result has a model twice.
    let count = Some(count as usize).filter(|count| *count <= Model::ALL.len())?;
    Speed::new(speed.factor())?;
    let mut part =
        Part { file: ResultFile { lesson, parameters, seed, speed, machine, runs: Vec::new() }, count, whole: 0, rest };
    for _ in 0..count {
        let Some((model, behind)) = protocol::take(rest) else { break };
        let mut events = Vec::new();
        let is_whole = match protocol::take::<u32>(behind) {
            Some((count, behind)) => {
                rest = behind;
                (0..count).all(|_| match protocol::take(rest) {
                    Some((event, behind)) => {
                        rest = behind;
                        events.push(event);
                        true
                    }
                    None => false,
                })
            }
            None => false,
        };
        part.file.runs.push((model, events));
        part.whole += usize::from(is_whole);
        part.rest = rest;
        if !is_whole {
            break;
        }
    }
    Some(part)
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
        let traces = self.runs.into_iter().map(trace).collect();
        Ok(Opened { lesson, values, speed, machine, traces, missing: None })
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
    fn a_file_that_breaks_off_is_shown_as_far_as_it_goes_and_says_so() {
        let event = |at| Event::Finish { at: Nanos(at), cpu: None, switches: None, ending: Ok(Outcome::default()) };
        let runs = vec![(Model::Threads, vec![event(7), event(8)]), (Model::EventLoop, vec![event(9)])];
        let whole = ResultFile { runs, ..file() }.to_bytes();
        let title = whole.iter().position(|byte| *byte == b'\n').unwrap();
        let mut before = 0;
        for length in title..whole.len() {
            match open("run.result", &whole[..length]) {
                Err(refused) => {
                    assert!(
                        before == 0 && refused.contains("breaks off or was changed before its first run"),
                        "{refused}"
                    );
                }
                Ok(opened) => {
                    let missing = opened.missing.expect("something is missing");
                    assert!(missing.contains("breaks off or was changed: ") && missing.ends_with("anew."), "{missing}");
                    let shown = opened.traces.iter().map(|trace| trace.end().0 as usize).sum::<usize>();
                    assert!(shown >= before, "more of the file shows more of it");
                    before = shown;
                }
            }
        }
        assert_eq!(before, 8, "of the last run one byte is missing");
        let opened = open("run.result", &[&whole[..], b"x"].concat()).unwrap();
        assert!(opened.missing.unwrap().contains("goes on behind its end: 1 bytes") && opened.traces.len() == 2);
    }

    #[test]
    fn of_another_version_the_lesson_and_its_values_are_left() {
        let old = [b"interleave result, version 1\n".to_vec(), protocol::encode(&file())].concat();
        let opened = open("run.result", &old).unwrap();
        assert!(
            opened.traces.is_empty() && opened.missing.unwrap().contains("is a result of version 1, and only version")
        );
        assert_eq!(opened.values.texts().last(), Some(&("workers".to_owned(), "3".to_owned())));
    }
}
