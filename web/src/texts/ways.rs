//! The texts of the other ways to look at a lesson: presented, compared, in a frame, and a result that is opened.

use engine::model::Model;
use engine::time::Nanos;
use lessons::Lesson;

use crate::state::keys::Heard;

/// The link that presents a lesson.
pub const PRESENT: &str = "Present";
/// What it is good for.
pub const PRESENT_IS: &str = "Show it to a class, a slide after the other (Esc comes back)";
/// Above a rule.
pub const RULE: &str = "The rule to take away";
/// Above the options of a question.
pub const VOTE: &str = "Count hands: press an option or its number, once a vote.";
/// Above things to put in order: nine cannot be ordered by a show of hands, but the first of them can be found.
pub const VOTE_FIRST: &str = "Which comes first? Count hands: press it or its number, once a vote.";
/// Below a question that has no options.
pub const SAY: &str = "Collect some answers before you go on.";
/// The button that goes back.
pub const BACK: &str = "Back";
/// The button that blanks the screen.
pub const BLANK: &str = "Blank";
/// What a blank screen says to whoever cannot see it.
pub const IS_BLANK: &str = "The screen is blank. Press any key or here to show it again.";
/// The button that leaves a presentation, a comparison.
pub const LEAVE: &str = "Back to the lesson";

/// The button that goes on, on a slide.
pub fn go_on(slide: crate::state::present::Slide, next: Option<crate::state::present::Slide>) -> String {
    use crate::state::present::Slide;
    match (slide, next) {
        (Slide::Ask(_), _) => "Reveal the answer".to_owned(),
        (_, Some(Slide::Ask(place))) => format!("Question {}", place + 1),
        (_, Some(Slide::Run(model))) => format!("Run: {}", model.title()),
        (_, Some(Slide::Rule)) => RULE.to_owned(),
        (_, Some(_)) => "On".to_owned(),
        (_, None) => "The end".to_owned(),
    }
}

/// Where in a presentation somebody is.
pub fn slide_of(place: usize, count: usize) -> String {
    format!("{} / {count}", place + 1)
}

/// The letter of an option.
pub fn option_letter(place: usize) -> char {
    char::from(b'A' + (place % 26) as u8)
}

/// How many voted for an option.
pub fn votes(votes: u32) -> String {
    format!("{votes} {}", if votes == 1 { "vote" } else { "votes" })
}

/// The instant that decides, large.
pub fn decided(model: Model, at: Nanos) -> String {
    format!("Decided at {at} on “{}”.", model.title())
}

/// The sheet of keys.
pub const KEYS: &str = "Keys";
/// The button that opens it.
pub const SHOW_KEYS: &str = "Keys (?)";
/// The button that closes it.
pub const CLOSE: &str = "Close";
/// Where the sheet can be opened.
pub const KEYS_NOTE: &str =
    "Keys are left to a field while you type in it. Everything else is reached by Tab, and pressed by Space or Enter.";

/// Where keys are heard.
pub fn heard(heard: Heard) -> &'static str {
    match heard {
        Heard::Anywhere => "Anywhere",
        Heard::Timelines => "On the timelines",
        Heard::Tabs => "On the tabs",
        Heard::Presenting => "While presenting, by remote too",
    }
}

/// The button that keeps the present state beside what is changed.
pub const COMPARE: &str = "Compare with…";
/// The same while something is compared already.
pub const KEEP: &str = "Keep B as A";
/// What it does.
pub const COMPARE_IS: &str = "Keeps the present state as A; what you change from now on is B beside it";
/// Above a comparison.
pub const COMPARED: &str = "Two states side by side";
/// What a comparison is.
pub const COMPARED_IS: &str =
    "A is what you kept. Change anything below: that is B. All of it is predicted, and the link carries both.";
/// The button that exchanges the two.
pub const SWAP: &str = "Swap A and B";
/// Above the table of what differs.
pub const DIFFERENCES: &str = "What differs";
/// The column of names.
pub const SETTING: &str = "Setting";
/// The column of what was kept.
pub const KEPT: &str = "kept";
/// The column of what is changed.
pub const CHANGED: &str = "changed";

/// The link from a frame to the whole page.
pub const OPEN_WHOLE: &str = "Open in Interleave ↗";
/// Above the HTML of a frame.
pub const FRAME: &str = "A frame of it for a course page, which never measures:";
/// Of a page that only this machine can see.
pub const FRAME_OWN_MACHINE: &str =
    "This page is served by your own machine, which lets no site frame it: put the address of a public copy there.";

/// The HTML of a frame.
pub fn frame(lesson: &Lesson, address: &str) -> String {
    let address = address.replace('&', "&amp;");
    format!(
        "<iframe src=\"{address}\" title=\"{} · Interleave\" width=\"100%\" height=\"720\" loading=\"lazy\"></iframe>",
        lesson.title
    )
}

/// The page that opens results, and its link.
pub const OPEN: &str = "Open a result";
/// What it does.
pub const OPEN_IS: &str = "A run that was measured elsewhere, on your machine or somebody’s, is shown beside the prediction for the same values: \
                           its timelines, its log and its figures. The file stays in this browser.";
/// In the place for a file.
pub const DROP: &str = "Open a result here, or drop it";
/// Above the command.
pub const OPEN_WRITE: &str = "This writes one:";
/// A command that writes a result.
pub const OPEN_COMMAND: &str = "interleave run delay-messages --result run.result";
/// What becomes of a file that is not whole.
pub const OPEN_NOTE: &str = "A file that breaks off is shown as far as it goes.";
