//! The events of which a trace is made, and what they can say.

use serde::{Deserialize, Serialize};

use crate::program::Outcome;
use crate::time::Nanos;
use crate::trace::{LaneId, Line, TaskId};

/// One thing that happened in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A lane appeared.
    Lane {
        /// Its number, the next one that is free.
        lane: LaneId,
        /// Its name.
        name: String,
        /// What it is.
        kind: LaneKind,
    },
    /// A task was made.
    Task {
        /// Its number, the next one that is free.
        task: TaskId,
        /// Its name.
        name: String,
        /// Who spawned it.
        parent: Option<TaskId>,
        /// When.
        at: Nanos,
    },
    /// A task changed its state, its lane or its reason to wait. This ends what it did before.
    Enter {
        /// Who.
        task: TaskId,
        /// Where.
        lane: LaneId,
        /// Which state, and why.
        activity: Activity,
        /// When.
        at: Nanos,
        /// The source line that led here.
        line: Option<Line>,
    },
    /// Something happened at an instant.
    Mark {
        /// Who.
        task: TaskId,
        /// Where.
        lane: LaneId,
        /// When.
        at: Nanos,
        /// What.
        mark: MarkKind,
        /// The source line that asked for it.
        line: Option<Line>,
    },
    /// A task ended.
    End {
        /// Who.
        task: TaskId,
        /// When.
        at: Nanos,
    },
    /// The program ended.
    Finish {
        /// When.
        at: Nanos,
        /// CPU time used, where the clock can tell.
        cpu: Option<Nanos>,
        /// What the program found out.
        outcome: Outcome,
    },
}

impl Event {
    /// When it happened; a lane's appearance has no time of its own.
    pub fn at(&self) -> Option<Nanos> {
        match self {
            Event::Lane { .. } => None,
            Event::Task { at, .. }
            | Event::Enter { at, .. }
            | Event::Mark { at, .. }
            | Event::End { at, .. }
            | Event::Finish { at, .. } => Some(*at),
        }
    }
}

/// What a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LaneKind {
    /// The thread that a program starts on.
    Main,
    /// A thread of one task.
    Thread,
    /// A thread of a pool.
    PoolThread,
    /// A process of a pool.
    PoolProcess,
    /// The thread of an event loop.
    EventLoop,
    /// A pool's queue, in which tasks stand that have no worker yet.
    Queue,
}

/// What a mark stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkKind {
    /// The task wrote this line to the log.
    Log(String),
    /// The task spawned this one.
    Spawned(TaskId),
}

/// What a task is doing. Whatever is not running has a cause: the type leaves no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Activity {
    /// It runs.
    Running,
    /// It could run, and something keeps it from it.
    Ready(ReadyFor),
    /// It waits for something to happen.
    Waiting(WaitFor),
    /// It has no worker yet: all workers of its pool are busy.
    Queued,
}

/// What a task that could run is waiting for. Who is in its way is told by the spans of its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReadyFor {
    /// Its turn on the event loop.
    Turn,
    /// The thread or the process that was given the task, and has yet to begin it.
    LaneStart,
}

/// What a waiting task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WaitFor {
    /// A timer that comes due at this instant.
    Timer(Nanos),
    /// The end of another task.
    Task(TaskId),
}

/// The state of a task without its cause: what a colour and a pattern stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It runs.
    Running,
    /// It could run.
    Ready,
    /// It waits for something to happen.
    Waiting,
    /// It has no worker yet.
    Queued,
}

impl Activity {
    /// The state, without its cause.
    pub fn state(self) -> State {
        match self {
            Activity::Running => State::Running,
            Activity::Ready(_) => State::Ready,
            Activity::Waiting(_) => State::Waiting,
            Activity::Queued => State::Queued,
        }
    }
}

impl State {
    /// Every state, in the order of a legend.
    pub const ALL: [State; 4] = [State::Running, State::Ready, State::Waiting, State::Queued];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Ready => "ready",
            State::Waiting => "waiting",
            State::Queued => "queued",
        }
    }
}

/// The clock that a run's times are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Clock {
    /// A virtual clock: the run is predicted.
    Virtual,
    /// A browser's clock: the run is measured there.
    Browser,
    /// A machine's own clock: the run is measured natively.
    Machine,
}

impl Clock {
    /// What a figure on this clock is to be called.
    pub fn label(self) -> &'static str {
        match self {
            Clock::Virtual => "predicted",
            Clock::Browser => "measured in this browser",
            Clock::Machine => "measured on this machine",
        }
    }
}
