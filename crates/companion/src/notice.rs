//! What the program says beside its report, on standard error. Nobody may be listening there, which is no reason to
//! end: `eprintln!` would panic.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};

/// Says something that is worth knowing and nothing to worry about.
pub fn note(text: impl Display) {
    let _ = writeln!(stderr(), "note: {text}");
}

/// Says what is wrong.
pub fn error(text: impl Display) {
    let _ = writeln!(stderr(), "error: {text}");
}

/// Says what is being done, for as long as the result lives, and only on a terminal: a file would keep what has passed.
///
/// Nothing moves by itself: a spinner would use the CPU time that is being measured.
#[must_use = "the line is taken away when this is dropped"]
pub fn progress(text: impl Display) -> Progress {
    let progress = Progress { on_terminal: stderr().is_terminal() };
    progress.say(text);
    progress
}

/// A line about what is being done.
pub struct Progress {
    on_terminal: bool,
}

impl Progress {
    /// Says another thing in the place of the last.
    pub fn say(&self, text: impl Display) {
        if self.on_terminal {
            let _ = write!(stderr(), "\r\x1b[2K{text} … ");
            let _ = stderr().flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.on_terminal {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}
