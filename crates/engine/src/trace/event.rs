//! The events of which a trace is made, and what they can say.

use serde::{Deserialize, Serialize};

use crate::error::RunError;
use crate::program::Outcome;
use crate::sync::{Answer, ObjectId, ObjectKind, Use, Wait};
use crate::time::Nanos;
use crate::trace::{LaneId, Line, Post, Process, TaskId};

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
        /// The process that it belongs to: threads of one process share its GIL.
        process: Process,
    },
    /// An object that tasks share was made.
    Object {
        /// Its number, the next one that is free.
        object: ObjectId,
        /// Its name.
        name: String,
        /// What it is.
        kind: ObjectKind,
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
        /// The task that ended what it did before: who let go of the lock, ended, or made way. `None` where nobody did: time
        /// passed, an answer came, or the task itself went on.
        by: Option<TaskId>,
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
        /// How often a core went from one thread to another, where the clock can tell.
        switches: Option<Switches>,
        /// What the program found out, or why it came to no end.
        ending: Result<Outcome, RunError>,
    },
}

impl Event {
    /// When it happened; the appearance of a lane or an object has no time of its own.
    pub fn at(&self) -> Option<Nanos> {
        match self {
            Event::Lane { .. } | Event::Object { .. } => None,
            Event::Task { at, .. }
            | Event::Enter { at, .. }
            | Event::Mark { at, .. }
            | Event::End { at, .. }
            | Event::Finish { at, .. } => Some(*at),
        }
    }

    /// Whether a job that has told this may have nothing to tell for long: it computes, or waits for something.
    pub fn may_be_silent_after(&self) -> bool {
        let goes_on = matches!(
            self,
            Event::Mark { .. } | Event::Enter { activity: Activity::Running(Doing::Steps | Doing::Message), .. }
        );
        !goes_on
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
    /// A thread of a pool in a process of its own.
    ProcessThread,
    /// A process of one task.
    Process,
    /// A thread that an event loop sends blocking work to.
    ExecutorThread,
    /// The thread of an event loop.
    EventLoop,
    /// A pool's queue, in which tasks stand that have no worker yet.
    Queue,
}

impl LaneKind {
    /// Whether it is in a process other than the one that the program began in.
    pub fn is_in_another_process(self) -> bool {
        matches!(self, LaneKind::Process | LaneKind::PoolProcess | LaneKind::ProcessThread)
    }
}

/// How often a core went from one thread to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Because the thread had to wait.
    pub voluntary: u64,
    /// Because its time slice or its turn with the GIL was over.
    pub involuntary: u64,
}

/// What a mark stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkKind {
    /// The task wrote this line to the log.
    Log(String),
    /// The task spawned this one.
    Spawned(TaskId),
    /// The task used this object and did not wait, or had waited until then.
    Used(ObjectId, Used),
    /// The network answered this attempt at this request with this status.
    Answered {
        /// The request's number.
        request: u64,
        /// Which attempt, from 1.
        attempt: u32,
        /// The status code.
        status: u16,
    },
    /// The task began to wait, and with that a cycle of waiting was closed.
    Cycle(Vec<Wait>),
    /// One end of a message with the task's job or its result, between two processes.
    Message {
        /// Which message, and which end of it.
        post: Post,
        /// All the bytes of the message.
        bytes: u64,
        /// How long this end took over it.
        took: Nanos,
    },
    /// The process that had the task's job has died over it. It is given to another process where it is done again.
    Lost {
        /// Whether it is.
        again: bool,
    },
}

/// What was done with a shared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Used {
    /// A variable was read, and had this value.
    Read(i64),
    /// A variable was given this value.
    Wrote(i64),
    /// A lock or a permit was acquired.
    Acquired,
    /// A lock was let go of, or a permit given back.
    Released,
    /// The task gave up waiting.
    TimedOut,
    /// An event was set, a condition notified, a barrier reached, or a queue used.
    Other,
}

impl Used {
    /// The word for it, such as `acquired`.
    pub fn word(self) -> &'static str {
        match self {
            Used::Read(_) => "read",
            Used::Wrote(_) => "wrote",
            Used::Acquired => "acquired",
            Used::Released => "released",
            Used::TimedOut => "gave up",
            Used::Other => "used",
        }
    }

    /// What it comes to that a task used an object like this and got that answer.
    pub fn of(what: Use, answer: Answer) -> Used {
        match (what, answer) {
            (_, Answer::TimedOut) => Used::TimedOut,
            (Use::Read, Answer::Value(value)) => Used::Read(value),
            (Use::Write(value), _) => Used::Wrote(value),
            (Use::Acquire, _) => Used::Acquired,
            (Use::Release, _) => Used::Released,
            _ => Used::Other,
        }
    }
}

/// What a task is doing. Whatever is not running has a cause: the type leaves no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Activity {
    /// It runs, and keeps its lane and a core.
    Running(Doing),
    /// It could run, and something keeps it from it.
    Ready(ReadyFor),
    /// It could run, and another thread of its process holds the GIL.
    WantsGil,
    /// It waits for an object that tasks share.
    Blocked {
        /// Which.
        object: ObjectId,
        /// Who had it when the wait began, where it is one that is held.
        holder: Option<TaskId>,
    },
    /// It waits for something to happen.
    Waiting(WaitFor),
    /// It has no worker yet: all workers of its pool are busy.
    Queued,
}

/// What a running task is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Doing {
    /// The steps of its body.
    Steps,
    /// Work that takes CPU time.
    Work,
    /// Starting or ending a thread or a process.
    Starting,
    /// Writing or reading a message that goes from one process to another.
    Message,
}

/// What a task that could run is waiting for. Who is in its way is told by the spans of its lane, or of the cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReadyFor {
    /// Its turn on the event loop.
    Turn,
    /// The thread or the process that was given the task, and has yet to begin it.
    LaneStart,
    /// A core: all are busy with other threads.
    Core,
}

/// What a waiting task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WaitFor {
    /// A timer that comes due at this instant.
    Timer(Nanos),
    /// A call that comes back at this instant, and keeps the event loop from everything else.
    BlockingCall(Nanos),
    /// The end of another task.
    Task(TaskId),
    /// The network's answer to a request of this number, for which a timer stands in.
    Request(u64),
    /// The answer to a request of this number, on a real socket.
    Socket(u64),
}

/// The state of a task without its cause: what a colour and a pattern stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It runs.
    Running,
    /// It could run.
    Ready,
    /// It could run, had it the GIL.
    Gil,
    /// It waits for a lock or another shared object.
    Blocked,
    /// It waits for something to happen.
    Waiting,
    /// It has no worker yet.
    Queued,
}

impl Activity {
    /// The state, without its cause.
    pub fn state(self) -> State {
        match self {
            Activity::Running(_) => State::Running,
            Activity::Ready(_) => State::Ready,
            Activity::WantsGil => State::Gil,
            Activity::Blocked { .. } => State::Blocked,
            Activity::Waiting(_) => State::Waiting,
            Activity::Queued => State::Queued,
        }
    }

    /// Whether the task runs.
    pub fn is_running(self) -> bool {
        matches!(self, Activity::Running(_))
    }

    /// Whether the task keeps its event loop from all other tasks.
    pub fn holds_the_loop(self) -> bool {
        matches!(self, Activity::Running(_) | Activity::Waiting(WaitFor::BlockingCall(_)))
    }
}

impl State {
    /// Every state, in the order of a legend.
    pub const ALL: [State; 6] =
        [State::Running, State::Ready, State::Gil, State::Blocked, State::Waiting, State::Queued];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Ready => "ready",
            State::Gil => "wants the GIL",
            State::Blocked => "blocked",
            State::Waiting => "waiting",
            State::Queued => "queued",
        }
    }

    /// The same as one word of small letters, by which a style sheet can know it.
    pub fn id(self) -> &'static str {
        if self == State::Gil { "gil" } else { self.word() }
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
    /// The clock of whichever machine wrote a file: the run was measured there.
    File,
}

impl Clock {
    /// What a figure on this clock is to be called.
    pub fn label(self) -> &'static str {
        match self {
            Clock::Virtual => "predicted",
            Clock::Browser => "measured in this browser",
            Clock::Machine => "measured on this machine",
            Clock::File => "measured, from a file",
        }
    }
}
