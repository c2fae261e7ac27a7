//! The messages between a run and its isolated Workers. They are plain data as bytes (postcard), and both sides are the same
//! module, so they carry no version.

use engine::operation::Job;
use engine::program::Ended;
use engine::time::Nanos;
use engine::trace::{Event, LaneId, TaskId};
use engine::work::SpinRate;
use serde::{Deserialize, Serialize};

use crate::browser::clock;
use crate::run::Wish;

/// What an isolated Worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Make this lesson's program ready; the answer is [`Answer::Prepared`].
    Prepare {
        /// What is run.
        wish: Wish,
        /// How fast this machine spins: to find out for itself would take a Worker longer than to start.
        spin: SpinRate,
    },
    /// Do a job; the last answer is [`Answer::Ended`].
    Do {
        /// The lane, which is the Worker.
        lane: LaneId,
        /// The task whose job it is.
        task: TaskId,
        /// The job.
        job: Job,
        /// The run's clock.
        anchor: Anchor,
    },
}

/// What an isolated Worker says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// The program is ready, or why it is not.
    Prepared(Result<(), String>),
    /// These things happened in the job.
    Happened(Vec<Event>),
    /// The job is over.
    Ended(Ended),
    /// It panicked with these words, and will say nothing more.
    Broke(String),
}

/// An instant on the run's clock and on that of all Workers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Anchor {
    run: Nanos,
    all: f64,
}

impl Anchor {
    /// This instant, which the run's clock calls `now`.
    pub fn new(now: Nanos) -> Anchor {
        Anchor { run: now, all: clock() }
    }

    /// What the run's clock shows when that of all Workers shows so many milliseconds.
    pub fn at(self, all: f64) -> Nanos {
        self.run + Nanos(((all - self.all).max(0.0) * 1e6) as u64)
    }
}

/// A message as it travels: of as many bytes as it needs, and of `least` at the least. What a lesson only describes is filled
/// up with zeros, so that as much is really copied.
pub fn pack(message: &impl Serialize, least: u64) -> Vec<u8> {
    let mut bytes = engine::protocol::encode(message);
    bytes.resize(bytes.len().max(least as usize), 0);
    bytes
}
