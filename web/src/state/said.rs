//! What a learner said to a lesson's questions before the runs were shown, and what came of it.

use std::collections::BTreeMap;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::Trace;
use lessons::{Answer, Lesson, Question};

use crate::state::order::Order;

/// An answer to a question, or the wish to be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    /// The question was skipped.
    Skipped,
    /// This was predicted.
    Guessed(Guess, Sure),
}

/// What was predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guess {
    /// A number: seconds, or how many.
    Number(f64),
    /// One of the options, by its place.
    Option(usize),
    /// The options in an order.
    Order(Order),
}

/// How sure somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sure {
    /// It is a guess.
    Guessing,
    /// It is likely so.
    Fairly,
    /// It is so.
    Certain,
}

/// What was said to which question, by its place in the lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers(BTreeMap<usize, Said>);

/// What the runs say to a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What the answer is.
    pub answer: Guess,
    /// The run and the instant in it that decide it.
    pub decided: Option<(Model, Nanos)>,
    /// What a hint about that run says, where the instant is one that it names.
    pub says: Option<String>,
}

/// How good a prediction was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is right.
    Right,
    /// It is near.
    Near,
    /// It is another.
    Off,
}

/// A time is right within this share of it: nobody is to know what starting a thread costs.
const RIGHT_SHARE: f64 = 0.05;

/// A time within this share, or a count, is near.
const NEAR_SHARE: f64 = 0.2;

/// A time that is as good as none is right within this, in seconds.
const RIGHT_S: f64 = 0.05;

impl Sure {
    /// All, from the least.
    pub const ALL: [Sure; 3] = [Sure::Guessing, Sure::Fairly, Sure::Certain];

    fn letter(self) -> char {
        match self {
            Sure::Guessing => 'g',
            Sure::Fairly => 'f',
            Sure::Certain => 'c',
        }
    }
}

impl Said {
    /// The text for links and for the store, such as `2.5_c`, `o1_c` for an option and `r201_c` for an order; `x` for a skipped
    /// question.
    pub fn text(self) -> String {
        match self {
            Said::Skipped => "x".to_owned(),
            Said::Guessed(Guess::Number(number), sure) => format!("{number}_{}", sure.letter()),
            Said::Guessed(Guess::Option(place), sure) => format!("o{place}_{}", sure.letter()),
            Said::Guessed(Guess::Order(order), sure) => format!("r{}_{}", order.text(), sure.letter()),
        }
    }

    /// What [`Said::text`] wrote; `None` where it is no such text.
    pub fn read(text: &str) -> Option<Said> {
        if text == "x" {
            return Some(Said::Skipped);
        }
        let (guess, letter) = text.split_once('_')?;
        let sure = Sure::ALL.into_iter().find(|sure| letter.chars().eq([sure.letter()]))?;
        let guess = match (guess.strip_prefix('o'), guess.strip_prefix('r')) {
            (Some(place), _) => Guess::Option(place.parse().ok()?),
            (_, Some(order)) => Guess::Order(Order::read(order)?),
            (None, None) => Guess::Number(guess.parse().ok().filter(|number: &f64| number.is_finite())?),
        };
        Some(Said::Guessed(guess, sure))
    }
}

impl Answers {
    /// What was said to a question.
    pub fn get(&self, question: usize) -> Option<Said> {
        self.0.get(&question).copied()
    }

    /// Keeps what was said to a question.
    pub fn say(&mut self, question: usize, said: Said) {
        self.0.insert(question, said);
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the runs of a lesson may be seen: its first question was answered or skipped, or it has none.
    pub fn reveal(&self, lesson: &Lesson) -> bool {
        lesson.questions.is_empty() || self.0.contains_key(&0)
    }

    /// The first question that nothing was said to.
    pub fn next(&self, lesson: &Lesson) -> Option<usize> {
        (0..lesson.questions.len()).find(|question| !self.0.contains_key(question))
    }

    /// All of it for a link, such as `1_2.5_c*2_x`.
    pub fn text(&self) -> String {
        let said = self.0.iter().map(|(question, said)| format!("{}_{}", question + 1, said.text()));
        said.collect::<Vec<_>>().join("*")
    }

    /// What [`Answers::text`] wrote for a lesson; `None` where it is no such text.
    pub fn read(lesson: &Lesson, text: &str) -> Option<Answers> {
        let entry = |entry: &str| {
            let (number, said) = entry.split_once('_')?;
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            let said = Said::read(said)?;
            fits(lesson.questions.get(place)?, said).then_some((place, said))
        };
        text.split('*').map(entry).collect::<Option<BTreeMap<_, _>>>().map(Answers)
    }
}

/// Whether what was said is an answer to this question at all.
pub fn fits(question: &Question, said: Said) -> bool {
    match (question.answer, said) {
        (_, Said::Skipped) | (Answer::Seconds(_) | Answer::Number(_), Said::Guessed(Guess::Number(_), _)) => true,
        (Answer::Choice(options, _), Said::Guessed(Guess::Option(place), _)) => place < options.len(),
        (Answer::Order(options, _), Said::Guessed(Guess::Order(order), _)) => order.is_whole(options.len()),
        _ => false,
    }
}

/// The most that is taken as a guess.
const MOST: f64 = 1e6;

/// The guess that a text holds for a question: what was typed, the number of an option, or an order's text.
///
/// # Errors
/// Where it is none, what it must be.
pub fn read_guess(question: &Question, text: &str) -> Result<Guess, &'static str> {
    // A comma is a decimal point to many people.
    let number = text.trim().replace(',', ".").parse::<f64>().ok().filter(|number| (0.0..=MOST).contains(number));
    match question.answer {
        Answer::Seconds(_) => {
            number.map(Guess::Number).ok_or("a number of seconds, such as 2.5, and a million at the most")
        }
        Answer::Number(_) => {
            let whole = number.filter(|number| number.fract() == 0.0);
            whole.map(Guess::Number).ok_or("a whole number, such as 3, from 0 to a million")
        }
        Answer::Choice(options, _) => {
            let place = text.parse::<usize>().ok().filter(|place| *place < options.len());
            place.map(Guess::Option).ok_or("one of these")
        }
        Answer::Order(options, _) => {
            let order = Order::read(text).filter(|order| order.is_whole(options.len()));
            order.map(Guess::Order).ok_or("a place to each of these")
        }
    }
}

/// The runs of the lesson as the question has it. `None` where the question's own values are wrong, which no question's are.
pub fn runs(lesson: &Lesson, question: &Question) -> Option<Vec<Trace>> {
    let given: Vec<_> = question.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    lesson.predict(&given, question.models).ok()
}

/// Runs the lesson as the question has it, and says what the answer is and where it is decided.
pub fn judge(lesson: &Lesson, question: &Question) -> Option<Verdict> {
    Some(verdict(question, &runs(lesson, question)?))
}

/// What the answer is in these runs, and where it is decided.
pub fn verdict(question: &Question, traces: &[Trace]) -> Verdict {
    let answer = match question.answer {
        Answer::Seconds(of) => Guess::Number(of(traces)),
        Answer::Number(of) => Guess::Number(of(traces) as f64),
        Answer::Choice(_, of) => Guess::Option(of(traces)),
        Answer::Order(_, of) => Guess::Order(Order::of(of(traces).into_iter().map(|happened| happened.option))),
    };
    let deciding = question.deciding(traces);
    let decided =
        deciding.as_ref().and_then(|deciding| traces.get(deciding.run).map(|trace| (trace.model, deciding.at)));
    Verdict { answer, decided, says: deciding.and_then(|deciding| deciding.says) }
}

/// How good a guess is, beside the answer.
pub fn mark(guess: Guess, question: &Question, answer: Guess) -> Mark {
    let (guess, answer) = match (guess, answer) {
        (Guess::Number(guess), Guess::Number(answer)) => (guess, answer),
        (Guess::Order(guess), Guess::Order(answer)) if guess.is_a_swap_from(&answer) => return Mark::Near,
        _ => return if guess == answer { Mark::Right } else { Mark::Off },
    };
    let off = (guess - answer).abs();
    let is_right = match question.answer {
        Answer::Seconds(_) => off <= (RIGHT_SHARE * answer).max(RIGHT_S),
        _ => off == 0.0,
    };
    match is_right {
        true => Mark::Right,
        false if off <= NEAR_SHARE * answer => Mark::Near,
        false => Mark::Off,
    }
}

#[cfg(test)]
mod tests {
    use lessons::catalogue;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_said_comes_back_from_its_text(
            number in -1e9..1e9_f64,
            place in 0_usize..9,
            order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(),
            sure in 0_usize..3,
        ) {
            for guess in [Guess::Number(number), Guess::Option(place), Guess::Order(Order::of(order[..place].to_vec()))] {
                let said = Said::Guessed(guess, Sure::ALL[sure]);
                prop_assert_eq!(Said::read(&said.text()), Some(said));
            }
        }
    }

    #[test]
    fn every_answer_is_right_decided_at_an_instant_and_fits_its_question() {
        for lesson in catalogue() {
            for question in lesson.questions {
                let verdict = judge(lesson, question).expect("the question's own values are right");
                assert_eq!(mark(verdict.answer, question, verdict.answer), Mark::Right, "{}", question.ask);
                assert!(fits(question, Said::Guessed(verdict.answer, Sure::Fairly)), "{}", question.ask);
                let (model, _) = verdict.decided.expect("an instant decides it");
                assert!(question.models.contains(&model), "{}", question.ask);
            }
        }
    }

    #[test]
    fn a_time_need_not_be_exact_and_a_count_must() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let of = |place: usize, guess| mark(Guess::Number(guess), &lesson.questions[place], Guess::Number(3.0));
        assert_eq!([3.0, 3.12, 3.5, 5.0].map(|guess| of(0, guess)), [Mark::Right, Mark::Right, Mark::Near, Mark::Off]);
        assert_eq!([3.0, 3.12, 5.0].map(|guess| of(1, guess)), [Mark::Right, Mark::Near, Mark::Off]);
    }

    #[test]
    fn an_order_is_near_but_for_one_pair_of_neighbours_and_decided_where_it_is_not_as_offered() {
        let lesson = lessons::find("blocking-call").expect("the lesson is there");
        let question = &lesson.questions[3];
        let verdict = judge(lesson, question).expect("it is judged");
        let of = |text| {
            let guess = read_guess(question, text)?;
            assert!(fits(question, Said::Guessed(guess, Sure::Certain)), "{text}");
            Ok(mark(guess, question, verdict.answer))
        };
        // THREE gives way; who was ready goes before whose timers came due.
        assert_eq!(of("23401"), Ok(Mark::Right));
        assert_eq!([of("32401"), of("23410"), of("23041")], [Ok(Mark::Near); 3]);
        assert_eq!([of("01234"), of("32410"), of("43201")], [Ok(Mark::Off); 3]);
        assert_eq!([of("2340"), of("23400"), of("23405"), of("")], [Err("a place to each of these"); 4]);
        let (_, at) = verdict.decided.expect("an instant decides it");
        let lesson_trace = &runs(lesson, question).expect("the values are right")[0];
        let printed = lesson_trace.log().into_iter().find(|line| line.text == "THREE printed").expect("it is printed");
        assert_eq!(at, printed.at);
    }

    #[test]
    fn a_blocked_loop_is_decided_when_the_late_message_is_printed() {
        let lesson = lessons::find("blocking-call").expect("the lesson is there");
        let verdict = judge(lesson, &lesson.questions[0]).expect("it is judged");
        let (model, at) = verdict.decided.expect("an instant decides it");
        assert_eq!(model, Model::EventLoop);
        let Guess::Number(seconds) = verdict.answer else { panic!("a time was asked for") };
        assert!((at.as_secs_f64() - seconds).abs() < 1e-6);
    }

    #[test]
    fn texts_that_are_no_answers_are_none() {
        let lesson = lessons::find("deadlock").expect("the lesson is there");
        for text in ["", "1", "1_", "0_x", "99_x", "1_2.5_c", "1_o9_c", "1_o0_q", "1_o0_c*"] {
            assert_eq!(Answers::read(lesson, text), None, "{text}");
        }
        let answers = Answers::read(lesson, "1_o0_c*2_x").expect("it can be read");
        assert_eq!(answers.text(), "1_o0_c*2_x");
        assert_eq!(answers.next(lesson), Some(2));
        assert!(answers.reveal(lesson) && !Answers::default().reveal(lesson));
        assert_eq!(read_guess(&lessons::catalogue()[0].questions[0], " 2,5 "), Ok(Guess::Number(2.5)));
        assert!(read_guess(&lessons::catalogue()[0].questions[1], "2.5").is_err());
    }
}
