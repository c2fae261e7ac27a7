//! What a learner has done so far in all lessons: kept in this browser, as a text that people can read, and nowhere else.

use std::collections::BTreeMap;
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
}

const KEPT_AS: &str = "interleave-progress";

/// The first line: what the text is, and in which version it is written.
const HEAD: &str = "Interleave, progress, version 1";

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
        if let Some(question) = lesson.questions.get(question) {
            self.said.insert((lesson.id.to_owned(), key(question)), said);
        }
    }

    /// Whether a step of a lesson was done.
    pub fn is_done(&self, lesson: &str, step: Step) -> bool {
        self.done.get(lesson).is_some_and(|done| done.contains(&step))
    }

    /// Notes that a step of a lesson was done, and returns whether that is new.
    pub fn note(&mut self, lesson: &str, step: Step) -> bool {
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

    /// All of it as lines.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}\n");
        // Writing into memory does not fail.
        for ((lesson, question), said) in &self.said {
            let _ = writeln!(text, "said {lesson} {question} {}", said.text());
        }
        for (lesson, done) in &self.done {
            let steps = done.iter().map(|step| step.title().to_lowercase()).collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "done {lesson} {steps}");
        }
        text
    }

    /// What [`Progress::text`] wrote; a line that cannot be read is left out, and a text of another kind holds nothing.
    pub fn read(text: &str) -> Progress {
        let mut progress = Progress::default();
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return progress;
        }
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["said", lesson, question, said] => {
                    if let Some(said) = Said::read(said) {
                        progress.said.insert((lesson.to_owned(), question.to_owned()), said);
                    }
                }
                ["done", lesson, ref steps @ ..] => {
                    let named = |step: &Step| steps.iter().any(|word| step.title().eq_ignore_ascii_case(word));
                    for step in Step::ALL.into_iter().filter(named) {
                        progress.note(lesson, step);
                    }
                }
                _ => {}
            }
        }
        progress
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
    }

    #[test]
    fn no_two_questions_of_a_lesson_are_taken_for_each_other() {
        for lesson in lessons::catalogue() {
            let keys: BTreeSet<String> = lesson.questions.iter().map(key).collect();
            assert_eq!(keys.len(), lesson.questions.len(), "{}", lesson.id);
        }
    }
}
