//! How a trace grows: by events that are told to it, or directly, as the simulator tells it very much.

use serde::{Deserialize, Serialize};

use super::{
    Activity, Event, Finish, Lane, LaneId, Line, Mark, MarkKind, Marked, Object, Span, TaskId, TaskRecord, Trace,
};
use crate::time::Nanos;

impl Trace {
    /// Adds what `event` says. An event about a lane or a task that was never announced is left out.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Lane { lane, name, kind, process } => {
                let name = self.names.add(&name);
                if lane.0 as usize == self.lanes.len() {
                    self.lanes.push(Lane { name, kind, process });
                }
            }
            Event::Object { object, name, kind } => {
                let name = self.names.add(&name);
                if object.0 as usize == self.objects.len() {
                    self.objects.push(Object { name, kind });
                }
            }
            Event::Task { task, name, parent, at } => self.begin(task, &name, parent, at),
            Event::Enter { task, lane, activity, at, line, by } => self.enter(task, lane, activity, at, line, by),
            Event::Mark { task, lane, at, mark, line } => self.mark(task, lane, at, mark, line),
            Event::End { task, at } => self.end_task(task, at),
            Event::Finish { at, cpu, switches, ending } => {
                self.end = self.end.max(at);
                self.finished = Some(Finish { at, cpu, switches, ending });
            }
        }
    }

    /// A task was made: what [`Event::Task`] says.
    pub(crate) fn begin(&mut self, task: TaskId, name: &str, parent: Option<TaskId>, at: Nanos) {
        self.end = self.end.max(at);
        let name = self.names.add(name);
        if task.0 as usize == self.tasks.len() {
            if self.tasks.len() == self.tasks.capacity() {
                self.make_room();
            }
            self.tasks.push(TaskRecord { name, parent, spawned: at, ended: None });
            self.open.push(None);
        }
    }

    /// Makes room for twice as many tasks, and for what they will leave behind: who makes very many tasks makes them first, so this
    /// moves little, where growing later would move everything again and again.
    #[cold]
    fn make_room(&mut self) {
        self.tasks.reserve(1);
        let most = self.tasks.capacity();
        make_room(&mut self.open, most);
        make_room(&mut self.spans, most * SPANS_A_TASK);
        make_room(&mut self.marks, most * MARKS_A_TASK);
    }

    /// A task changed what it does: what [`Event::Enter`] says.
    #[inline]
    pub(crate) fn enter(
        &mut self,
        task: TaskId,
        lane: LaneId,
        activity: Activity,
        at: Nanos,
        line: Option<Line>,
        by: Option<TaskId>,
    ) {
        self.end = self.end.max(at);
        if lane.0 as usize >= self.lanes.len() {
            return;
        }
        let Some(open) = self.open.get_mut(task.0 as usize) else { return };
        if let Some(before) = open
            && before.says_something(at, activity.is_running())
        {
            self.spans.push(before.until(task, at, by));
        }
        *open = Some(Open { lane, activity, start: at, line });
    }

    /// Something happened at an instant: what [`Event::Mark`] says.
    #[inline]
    pub(crate) fn mark(&mut self, task: TaskId, lane: LaneId, at: Nanos, mark: MarkKind, line: Option<Line>) {
        self.end = self.end.max(at);
        if task.0 as usize >= self.tasks.len() || lane.0 as usize >= self.lanes.len() {
            return;
        }
        let kind = match mark {
            MarkKind::Log(text) => Marked::Log(self.names.add(&text)),
            MarkKind::Spawned(child) => Marked::Spawned(child),
            MarkKind::Used(object, used) => Marked::Used(object, used),
            MarkKind::Answered { request, attempt, status } => Marked::Answered { request, attempt, status },
            MarkKind::Cycle(cycle) => {
                self.cycles.push(cycle);
                Marked::Cycle(self.cycles.len() as u32 - 1)
            }
            MarkKind::Message { post, bytes, took } => Marked::Message { post, bytes, took },
            MarkKind::Lost { again } => Marked::Lost { again },
        };
        self.marks.push(Mark { lane, task, at, kind, line });
    }

    /// A task ended: what [`Event::End`] says.
    pub(crate) fn end_task(&mut self, task: TaskId, at: Nanos) {
        self.end = self.end.max(at);
        let Some(open) = self.open.get_mut(task.0 as usize) else { return };
        if let Some(before) = open.take()
            && before.says_something(at, false)
        {
            self.spans.push(before.until(task, at, None));
        }
        self.tasks[task.0 as usize].ended = Some(at);
    }
}

/// What a task does, and since when: a span that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Open {
    lane: LaneId,
    activity: Activity,
    start: Nanos,
    line: Option<Line>,
}

/// How many spans a task is expected to leave behind, where its turns cost time. More are as welcome.
const SPANS_A_TASK: usize = 8;

/// How many marks a task is expected to leave behind.
const MARKS_A_TASK: usize = 4;

/// Makes room for `most`. What is not used yet is not copied either, as growing in place would do: it costs no memory before it
/// is written to.
fn make_room<T>(some: &mut Vec<T>, most: usize) {
    if some.capacity() < most {
        let mut more = Vec::with_capacity(most);
        more.append(some);
        *some = more;
    }
}

impl Open {
    /// Whether it is told when it ends at `at`. A span of no length says nothing unless it shows that the task ran, and not even
    /// then where the task runs on in another way.
    #[inline]
    fn says_something(&self, at: Nanos, runs_on: bool) -> bool {
        at > self.start || (self.activity.is_running() && !runs_on)
    }

    #[inline]
    pub(super) fn until(&self, task: TaskId, at: Nanos, ended_by: Option<TaskId>) -> Span {
        let Open { lane, activity, start, line } = *self;
        Span { lane, task, activity, start, end: at.max(start), line, ended_by }
    }
}
