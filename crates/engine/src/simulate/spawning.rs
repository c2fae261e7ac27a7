//! How a spawned task comes to its lane, and what that costs.

use crate::operation::{Executor, Job, Reply};
use crate::placement::{NewLane, Owner, Place};
use crate::simulate::machine::ThreadId;
use crate::simulate::thread::{Stage, Then, Waiter};
use crate::simulate::world::{World, index};
use crate::sync::Waiting;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, LaneId, LaneKind, Line, MarkKind, Post, ReadyFor, TaskId, WaitFor};

impl World {
    /// Makes a task for `job` that has no place yet.
    pub(super) fn spawn(&mut self, spawner: TaskId, job: Job, line: Line) -> TaskId {
        let lane = self.places[index(spawner)].lane;
        let task = self.register(&job.name, Some(spawner), lane);
        let entry = self.task_mut(task);
        entry.message_bytes = (job.message_bytes, job.result_bytes);
        entry.stage = Stage::Placed(job.payload);
        self.mark(spawner, MarkKind::Spawned(task), Some(line));
        task
    }

    /// Makes a task of a job that the task on `thread` has spawned, and finds a place for it.
    pub(super) fn place(&mut self, thread: ThreadId, job: Job, line: Line) -> bool {
        let Some(&spawner) = self.thread_mut(thread).tasks.last() else { return false };
        let task = self.spawn(spawner, job, line);
        if self.is_process_model() {
            self.mark_message(task, Post::JobWritten);
        }
        match self.placement.place(Owner::Tasks, task) {
            Place::SpawnersLane(task) => {
                self.enter(spawner, Activity::Waiting(WaitFor::Task(task)), Some(line), None);
                self.tasks[index(task)].waited_for = Some(Waiter::Caller(spawner));
                self.tasks[index(spawner)].waits = Some(Waiting::End(task));
                self.put_on(thread, task);
                self.enter(task, Activity::Running(Doing::Steps), None, None);
                self.begin(thread, task)
            }
            Place::NewLane(task, new) => {
                let cost = self.open(task, &new);
                self.charge(thread, cost, Doing::Starting, Some(line), Then::Start { task, lane: new.lane })
            }
            Place::FreeLane(task, lane) => {
                self.start(task, lane);
                self.reply(Reply::Spawned(task))
            }
            Place::Queue(lane, new) => {
                self.queue(task, lane, new);
                self.reply(Reply::Spawned(task))
            }
        }
    }

    /// Sends a job of an event loop's task to where `executor` says. Returns the new task, and the CPU time that sending takes;
    /// `None` where there is no such place.
    pub(super) fn send_away(
        &mut self,
        loop_thread: ThreadId,
        spawner: TaskId,
        job: Job,
        executor: Executor,
        line: Line,
    ) -> Option<(TaskId, Nanos)> {
        let owner = Owner::of(executor, self.settings.model)?;
        let task = self.spawn(spawner, job, line);
        self.tasks[index(task)].waited_for = Some(Waiter::Loop(loop_thread));
        let mut sent = None;
        let cost = match self.placement.place(owner, task) {
            // A loop has no lane for what it sends away but those of its pools.
            Place::SpawnersLane(_) => Nanos::ZERO,
            Place::NewLane(task, new) => {
                let cost = self.open(task, &new);
                sent = Some((task, new.lane));
                cost
            }
            Place::FreeLane(task, lane) => {
                self.enter_lane(task, lane);
                sent = Some((task, lane));
                Nanos::ZERO
            }
            Place::Queue(lane, new) => {
                self.queue(task, lane, new);
                Nanos::ZERO
            }
        };
        let goes_to_a_process = owner == Owner::Tasks && self.is_process_model();
        let cost = match goes_to_a_process {
            true => {
                self.mark_message(task, Post::JobWritten);
                cost + self.message_cost(self.tasks[index(task)].message_bytes.0)
            }
            false => cost,
        };
        if let Some(event_loop) = &mut self.thread_mut(loop_thread).event_loop {
            event_loop.sent = sent;
        }
        if cost == Nanos::ZERO {
            self.start_sent(loop_thread);
        }
        Some((task, cost))
    }

    /// Has that work begin which the loop on a thread has sent away, now that it has spent what sending costs.
    pub(super) fn start_sent(&mut self, loop_thread: ThreadId) {
        let sent = self.thread_mut(loop_thread).event_loop.as_mut().and_then(|event_loop| event_loop.sent.take());
        if let Some((task, lane)) = sent {
            self.start(task, lane);
        }
    }

    /// Has the thread of a lane begin a task.
    pub(super) fn start(&mut self, task: TaskId, lane: LaneId) {
        self.enter_lane(task, lane);
        let thread = self.thread_on(lane);
        self.put_on(thread, task);
        self.thread_mut(thread).then = Then::Begin(task);
        self.wake(thread, None);
    }

    fn enter_lane(&mut self, task: TaskId, lane: LaneId) {
        self.places[index(task)].lane = lane;
        self.enter(task, Activity::Ready(ReadyFor::LaneStart), None, None);
    }

    /// Announces the new lane of a task, and returns what it costs to start its thread or process.
    fn open(&mut self, task: TaskId, new: &NewLane) -> Nanos {
        self.announce(new);
        self.enter_lane(task, new.lane);
        match new.kind {
            LaneKind::Process => self.settings.costs.process_start,
            _ => self.settings.costs.thread_start,
        }
    }

    fn queue(&mut self, task: TaskId, lane: LaneId, new: Option<NewLane>) {
        if let Some(new) = new {
            self.announce(&new);
        }
        self.places[index(task)].lane = lane;
        self.enter(task, Activity::Queued, None, None);
    }

    /// The CPU time that one end of a message between processes takes, under a model that has them.
    pub(super) fn message_cost(&self, bytes: u64) -> Nanos {
        match self.is_process_model() {
            true => self.settings.costs.message_of(bytes),
            false => Nanos::ZERO,
        }
    }

    /// The CPU time that one end of the message with a task's result takes, if the task ran in a process of its own.
    pub(super) fn result_cost(&self, task: TaskId) -> Nanos {
        match self.places[index(task)].thread.is_some_and(|thread| self.is_away(thread)) {
            true => self.settings.costs.message_of(self.tasks[index(task)].message_bytes.1),
            false => Nanos::ZERO,
        }
    }

    /// Marks the end of a message with a task's result, if the task ran in a process of its own.
    pub(super) fn mark_result(&mut self, task: TaskId, post: Post) {
        if self.places[index(task)].thread.is_some_and(|thread| self.is_away(thread)) {
            self.mark_message(task, post);
        }
    }

    /// Marks one end of a message that goes between processes.
    pub(super) fn mark_message(&mut self, task: TaskId, post: Post) {
        let (job, result) = self.tasks[index(task)].message_bytes;
        let bytes = if matches!(post, Post::JobWritten | Post::JobRead) { job } else { result };
        let took = self.settings.costs.message_of(bytes);
        self.mark(task, MarkKind::Message { post, bytes, took }, None);
    }

    pub(super) fn lane_kind(&self, thread: ThreadId) -> LaneKind {
        let lane = self.threads[thread.0 as usize].lane;
        self.trace.lanes[lane.0 as usize].kind
    }
}
