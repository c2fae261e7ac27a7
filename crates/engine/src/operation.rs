//! The closed list of things that a task can ask for, and the replies.

use std::panic::Location;

use crate::error::TaskFailed;
use crate::time::Nanos;
use crate::trace::{Line, TaskId};

/// Something that a task asks of whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Write a line to the log; the reply is [`Reply::Done`].
    Log(String),
    /// Wait for this long without using a core; the reply is [`Reply::Done`].
    Sleep(Nanos),
    /// Start a task for this job where the model puts it; the reply is [`Reply::Spawned`].
    Spawn(Job),
    /// Wait until this task has ended; the reply is [`Reply::Joined`].
    Join(TaskId),
    /// Count the tasks that the event loop has registered and not yet ended; the reply is [`Reply::Counted`].
    CountTasks,
}

/// The answer to an [`Operation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The operation is over and has no result.
    Done,
    /// The task that was made.
    Spawned(TaskId),
    /// What the joined task returned, serialised, or why it could not.
    Joined(Result<Vec<u8>, TaskFailed>),
    /// The number of registered tasks; `None` where the model keeps no register.
    Counted(Option<usize>),
}

/// Work that can be handed to a task anywhere, in another process too: a name to show and a serialised body.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Job {
    /// The name of the task, as the timeline shows it.
    pub name: String,
    /// The job as [`crate::program::Work`] serialised it.
    pub payload: Vec<u8>,
}

/// One operation on its way: asked for, perhaps begun, not yet answered.
#[derive(Debug)]
pub struct Request {
    /// What is asked for.
    pub operation: Operation,
    /// The source line that asked.
    pub line: Line,
    /// When whoever runs the task took the operation up; `None` before.
    pub begun: Option<Nanos>,
}

impl Request {
    /// A request made at the caller's own source line.
    #[track_caller]
    pub fn new(operation: Operation) -> Request {
        Request { operation, line: Line(Location::caller().line()), begun: None }
    }
}
