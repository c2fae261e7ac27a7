//! The texts of the home page and of the advice, in one place: what is to be translated stands here.

use lessons::Lesson;
use lessons::advice::{Asked, Load, Rule, TIE};
use lessons::matrix::Cell;

use crate::state::left_off::Standing;
use crate::state::progress::Step;

/// The button to begin with.
pub const BEGIN: &str = "Begin with lesson 1";
/// The button to go on with.
pub const GO_ON: &str = "Go on";
/// Above the lesson to go on with.
pub const LEFT_OFF: &str = "Where you left off";
/// Above what stands there when nothing is left.
pub const THROUGH: &str = "Where you are";
/// When every question was answered or skipped.
pub const THROUGH_TITLE: &str = "Through every lesson";
/// The same, at length.
pub const THROUGH_FAR: &str = "Every question has had its answer. Put in a load of your own, or go back to any lesson.";
/// Under the title of the lessons: what their pictures are.
pub const PICTURES: &str = "Each picture is a small prediction of its lesson, on two of its models.";
/// The link to the advice.
pub const TO_ADVICE: &str = "Which one for a load of your own?";
/// The place for a file of progress.
pub const BRING: &str = "Bring progress from a file: choose it, or drop it here";

/// How far somebody is in a lesson.
pub fn standing(standing: Standing) -> String {
    match standing {
        Standing::NotBegun => "Not begun".to_owned(),
        Standing::Begun => "Begun".to_owned(),
        Standing::Answered { answered, of } => format!("{answered} of {of} questions answered"),
    }
}

/// How far somebody is, and what comes next.
pub fn far(standing: Standing, next: Option<Step>) -> String {
    let next = next.map_or_else(String::new, |step| format!(" · next: {}", step.title()));
    format!("{}{next}", self::standing(standing))
}

/// A lesson by number and title.
pub fn numbered(number: usize, lesson: &Lesson) -> String {
    format!("Lesson {number}: {}", lesson.title)
}

/// What came of a file of progress.
pub fn brought(name: &str, (answers, lessons): (usize, usize)) -> String {
    let answers = counted(answers, "answer", "answers");
    format!("Taken over from {name}: {answers}, {}.", counted(lessons, "lesson", "lessons"))
}

/// Of a file that is too long to be what it should be.
pub fn too_long(name: &str, longest: usize) -> String {
    let most = if longest < 1_000_000 { format!("{} kB", longest / 1000) } else { format!("{} MB", longest >> 20) };
    format!("{name} is longer than {most}, which no such file is: choose another.")
}

/// Of a file that cannot be read.
pub fn unreadable(name: &str) -> String {
    format!("{name} cannot be read: see that it is a file, and still there.")
}

/// The title of the advice.
pub const ADVISE_TITLE: &str = "Which one, for your load?";
/// What the page does.
pub const ADVISE_LEAD: &str =
    "Put in your own numbers. Every model is predicted on them, as CPython would run it, and ranked.";
/// Above the fields.
pub const LOAD: &str = "Your load";
/// Above the ranking.
pub const RANKING: &str = "All models, predicted";
/// What the ranking shows.
pub const RANKING_NOTE: &str = "The bars share one axis. Each small picture is the run itself, on an axis of its own.";
/// While a load is being predicted.
pub const PREDICTING: &str = "Being predicted …";
/// Above the flowchart.
pub const RULE_TITLE: &str = "The rule of thumb";
/// Above the matrix.
pub const MATRIX: &str = "What each is like";
/// What stands in the matrix.
pub const MATRIX_NOTE: &str =
    "Each figure is predicted as you look, by the lesson under it with its own numbers, not with your load.";
/// What a row of the matrix compares.
pub const PROPERTY: &str = "Property";
/// The link to the runs in full.
pub const SEE_RUNS: &str = "See these runs in full, in lesson 16";

/// The load in words.
pub fn load(load: &Load) -> String {
    let at_once = load.limit.map_or_else(|| "all at once".to_owned(), |limit| format!("at most {limit} at once"));
    let tasks = counted(load.tasks as usize, "task", "tasks");
    format!("{tasks}, {at_once}, on {}", counted(load.cores.get().into(), "core", "cores"))
}

/// Of the model that is advised, and of others that come as close to the fastest.
pub fn close(place: usize, ties: bool) -> Option<String> {
    match (place, ties) {
        (0, _) => Some("advised".to_owned()),
        (_, true) => Some(format!("within {:.0} % of the fastest", TIE * 100.0)),
        (_, false) => None,
    }
}

/// The link to a lesson that shows why.
pub fn shows_why(lesson: &Lesson) -> String {
    format!("The lesson that shows why: {}", lesson.title)
}

/// A question of the rule with its answer, for whoever does not see the chart.
pub fn asked(asked: &Asked) -> String {
    format!("{} {}: {}.", asked.ask, if asked.is_so { "Yes" } else { "No" }, asked.figures)
}

/// Where the questions lead.
pub fn leads_to(rule: Rule) -> String {
    format!("So the rule is: {}", rule.says())
}

/// The figure of a cell.
pub fn figure(cell: &Cell, figure: f64) -> String {
    let digits = if cell.unit.is_empty() || figure >= 100.0 {
        0
    } else if figure >= 10.0 {
        1
    } else {
        2
    };
    let space = if cell.unit == "×" { "" } else { " " };
    format!("{figure:.digits$}{space}{}", cell.unit).trim_end().to_owned()
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
