//! The loop as its tasks' host: what becomes of the operations that they ask for.

use std::mem::take;
use std::task::{Context, Poll};

use super::task::{Awaited, LoopTask, Place};
use super::{EventLoop, Held, LoopThread};
use crate::error::{RunError, TaskFailed};
use crate::event_loop::Exchanging;
use crate::executor::{Expected, TaskTimer};
use crate::model::Model;
use crate::network::Responded;
use crate::operation::{Exchange, Executor, Job, Operation, Reply, Request};
use crate::sync::{Closed, Moved, ObjectId, ObjectKind, Step, Use, Waiting};
use crate::task::Host;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, Line, MarkKind, TaskId, Used, WaitFor};

impl<T: LoopThread> Host for EventLoop<T> {
    fn poll(&self, task: TaskId, request: &mut Request, context: &mut Context<'_>) -> Poll<Reply> {
        if request.has_begun {
            self.go_on(task, request, context)
        } else if self.thread.goes_on() {
            request.has_begun = true;
            self.begin(task, request, context)
        } else {
            self.hold_for(Held::Poll(Nanos(1)))
        }
    }
}

impl<T: LoopThread> EventLoop<T> {
    /// Takes an operation up. Texts and jobs are taken out of it; of what takes time the rest stays, to be looked at again.
    fn begin(&self, task: TaskId, request: &mut Request, context: &mut Context<'_>) -> Poll<Reply> {
        let line = request.line;
        match &mut request.operation {
            Operation::Log(text) => {
                self.mark(task, MarkKind::Log(take(text)), Some(line));
                Poll::Ready(Reply::Done)
            }
            Operation::CountTasks => Poll::Ready(Reply::Counted(Some(self.executor().registered()))),
            Operation::Sleep(delay) => {
                let now = self.thread.now();
                let due = now + self.speed.shorten(*delay);
                self.wait_from(now, task, Activity::Waiting(WaitFor::Timer(due)), line, None);
                self.set_timer(task, due)
            }
            Operation::Request(exchange) => {
                if let Some(exchanging) = self.thread.exchange(exchange) {
                    return self.poll_exchange(task, exchange, exchanging, None, line, context);
                }
                let now = self.thread.now();
                let due = now + self.speed.shorten(exchange.response.latency);
                let waiting = Activity::Waiting(WaitFor::Request(exchange.request));
                self.wait_from(now, task, waiting, line, None);
                self.set_timer(task, due)
            }
            Operation::Block(delay) => self.hold_for(Held::Block(*delay, line)),
            Operation::Compute(computation) => self.hold_for(Held::Compute(*computation, line)),
            Operation::Yield => {
                if let Some(key) = self.with(task, |entry| entry.key()) {
                    self.executor().wake_local(key);
                }
                Poll::Pending
            }
            Operation::Spawn(job) => Poll::Ready(Reply::Spawned(self.this().spawn(job, line))),
            Operation::Offload(job, executor) => self.offload(task, take(job), *executor, line),
            &mut Operation::Join(joined) => self.join(task, joined, line),
            Operation::Make(kind, name) => self.make(task, *kind, take(name)),
            &mut Operation::Use { object, what, patience } => self.use_object(task, object, what, patience, line),
        }
    }

    /// Looks whether what a task waits for has come.
    fn go_on(&self, task: TaskId, request: &Request, context: &mut Context<'_>) -> Poll<Reply> {
        if let Some(answer) = self.with(task, LoopTask::take_answer) {
            return self.reply(answer);
        }
        let polled = match &request.operation {
            Operation::Yield => Poll::Ready(Reply::Done),
            Operation::Sleep(_) => self.poll_timer(task).map(|()| Reply::Done),
            Operation::Request(exchange) => match self.take_awaited(task) {
                Some(Awaited::Exchange(exchanging, expected)) => {
                    self.poll_exchange(task, exchange, exchanging, Some(expected), request.line, context)
                }
                Some(Awaited::Timer(timer)) => self
                    .poll_awaited_timer(task, timer)
                    .map(|()| self.responded(task, exchange, exchange.response.into(), request.line)),
                None => Poll::Pending,
            },
            Operation::Use { patience: Some(_), .. } => match self.poll_timer(task) {
                Poll::Ready(()) => self.give_up(task),
                Poll::Pending => Poll::Pending,
            },
            _ => Poll::Pending,
        };
        if polled.is_pending() {
            self.wait_on(task);
        }
        polled
    }

    /// Gives a task its answer, once it is paid for.
    fn reply(&self, (reply, cost): (Reply, Nanos)) -> Poll<Reply> {
        match cost {
            Nanos::ZERO => Poll::Ready(reply),
            cost => self.hold_for(Held::Spend(cost, Doing::Message, reply)),
        }
    }

    /// Has the thread kept for a task when this poll is over; the task is polled again with the answer.
    fn hold_for(&self, held: Held) -> Poll<Reply> {
        *self.held.borrow_mut() = Some(held);
        Poll::Pending
    }

    /// Tells that a task waits from now on.
    fn wait(&self, task: TaskId, activity: Activity, line: Line, waits: Option<Waiting>) {
        self.wait_from(self.thread.now(), task, activity, line, waits);
    }

    /// The same, of a wait that began when the clock was read for it: a timer may be due before it could be read again.
    fn wait_from(&self, now: Nanos, task: TaskId, activity: Activity, line: Line, waits: Option<Waiting>) {
        self.enter(task, activity, now, Some(line), None);
        self.with(task, |entry| entry.wait((activity, line), waits));
    }

    /// Tells that `by` has notified a task, which waits for the condition's lock from now on. It came in time, so that its
    /// patience is no longer needed: its timer would be due for nothing, and maybe before it was notified.
    fn is_notified(&self, task: TaskId, lock: ObjectId, by: TaskId) {
        let activity = Activity::Blocked { object: lock, holder: Some(by) };
        let told = self.with(task, |entry| {
            let wait = entry.waiting()?;
            wait.told.0 = activity;
            wait.waits = wait.waits.as_mut().map(Waiting::be_patient);
            Some((wait.told.1, wait.awaited.take()))
        });
        let (line, awaited) = told.unzip();
        if let Some(Awaited::Timer(timer)) = awaited.flatten() {
            self.executor().take_back(&timer);
        }
        self.enter(task, activity, self.thread.now(), line, Some(by));
    }

    /// Tells that a task, which joins one that has failed, waits in truth for `whom` from now on, because `by` has ended.
    pub(super) fn turns_to(&self, task: TaskId, whom: TaskId, by: TaskId) {
        // Of a run that is broken off nothing more is told.
        if self.is_broken() {
            return;
        }
        let activity = Activity::Waiting(WaitFor::Task(whom));
        let line = self.with(task, |entry| {
            let wait = entry.waiting()?;
            wait.told.0 = activity;
            Some(wait.told.1)
        });
        if let Some(line) = line {
            self.enter(task, activity, self.thread.now(), Some(line), Some(by));
        }
    }

    /// Tells that a task waits on: it was polled in vain.
    fn wait_on(&self, task: TaskId) {
        if let Some((activity, line)) = self.with(task, |entry| entry.waiting().map(|wait| wait.told)) {
            self.enter(task, activity, self.thread.now(), Some(line), None);
        }
    }

    fn set_timer(&self, task: TaskId, due: Nanos) -> Poll<Reply> {
        if let Some(key) = self.with(task, |entry| entry.key()) {
            let timer = self.executor().set_timer(key, due);
            self.put_awaited(task, Awaited::Timer(timer));
        }
        Poll::Pending
    }

    /// Polls a task's timer, which is no longer needed when it is due.
    fn poll_timer(&self, task: TaskId) -> Poll<()> {
        match self.take_awaited(task) {
            Some(Awaited::Timer(timer)) => self.poll_awaited_timer(task, timer),
            Some(Awaited::Exchange(..)) | None => Poll::Pending,
        }
    }

    fn take_awaited(&self, task: TaskId) -> Option<Awaited> {
        self.with(task, |entry| entry.waiting()?.awaited.take())
    }

    fn put_awaited(&self, task: TaskId, awaited: Awaited) {
        self.with(task, |entry| {
            if let Some(wait) = entry.waiting() {
                wait.awaited = Some(awaited);
            }
        });
    }

    /// Looks at a timer that was taken out of its task's entry.
    fn poll_awaited_timer(&self, task: TaskId, timer: TaskTimer) -> Poll<()> {
        if self.executor().is_due(&timer) {
            return Poll::Ready(());
        }
        self.put_awaited(task, Awaited::Timer(timer));
        Poll::Pending
    }

    /// Polls a request that is under way on a real network. Each poll is a step of the task's: it connects, writes or reads.
    fn poll_exchange(
        &self,
        task: TaskId,
        exchange: &Exchange,
        mut exchanging: Exchanging,
        expected: Option<Expected>,
        line: Line,
        context: &mut Context<'_>,
    ) -> Poll<Reply> {
        match exchanging.as_mut().poll(context) {
            Poll::Ready(Ok(responded)) => Poll::Ready(self.responded(task, exchange, responded, line)),
            Poll::Ready(Err(reason)) => self.fail(task, reason),
            Poll::Pending => {
                let expected = expected.unwrap_or_else(|| {
                    self.wait(task, Activity::Waiting(WaitFor::Socket(exchange.request)), line, None);
                    self.executor().expect_wakes()
                });
                self.put_awaited(task, Awaited::Exchange(exchanging, expected));
                Poll::Pending
            }
        }
    }

    /// The answer to a request has come.
    fn responded(&self, task: TaskId, exchange: &Exchange, responded: Responded, line: Line) -> Reply {
        let &Exchange { request, attempt, .. } = exchange;
        self.mark(task, MarkKind::Answered { request, attempt, status: responded.status }, Some(line));
        Reply::Responded(responded)
    }

    fn offload(&self, task: TaskId, job: Box<Job>, executor: Executor, line: Line) -> Poll<Reply> {
        let Some((sent, cost)) = self.thread.send_away(task, job, executor, line) else {
            return Poll::Ready(Reply::Here);
        };
        let expected = self.executor().expect_wakes();
        self.put(sent, LoopTask::new(Place::Away { expected, behind: None }));
        if cost > Nanos::ZERO {
            let writes = executor == Executor::Model && self.settings.model == Model::LoopAndProcesses;
            let doing = if writes { Doing::Message } else { Doing::Starting };
            return self.hold_for(Held::Spend(cost, doing, Reply::Spawned(sent)));
        }
        Poll::Ready(Reply::Spawned(sent))
    }

    fn join(&self, task: TaskId, joined: TaskId, line: Line) -> Poll<Reply> {
        match self.with(joined, LoopTask::take_returned) {
            Some(returned) => self.reply(returned),
            None => {
                let behind = self.with(joined, |entry| {
                    entry.joined_by = Some(task);
                    entry.stands_behind()
                });
                let waiting = Activity::Waiting(WaitFor::Task(behind.unwrap_or(joined)));
                self.wait(task, waiting, line, Some(Waiting::End(joined)));
                self.look_for_a_cycle(task, line);
                Poll::Pending
            }
        }
    }

    fn make(&self, task: TaskId, kind: ObjectKind, name: String) -> Poll<Reply> {
        let made = self.objects.borrow_mut().make(kind);
        match made {
            Ok(object) => {
                self.object_names.borrow_mut().push(name.clone());
                self.thread.record(Event::Object { object, name, kind });
                Poll::Ready(Reply::Made(object))
            }
            Err(misuse) => self.fail(task, misuse.to_string()),
        }
    }

    fn use_object(
        &self,
        task: TaskId,
        object: ObjectId,
        what: Use,
        patience: Option<Nanos>,
        line: Line,
    ) -> Poll<Reply> {
        let mut woken = self.woken.take();
        let step = self.objects.borrow_mut().apply(task, object, what, &mut woken);
        let reply = match step {
            Step::Answered(answer) => {
                self.mark(task, MarkKind::Used(object, Used::of(what, answer)), Some(line));
                Poll::Ready(Reply::Used(answer))
            }
            Step::Refused(misuse) => self.fail(task, misuse.to_string()),
            Step::Waits => {
                let holder = self.objects.borrow().holders(object).first().copied();
                let is_patient = patience.is_none();
                let waits = Waiting::Object { object, what, line, is_patient };
                self.wait(task, Activity::Blocked { object, holder }, line, Some(waits));
                self.look_for_a_cycle(task, line);
                // Last, so that nothing else that is told of this wait comes after its timer is due.
                if let Some(patience) = patience {
                    let due = self.thread.now() + self.speed.shorten(patience);
                    let _: Poll<Reply> = self.set_timer(task, due);
                }
                Poll::Pending
            }
        };
        self.let_go_on(&woken);
        woken.clear();
        self.woken.set(woken);
        let moved = self.objects.borrow_mut().take_moved();
        for Moved { task: notified, lock } in moved {
            self.is_notified(notified, lock, task);
        }
        reply
    }

    /// A task's patience is at its end.
    fn give_up(&self, task: TaskId) -> Poll<Reply> {
        let step = self.objects.borrow_mut().give_up(task);
        let Some(Step::Answered(answer)) = step else {
            self.wait_for_a_conditions_lock(task);
            return Poll::Pending;
        };
        if let Some(Waiting::Object { object, what, line, .. }) = self.with(task, |entry| entry.waiting()?.waits.take())
        {
            self.mark(task, MarkKind::Used(object, Used::of(what, answer)), Some(line));
        }
        Poll::Ready(Reply::Used(answer))
    }

    /// Whoever gives up waiting for a condition has to have its lock before it goes on, however long that takes.
    fn wait_for_a_conditions_lock(&self, task: TaskId) {
        let (Some(object), Some(waits @ Waiting::Object { line, .. })) = (
            self.objects.borrow().waits_on(task),
            self.with(task, |entry| entry.waiting()?.waits.as_mut().map(Waiting::be_patient)),
        ) else {
            return;
        };
        let holder = self.objects.borrow().holders(object).first().copied();
        self.wait(task, Activity::Blocked { object, holder }, line, Some(waits));
        self.look_for_a_cycle(task, line);
    }

    /// Ends the run if `task` has just closed a cycle of waiting that nobody's patience will break.
    fn look_for_a_cycle(&self, task: TaskId, line: Line) {
        let closed = self.objects.borrow().closed_by(task, |task| self.waits(task));
        let Some(Closed { cycle, is_for_ever }) = closed else { return };
        self.mark(task, MarkKind::Cycle(cycle.clone()), Some(line));
        if is_for_ever {
            self.break_off(RunError::Deadlock(self.links(&cycle)));
        }
    }

    fn waits(&self, task: TaskId) -> Option<Waiting> {
        self.tasks.borrow().get(super::index(task))?.as_ref()?.waits()
    }

    /// Has a task end, as soon as its body gives way, because it did something that it must not.
    fn fail(&self, task: TaskId, reason: String) -> Poll<Reply> {
        self.failed.set(Some(Box::new(TaskFailed { task: self.name(task), reason })));
        Poll::Pending
    }
}
