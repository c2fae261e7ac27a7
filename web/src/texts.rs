//! The texts of the columns beside the timelines, in one place: what is to be translated stands here.

pub mod home;
pub mod machine;
pub mod ways;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::Clock;
use lessons::{Answer, Parameter, Question};

use crate::state::code::Here;
use crate::state::mend::Mend;
use crate::state::numbers::{Histogram, TimesOf};
use crate::state::progress::Step;
use crate::state::said::{Guess, Mark, Said, Sure};
use crate::state::words;

/// Above the models that are not shown yet.
pub const COVER_TITLE: &str = "First say what you expect";
/// Why they are not shown yet.
pub const COVER: &str = "The runs appear as soon as you have committed to an answer, or skipped the question: whoever has predicted \
                         remembers what happened, and why.";
/// What stands in for processes in a browser, behind what its figures rest on.
pub const ISOLATED: &str = " Isolated Workers stand in for processes: no shared memory, messages are copied.";
/// In a tab that would give the answer away.
pub const COVERED_TAB: &str = "This appears when you have answered or skipped the first question.";
/// While the later half of the page is on its way.
pub const COMING: &str = "On its way …";
/// When the later half of the page could not be fetched.
pub const HALF_MISSING: &str = "The part of the page that predicts and draws could not be fetched. Nothing that you entered \
                                is lost: try again when the network is back.";
/// The button that fetches it again.
pub const TRY_AGAIN: &str = "Try again";
/// The button that shows the runs without an answer.
pub const SKIP: &str = "Skip, show me";
/// The button that takes an answer.
pub const COMMIT: &str = "Commit";
/// Above the choice of how sure somebody is.
pub const HOW_SURE: &str = "How sure are you?";
/// The button that leads to the instant that decides.
pub const SHOW_INSTANT: &str = "Show it on the timeline";
/// The button that leads to the next question.
pub const NEXT_QUESTION: &str = "Next question";
/// The button that leads to the question before.
pub const LAST_QUESTION: &str = "Question before";
/// The rule that a lesson ends on.
pub const RULE: &str = "The rule to take away";
/// The problem, where it is folded.
pub const PROBLEM: &str = "The problem";
/// Above what to look at.
pub const LOOK_AT: &str = "Look at";
/// Where progress is kept.
pub const PROGRESS: &str = "Your progress";
/// What is kept, and where.
pub const PROGRESS_KEPT: &str =
    "Your answers and the steps you have done are kept in this browser and nowhere else. Nothing leaves your machine.";

/// What to do in a step.
pub fn step(step: Step) -> &'static str {
    match step {
        Step::Predict => "Say what will happen before you see it.",
        Step::Run => {
            "The runs are predicted already: move along the time axis and watch. Then run the same program for real, in this \
             browser or on your machine. Does it bear the prediction out?"
        }
        Step::Investigate => "Find the instant at which it is decided, and who was waiting for whom.",
        Step::Modify => {
            "Change one thing below, and say beforehand what it will do. Undo takes it back. A hint on the right has its mend \
             as a button."
        }
        Step::Make => {
            "Take the program away and make it yours: the Python file runs under any CPython as it stands. Then send somebody the question."
        }
    }
}

/// What a step is called by whoever sees no bar.
pub fn step_state(step: Step, is_done: bool) -> String {
    format!("{}{}", step.title(), if is_done { ", done" } else { "" })
}

/// How sure somebody is.
pub fn sure(sure: Sure) -> &'static str {
    match sure {
        Sure::Guessing => "a guess",
        Sure::Fairly => "fairly sure",
        Sure::Certain => "certain",
    }
}

/// Which question it is.
pub fn question_of(place: usize, count: usize) -> String {
    format!("Question {} of {count}", place + 1)
}

/// A guess or an answer as people read it.
pub fn guess(question: &Question, guess: Guess) -> String {
    match (question.answer, guess) {
        (Answer::Seconds(_), Guess::Number(seconds)) => words::seconds(Nanos((seconds * 1e9).round() as u64)),
        (Answer::Choice(options, _), Guess::Option(place)) => {
            options.get(place).copied().unwrap_or("none of these").to_owned()
        }
        (Answer::Order(options, _), Guess::Order(order)) => {
            let named = order.options().filter_map(|option| options.get(option).copied());
            named.collect::<Vec<_>>().join(", then ")
        }
        (_, Guess::Number(number)) => number.to_string(),
        (_, Guess::Option(place)) => place.to_string(),
        (_, Guess::Order(order)) => order.text(),
    }
}

/// How good a prediction was.
pub fn mark(question: &Question, mark: Mark) -> &'static str {
    match mark {
        Mark::Right => "Right.",
        Mark::Near if matches!(question.answer, Answer::Order(..)) => "Near: two neighbours change places.",
        Mark::Near => "Near.",
        Mark::Off => "It comes out differently.",
    }
}

/// What was said.
pub fn said(question: &Question, said: Said) -> String {
    match said {
        Said::Skipped => "You skipped this one.".to_owned(),
        Said::Guessed(what, how) => format!("You said {} ({}).", guess(question, what), sure(how)),
    }
}

/// The answer, with the clock that it was read from.
pub fn answer(question: &Question, answer: Guess) -> String {
    format!("The answer, {}: {}.", Clock::Virtual.label(), guess(question, answer))
}

/// The instant that decides.
pub fn decided(model: Model, at: Nanos) -> String {
    format!("It is decided at {at} on “{}”.", model.title())
}

/// What is wrong with an answer.
pub fn wrong_guess(text: &str, must_be: &str) -> String {
    match text.trim() {
        "" => format!("Give {must_be}, or skip the question."),
        given => format!("“{given}” is no answer: it must be {must_be}."),
    }
}

/// How an order is given.
pub const HOW_TO_ORDER: &str = "Press what comes first, then what comes next. Press again to take it back.";

/// What a thing is called that can be put in order, by whoever sees no list.
pub fn to_order(words: &str, place: Option<usize>, of: usize) -> String {
    match place {
        Some(place) => format!("{words}: {} of {of}", place + 1),
        None => format!("{words}: no place yet"),
    }
}

/// The button that has a thing come sooner.
pub fn sooner(words: &str) -> String {
    format!("{words}: one place sooner")
}

/// The button that has a thing come later.
pub fn later(words: &str) -> String {
    format!("{words}: one place later")
}

/// All lanes of a log.
pub const ALL_LANES: &str = "all lanes";

/// Whose clock a log's times were read from.
pub fn log_of(clock: Clock, speed: Speed) -> String {
    match speed {
        Speed::REAL => clock.label().to_owned(),
        speed => format!("{} at {}×, told in the program’s own seconds", clock.label(), speed.factor()),
    }
}

/// What of a log is not shown.
pub fn more_lines(more: usize) -> String {
    format!("… and {more} more lines.")
}

/// The button that goes back to the defaults.
pub const RESET: &str = "Reset";
/// The button that takes a change back.
pub const UNDO: &str = "Undo the last change (Ctrl+Z)";
/// The button that takes an undo back.
pub const REDO: &str = "Redo (Ctrl+Shift+Z)";
/// Above the switches of the models.
pub const MODELS: &str = "Models";
/// Where nobody has asked yet.
pub const WHY_ASK: &str = "Press on any gap or block of a timeline: one sentence says why its task is not running. With the keyboard, ↓ and ↑ on \
                           the time axis ask for one task after the other.";
/// Where the keyboard asks and there is nobody.
pub const NOBODY_IS_LEFT: &str = "Nobody is there at this instant: every run that is shown is over by then.";
/// The button that leads from a sentence to all of the answer.
pub const WHY_MORE: &str = "The chain behind it";
/// Why a run of a clock broke off.
pub fn cut_off(clock: Clock, why: &str) -> String {
    let measured = if clock == Clock::Browser { "Measured in this browser" } else { "Measured on this machine" };
    format!("{measured}: {why}")
}

/// In the place of the end of what has none.
pub const NO_END: &str = "no end";

/// What is said where no change of a setting would end a run sooner, of those that were tried.
pub fn none_is_sooner(tried: &[&str]) -> String {
    match tried {
        [] => "There is nothing to try: a what-if leaves the work as it is, and changes only what it is done with."
            .to_owned(),
        tried => format!("Tried one at a time, none of these would end it sooner: {}.", tried.join(", ")),
    }
}

/// The button that puts an answer away.
pub const WHY_AWAY: &str = "Put the answer away";

/// While a program is on its way.
pub const LOADING: &str = "The program is on its way …";
/// Where a program did not come.
pub const NO_CODE: &str =
    "The program could not be fetched. If the page came from a server that has ended, start it again and reload.";
/// What the marks beside Python mean.
pub const PYTHON_MARKS: &str = "At the playhead: the line that each task wrote last. Press a line to go to the next time that it was written. Values that you chose are shaded.";
/// What the marks beside Rust mean.
pub const RUST_MARKS: &str = "The body that really runs, on every model. At the playhead: where each task is. Press a line to go to its next turn.";
/// Before the first question is answered.
pub const CODE_COVERED: &str = "Read the program first: it tells what you are asked.";

/// Who stands at a line.
pub fn here(here: &Here) -> String {
    let names = here.names.join(", ");
    if here.more > 0 { format!("{names} +{}", here.more) } else { names }
}

/// The button that leads to where a hint looks.
pub const SHOW_WHERE: &str = "Show where";

/// Above the hints: what they were found in.
pub fn hints_title(clock: Clock) -> String {
    format!("Hints · {}", clock.label())
}

/// The button of a mend: what it changes.
pub fn mend(mend: &Mend, model: Model) -> String {
    let (title, value) = &mend.change;
    let whose = if mend.model == model { "Show me" } else { "Look there" };
    format!("{whose} · {title}: {value} · ")
}

/// What comes of a mend.
pub fn mended(mend: &Mend) -> String {
    if let Some([before, after]) = &mend.outcomes {
        return format!("{before} → {after}");
    }
    let before = mend.before.map_or_else(|| NO_END.to_owned(), words::seconds);
    format!("{before} → {}", words::seconds(mend.after))
}

/// The switch that shows what each figure means.
pub const MEANINGS: &str = "Say what each means";
/// The button that erases what is kept.
pub const ERASE: &str = "Erase all of it";
/// The same once it was pressed: there is no way back.
pub const ERASE_SURELY: &str = "Erase for good?";
/// When it was pressed again.
pub const ERASED: &str = "Erased.";
/// What figures are of.
pub const NUMBERS_NOTE: &str = "Each column names its clock. Wall time, CPU time and throughput are in the seconds that passed on it; the times \
                                that half, 95 % and 99 % kept within are in the program’s own.";

/// What times are of.
pub fn times_of(of: TimesOf) -> &'static str {
    match of {
        TimesOf::Requests => "Time from asking to the answer",
        TimesOf::Tasks => "Time from when a task was made to its end",
    }
}

/// A histogram in words.
pub fn histogram(histogram: &Histogram) -> String {
    let counts: Vec<String> = histogram.counts.iter().map(usize::to_string).collect();
    let (from, to) = (words::seconds(histogram.from), words::seconds(histogram.to));
    format!("A histogram from {from} to {to}, bar by bar: {}.", counts.join(", "))
}

/// The height of the highest bar.
pub fn most_in_a_bar(most: usize) -> String {
    format!("up to {most} in a bar")
}

/// Above the choice of what is swept.
pub const SWEEP_OVER: &str = "Predicted wall time as this changes:";
/// What pressing a value does.
pub const TAKE_OVER: &str = "Take this value over";
/// What can be done with the picture.
pub const SWEEP_NOTE: &str = "All curves are predicted. Press a place to take its value over.";
/// Of a picture whose steps up are factors.
pub const SWEEP_IS_LOGARITHMIC: &str = " The times differ so much that each step up is a factor.";

/// The picture of a sweep in words.
pub fn sweep(over: &Parameter, is_done: bool) -> String {
    let more = if is_done { "" } else { ", still being predicted" };
    format!("Wall time of each model, predicted, as “{}” changes{more}. The table below says the same.", over.title)
}

/// The menu of all that can be passed on.
pub const SHARE: &str = "Share";
/// Whether a link carries what was said.
pub const WITH_ANSWERS: &str = "Link with my predictions";
/// The button that copies a link.
pub const COPY_LINK: &str = "Copy link";
/// After a link was copied.
pub const LINK_COPIED: &str = "Copied";
/// Where a link could not be copied.
pub const LINK_NOT_COPIED: &str = "Copy it from the address bar";
/// Of a link that not every program passes on.
pub const LINK_IS_LONG: &str =
    "This link has more than 2,000 characters, which some programs cut: shorten the names of the messages.";
/// The button of the trace file.
pub const PERFETTO: &str = "Perfetto trace";
/// Above the command.
pub const COMMAND: &str = "The same run in a terminal:";
/// Below a command that cannot take all of the machine that is chosen.
pub const COMMAND_NOTE: &str = "It measures with the cores and the costs of the machine that it runs on: those chosen here are for \
                                predictions, and no more reaches it than the seed and whether there is a GIL.";

/// Of a run that was ended because nothing happened in it and nothing was to come; `waits` says who waits for whom.
pub fn stood_still(model: Model, silent: Nanos, waits: Option<&str>) -> String {
    let waits = waits.map(|waits| format!(" {}", waits.trim())).unwrap_or_default();
    format!(
        "“{}” was ended: for {} nothing happened in it, and nothing was to come.{waits} Change a value, or turn this model \
         off, and run again.",
        model.title(),
        words::brief_seconds(silent)
    )
}

/// Of a run that was ended because it took far longer than predicted.
pub fn took_too_long(model: Model, taken: Nanos, predicted: Nanos) -> String {
    format!(
        "“{}” was ended after {}: {} were predicted. Give it less to do, or turn this model off, and run again.",
        model.title(),
        words::brief_seconds(taken),
        words::brief_seconds(predicted)
    )
}
