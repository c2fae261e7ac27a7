//! What a learner has done so far in all lessons: kept in this browser, as a text that people can read, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use lessons::{Lesson, Question};

use crate::state::browser;
use crate::state::said::{Answers, Said, fits};

/// A step of a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Say what will happen.
    Predict,
    /// Run it.
    Run,
    /// Find out why.
    Investigate,
    /// Change something.
    Modify,
    /// Take it away and make something of it.
    Make,
}

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What was said, by lesson and question.
    said: BTreeMap<(String, String), Said>,
    /// The steps that were done, by lesson.
    done: BTreeMap<String, Vec<Step>>,
    /// The lesson in which something was done last.
    last: Option<String>,
}

const KEPT_AS: &str = "interleave-progress";

/// The first line: what the text is, and in which version it is written.
const HEAD: &str = "Interleave, progress, version ";

/// The version in which texts are written. The first had no last line, by which a text that was cut off can be told.
const VERSION: u32 = 2;

/// The last line.
const END: &str = "end";

/// The file that progress is written to.
pub const FILE: &str = "interleave-progress.txt";

/// A longer file is not looked at: all answers to all questions are a tenth of it.
pub const LONGEST: usize = 100_000;

impl Step {
    /// All, in their order.
    pub const ALL: [Step; 5] = [Step::Predict, Step::Run, Step::Investigate, Step::Modify, Step::Make];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Step::Predict => "Predict",
            Step::Run => "Run",
            Step::Investigate => "Investigate",
            Step::Modify => "Modify",
            Step::Make => "Make",
        }
    }
}

impl Progress {
    /// What was said to a lesson's questions. A question that asks something else by now is asked again.
    pub fn answers(&self, lesson: &Lesson) -> Answers {
        let mut answers = Answers::default();
        for (place, question) in lesson.questions.iter().enumerate() {
            let said = self.said.get(&(lesson.id.to_owned(), key(question)));
            if let Some(&said) = said.filter(|said| fits(question, **said)) {
                answers.say(place, said);
            }
        }
        answers
    }

    /// Keeps what was said to a question.
    pub fn say(&mut self, lesson: &Lesson, question: usize, said: Said) {
        self.last = Some(lesson.id.to_owned());
        if let Some(question) = lesson.questions.get(question) {
            self.said.insert((lesson.id.to_owned(), key(question)), said);
        }
    }

    /// Whether a step of a lesson was done.
    pub fn is_done(&self, lesson: &str, step: Step) -> bool {
        self.done.get(lesson).is_some_and(|done| done.contains(&step))
    }

    /// The first step of a lesson that was not done.
    pub fn next(&self, lesson: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| !self.is_done(lesson, *step))
    }

    /// The id of the lesson in which something was done last.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Notes that a step of a lesson was done, and returns whether that is new.
    pub fn note(&mut self, lesson: &str, step: Step) -> bool {
        self.last = Some(lesson.to_owned());
        self.mark(lesson, step)
    }

    /// Marks a step of a lesson as done, and returns whether that is new.
    fn mark(&mut self, lesson: &str, step: Step) -> bool {
        let is_new = !self.is_done(lesson, step);
        if is_new {
            self.done.entry(lesson.to_owned()).or_default().push(step);
        }
        is_new
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.said.is_empty() && self.done.is_empty()
    }

    /// This with all that `other` has; where both have an answer, it is the other's.
    pub fn with(mut self, other: Progress) -> Progress {
        self.said.extend(other.said);
        for (lesson, steps) in other.done {
            for step in steps {
                self.mark(&lesson, step);
            }
        }
        self.last = other.last.or(self.last);
        self
    }

    /// How many answers there are, and to how many lessons.
    pub fn counts(&self) -> (usize, usize) {
        let lessons: BTreeSet<&String> = self.said.keys().map(|(lesson, _)| lesson).chain(self.done.keys()).collect();
        (self.said.len(), lessons.len())
    }

    /// All of it as lines.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}{VERSION}\n");
        // Writing into memory does not fail.
        for ((lesson, question), said) in &self.said {
            let _ = writeln!(text, "said {lesson} {question} {}", said.text());
        }
        for (lesson, done) in &self.done {
            let steps = done.iter().map(|step| step.title().to_ascii_lowercase()).collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "done {lesson} {steps}");
        }
        if let Some(lesson) = &self.last {
            let _ = writeln!(text, "last {lesson}");
        }
        text + END + "\n"
    }

    /// What [`Progress::text`] wrote; a line that cannot be read is left out, and a text of another kind holds nothing.
    pub fn read(text: &str) -> Progress {
        let mut progress = Progress::default();
        let mut lines = text.lines();
        if lines.next().and_then(version).is_some_and(|version| (1..=VERSION).contains(&version)) {
            lines.for_each(|line| {
                progress.take_line(line);
            });
        }
        progress
    }

    /// What the file `name` holds, whole.
    ///
    /// # Errors
    /// Where it is another kind of file, of a later version, spoilt or cut off, as a sentence.
    pub fn open(name: &str, bytes: &[u8]) -> Result<Progress, String> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines();
        let version = lines.next().and_then(version).ok_or_else(|| {
            format!("{name} holds no progress: choose a file that “Save as a file” wrote, such as {FILE}.")
        })?;
        if !(1..=VERSION).contains(&version) {
            return Err(format!(
                "{name} is of version {version}, and this page reads versions 1 to {VERSION}: reload the page, which may \
                 be an old one in the browser’s cache, or save the file again."
            ));
        }
        let cut_off =
            || format!("{name} is cut off before its end: copy it again, or save it again where it came from.");
        let mut lines: Vec<&str> = lines.collect();
        let is_whole = if version == 1 { text.ends_with('\n') } else { lines.pop() == Some(END) };
        if !is_whole {
            return Err(cut_off());
        }
        let mut progress = Progress::default();
        for (number, line) in (2..).zip(lines) {
            if !progress.take_line(line) {
                return Err(format!(
                    "Line {number} of {name} cannot be read, so nothing was taken over: save the file again where it came \
                     from."
                ));
            }
        }
        Ok(progress)
    }

    /// Takes a line over, and returns whether it is one.
    fn take_line(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["said", lesson, question, said] => match Said::read(said) {
                Some(said) => {
                    self.said.insert((lesson.to_owned(), question.to_owned()), said);
                    true
                }
                None => false,
            },
            ["done", lesson, ref steps @ ..] => {
                let named = |step: &Step| steps.iter().any(|word| step.title().eq_ignore_ascii_case(word));
                let found: Vec<Step> = Step::ALL.into_iter().filter(named).collect();
                let is_whole = !steps.is_empty() && found.len() == steps.len();
                for step in found {
                    self.mark(lesson, step);
                }
                is_whole
            }
            ["last", lesson] => {
                self.last = Some(lesson.to_owned());
                true
            }
            _ => false,
        }
    }

    /// What this browser keeps.
    pub fn kept() -> Progress {
        Progress::default().kept_or()
    }

    /// What this browser keeps or, where it keeps nothing, this.
    pub fn kept_or(&self) -> Progress {
        let text = browser::storage().and_then(|storage| storage.get_item(KEPT_AS).ok()?);
        text.map_or_else(|| self.clone(), |text| Progress::read(&text))
    }

    /// Keeps it in this browser, or keeps nothing where there is nothing.
    pub fn keep(&self) {
        let Some(storage) = browser::storage() else { return };
        // A full or forbidden store only means that the next visit asks again.
        let _ = match self.is_empty() {
            true => storage.remove_item(KEPT_AS),
            false => storage.set_item(KEPT_AS, &self.text()),
        };
    }
}

/// The version that a first line tells of.
fn version(line: &str) -> Option<u32> {
    line.strip_prefix(HEAD)?.trim_end().parse().ok()
}

/// What a question is known by: a number made of its words (FNV-1a), so that another question is another one.
fn key(question: &Question) -> String {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    format!("{:08x}", question.ask.bytes().fold(0x811c_9dc5, fold))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::state::said::{Guess, Sure};

    #[test]
    fn what_is_kept_comes_back_and_what_is_foreign_does_not() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let mut progress = Progress::default();
        progress.say(lesson, 0, Said::Guessed(Guess::Number(2.5), Sure::Certain));
        progress.say(lesson, 2, Said::Skipped);
        assert!(progress.note(lesson.id, Step::Predict) && progress.note(lesson.id, Step::Modify));
        assert!(!progress.note(lesson.id, Step::Modify), "it was done before");
        let back = Progress::read(&progress.text());
        assert_eq!(back, progress);
        assert_eq!(back.answers(lesson).text(), "1_2.5_c*3_x");
        assert_eq!(back.answers(lessons::catalogue()[1]), Answers::default());
        assert_eq!(Progress::read("Interleave, progress, version 9\nsaid a b x"), Progress::default());
        let spoilt = progress.text() + "said\nsaid delay-messages x y\ndone\nnonsense";
        assert_eq!(Progress::read(&spoilt), progress);
        assert_eq!(Progress::read(&progress.text().replace("version 2", "version 1").replace("end\n", "")), progress);
    }

    #[test]
    fn a_file_is_taken_whole_or_answered_with_a_sentence() {
        let lesson = lessons::find("gil").expect("the lesson is there");
        let mut progress = Progress::default();
        progress.say(lesson, 0, Said::Guessed(Guess::Number(2.5), Sure::Fairly));
        progress.note(lesson.id, Step::Run);
        let text = progress.text();
        assert_eq!(Progress::open("f", text.as_bytes()), Ok(progress.clone()));
        assert_eq!(Progress::open("f", text.replace('\n', "\r\n").as_bytes()), Ok(progress.clone()));
        let first = text.replace("version 2", "version 1").replace("end\n", "");
        assert_eq!(Progress::open("f", first.as_bytes()), Ok(progress.clone()));
        for (spoilt, said) in [
            ("", "f holds no progress: choose"),
            ("\u{0}PNG", "f holds no progress: choose"),
            ("Interleave, progress, version x\n", "f holds no progress"),
            (&*text.replace("version 2", "version 3"), "f is of version 3, and this page reads versions 1 to 2"),
            (&first[..first.len() - 1], "f is cut off"),
            (&*text.replace("_f\n", "_z\n"), "Line 2 of f cannot be read"),
            (&*text.replace("done gil run", "done gil rum"), "Line 3 of f cannot be read"),
        ] {
            let sentence = Progress::open("f", spoilt.as_bytes()).expect_err(spoilt);
            assert!(sentence.starts_with(said) && sentence.ends_with('.'), "{sentence}");
        }
        let head = text.find('\n').expect("it has lines");
        for end in head + 1..text.len() - 1 {
            let sentence = Progress::open("f", &text.as_bytes()[..end]).expect_err("it is cut off");
            assert!(sentence.contains("cut off"), "{end}: {sentence}");
        }
        let mut mine = Progress::default();
        mine.say(lesson, 0, Said::Skipped);
        mine.note("deadlock", Step::Make);
        let both = mine.with(progress.clone());
        assert_eq!(both.answers(lesson), progress.answers(lesson));
        assert!(both.is_done("deadlock", Step::Make) && both.is_done("gil", Step::Run));
        assert_eq!((both.last(), both.counts()), (Some("gil"), (1, 2)));
    }

    #[test]
    fn no_two_questions_of_a_lesson_are_taken_for_each_other() {
        for lesson in lessons::catalogue() {
            let keys: BTreeSet<String> = lesson.questions.iter().map(key).collect();
            assert_eq!(keys.len(), lesson.questions.len(), "{}", lesson.id);
        }
    }
}
