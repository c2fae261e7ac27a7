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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// A task failed, and its program did not carry on without it.
    Task(TaskFailed),
    /// No task can go on, and nothing is left that could wake one.
    Stalled {
        /// The names of the tasks that wait.
        waiting: Vec<String>,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Task(failed) => failed.fmt(f),
            RunError::Stalled { waiting } => {
                write!(f, "the run stands still: {} wait for something that nobody is left to do", waiting.join(", "))
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
