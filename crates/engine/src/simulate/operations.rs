//! What becomes of the operations that a task on a simulated thread asks for.
//!
//! Each of these returns whether the thread goes on with its task at this instant.

use crate::error::{RunError, TaskFailed};
use crate::operation::{Exchange, Operation, Reply};
use crate::program::{Ended, Program};
use crate::simulate::machine::ThreadId;
use crate::simulate::thread::{Stage, Then, Waiter};
use crate::simulate::world::{MAIN, World, index};
use crate::sync::{Answer, Closed, Moved, ObjectId, ObjectKind, Step, Use, Waiting, Woken};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, LaneKind, Line, MarkKind, Post, TaskId, Used, WaitFor};

impl World {
    pub(super) fn take_up(&mut self, thread: ThreadId, task: TaskId, operation: Operation, line: Line) -> bool {
        match operation {
            Operation::Log(text) => {
                self.mark(task, MarkKind::Log(text), Some(line));
                self.reply(Reply::Done)
            }
            Operation::CountTasks => self.reply(Reply::Counted(None)),
            Operation::Sleep(delay) | Operation::Block(delay) => {
                let due = self.machine.now() + delay;
                self.wait(thread, task, Activity::Waiting(WaitFor::Timer(due)), line, Then::Go(Some(Reply::Done)));
                self.machine.set_timer(thread, due);
                false
            }
            Operation::Compute(computation) => {
                let cost = computation.cost(&self.settings.costs);
                let then = Then::Go(Some(Reply::Value(computation.result())));
                self.charge(thread, cost, Doing::Work, Some(line), then)
            }
            Operation::Request(exchange) => {
                let due = self.machine.now() + exchange.response.latency;
                let waiting = Activity::Waiting(WaitFor::Request(exchange.request));
                self.wait(thread, task, waiting, line, Then::Receive(exchange, line));
                self.machine.set_timer(thread, due);
                false
            }
            Operation::Yield => {
                self.thread_mut(thread).then = Then::Go(Some(Reply::Done));
                self.machine.wait(thread);
                self.wake(thread, None);
                false
            }
            Operation::Offload(..) => self.reply(Reply::Here),
            Operation::Spawn(_) | Operation::Join(_) | Operation::Make(..) | Operation::Use { .. }
                if self.is_away(thread) =>
            {
                self.fail(thread, task, AWAY.to_owned())
            }
            Operation::Make(..) | Operation::Use { .. } if self.settings.model.has_loop() => {
                self.fail(thread, task, BESIDE_THE_LOOP.to_owned())
            }
            Operation::Spawn(job) => {
                let cost = self.message_cost(job.message_bytes);
                self.charge(thread, cost, Doing::Message, Some(line), Then::Place(job, line))
            }
            Operation::Join(joined) => self.join(thread, task, joined, line),
            Operation::Make(kind, name) => self.make(thread, task, kind, name),
            Operation::Use { object, what, patience } => self.use_object(thread, task, object, what, patience, line),
        }
    }

    /// The network's answer has come.
    pub(super) fn receive(&mut self, thread: ThreadId, exchange: Exchange, line: Line) -> bool {
        let Some(&task) = self.thread_mut(thread).tasks.last() else { return false };
        let Exchange { request, attempt, response } = exchange;
        self.mark(task, MarkKind::Answered { request, attempt, status: response.status }, Some(line));
        self.reply(Reply::Responded(response.into()))
    }

    fn join(&mut self, thread: ThreadId, task: TaskId, joined: TaskId, line: Line) -> bool {
        if self.places.len() <= index(joined) {
            return self.fail(thread, task, format!("it joins task {}, which was never made", joined.0));
        }
        if let Some(result) = self.task_mut(joined).take_result() {
            let cost = self.result_cost(joined);
            self.mark_result(joined, Post::ResultRead);
            return self.charge(thread, cost, Doing::Message, Some(line), Then::Go(Some(Reply::Joined(result))));
        }
        self.task_mut(joined).waited_for = Some(Waiter::Joiner(task));
        self.tasks[index(task)].waits = Some(Waiting::End(joined));
        self.wait(thread, task, Activity::Waiting(WaitFor::Task(joined)), line, Then::Go(None));
        self.look_for_a_cycle(task, line);
        false
    }

    fn make(&mut self, thread: ThreadId, task: TaskId, kind: ObjectKind, name: String) -> bool {
        match self.objects.make(kind) {
            Ok(object) => {
                self.trace.apply(Event::Object { object, name, kind });
                self.reply(Reply::Made(object))
            }
            Err(misuse) => self.fail(thread, task, misuse.to_string()),
        }
    }

    fn use_object(
        &mut self,
        thread: ThreadId,
        task: TaskId,
        object: ObjectId,
        what: Use,
        patience: Option<Nanos>,
        line: Line,
    ) -> bool {
        let mut woken = std::mem::take(&mut self.woken);
        let step = self.objects.apply(task, object, what, &mut woken);
        let goes_on = match step {
            Step::Answered(answer) => {
                self.mark(task, MarkKind::Used(object, Used::of(what, answer)), Some(line));
                self.reply(Reply::Used(answer))
            }
            Step::Refused(misuse) => return self.fail(thread, task, misuse.to_string()),
            Step::Waits => {
                let holder = self.objects.holders(object).first().copied();
                self.tasks[index(task)].waits =
                    Some(Waiting::Object { object, what, line, is_patient: patience.is_none() });
                self.wait(thread, task, Activity::Blocked { object, holder }, line, Then::Go(None));
                if let Some(patience) = patience {
                    self.machine.set_timer(thread, self.machine.now() + patience);
                }
                self.look_for_a_cycle(task, line);
                false
            }
        };
        self.let_go_on(&woken, task);
        woken.clear();
        self.woken = woken;
        for Moved { task: notified, lock } in self.objects.take_moved() {
            // It came in time, however long it has to wait for the lock.
            let waits = self.tasks[index(notified)].waits.as_mut().map(Waiting::be_patient);
            if let Some(Waiting::Object { line, .. }) = waits {
                let activity = Activity::Blocked { object: lock, holder: Some(task) };
                self.enter(notified, activity, Some(line), Some(task));
            }
        }
        goes_on
    }

    /// Has those go on whom `by` has let go on by using an object.
    fn let_go_on(&mut self, woken: &[Woken], by: TaskId) {
        for &Woken { task, answer } in woken {
            self.answer_waiter(task, answer);
            if let Some(thread) = self.places[index(task)].thread {
                self.wake(thread, Some(by));
            }
        }
    }

    fn answer_waiter(&mut self, task: TaskId, answer: Answer) {
        if let Some(Waiting::Object { object, what, line, .. }) = self.tasks[index(task)].waits.take() {
            self.mark(task, MarkKind::Used(object, Used::of(what, answer)), Some(line));
        }
        if let Some(thread) = self.places[index(task)].thread {
            self.thread_mut(thread).then = Then::Go(Some(Reply::Used(answer)));
        }
    }

    /// The time of a task is up that waits. Returns whether it goes on.
    pub(super) fn give_up(&mut self, task: TaskId) -> bool {
        match self.tasks[index(task)].waits {
            Some(Waiting::Object { is_patient: false, .. }) => {}
            Some(Waiting::Object { is_patient: true, .. }) => return false,
            Some(Waiting::End(_)) | None => return true,
        }
        match self.objects.give_up(task) {
            Some(Step::Answered(answer)) => {
                self.answer_waiter(task, answer);
                true
            }
            Some(Step::Waits | Step::Refused(_)) => {
                self.wait_for_a_conditions_lock(task);
                false
            }
            None => true,
        }
    }

    /// Whoever gives up waiting for a condition has to have its lock before it goes on, however long that takes.
    fn wait_for_a_conditions_lock(&mut self, task: TaskId) {
        let waits = self.tasks[index(task)].waits.as_mut().map(Waiting::be_patient);
        let (Some(object), Some(Waiting::Object { line, .. })) = (self.objects.waits_on(task), waits) else { return };
        let holder = self.objects.holders(object).first().copied();
        self.enter(task, Activity::Blocked { object, holder }, Some(line), None);
        self.look_for_a_cycle(task, line);
    }

    /// Ends the run if `task` has just closed a cycle of waiting that nobody's patience will break.
    fn look_for_a_cycle(&mut self, task: TaskId, line: Line) {
        let closed = self.objects.closed_by(task, |task| self.tasks.get(index(task))?.waits);
        let Some(Closed { cycle, is_for_ever }) = closed else { return };
        let links = self.trace.links(&cycle);
        self.mark(task, MarkKind::Cycle(cycle), Some(line));
        if is_for_ever {
            self.break_off(RunError::Deadlock(links));
        }
    }

    /// Begins the end of the task that a thread runs.
    pub(super) fn end(&mut self, thread: ThreadId, result: Ended) -> bool {
        let Some(&task) = self.threads[thread.0 as usize].tasks.last() else { return false };
        self.mark_result(task, Post::ResultWritten);
        let costs = &self.settings.costs;
        let (cost, doing) = match self.lane_kind(thread) {
            LaneKind::Thread => (costs.thread_end, Doing::Starting),
            LaneKind::Process => (costs.process_end + self.result_cost(task), Doing::Starting),
            _ => (self.result_cost(task), Doing::Message),
        };
        self.charge(thread, cost, doing, None, Then::End(result))
    }

    /// Publishes how a thread's task ended, and has the thread go on with whatever is next.
    pub(super) fn publish_end(&mut self, thread: ThreadId, result: Ended) -> bool {
        let Some(task) = self.thread_mut(thread).tasks.pop() else { return false };
        let at = self.machine.now();
        self.trace.end_task(task, at);
        self.objects.forget(task);
        let waiter = self.tasks[index(task)].waited_for.take();
        let cost = self.result_cost(task);
        if task == MAIN {
            self.ending = Some((at, Program::outcome(result).map_err(RunError::from)));
            return false;
        }
        match waiter {
            None => self.tasks[index(task)].stage = Stage::Ended(result),
            Some(Waiter::Caller(spawner)) => {
                self.tasks[index(task)].stage = Stage::Ended(result);
                self.tasks[index(spawner)].waits = None;
                self.enter(spawner, Activity::Running(Doing::Steps), None, Some(task));
                return self.reply(Reply::Spawned(task));
            }
            Some(Waiter::Joiner(joiner)) => {
                self.mark_result(task, Post::ResultRead);
                self.tasks[index(joiner)].waits = None;
                if let Some(thread) = self.places[index(joiner)].thread {
                    self.thread_mut(thread).then = Then::Read(cost, Reply::Joined(result));
                    self.wake(thread, Some(task));
                }
            }
            Some(Waiter::Loop(loop_thread)) => {
                self.mark_result(task, Post::ResultRead);
                self.return_to_loop(loop_thread, task, result, cost);
            }
        }
        let lane = self.thread_mut(thread).lane;
        match self.placement.release(lane) {
            Some(next) => {
                self.put_on(thread, next);
                self.enter(next, Activity::Running(Doing::Steps), None, Some(task));
                self.begin(thread, next)
            }
            None => {
                self.machine.wait(thread);
                self.settle(Some(task));
                false
            }
        }
    }

    /// Begins a task on its lane: one that came as a message is read first.
    pub(super) fn begin(&mut self, thread: ThreadId, task: TaskId) -> bool {
        if let Stage::Placed(job) = &self.tasks[index(task)].stage {
            match self.program.job(self.handle(task), self.trace.task_name(task), job) {
                Ok(body) => self.tasks[index(task)].stage = Stage::Begun(Some(body)),
                Err(failed) => return self.end(thread, Err(failed)),
            }
        }
        let cost = match self.is_away(thread) {
            true => {
                self.mark_message(task, Post::JobRead);
                self.message_cost(self.tasks[index(task)].message_bytes.0)
            }
            false => Nanos::ZERO,
        };
        self.charge(thread, cost, Doing::Message, None, Then::Go(None))
    }

    /// Ends the task that a thread runs because it did something that it must not.
    fn fail(&mut self, thread: ThreadId, task: TaskId, reason: String) -> bool {
        let failed = self.failed(task, reason);
        self.end(thread, Err(failed))
    }

    /// Has a thread wait, and do `then` when it next runs.
    fn wait(&mut self, thread: ThreadId, task: TaskId, activity: Activity, line: Line, then: Then) {
        self.enter(task, activity, Some(line), None);
        self.thread_mut(thread).then = then;
        self.machine.wait(thread);
        self.settle(None);
    }

    pub(super) fn failed(&self, task: TaskId, reason: String) -> TaskFailed {
        TaskFailed { task: self.trace.task_name(task).to_owned(), reason }
    }
}

/// Why a task in a process of its own cannot do what needs the others.
pub const AWAY: &str = "a task in a process of its own can neither start or join the tasks of its run nor use what they \
                        share, because processes share no memory: hand it what it needs, and let it return what it finds";

/// Why a task beside an event loop cannot use what the loop's tasks share.
pub const BESIDE_THE_LOOP: &str = "a task beside an event loop cannot use what the tasks of the loop share, because the \
                                   loop belongs to another thread: hand it what it needs, and let it return what it finds";
