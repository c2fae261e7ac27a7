//! How far somebody is: in each lesson, and where to go on.

use lessons::{Lesson, catalogue};

use crate::state::progress::{Progress, Step};
use crate::state::said::Said;

/// How far somebody is in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was done.
    NotBegun,
    /// Something was done, and no question answered.
    Begun,
    /// So many questions were answered.
    Answered {
        /// So many.
        answered: usize,
        /// Of so many.
        of: usize,
    },
}

/// Where to go on.
#[derive(Clone, Copy, Debug)]
pub enum LeftOff {
    /// Nothing was ever done: at the beginning.
    Nowhere,
    /// With this lesson, by its place in the catalogue.
    At(usize),
    /// Every question of every lesson has had its answer, or was skipped.
    Through,
}

impl Standing {
    /// How far `progress` is in a lesson.
    pub fn of(progress: &Progress, lesson: &Lesson) -> Standing {
        let answers = progress.answers(lesson);
        let is_answered = |place: &usize| matches!(answers.get(*place), Some(Said::Guessed(..)));
        let answered = (0..lesson.questions.len()).filter(is_answered).count();
        let is_begun = !answers.is_empty() || Step::ALL.into_iter().any(|step| progress.is_done(lesson.id, step));
        match (answered, is_begun) {
            (0, false) => Standing::NotBegun,
            (0, true) => Standing::Begun,
            (answered, _) => Standing::Answered { answered, of: lesson.questions.len() },
        }
    }
}

impl LeftOff {
    /// Where to go on: with the lesson in which something was done last or, if nothing is left to be said there, with the
    /// next one that has something.
    pub fn of(progress: &Progress) -> LeftOff {
        if progress.is_empty() {
            return LeftOff::Nowhere;
        }
        let lessons = catalogue();
        let begun = |lesson: &&Lesson| Standing::of(progress, lesson) != Standing::NotBegun;
        // Progress of the first version does not know what was last.
        let last = progress.last().and_then(|id| lessons.iter().position(|lesson| lesson.id == id));
        let from = last.or_else(|| lessons.iter().rposition(begun)).unwrap_or_default();
        let mut onwards = (from..lessons.len()).chain(0..from);
        onwards.find(|place| !is_through(progress, lessons[*place])).map_or(LeftOff::Through, LeftOff::At)
    }
}

/// Whether every question has had its answer, or was skipped.
fn is_through(progress: &Progress, lesson: &Lesson) -> bool {
    progress.answers(lesson).next(lesson).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::said::{Guess, Sure};

    #[test]
    fn one_goes_on_where_one_was_last_and_past_what_is_through() {
        let place = |progress: &Progress| match LeftOff::of(progress) {
            LeftOff::Nowhere => None,
            LeftOff::At(place) => Some(place),
            LeftOff::Through => Some(usize::MAX),
        };
        let mut progress = Progress::default();
        assert_eq!(place(&progress), None);
        progress.note(catalogue()[5].id, Step::Run);
        progress.note(catalogue()[3].id, Step::Modify);
        assert_eq!(place(&progress), Some(3));
        assert_eq!(Standing::of(&progress, catalogue()[3]), Standing::Begun);
        assert_eq!(Standing::of(&progress, catalogue()[4]), Standing::NotBegun);
        let say_all = |progress: &mut Progress, lesson: &Lesson| {
            for question in 0..lesson.questions.len() {
                progress.say(lesson, question, Said::Skipped);
            }
        };
        say_all(&mut progress, catalogue()[3]);
        assert_eq!((place(&progress), Standing::of(&progress, catalogue()[3])), (Some(4), Standing::Begun));
        for lesson in catalogue().iter().skip(3) {
            say_all(&mut progress, lesson);
        }
        assert_eq!(place(&progress), Some(0), "what was left out comes last");
        for lesson in catalogue() {
            say_all(&mut progress, lesson);
        }
        assert_eq!(place(&progress), Some(usize::MAX));
        let first = catalogue()[0];
        progress.say(first, 1, Said::Guessed(Guess::Number(3.0), Sure::Fairly));
        let of = first.questions.len();
        assert_eq!(Standing::of(&progress, first), Standing::Answered { answered: 1, of });
    }
}
