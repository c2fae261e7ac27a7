//! The closed list of things that a task can ask for, and the replies.

use std::panic::Location;

use crate::network::{Responded, Response};
use crate::packed::Packed;
use crate::program::Ended;
use crate::sync::{Answer, ObjectId, ObjectKind, Use};
use crate::time::Nanos;
use crate::trace::{Line, TaskId};
use crate::work::Computation;

/// Something that a task asks of whoever runs it.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Write a line to the log; the reply is [`Reply::Done`].
    Log(String),
    /// Wait for this long without using a core, and let others run meanwhile; the reply is [`Reply::Done`].
    Sleep(Nanos),
    /// Call something that does not come back for this long, without using a core. A thread may as well sleep; an event
    /// loop stands still. The reply is [`Reply::Done`].
    Block(Nanos),
    /// Compute; the reply is [`Reply::Value`] with the result.
    Compute(Computation),
    /// Wait for an answer from the network; the reply is [`Reply::Responded`].
    Request(Exchange),
    /// Start a task for this job where the model puts it; the reply is [`Reply::Spawned`].
    Spawn(Box<Job>),
    /// Start a task for this job beside the event loop, which goes on meanwhile; the reply is [`Reply::Spawned`], or
    /// [`Reply::Here`] where there is no such place.
    Offload(Box<Job>, Executor),
    /// Wait until this task has ended; the reply is [`Reply::Joined`].
    Join(TaskId),
    /// Make an object that tasks share, under this name; the reply is [`Reply::Made`].
    Make(ObjectKind, String),
    /// Use a shared object, for no longer than `patience` where that is given; the reply is [`Reply::Used`].
    Use {
        /// Which.
        object: ObjectId,
        /// What for.
        what: Use,
        /// How long the task will wait; `None` for as long as it takes.
        patience: Option<Nanos>,
    },
    /// Let others run that are ready; the reply is [`Reply::Done`].
    Yield,
    /// Count the tasks that the event loop has registered and not yet ended; the reply is [`Reply::Counted`].
    CountTasks,
}

/// Where a loop can send work that would hold it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executor {
    /// A thread of the loop's default executor, as `asyncio.to_thread` does.
    Thread,
    /// Wherever the model sends work: threads, processes, or nowhere.
    Model,
}

/// One attempt at a request, its answer already drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The request's number.
    pub request: u64,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// What the network will answer, and after how long.
    pub response: Response,
}

/// The answer to an [`Operation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The operation is over and has no result.
    Done,
    /// The result of a computation.
    Value(i64),
    /// What the network answered.
    Responded(Responded),
    /// The task that was made.
    Spawned(TaskId),
    /// There is no other place for the job: the task is to do it itself.
    Here,
    /// What the joined task returned, serialised, or why it could not.
    Joined(Ended),
    /// The object that was made.
    Made(ObjectId),
    /// What using a shared object came to.
    Used(Answer),
    /// The number of registered tasks; `None` where the model keeps no register.
    Counted(Option<usize>),
}

/// Work that can be handed to a task anywhere, in another process too: a name to show and a serialised body.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Job {
    /// The name of the task, as the timeline shows it.
    pub name: String,
    /// The job as [`crate::program::Work`] serialised it.
    pub payload: Packed,
    /// The bytes of a message that hands the job to another process, in the program that the lesson is about.
    pub message_bytes: u64,
    /// The bytes of the message that brings its result back.
    pub result_bytes: u64,
}

/// One operation on its way: asked for, perhaps begun, not yet answered.
#[derive(Debug)]
pub struct Request {
    /// What is asked for.
    pub operation: Operation,
    /// The source line that asked.
    pub line: Line,
    /// Whether whoever runs the task has taken the operation up.
    pub has_begun: bool,
}

impl Request {
    /// A request made at the caller's own source line.
    #[track_caller]
    pub fn new(operation: Operation) -> Request {
        Request::at(Line(Location::caller().line()), operation)
    }

    /// A request made at this source line.
    pub(crate) fn at(line: Line, operation: Operation) -> Request {
        Request { operation, line, has_begun: false }
    }
}
