//! The loop as its tasks' host: what becomes of the operations that they ask for.

use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::task::{LoopTask, Place, Waiting};
use super::{EventLoop, Held, LoopThread};
use crate::error::{RunError, TaskFailed};
use crate::model::Model;
use crate::operation::{Exchange, Executor, Job, Operation, Reply, Request};
use crate::sync::{ObjectId, ObjectKind, Step, Use};
use crate::task::Host;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, Line, MarkKind, TaskId, Used, WaitFor};

impl<T: LoopThread> Host for EventLoop<T> {
    fn poll(&self, task: TaskId, request: &mut Request, context: &mut Context<'_>) -> Poll<Reply> {
        if std::mem::replace(&mut request.has_begun, true) {
            self.go_on(task, request, context)
        } else {
            self.begin(task, request, context)
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
                let due = self.thread.now() + self.speed.shorten(*delay);
                self.enter(task, Activity::Waiting(WaitFor::Timer(due)), self.thread.now(), Some(line), None);
                self.set_timer(task, due, context)
            }
            Operation::Request(exchange) => {
                let due = self.thread.now() + self.speed.shorten(exchange.response.latency);
                let waiting = Activity::Waiting(WaitFor::Request(exchange.request));
                self.enter(task, waiting, self.thread.now(), Some(line), None);
                self.set_timer(task, due, context)
            }
            Operation::Block(delay) => self.hold_for(Held::Block(*delay, line)),
            Operation::Compute(computation) => self.hold_for(Held::Compute(*computation, line)),
            Operation::Yield => {
                if let Some(key) = self.with(task, |entry| entry.key()) {
                    self.executor().wake_local(key);
                }
                Poll::Pending
            }
            Operation::Spawn(job) => Poll::Ready(Reply::Spawned(self.this().spawn(take_job(job), line))),
            Operation::Offload(job, executor) => self.offload(task, take_job(job), *executor, line),
            &mut Operation::Join(joined) => self.join(task, joined, line),
            Operation::Make(kind, name) => self.make(task, *kind, take(name)),
            &mut Operation::Use { object, what, patience } => {
                self.use_object(task, object, what, patience, line, context)
            }
        }
    }

    /// Looks whether what a task waits for has come.
    fn go_on(&self, task: TaskId, request: &Request, context: &mut Context<'_>) -> Poll<Reply> {
        if let Some(answer) = self.with(task, |entry| entry.answer.take()) {
            return self.reply(answer);
        }
        match &request.operation {
            Operation::Yield => Poll::Ready(Reply::Done),
            Operation::Sleep(_) => self.poll_timer(task, context).map(|()| Reply::Done),
            Operation::Request(Exchange { request: number, attempt, response }) => {
                self.poll_timer(task, context).map(|()| {
                    let answered = MarkKind::Answered { request: *number, attempt: *attempt, status: response.status };
                    self.mark(task, answered, Some(request.line));
                    Reply::Done
                })
            }
            Operation::Use { patience: Some(_), .. } => match self.poll_timer(task, context) {
                Poll::Ready(()) => self.give_up(task),
                Poll::Pending => Poll::Pending,
            },
            _ => Poll::Pending,
        }
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

    fn set_timer(&self, task: TaskId, due: Nanos, context: &mut Context<'_>) -> Poll<Reply> {
        let mut timer = self.executor().sleep_until(due);
        // Its first poll sets it, and never finds it due.
        let _: Poll<()> = Pin::new(&mut timer).poll(context);
        self.with(task, |entry| entry.timer = Some(timer));
        Poll::Pending
    }

    /// Polls a task's timer, which is no longer needed when it is due.
    fn poll_timer(&self, task: TaskId, context: &mut Context<'_>) -> Poll<()> {
        // Taken out meanwhile: a timer that is polled may wake tasks.
        let Some(mut timer) = self.with(task, |entry| entry.timer.take()) else { return Poll::Pending };
        let polled = Pin::new(&mut timer).poll(context);
        if polled.is_pending() {
            self.with(task, |entry| entry.timer = Some(timer));
        }
        polled
    }

    fn offload(&self, task: TaskId, job: Job, executor: Executor, line: Line) -> Poll<Reply> {
        let name = job.name.clone();
        let Some((sent, cost)) = self.thread.send_away(task, job, executor, line) else {
            return Poll::Ready(Reply::Here);
        };
        let expected = self.executor().expect_wakes();
        self.put(sent, LoopTask::new(name, Place::Away(expected)));
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
                self.with(joined, |entry| entry.joined_by = Some(task));
                self.with(task, |entry| entry.waits = Some(Waiting::End(joined)));
                let waiting = Activity::Waiting(WaitFor::Task(joined));
                self.enter(task, waiting, self.thread.now(), Some(line), None);
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
        context: &mut Context<'_>,
    ) -> Poll<Reply> {
        let mut woken = Vec::new();
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
                self.with(task, |entry| entry.waits = Some(Waiting::Object { object, what, line, is_patient }));
                self.enter(task, Activity::Blocked { object, holder }, self.thread.now(), Some(line), None);
                if let Some(patience) = patience {
                    let due = self.thread.now() + self.speed.shorten(patience);
                    let _: Poll<Reply> = self.set_timer(task, due, context);
                }
                self.look_for_a_cycle(task, line);
                Poll::Pending
            }
        };
        self.let_go_on(&woken);
        reply
    }

    /// A task's patience is at its end.
    fn give_up(&self, task: TaskId) -> Poll<Reply> {
        let step = self.objects.borrow_mut().give_up(task);
        let Some(Step::Answered(answer)) = step else { return Poll::Pending };
        if let Some(Waiting::Object { object, what, line, .. }) = self.with(task, |entry| entry.waits.take()) {
            self.mark(task, MarkKind::Used(object, Used::of(what, answer)), Some(line));
        }
        Poll::Ready(Reply::Used(answer))
    }

    /// Ends the run if `task` has just closed a cycle of waiting that nobody's patience will break.
    fn look_for_a_cycle(&self, task: TaskId, line: Line) {
        let joins = |task: TaskId| match self.waits(task) {
            Some(Waiting::End(joined)) => Some(joined),
            _ => None,
        };
        let Some(cycle) = self.objects.borrow().cycle(task, joins) else { return };
        let is_patient = |task| !matches!(self.waits(task), Some(Waiting::Object { is_patient: false, .. }));
        let is_for_ever = cycle.iter().all(|wait| is_patient(wait.task));
        self.mark(task, MarkKind::Cycle(cycle.clone()), Some(line));
        if is_for_ever {
            self.break_off(RunError::Deadlock(self.links(&cycle)));
        }
    }

    fn waits(&self, task: TaskId) -> Option<Waiting> {
        self.tasks.borrow().get(super::index(task))?.as_ref()?.waits
    }

    /// Has a task end, as soon as its body gives way, because it did something that it must not.
    fn fail(&self, task: TaskId, reason: String) -> Poll<Reply> {
        *self.failed.borrow_mut() = Some(TaskFailed { task: self.name(task), reason });
        Poll::Pending
    }
}

fn take_job(job: &mut Job) -> Job {
    Job { name: take(&mut job.name), payload: take(&mut job.payload), ..*job }
}
