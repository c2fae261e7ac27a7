//! The trace: all that a run leaves behind, and the only thing that timelines, logs, summaries and exports look at.
//!
//! A run, predicted or measured, is told as a stream of [`Event`]s. [`Trace::apply`] folds them into lanes, tasks,
//! spans and marks, so a trace can be looked at while it grows.

mod agreement;
mod cause;
mod chrome;
mod event;
mod log;
mod summary;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub use agreement::{Disagreement, agreement};
pub use chrome::chrome_json;
pub use event::{Activity, Clock, Event, LaneKind, MarkKind, ReadyFor, State, WaitFor};
pub use log::LogLine;
pub use summary::{Summary, speedup};

use crate::model::{Model, Speed};
use crate::program::Outcome;
use crate::time::Nanos;

/// A task, numbered from 0 (the program's first task) in the order of spawning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub u32);

/// A lane, numbered from 0 in the order of appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LaneId(pub u32);

/// A line, counted from 1, of the source file that holds the task's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Line(pub u32);

/// A text of the trace, stored once however often it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

/// Something that tasks run on or wait in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its name, such as `Thread-1`.
    pub name: NameId,
    /// What it is.
    pub kind: LaneKind,
}

/// What the trace knows of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// An instant at which something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// The task wrote this line to the log.
    Log(NameId),
    /// The task spawned this one.
    Spawned(TaskId),
}

/// A run as it was recorded. Times are nanoseconds from its start, on the clock that it names.
#[derive(Clone, Debug, PartialEq)]
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
    /// The spans that are over, in the order in which they ended.
    pub spans: Vec<Span>,
    /// The marks, in the order in which they were reported.
    pub marks: Vec<Mark>,
    /// How the run ended; `None` while it goes on.
    pub finished: Option<Finish>,
    open: Vec<Option<Span>>,
    end: Nanos,
    names: Vec<String>,
    name_ids: HashMap<String, NameId>,
}

/// The end of a run that went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// When the first task ended.
    pub at: Nanos,
    /// CPU time used, where the clock can tell.
    pub cpu: Option<Nanos>,
    /// What the program found out.
    pub outcome: Outcome,
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
            spans: Vec::new(),
            marks: Vec::new(),
            finished: None,
            open: Vec::new(),
            end: Nanos::ZERO,
            names: Vec::new(),
            name_ids: HashMap::new(),
        }
    }

    /// Adds what `event` says. An event about a lane or a task that was never announced is left out.
    pub fn apply(&mut self, event: Event) {
        self.end = self.end.max(event.at().unwrap_or_default());
        match event {
            Event::Lane { lane, name, kind } => {
                let name = self.intern(name);
                if lane.0 as usize == self.lanes.len() {
                    self.lanes.push(Lane { name, kind });
                }
            }
            Event::Task { task, name, parent, at } => {
                let name = self.intern(name);
                if task.0 as usize == self.tasks.len() {
                    self.tasks.push(TaskRecord { name, parent, spawned: at, ended: None });
                    self.open.push(None);
                }
            }
            Event::Enter { task, lane, activity, at, line } => {
                if self.knows(task, lane) {
                    self.close(task, at);
                    self.open[task.0 as usize] = Some(Span { lane, task, activity, start: at, end: at, line });
                }
            }
            Event::Mark { task, lane, at, mark, line } => {
                if self.knows(task, lane) {
                    let kind = match mark {
                        MarkKind::Log(text) => Marked::Log(self.intern(text)),
                        MarkKind::Spawned(child) => Marked::Spawned(child),
                    };
                    self.marks.push(Mark { lane, task, at, kind, line });
                }
            }
            Event::End { task, at } => {
                if (task.0 as usize) < self.tasks.len() {
                    self.close(task, at);
                    self.tasks[task.0 as usize].ended = Some(at);
                }
            }
            Event::Finish { at, cpu, outcome } => self.finished = Some(Finish { at, cpu, outcome }),
        }
    }

    /// All spans, those that still go on drawn out to `now` at the latest.
    pub fn spans_until(&self, now: Nanos) -> impl Iterator<Item = Span> + '_ {
        let open = self.open.iter().flatten().map(move |span| Span { end: now.max(span.start), ..*span });
        self.spans.iter().copied().chain(open)
    }

    /// The latest instant that the trace speaks of.
    pub fn end(&self) -> Nanos {
        self.end
    }

    /// The text behind `name`.
    pub fn text(&self, name: NameId) -> &str {
        &self.names[name.0 as usize]
    }

    /// The name of a task.
    pub fn task_name(&self, task: TaskId) -> &str {
        self.tasks.get(task.0 as usize).map_or("?", |record| self.text(record.name))
    }

    /// The name of a lane.
    pub fn lane_name(&self, lane: LaneId) -> &str {
        self.lanes.get(lane.0 as usize).map_or("?", |record| self.text(record.name))
    }

    fn knows(&self, task: TaskId, lane: LaneId) -> bool {
        (task.0 as usize) < self.tasks.len() && (lane.0 as usize) < self.lanes.len()
    }

    /// Ends the task's open span. A span of no length says nothing unless it shows that the task ran.
    fn close(&mut self, task: TaskId, at: Nanos) {
        let Some(span) = self.open[task.0 as usize].take() else {
            return;
        };
        let span = Span { end: at.max(span.start), ..span };
        if span.end > span.start || span.activity == Activity::Running {
            self.spans.push(span);
        }
    }

    fn intern(&mut self, text: String) -> NameId {
        if let Some(&id) = self.name_ids.get(&text) {
            return id;
        }
        let id = NameId(self.names.len() as u32);
        self.names.push(text.clone());
        self.name_ids.insert(text, id);
        id
    }
}
