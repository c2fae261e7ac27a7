//! A simulated thread: which tasks it runs, and what it is to do when it next runs.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use crate::event_loop::Back;
use crate::operation::{Exchange, Job, Reply};
use crate::packed::Packed;
use crate::program::{Body, Ended};
use crate::simulate::machine::ThreadId;
use crate::sync::Waiting;
use crate::time::Nanos;
use crate::trace::{Doing, LaneId, Line, Process, TaskId};

/// A thread of the simulated machine.
pub(super) struct SimulatedThread {
    pub(super) lane: LaneId,
    pub(super) process: Process,
    /// The tasks that it runs: the last one runs, and each of the others waits for the one after it. Of an event loop's
    /// thread, the task that is being polled.
    pub(super) tasks: Vec<TaskId>,
    /// What it is busy with while it runs.
    pub(super) doing: Doing,
    /// What it does when it next runs.
    pub(super) then: Then,
    /// The event loop that runs on it.
    pub(super) event_loop: Option<SimulatedLoop>,
}

/// What a thread does when it next runs.
#[derive(Debug)]
pub(super) enum Then {
    /// It gives its task this answer, or polls it for the first time.
    Go(Option<Reply>),
    /// It hands its task what the network answered.
    Receive(Exchange, Line),
    /// It reads a message, which takes this much CPU time, and then gives its task this answer.
    Read(Nanos, Reply),
    /// It begins this task.
    Begin(TaskId),
    /// It finds a place for a job that its task has spawned.
    Place(Box<Job>, Line),
    /// It has this task begin on its new lane.
    Start { task: TaskId, lane: LaneId },
    /// It publishes how its task ended.
    End(Ended),
    /// It takes up what its event loop is at.
    Loop,
}

/// An event loop as the machine sees it.
pub(super) struct SimulatedLoop {
    /// The loop itself; away while it is being polled.
    pub(super) future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    /// Whether it is parked: it may be woken before its timer.
    pub(super) is_parked: bool,
    /// Whether what it waits for is over.
    pub(super) is_resumed: bool,
    /// The work that it sends away, and the lane that it is for, while it spends what that costs.
    pub(super) sent: Option<(TaskId, LaneId)>,
    /// The work that it sent away and that has come back, with the time that it takes to read the result.
    pub(super) returned: VecDeque<Back>,
}

/// Where a task is.
pub(super) struct Place {
    pub(super) lane: LaneId,
    /// The thread that runs it; `None` before it has one.
    pub(super) thread: Option<ThreadId>,
}

/// A task as the simulation knows it.
#[derive(Default)]
pub(super) struct SimulatedTask {
    pub(super) stage: Stage,
    /// The bytes of the messages that take its job to a process and its result back.
    pub(super) message_bytes: (u64, u64),
    /// What it waits for that another task is to do.
    pub(super) waits: Option<Waiting>,
    pub(super) waited_for: Option<Waiter>,
}

#[derive(Default)]
pub(super) enum Stage {
    /// It has a job, and no lane yet on which to begin.
    Placed(Packed),
    /// It has begun; its body is away while it is being polled.
    Begun(Option<Body>),
    /// Its event loop has it.
    #[default]
    OnLoop,
    /// It has ended, and nobody has joined it.
    Ended(Ended),
    /// It has ended and was joined.
    Joined,
}

/// Who goes on when a task ends, and with which answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiter {
    Joiner(TaskId),
    /// The spawner of a task that runs on its spawner's own lane.
    Caller(TaskId),
    /// The event loop on this thread, which sent the work away.
    Loop(ThreadId),
}

impl SimulatedTask {
    pub(super) fn take_result(&mut self) -> Option<Ended> {
        match std::mem::replace(&mut self.stage, Stage::Joined) {
            Stage::Ended(result) => Some(result),
            other => {
                self.stage = other;
                None
            }
        }
    }
}
