//! The log of a run as text, in the shape that Python programs print: `HH:MM:SS:lane:message`.

use std::fmt;

use crate::time::Nanos;
use crate::trace::{Marked, TaskId, Trace, sort_by_numbers};

/// One line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// When it was written, from the start of the run.
    pub at: Nanos,
    /// The name of the lane that wrote it.
    pub lane: &'a str,
    /// The task that wrote it.
    pub task: TaskId,
    /// What it says.
    pub text: &'a str,
}

impl Trace {
    /// The log, in the order of time. Lines of one instant keep the order in which they were reported.
    pub fn log(&self) -> Vec<LogLine<'_>> {
        let lines = self.marks.iter().filter_map(|mark| match mark.kind {
            Marked::Log(text) => {
                Some(LogLine { at: mark.at, lane: self.lane_name(mark.lane), task: mark.task, text: self.text(text) })
            }
            _ => None,
        });
        let mut lines: Vec<_> = lines.collect();
        sort_by_numbers(&mut lines, |line| [line.at.0]);
        lines
    }

    /// The log with its times in the program's own seconds: a run at ten times the speed reads as one at full length.
    pub fn log_in_program_time(&self) -> Vec<LogLine<'_>> {
        let mut lines = self.log();
        for line in &mut lines {
            line.at = line.at.scaled(self.speed.factor());
        }
        lines
    }
}

impl fmt::Display for LogLine<'_> {
    /// `HH:MM:SS:lane:message`, counted from 00:00:00, whole seconds that have passed. A timer may be read a little
    /// under its second, so half a millisecond is forgiven.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.at + Nanos(500_000)).0 / 1_000_000_000;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}:{}:{}", seconds % 60, self.lane, self.text)
    }
}
