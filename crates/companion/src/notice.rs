//! What the program says beside its report, on standard error. Nobody may be listening there, which is no reason to
//! end: `eprintln!` would panic.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use engine::time::Nanos;
use terminal_size::{Width, terminal_size_of};

/// The line about what is being done, where it is seen. Whatever else is said stands above it.
static LINE: Mutex<Line> = Mutex::new(Line::None);

/// What stands behind that line: it goes on.
const BEHIND: &str = " … ";

/// Says something that is worth knowing and nothing to worry about.
pub fn note(text: impl Display) {
    say(format_args!("note: {text}"));
}

/// Says what is wrong.
pub fn error(text: impl Display) {
    say(format_args!("error: {text}"));
}

/// Says what is being done, for as long as the result lives, and only on a terminal: a file would keep what has passed.
#[must_use = "the line is taken away when this is dropped"]
pub fn progress(text: impl Display) -> Progress {
    let progress = Progress { on_terminal: stderr().is_terminal() };
    progress.say(text);
    progress
}

/// What stands in that line.
enum Line {
    None,
    Shown(String),
    /// Nothing any more, whatever anybody still has to say.
    Ended,
}

/// A line about what is being done.
pub struct Progress {
    on_terminal: bool,
}

impl Progress {
    /// Does something that takes about so long, and says meanwhile what `text` is of the time that has passed: once a second, so that
    /// hardly anything of what is measured is the telling.
    pub fn saying<T>(
        &self,
        about: Option<Nanos>,
        text: impl Fn(Nanos) -> String + Sync,
        work: impl FnOnce() -> T,
    ) -> T {
        const EVERY: Duration = Duration::from_secs(1);
        self.say(text(Nanos::ZERO));
        let is_long = about.is_some_and(|about| about > Nanos::from(2 * EVERY));
        if !(self.on_terminal && is_long) {
            return work();
        }
        thread::scope(|scope| {
            let (under_way, ends) = channel::<()>();
            let tell = || {
                let (ends, began) = (ends, Instant::now());
                while ends.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                    self.say(text(began.elapsed().into()));
                }
            };
            // Where no thread is left for it, the line stands as it is.
            let _ = thread::Builder::new().spawn_scoped(scope, tell);
            let done = work();
            drop(under_way);
            done
        })
    }

    /// Says another thing in the place of the last.
    pub fn say(&self, text: impl Display) {
        if self.on_terminal {
            let mut line = line();
            if matches!(*line, Line::Ended) {
                return;
            }
            take_away(&line);
            // A line that is broken could not be taken away.
            let width = terminal_size_of(stderr()).map_or(usize::MAX, |(Width(columns), _)| columns.into());
            *line = Line::Shown(text.to_string().chars().take(width.saturating_sub(BEHIND.len())).collect());
            show(&line);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.on_terminal {
            let mut line = line();
            take_away(&line);
            if !matches!(*line, Line::Ended) {
                *line = Line::None;
            }
        }
    }
}

/// Takes the line about what is being done away for good: it no longer is.
pub fn end_progress() {
    take_away(&std::mem::replace(&mut *line(), Line::Ended));
}

fn say(text: impl Display) {
    let line = line();
    take_away(&line);
    let _ = writeln!(stderr(), "{text}");
    show(&line);
}

fn show(line: &Line) {
    if let Line::Shown(text) = line {
        let _ = write!(stderr(), "{text}{BEHIND}");
        let _ = stderr().flush();
    }
}

fn take_away(line: &Line) {
    if matches!(line, Line::Shown(_)) {
        let _ = write!(stderr(), "\r\x1b[2K");
    }
}

fn line() -> MutexGuard<'static, Line> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}
