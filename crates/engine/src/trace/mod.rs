//! The trace: all that a run leaves behind, and the only thing that timelines, logs, summaries and exports look at.
//!
//! A run, predicted or measured, is told as a stream of [`Event`]s. [`Trace::apply`] folds them into lanes, tasks,
//! spans and marks, so a trace can be looked at while it grows.

mod agreement;
mod at;
mod cause;
mod chrome;
mod critical;
mod event;
mod flat;
mod gil;
mod lives;
mod log;
mod messages;
mod moments;
mod names;
mod order;
mod recording;
mod short;
mod summary;
mod view;
mod why;

use serde::{Deserialize, Serialize};

pub use agreement::{Disagreement, agreement};
pub use at::{Gil, History, Instant, Standing, Thing};
pub use cause::Causes;
pub use chrome::chrome_json;
pub use critical::Leg;
pub use event::{Activity, Clock, Doing, Event, LaneKind, MarkKind, ReadyFor, State, Switches, Used, WaitFor};
pub use lives::Holding;
pub(crate) use lives::{Lives, holdings};
pub use log::LogLine;
pub use messages::{Messages, Post};
pub use moments::Moments;
pub use order::sort_by_numbers;
pub use summary::{Summary, speedup};
pub use view::{Counts, Row, RowKind, Shows, Stretch};
pub use why::{NotThere, Step};

use names::Names;
use recording::Open;

use crate::error::{Link, RunError};
use crate::model::{Model, Speed};
use crate::program::Outcome;
use crate::sync::{ObjectId, ObjectKind, Wait};
use crate::time::Nanos;

/// A task, numbered from 0 (the program's first task) in the order of spawning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub u32);

/// A lane, numbered from 0 in the order of appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LaneId(pub u32);

/// A process, numbered from 0, in which the program begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Process(pub u32);

/// A line, counted from 1, of the source file that holds the task's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Line(pub u32);

/// A text of the trace, kept apart so that all else in it has a fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameId(u32);

/// Something that tasks run on or wait in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Its name, such as `Thread-1`.
    pub name: NameId,
    /// What it is.
    pub kind: LaneKind,
    /// The process that it belongs to.
    pub process: Process,
}

/// Something that tasks share, such as a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its name.
    pub name: NameId,
    /// What it is.
    pub kind: ObjectKind,
}

/// What the trace knows of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// Its name.
    pub name: NameId,
    /// Who spawned it; `None` for the first task.
    pub parent: Option<TaskId>,
    /// When it was spawned.
    pub spawned: Nanos,
    /// When it ended; `None` while it has not.
    pub ended: Option<Nanos>,
}

/// A stretch of time that one task spent on one lane in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Where.
    pub lane: LaneId,
    /// Who.
    pub task: TaskId,
    /// In which state, and for a state that is not running, why.
    pub activity: Activity,
    /// From when.
    pub start: Nanos,
    /// Until when.
    pub end: Nanos,
    /// The source line that led here.
    pub line: Option<Line>,
    /// The task that ended it: who let go of the lock, ended, or made way. `None` where time or the task itself did.
    pub ended_by: Option<TaskId>,
}

/// An instant at which something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Where.
    pub lane: LaneId,
    /// Who.
    pub task: TaskId,
    /// When.
    pub at: Nanos,
    /// What.
    pub kind: Marked,
    /// The source line that asked for it.
    pub line: Option<Line>,
}

/// What a [`Mark`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Marked {
    /// The task wrote this line to the log.
    Log(NameId),
    /// The task spawned this one.
    Spawned(TaskId),
    /// The task used this object.
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
    /// The task closed this cycle of [`Trace::cycles`].
    Cycle(u32),
    /// One end of a message with the task's job or its result.
    Message {
        /// Which message, and which end of it.
        post: Post,
        /// All the bytes of the message.
        bytes: u64,
        /// How long this end took over it.
        took: Nanos,
    },
    /// The process that had the task's job has died over it.
    Lost {
        /// Whether the job was done again.
        again: bool,
    },
}

/// A run as it was recorded. Times are nanoseconds from its start, on the clock that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The model that ran.
    pub model: Model,
    /// The clock that its times were read from.
    pub clock: Clock,
    /// By how much the program's delays were divided.
    pub speed: Speed,
    /// The lanes, by [`LaneId`].
    pub lanes: Vec<Lane>,
    /// The tasks, by [`TaskId`].
    pub tasks: Vec<TaskRecord>,
    /// The objects that tasks share, by [`ObjectId`].
    pub objects: Vec<Object>,
    /// The cycles of waiting that were closed.
    pub cycles: Vec<Vec<Wait>>,
    /// The spans that are over, in the order in which that was told: a loop that was busy tells later of a timer that came due
    /// meanwhile.
    #[serde(with = "flat")]
    pub spans: Vec<Span>,
    /// The marks, in the order in which they were reported.
    #[serde(with = "flat")]
    pub marks: Vec<Mark>,
    /// How the run ended; `None` while it goes on.
    pub finished: Option<Finish>,
    /// What each task does, by [`TaskId`].
    open: Vec<Option<Open>>,
    end: Nanos,
    names: Names,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// When the first task ended, or when it was clear that it never would.
    pub at: Nanos,
    /// CPU time used, where the clock can tell.
    pub cpu: Option<Nanos>,
    /// How often a core went from one thread to another, where the clock can tell.
    pub switches: Option<Switches>,
    /// What the program found out, or why it came to no end.
    pub ending: Result<Outcome, RunError>,
}

impl Trace {
    /// A trace in which nothing has happened yet.
    pub fn new(model: Model, clock: Clock, speed: Speed) -> Trace {
        Trace {
            model,
            clock,
            speed,
            lanes: Vec::new(),
            tasks: Vec::new(),
            objects: Vec::new(),
            cycles: Vec::new(),
            spans: Vec::new(),
            marks: Vec::new(),
            finished: None,
            open: Vec::new(),
            end: Nanos::ZERO,
            names: Names::default(),
        }
    }

    /// All spans, those that still go on drawn out to `now` at the latest.
    pub fn spans_until(&self, now: Nanos) -> impl Iterator<Item = Span> + '_ {
        self.spans.iter().copied().chain(self.open_until(now))
    }

    /// The spans that still go on, drawn out to `now` at the latest.
    pub(crate) fn open_until(&self, now: Nanos) -> impl Iterator<Item = Span> + '_ {
        let open = self.open.iter().enumerate();
        open.filter_map(move |(task, open)| open.map(|open| open.until(TaskId(task as u32), now, None)))
    }

    /// What a task still does, drawn out to the end of the trace.
    pub(crate) fn ongoing(&self, task: TaskId) -> Option<Span> {
        let open = self.open.get(task.0 as usize).copied().flatten()?;
        Some(open.until(task, self.end(), None))
    }

    /// The latest instant that the trace speaks of.
    pub fn end(&self) -> Nanos {
        self.end
    }

    /// The text behind `name`.
    pub fn text(&self, name: NameId) -> &str {
        self.names.text(name)
    }

    /// The name of a task.
    pub fn task_name(&self, task: TaskId) -> &str {
        self.tasks.get(task.0 as usize).map_or("?", |record| self.text(record.name))
    }

    /// The name of a lane.
    pub fn lane_name(&self, lane: LaneId) -> &str {
        self.lanes.get(lane.0 as usize).map_or("?", |record| self.text(record.name))
    }

    /// The process that a lane belongs to; the first one where the lane is unknown.
    pub fn process(&self, lane: LaneId) -> Process {
        self.lanes.get(lane.0 as usize).map_or(Process(0), |record| record.process)
    }

    /// The name of a shared object.
    pub fn object_name(&self, object: ObjectId) -> &str {
        self.objects.get(object.0 as usize).map_or("?", |record| self.text(record.name))
    }

    /// What the program found out; `None` while it runs, and where it came to no end.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.finished.as_ref()?.ending.as_ref().ok()
    }

    /// Why the run came to no end, if so.
    pub fn failure(&self) -> Option<&RunError> {
        self.finished.as_ref()?.ending.as_ref().err()
    }

    /// A cycle of waiting by its names.
    pub fn links(&self, cycle: &[Wait]) -> Vec<Link> {
        let link = |wait: &Wait| Link {
            task: self.task_name(wait.task).to_owned(),
            object: wait.object.map(|object| self.object_name(object).to_owned()),
            holder: self.task_name(wait.holder).to_owned(),
        };
        cycle.iter().map(link).collect()
    }
}
