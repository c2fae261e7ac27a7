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

/// Says what is being done, for as long as the result lives. On a terminal the line then makes room for the report.
///
/// Nothing moves meanwhile: a spinner would use the CPU time that is being measured.
#[must_use = "the line is taken away when this is dropped"]
pub fn progress(text: impl Display) -> Progress {
    let fleeting = stderr().is_terminal();
    let _ = if fleeting { write!(stderr(), "{text} … ") } else { writeln!(stderr(), "{text}") };
    let _ = stderr().flush();
    Progress { fleeting }
}

/// A line about what is being done.
pub struct Progress {
    fleeting: bool,
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.fleeting {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}
