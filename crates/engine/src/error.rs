//! What can go wrong in a run, as sentences.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A task ended without a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFailed {
    /// The task's name.
    pub task: String,
    /// Why, as the end of the sentence "TASK failed: …".
    pub reason: String,
}

impl fmt::Display for TaskFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {} failed: {}", self.task, self.reason)
    }
}

impl std::error::Error for TaskFailed {}

/// A run ended without an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunError {
    /// A task failed, and its program did not carry on without it.
    Task(TaskFailed),
    /// Tasks wait for one another in a circle, and none of them will ever go on.
    Deadlock(Vec<Link>),
    /// No task can go on, and nothing is left that could wake one.
    Stalled {
        /// The names of the tasks that wait.
        waiting: Vec<String>,
    },
    /// A prediction went on for longer than one may.
    Endless {
        /// How many things had happened by then: tasks were polled, and threads had to give way.
        happened: u64,
    },
}

/// One link of a deadlock, by name: who waits for whom, and because of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Who waits.
    pub task: String,
    /// For which object; `None` where it joins the holder.
    pub object: Option<String>,
    /// Who has it.
    pub holder: String,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Link { task, object, holder } = self;
        match object {
            Some(object) => write!(f, "{task} waits for {object}, which {holder} holds"),
            None => write!(f, "{task} waits for the end of {holder}"),
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Task(failed) => failed.fmt(f),
            RunError::Deadlock(links) => {
                let links: Vec<String> = links.iter().map(Link::to_string).collect();
                write!(f, "deadlock: {}", links.join("; "))
            }
            RunError::Stalled { waiting } => {
                write!(f, "the run stands still: {} wait for something that nobody is left to do", waiting.join(", "))
            }
            RunError::Endless { happened } => {
                write!(
                    f,
                    "{happened} things have happened and no end is in sight; no more are predicted: perhaps tasks give way \
                     to each other for ever, or there is more work than fits one run, so give it less"
                )
            }
        }
    }
}

impl std::error::Error for RunError {}

impl From<TaskFailed> for RunError {
    fn from(failed: TaskFailed) -> Self {
        RunError::Task(failed)
    }
}
