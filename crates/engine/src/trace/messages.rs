//! What goes between processes: the messages that take jobs there and results back.

use serde::{Deserialize, Serialize};

use crate::time::Nanos;
use crate::trace::{Marked, Trace};

/// A message of a task's, and one end of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Post {
    /// The job is serialised and written.
    JobWritten,
    /// The job is read, from its first byte on, and made a job again.
    JobRead,
    /// The result is serialised. In a measured run, that it is written shows where it is read: a pipe holds little.
    ResultWritten,
    /// The result is read.
    ResultRead,
}

/// What the messages of a run come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// How many were written.
    pub count: u64,
    /// All their bytes.
    pub bytes: u64,
    /// The time that both ends of all of them took.
    pub took: Nanos,
    /// How many jobs were lost with a process that died over them, each as often as that happened.
    pub lost: u64,
}

impl Post {
    /// Whether this is the end that writes.
    pub fn is_written(self) -> bool {
        matches!(self, Post::JobWritten | Post::ResultWritten)
    }

    /// The words for it, such as `job written`.
    pub fn word(self) -> &'static str {
        match self {
            Post::JobWritten => "job written",
            Post::JobRead => "job read",
            Post::ResultWritten => "result written",
            Post::ResultRead => "result read",
        }
    }
}

impl Trace {
    /// What its messages come to; `None` where no process was sent any.
    pub fn messages(&self) -> Option<Messages> {
        let mut sum = Messages::default();
        for mark in &self.marks {
            match mark.kind {
                Marked::Message { post, bytes, took } => {
                    let written = u64::from(post.is_written());
                    sum.count += written;
                    sum.bytes += written * bytes;
                    sum.took = sum.took + took;
                }
                Marked::Lost { .. } => sum.lost += 1,
                _ => {}
            }
        }
        (sum != Messages::default()).then_some(sum)
    }
}
