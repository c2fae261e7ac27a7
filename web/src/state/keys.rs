//! The keys of the page, in one table: whoever hears a key looks here for what it means, and the sheet of keys lists it.

use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Where keys are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Anywhere on the page.
    Anywhere,
    /// On the timelines and the bar beneath them.
    Timelines,
    /// On the names of the tabs.
    Tabs,
    /// Anywhere while a lesson is presented.
    Presenting,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Opens the sheet of keys.
    Sheet,
    /// Takes the last change back.
    Undo,
    /// Takes the last undo back.
    Redo,
    /// Plays or pauses.
    Play,
    /// Goes to what comes next: an event, a tab, a slide.
    Next,
    /// Goes to what comes before.
    Before,
    /// Goes to the next event of the run that is presented.
    EventOn,
    /// Goes to the event before.
    EventBack,
    /// Goes to the first.
    First,
    /// Goes to the last.
    Last,
    /// Looks closer.
    Closer,
    /// Looks from further away.
    Further,
    /// Moves the window to what was sooner.
    Sooner,
    /// Moves the window to what comes later.
    Later,
    /// Asks why the next task does not run.
    AskNext,
    /// Asks why the task before does not run.
    AskBefore,
    /// Shows all of it.
    Fit,
    /// Counts a vote for the option of this number.
    Vote,
    /// Blanks the screen, or shows it again.
    Blank,
    /// Puts away what is open.
    Leave,
}

/// What some keys do somewhere.
#[derive(Debug)]
pub struct Binding {
    /// Where.
    pub heard: Heard,
    /// The keys, each as [`chord`] writes it.
    pub chords: &'static [&'static str],
    /// What they do.
    pub act: Act,
    /// The same in words.
    pub says: &'static str,
}

const fn binding(heard: Heard, chords: &'static [&'static str], act: Act, says: &'static str) -> Binding {
    Binding { heard, chords, act, says }
}

use Heard::{Anywhere, Presenting, Tabs, Timelines};

/// All keys.
pub const BINDINGS: [Binding; 29] = [
    binding(Anywhere, &["?"], Act::Sheet, "This sheet"),
    binding(Anywhere, &["Ctrl+z"], Act::Undo, "Undo the last change"),
    binding(Anywhere, &["Ctrl+Shift+z", "Ctrl+y"], Act::Redo, "Redo"),
    binding(Timelines, &[" "], Act::Play, "Play or pause"),
    binding(Timelines, &["ArrowRight"], Act::Next, "To the next event"),
    binding(Timelines, &["ArrowLeft"], Act::Before, "To the event before"),
    binding(Timelines, &["Home"], Act::First, "To the beginning"),
    binding(Timelines, &["End"], Act::Last, "To the end"),
    binding(Timelines, &["+", "="], Act::Closer, "Zoom in on the playhead"),
    binding(Timelines, &["-"], Act::Further, "Zoom out"),
    binding(Timelines, &["0"], Act::Fit, "Fit all, or one run"),
    binding(Timelines, &["Shift+ArrowLeft"], Act::Sooner, "Move the window back"),
    binding(Timelines, &["Shift+ArrowRight"], Act::Later, "Move the window on"),
    binding(Timelines, &["ArrowDown"], Act::AskNext, "Ask why the next task is not running"),
    binding(Timelines, &["ArrowUp"], Act::AskBefore, "Ask why the task before is not running"),
    binding(Timelines, &["Escape"], Act::Leave, "Put the answer away"),
    binding(Tabs, &["ArrowRight"], Act::Next, "Next tab"),
    binding(Tabs, &["ArrowLeft"], Act::Before, "Tab before"),
    binding(Tabs, &["Home"], Act::First, "First tab"),
    binding(Tabs, &["End"], Act::Last, "Last tab"),
    binding(Presenting, &["PageDown", "ArrowRight", " ", "Enter"], Act::Next, "On: answers and runs appear"),
    binding(Presenting, &["PageUp", "ArrowLeft", "Backspace"], Act::Before, "Back"),
    binding(Presenting, &["1", "2", "3", "4", "5", "6", "7", "8", "9"], Act::Vote, "Count a vote for this option"),
    binding(Presenting, &["b", "."], Act::Blank, "Blank the screen, or show it again"),
    binding(Presenting, &["p"], Act::Play, "Play or pause"),
    binding(Presenting, &["ArrowDown"], Act::EventOn, "To the next event"),
    binding(Presenting, &["ArrowUp"], Act::EventBack, "To the event before"),
    binding(Presenting, &["Home"], Act::First, "To the first slide"),
    binding(Presenting, &["Escape"], Act::Leave, "Back to the lesson"),
];

impl Heard {
    /// All places, in the order of the sheet.
    pub const ALL: [Heard; 4] = [Anywhere, Timelines, Tabs, Presenting];
}

/// What a chord does somewhere.
pub fn act(heard: Heard, chord: &str) -> Option<Act> {
    let found = |chord: &str| {
        BINDINGS.iter().find(|binding| binding.heard == heard && binding.chords.contains(&chord)).map(|it| it.act)
    };
    // Where Shift means nothing of its own, it does no harm.
    found(chord).or_else(|| found(chord.strip_prefix("Shift+")?))
}

/// A key with what is held beside it, such as `Ctrl+Shift+z`. Alone, Shift is in a letter already.
pub fn chord(key: &str, is_control: bool, is_shift: bool) -> String {
    match (is_control, is_shift) {
        (false, _) if key.len() == 1 => key.to_ascii_lowercase(),
        (false, true) => format!("Shift+{key}"),
        (false, false) => key.to_owned(),
        (true, false) => format!("Ctrl+{}", key.to_ascii_lowercase()),
        (true, true) => format!("Ctrl+Shift+{}", key.to_ascii_lowercase()),
    }
}

/// What an event of the keyboard asks for, with the chord that it was asked with; `None` where it is meant for a field, for the
/// button that it would press, or for a dialog above all.
pub fn asked(heard: Heard, event: &KeyboardEvent) -> Option<(Act, String)> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let chord = chord(&event.key(), event.ctrl_key() || event.meta_key(), event.shift_key());
    let act = act(heard, &chord)?;
    let is =
        |selector: &str| target.as_ref().is_some_and(|element| element.closest(selector).is_ok_and(|it| it.is_some()));
    let is_left = match heard {
        // A text field has an undo of its own; a slider has none.
        Heard::Anywhere => is("input[type=text], textarea, select"),
        // Elsewhere on the stage these scroll the page.
        Heard::Timelines if matches!(act, Act::AskNext | Act::AskBefore) => !is("[role=slider]"),
        Heard::Timelines => is("input, select, textarea, summary"),
        Heard::Tabs => false,
        Heard::Presenting => is("dialog"),
    };
    let presses = matches!(chord.as_str(), " " | "Enter") && is("button, a");
    (!is_left && !presses && !event.alt_key()).then_some((act, chord))
}

/// A chord as it is written on keys.
pub fn name(chord: &str) -> String {
    let part = |part: &str| match part {
        " " => "Space".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowUp" => "↑".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "PageDown" => "Page down".to_owned(),
        "PageUp" => "Page up".to_owned(),
        "Escape" => "Esc".to_owned(),
        "+" => "+".to_owned(),
        key if key.len() == 1 => key.to_ascii_uppercase(),
        key => key.to_owned(),
    };
    match chord.split_once('+') {
        Some((held, rest)) if !held.is_empty() => format!("{held} + {}", name(rest)),
        _ => part(chord),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_means_one_thing_in_one_place() {
        for heard in Heard::ALL {
            let chords =
                || BINDINGS.iter().filter(move |binding| binding.heard == heard).flat_map(|binding| binding.chords);
            for one in chords() {
                assert_eq!(chords().filter(|other| *other == one).count(), 1, "{one} in {heard:?}");
                let is_heard_anywhere = heard != Heard::Anywhere && act(Heard::Anywhere, one).is_some();
                assert!(!is_heard_anywhere, "{one} is heard twice");
            }
        }
    }

    #[test]
    fn a_chord_is_found_however_it_is_typed_and_written_as_on_keys() {
        let of = |heard, key: &str, is_control, is_shift| act(heard, &chord(key, is_control, is_shift));
        assert_eq!(of(Heard::Anywhere, "?", false, true), Some(Act::Sheet));
        assert_eq!(of(Heard::Anywhere, "z", true, false), Some(Act::Undo));
        assert_eq!(of(Heard::Anywhere, "Z", true, true), Some(Act::Redo));
        assert_eq!(of(Heard::Anywhere, "z", false, false), None);
        assert_eq!(of(Heard::Timelines, "+", false, true), Some(Act::Closer));
        assert_eq!(of(Heard::Timelines, "ArrowRight", true, false), None);
        assert_eq!(of(Heard::Timelines, "ArrowRight", false, true), Some(Act::Later));
        assert_eq!(of(Heard::Presenting, "B", false, true), Some(Act::Blank));
        assert_eq!(of(Heard::Presenting, "PageDown", false, true), Some(Act::Next));
        assert_eq!(["Ctrl+Shift+z", "+", " ", "PageDown"].map(name), ["Ctrl + Shift + Z", "+", "Space", "Page down"]);
    }
}
