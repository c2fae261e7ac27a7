//! The spans of a trace by task, and who held what when: what explanations and hints look things up in.

use crate::sync::{ObjectId, ObjectKind};
use crate::time::Nanos;
use crate::trace::{Activity, LaneId, LaneKind, Marked, Span, TaskId, Trace, Used, sort_by_numbers};

/// The spans of a trace, by task and in the order of time; those that still go on are drawn out to its end.
#[derive(Clone, Debug)]
pub(crate) struct SpansByTask {
    spans: Vec<Span>,
    /// Where the spans of each task begin; one entry more than there are tasks.
    first: Vec<u32>,
}

/// What each task of a trace did.
pub(crate) struct Lives<'t> {
    trace: &'t Trace,
    spans: SpansByTask,
}

/// A stretch of time for which a task held a lock or a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// What it held.
    pub object: ObjectId,
    /// Who.
    pub task: TaskId,
    /// Since when.
    pub from: Nanos,
    /// When it let go; `None` where it has not.
    pub to: Option<Nanos>,
}

impl SpansByTask {
    pub(crate) fn new(trace: &Trace) -> SpansByTask {
        let open: Vec<Span> = trace.open_until(trace.end()).collect();
        let recorded = || trace.spans.iter().chain(&open);
        // Counted and put where they belong, they take two walks (Knuth, The Art of Computer Programming 5.2, algorithm D).
        let mut first = vec![0; trace.tasks.len() + 1];
        for span in recorded() {
            first[span.task.0 as usize + 1] += 1;
        }
        let mut before = 0;
        for count in &mut first {
            before += *count;
            *count = before;
        }
        let mut next = first.clone();
        let mut order: Vec<&Span> = recorded().collect();
        for span in recorded() {
            let place = &mut next[span.task.0 as usize];
            order[*place as usize] = span;
            *place += 1;
        }
        // As they are recorded, those of one task are nearly always in order. Orders are stable: of two spans that begin at one
        // instant, the shorter was over first.
        sort_by_numbers(&mut order, |span| [span.task.0.into(), span.start.0, span.end.0]);
        SpansByTask { spans: order.into_iter().copied().collect(), first }
    }

    /// All spans, by task.
    pub(crate) fn all(&self) -> &[Span] {
        &self.spans
    }

    /// The spans of one task, in the order of time.
    pub(crate) fn of(&self, task: TaskId) -> &[Span] {
        let index = task.0 as usize;
        match (self.first.get(index), self.first.get(index + 1)) {
            (Some(&first), Some(&after)) => &self.spans[first as usize..after as usize],
            _ => &[],
        }
    }
}

impl<'t> Lives<'t> {
    pub(crate) fn new(trace: &'t Trace) -> Lives<'t> {
        Lives { trace, spans: SpansByTask::new(trace) }
    }

    /// All spans, by task.
    pub(crate) fn all(&self) -> &[Span] {
        self.spans.all()
    }

    /// The spans of one task, in the order of time.
    pub(crate) fn of(&self, task: TaskId) -> &[Span] {
        self.spans.of(task)
    }

    /// What a task was doing at an instant. A span without length is found where nothing else is.
    pub(crate) fn at(&self, task: TaskId, at: Nanos) -> Option<&Span> {
        let spans = self.of(task);
        let span = spans.get(spans.partition_point(|span| span.start <= at).checked_sub(1)?)?;
        (at < span.end || span.start == at || self.goes_on(span)).then_some(span)
    }

    /// Whether a span is not over by the end of the trace.
    pub(crate) fn goes_on(&self, span: &Span) -> bool {
        let ended = self.trace.tasks.get(span.task.0 as usize).and_then(|record| record.ended);
        ended.is_none() && self.of(span.task).last() == Some(span)
    }

    /// The lanes of the workers who take tasks from a queue, told by where its tasks went; none where none went on yet.
    pub(crate) fn workers(&self, queue: LaneId) -> Vec<LaneId> {
        let kind_of = |lane: LaneId| self.trace.lanes.get(lane.0 as usize).map(|record| record.kind);
        let leaves_it = |pair: &&[Span]| {
            pair[0].task == pair[1].task && pair[0].lane == queue && pair[0].activity == Activity::Queued
        };
        let kind = self.all().windows(2).find(leaves_it).and_then(|pair| kind_of(pair[1].lane));
        let lanes = (0..self.trace.lanes.len() as u32).map(LaneId);
        lanes.filter(|&lane| kind.is_some_and(|kind| kind != LaneKind::Queue && kind_of(lane) == Some(kind))).collect()
    }
}

/// Who held locks and permits, and from when to when, in the order in which they were acquired.
pub(crate) fn holdings(trace: &Trace) -> Vec<Holding> {
    let mut marks: Vec<_> = trace.marks.iter().collect();
    sort_by_numbers(&mut marks, |mark| [mark.at.0]);
    let mut book = Book { holdings: Vec::new(), open: vec![Vec::new(); trace.objects.len()] };
    for mark in marks {
        let Marked::Used(object, used) = mark.kind else { continue };
        let Some(kind) = trace.objects.get(object.0 as usize).map(|record| record.kind) else { continue };
        match (kind, used) {
            (ObjectKind::Lock | ObjectKind::ReentrantLock | ObjectKind::Semaphore(_), Used::Acquired) => {
                book.acquire(object, kind, mark.task, mark.at);
            }
            (ObjectKind::Lock | ObjectKind::ReentrantLock | ObjectKind::Semaphore(_), Used::Released) => {
                book.release(object, mark.task, mark.at);
            }
            // Who waits for a condition lets go of its lock without a word. Whoever is through with using it has the lock.
            (ObjectKind::Condition(lock), _) if !book.holds(lock, mark.task) => {
                book.acquire(lock, ObjectKind::Lock, mark.task, mark.at);
            }
            _ => {}
        }
    }
    book.holdings
}

/// The holdings so far, and by object those that go on, each with how often it was taken.
struct Book {
    holdings: Vec<Holding>,
    open: Vec<Vec<(usize, u32)>>,
}

impl Book {
    fn acquire(&mut self, object: ObjectId, kind: ObjectKind, task: TaskId, at: Nanos) {
        let Some(open) = self.open.get_mut(object.0 as usize) else { return };
        if !matches!(kind, ObjectKind::Semaphore(_)) {
            if let Some((_, times)) = open.iter_mut().find(|(holding, _)| self.holdings[*holding].task == task) {
                *times += 1;
                return;
            }
            for (holding, _) in open.drain(..) {
                self.holdings[holding].to = Some(at);
            }
        }
        open.push((self.holdings.len(), 1));
        self.holdings.push(Holding { object, task, from: at, to: None });
    }

    /// A semaphore's permit may be given back by another task than took it.
    fn release(&mut self, object: ObjectId, task: TaskId, at: Nanos) {
        let Some(open) = self.open.get_mut(object.0 as usize) else { return };
        let own = open.iter().position(|(holding, _)| self.holdings[*holding].task == task);
        let Some(place) = own.or((!open.is_empty()).then_some(0)) else { return };
        open[place].1 -= 1;
        if open[place].1 == 0 {
            let (holding, _) = open.remove(place);
            self.holdings[holding].to = Some(at);
        }
    }

    fn holds(&self, object: ObjectId, task: TaskId) -> bool {
        let open = self.open.get(object.0 as usize);
        open.is_some_and(|open| open.iter().any(|(holding, _)| self.holdings[*holding].task == task))
    }
}
