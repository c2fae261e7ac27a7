//! The machine at an instant: who runs, who is ready, which timers and requests are pending, who stands in which queue,
//! who has the GIL, and what shared objects hold.
//!
//! What began at the instant is there, what ended at it is not. All of it is read from spans and marks, so a predicted run
//! and a measured one tell the same.

use std::collections::BTreeMap;

use crate::sync::{ObjectId, ObjectKind};
use crate::time::Nanos;
use crate::trace::lives::{Holding, SpansByTask, holdings};
use crate::trace::{
    Activity, LaneId, LaneKind, Marked, Process, ReadyFor, Span, TaskId, Trace, Used, WaitFor, sort_by_numbers,
};

/// A trace in the order in which it is asked about instants. It is made once; an answer costs no walk over the trace.
#[derive(Clone, Debug)]
pub struct History {
    spans: SpansByTask,
    lanes: Vec<(LaneKind, Process)>,
    objects: Vec<Record>,
    /// What tasks read: the task, the variable, when, and the value. By task, then in the order of time.
    reads: Vec<(TaskId, Nanos, ObjectId, i64)>,
    /// The processes in which anybody ever wanted the GIL.
    with_gil: Vec<Process>,
    /// When each task is over, if it is.
    ended: Vec<Option<Nanos>>,
    end: Nanos,
}

/// What a shared object went through.
#[derive(Clone, Debug)]
struct Record {
    kind: ObjectKind,
    /// In the order of time; a variable's values.
    values: Vec<(Nanos, i64)>,
    /// In the order in which they were acquired.
    held: Vec<Holding>,
}

/// The machine at one instant. Times are those of the trace's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instant {
    /// Who runs, by lane.
    pub running: Vec<Standing>,
    /// Whose call keeps an event loop from all other tasks, and when it comes back.
    pub blocking: Vec<(Nanos, Standing)>,
    /// Who waits for a turn on an event loop, in the order of becoming ready.
    pub ready: Vec<Standing>,
    /// Who waits for a core, in the order of becoming ready.
    pub wants_core: Vec<Standing>,
    /// The timers that are set, the next one due first.
    pub timers: Vec<(Nanos, Standing)>,
    /// The requests under way, the oldest first.
    pub requests: Vec<(u64, Standing)>,
    /// Who waits for the end of another task, and for whose.
    pub joins: Vec<(TaskId, Standing)>,
    /// The lanes of pools, each with who stands uppermost on it.
    pub workers: Vec<(LaneId, Option<Standing>)>,
    /// The queues of pools, each with who stands in it, first come first.
    pub queues: Vec<(LaneId, Vec<Standing>)>,
    /// The GILs of processes in which threads ever had to wait for one.
    pub gils: Vec<Gil>,
    /// The shared objects, by number.
    pub objects: Vec<Thing>,
    /// What tasks read last from variables and may still go by: the task, the variable and the value.
    pub locals: Vec<(TaskId, ObjectId, i64)>,
}

/// A task somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// Since when.
    pub since: Nanos,
    /// Who.
    pub task: TaskId,
    /// Where.
    pub lane: LaneId,
}

/// The GIL of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gil {
    /// The process.
    pub process: Process,
    /// Who runs in it, and so has it.
    pub holder: Option<Standing>,
    /// Who wants it, in the order of coming.
    pub wanted_by: Vec<Standing>,
}

/// A shared object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Which.
    pub object: ObjectId,
    /// What it is.
    pub kind: ObjectKind,
    /// Who has it or a permit of it, first come first.
    pub holders: Vec<TaskId>,
    /// Who stands in line for it, first come first.
    pub waiters: Vec<Standing>,
    /// The value of a variable.
    pub value: Option<i64>,
}

impl Trace {
    /// This trace in the order in which it can be asked about instants; what still goes on lasts until its end.
    pub fn history(&self) -> History {
        let spans = SpansByTask::new(self);
        let mut objects: Vec<Record> = self
            .objects
            .iter()
            .map(|object| Record { kind: object.kind, values: Vec::new(), held: Vec::new() })
            .collect();
        for holding in holdings(self) {
            objects[holding.object.0 as usize].held.push(holding);
        }
        let mut reads = Vec::new();
        for mark in &self.marks {
            let Marked::Used(object, used) = mark.kind else { continue };
            let Some(record) = objects.get_mut(object.0 as usize) else { continue };
            match used {
                Used::Read(value) => reads.push((mark.task, mark.at, object, value)),
                Used::Wrote(value) => record.values.push((mark.at, value)),
                _ => {}
            }
        }
        // Stable orders: of two marks of one instant the later report is the later one.
        sort_by_numbers(&mut reads, |(task, at, ..)| [task.0.into(), at.0]);
        objects.iter_mut().for_each(|record| sort_by_numbers(&mut record.values, |(at, _)| [at.0]));
        let lanes: Vec<_> = self.lanes.iter().map(|lane| (lane.kind, lane.process)).collect();
        let wants = spans.all().iter().filter(|span| span.activity == Activity::WantsGil);
        let mut with_gil = Vec::new();
        for process in wants.map(|span| self.process(span.lane)) {
            if let Err(place) = with_gil.binary_search(&process) {
                with_gil.insert(place, process);
            }
        }
        let ended = self.tasks.iter().map(|task| task.ended).collect();
        History { spans, lanes, objects, reads, with_gil, ended, end: self.end() }
    }
}

impl History {
    /// The spans of one task, in the order of time.
    pub fn of(&self, task: TaskId) -> &[Span] {
        self.spans.of(task)
    }

    /// Who held locks and permits, by object and then in the order of acquiring.
    pub fn holdings(&self) -> impl Iterator<Item = &Holding> {
        self.objects.iter().flat_map(|record| &record.held)
    }

    /// All spans, by task.
    pub fn spans(&self) -> &[Span] {
        self.spans.all()
    }

    /// What a task does at an instant: the span that has begun and has not ended.
    pub fn span_at(&self, task: TaskId, at: Nanos) -> Option<&Span> {
        let spans = self.of(task);
        let span = &spans[spans.partition_point(|span| span.start <= at).checked_sub(1)?];
        let goes_on = || self.ended[task.0 as usize].is_none() && span.end == self.end && spans.last() == Some(span);
        (at < span.end || goes_on()).then_some(span)
    }

    /// What a task did right before an instant: the span that began earlier and had not ended.
    pub fn span_before(&self, task: TaskId, at: Nanos) -> Option<&Span> {
        let spans = self.of(task);
        let span = &spans[spans.partition_point(|span| span.start < at).checked_sub(1)?];
        (at <= span.end).then_some(span)
    }

    /// The machine at the instant `at`.
    pub fn at(&self, at: Nanos) -> Instant {
        let mut found = Instant { objects: self.things(at), ..Instant::default() };
        let mut on_lane: BTreeMap<LaneId, (bool, Standing)> = BTreeMap::new();
        let mut queued: BTreeMap<LaneId, Vec<Standing>> = BTreeMap::new();
        let mut gils: Vec<Gil> =
            self.with_gil.iter().map(|&process| Gil { process, holder: None, wanted_by: Vec::new() }).collect();
        for task in (0..self.ended.len() as u32).map(TaskId) {
            let Some(span) = self.span_at(task, at) else { continue };
            let standing = Standing { since: span.start, task, lane: span.lane };
            let gil = gils.iter_mut().find(|gil| self.lane(span.lane).is_some_and(|(_, of)| of == gil.process));
            match span.activity {
                Activity::Running(_) => {
                    found.running.push(standing);
                    gil.into_iter().for_each(|gil| gil.holder = Some(standing));
                }
                Activity::WantsGil => gil.into_iter().for_each(|gil| gil.wanted_by.push(standing)),
                Activity::Ready(ReadyFor::Turn) => found.ready.push(standing),
                Activity::Ready(ReadyFor::Core) => found.wants_core.push(standing),
                Activity::Waiting(WaitFor::Timer(due)) => found.timers.push((due, standing)),
                Activity::Waiting(WaitFor::BlockingCall(due)) => found.blocking.push((due, standing)),
                Activity::Waiting(WaitFor::Request(number) | WaitFor::Socket(number)) => {
                    found.requests.push((number, standing));
                }
                Activity::Waiting(WaitFor::Task(other)) => found.joins.push((other, standing)),
                Activity::Blocked { object, .. } => {
                    if let Some(thing) = found.objects.get_mut(object.0 as usize) {
                        thing.waiters.push(standing);
                    }
                }
                Activity::Queued => queued.entry(span.lane).or_default().push(standing),
                Activity::Ready(ReadyFor::LaneStart) => {}
            }
            // Whoever waits there for another task stands below all others, and of equals whoever came last above.
            let key = (!matches!(span.activity, Activity::Waiting(WaitFor::Task(_))), standing);
            on_lane.entry(span.lane).and_modify(|upper| *upper = (*upper).max(key)).or_insert(key);
            self.add_locals(task, at, &mut found.locals);
        }
        line_up(&mut found.ready);
        line_up(&mut found.wants_core);
        sort_by_numbers(&mut found.running, |running| [running.lane.0.into(), running.since.0, running.task.0.into()]);
        sort_by_numbers(&mut found.timers, |(due, waiting)| [due.0, waiting.since.0, waiting.task.0.into()]);
        sort_by_numbers(&mut found.requests, |(_, waiting)| [waiting.since.0, waiting.task.0.into()]);
        found.objects.iter_mut().for_each(|thing| line_up(&mut thing.waiters));
        for (lane, (kind, _)) in (0..).map(LaneId).zip(&self.lanes) {
            match kind {
                LaneKind::PoolThread | LaneKind::PoolProcess | LaneKind::ProcessThread | LaneKind::ExecutorThread => {
                    found.workers.push((lane, on_lane.get(&lane).map(|(_, standing)| *standing)));
                }
                LaneKind::Queue => {
                    let mut line = queued.remove(&lane).unwrap_or_default();
                    line_up(&mut line);
                    found.queues.push((lane, line));
                }
                _ => {}
            }
        }
        gils.iter_mut().for_each(|gil| line_up(&mut gil.wanted_by));
        found.gils = gils;
        found
    }

    fn lane(&self, lane: LaneId) -> Option<(LaneKind, Process)> {
        self.lanes.get(lane.0 as usize).copied()
    }

    /// The shared objects at an instant, without those who wait for them.
    fn things(&self, at: Nanos) -> Vec<Thing> {
        let thing = |(object, record): (ObjectId, &Record)| {
            let is_now = |holding: &&Holding| holding.from <= at && holding.to.is_none_or(|to| at < to);
            let begun = record.held.partition_point(|holding| holding.from <= at);
            let holders = record.held[..begun].iter().filter(is_now).map(|holding| holding.task).collect();
            let written = record.values.partition_point(|(when, _)| *when <= at).checked_sub(1);
            let value = match record.kind {
                ObjectKind::Variable(first) => Some(written.map_or(first, |index| record.values[index].1)),
                _ => None,
            };
            Thing { object, kind: record.kind, holders, waiters: Vec::new(), value }
        };
        (0..).map(ObjectId).zip(&self.objects).map(thing).collect()
    }

    fn add_locals(&self, task: TaskId, at: Nanos, into: &mut Vec<(TaskId, ObjectId, i64)>) {
        let first = self.reads.partition_point(|(reader, ..)| *reader < task);
        let after = self.reads.partition_point(|(reader, when, ..)| (*reader, *when) <= (task, at));
        let begin = into.len();
        for &(_, _, object, value) in self.reads[first..after.max(first)].iter().rev() {
            if !into[begin..].iter().any(|(_, known, _)| *known == object) {
                into.push((task, object, value));
            }
        }
    }
}

/// Puts tasks in the order in which they came.
fn line_up(standings: &mut Vec<Standing>) {
    sort_by_numbers(standings, |standing| [standing.since.0, standing.task.0.into()]);
}
