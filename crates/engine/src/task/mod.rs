//! The handle that a task's body is given: its only way to wait, to compute, to speak and to start other tasks.

mod objects;
mod request;

use std::convert::identity;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

pub use objects::{Barrier, Condition, Flag, Lock, Lockable, Queue, ReentrantLock, Semaphore, Variable};
pub use request::{Client, Received};

use crate::error::TaskFailed;
use crate::model::Model;
use crate::network::Responded;
use crate::operation::{Executor, Job, Operation, Reply, Request};
use crate::packed::Packed;
use crate::program::{Ended, Work};
use crate::trace::TaskId;
use crate::work::Computation;

/// A task's handle on whoever runs it.
///
/// Every method is one operation and borrows the handle until it is answered, so a task asks for one thing at a time.
/// Each remembers the source line of its caller, which the trace carries.
pub struct Task {
    id: TaskId,
    model: Model,
    seed: u64,
    host: Rc<dyn Host>,
}

/// A spawned task, to be joined once; `T` is what it returns.
#[must_use = "a task that nobody joins may be cut off when the program ends"]
#[derive(Debug)]
pub struct Handle<T> {
    task: TaskId,
    output: PhantomData<T>,
}

/// Whoever runs a task: a simulator, a thread, an event loop.
pub trait Host {
    /// Begins the operation that `task` requests, the first time it is polled, and answers once it is over.
    ///
    /// A host that blocks always answers at once. One that does not sees to it that the task is polled again.
    fn poll(&self, task: TaskId, request: &mut Request, context: &mut Context<'_>) -> Poll<Reply>;
}

impl Task {
    /// The handle for task `id`, which `host` runs on `model`; random draws of its run begin at `seed`.
    pub fn new(id: TaskId, model: Model, seed: u64, host: Rc<dyn Host>) -> Task {
        Task { id, model, seed, host }
    }

    /// The model that the program runs on. A body may ask in order to report, never to do other work.
    pub fn model(&self) -> Model {
        self.model
    }

    /// Writes one line to the log.
    #[track_caller]
    pub fn log(&mut self, text: impl Into<String>) -> impl Future<Output = ()> + '_ {
        let request = Request::new(Operation::Log(text.into()));
        self.ask(request, Reply::done)
    }

    /// Waits for `delay` without using a core: on an event loop other tasks run meanwhile, a thread really blocks.
    #[track_caller]
    pub fn sleep(&mut self, delay: Duration) -> impl Future<Output = ()> + '_ {
        let request = Request::new(Operation::Sleep(delay.into()));
        self.ask(request, Reply::done)
    }

    /// Calls something that does not come back for `delay`, as `time.sleep` does: an event loop stands still meanwhile.
    #[track_caller]
    pub fn block(&mut self, delay: Duration) -> impl Future<Output = ()> + '_ {
        let request = Request::new(Operation::Block(delay.into()));
        self.ask(request, Reply::done)
    }

    /// Computes, and returns the result. It needs a core, and the GIL where there is one.
    #[track_caller]
    pub fn compute(&mut self, computation: Computation) -> impl Future<Output = i64> + '_ {
        let request = Request::new(Operation::Compute(computation));
        self.ask(request, Reply::value)
    }

    /// Lets others run that are ready, as `asyncio.sleep(0)` does.
    #[track_caller]
    pub fn yield_now(&mut self) -> impl Future<Output = ()> + '_ {
        let request = Request::new(Operation::Yield);
        self.ask(request, Reply::done)
    }

    /// Starts a task that does `work`, where the model puts it.
    #[track_caller]
    pub fn spawn<W: Work>(&mut self, work: &W) -> impl Future<Output = Handle<W::Output>> + '_ {
        let request = Request::new(Operation::Spawn(job_for(work)));
        self.ask(request, |reply| Handle { task: reply.spawned(), output: PhantomData })
    }

    /// Waits until a spawned task has ended, and returns what it returned.
    ///
    /// # Errors
    /// Where the task ended without a result: it panicked, or its process died.
    #[track_caller]
    pub fn join<T: serde::de::DeserializeOwned>(
        &mut self,
        handle: Handle<T>,
    ) -> impl Future<Output = Result<T, TaskFailed>> + '_ {
        let request = Request::new(Operation::Join(handle.task));
        self.ask(request, move |reply| unpack(handle.task, reply.joined()))
    }

    /// Does `work` on a thread beside the event loop and waits for it, as `asyncio.to_thread` does. Where there is no loop
    /// the task does the work itself.
    ///
    /// # Errors
    /// Where the work ended without a result.
    #[track_caller]
    pub fn to_thread<W: Work>(&mut self, work: &W) -> impl Future<Output = Result<W::Output, TaskFailed>> + '_ {
        self.send(work, Executor::Thread)
    }

    /// Does `work` wherever the model sends work that would hold up its event loop, and waits for it: on a thread, in a
    /// process, or here where the model has no such place.
    ///
    /// # Errors
    /// Where the work ended without a result.
    #[track_caller]
    pub fn offload<W: Work>(&mut self, work: &W) -> impl Future<Output = Result<W::Output, TaskFailed>> + '_ {
        self.send(work, Executor::Model)
    }

    /// How many tasks the event loop has registered, this one included; `None` on a model that keeps no register.
    #[track_caller]
    pub fn registered_tasks(&mut self) -> impl Future<Output = Option<usize>> + '_ {
        let request = Request::new(Operation::CountTasks);
        self.ask(request, Reply::counted)
    }

    #[track_caller]
    fn send<W: Work>(
        &mut self,
        work: &W,
        executor: Executor,
    ) -> impl Future<Output = Result<W::Output, TaskFailed>> + '_ {
        let job = job_for(work);
        let offload = Request::new(Operation::Offload(job.clone(), executor));
        let line = offload.line;
        async move {
            match self.ask(offload, identity).await {
                Reply::Here => {
                    let here = Task { id: self.id, model: self.model, seed: self.seed, host: Rc::clone(&self.host) };
                    let work: W = unpack(self.id, Ok(job.payload))?;
                    // Boxed, for work may send work of its own type.
                    Ok(Box::pin(work.run(here)).await)
                }
                reply => {
                    let task = reply.spawned();
                    let join = Request::at(line, Operation::Join(task));
                    unpack(task, self.ask(join, Reply::joined).await)
                }
            }
        }
    }

    /// Asks for something, and reads the reply with `read`.
    fn ask<R, F: FnMut(Reply) -> R>(&mut self, request: Request, read: F) -> Asking<'_, F> {
        Asking { task: self, request, read }
    }
}

/// One operation that is asked for. An async block in its place would hold the request three times.
struct Asking<'t, F> {
    task: &'t mut Task,
    request: Request,
    read: F,
}

impl<R, F: FnMut(Reply) -> R + Unpin> Future for Asking<'_, F> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        let Asking { task, request, read } = self.get_mut();
        task.host.poll(task.id, request, context).map(read)
    }
}

fn job_for<W: Work>(work: &W) -> Box<Job> {
    let payload = Packed::of(work);
    let message_bytes = work.message_bytes().unwrap_or(payload.len() as u64);
    Box::new(Job { name: work.name(), payload, message_bytes, result_bytes: work.result_bytes() })
}

fn unpack<T: serde::de::DeserializeOwned>(task: TaskId, ended: Ended) -> Result<T, TaskFailed> {
    let unreadable =
        |what| TaskFailed { task: format!("number {}", task.0), reason: format!("what went from or to it is {what}") };
    ended?.read().map_err(unreadable)
}

/// A host that answers an operation with another operation's reply breaks its contract: that is a defect in the
/// engine, which no lesson can cause.
impl Reply {
    fn done(self) {
        let Reply::Done = self else { self.is_not("Done") };
    }

    fn value(self) -> i64 {
        let Reply::Value(value) = self else { self.is_not("Value") };
        value
    }

    fn responded(self) -> Responded {
        let Reply::Responded(responded) = self else { self.is_not("Responded") };
        responded
    }

    fn spawned(self) -> TaskId {
        let Reply::Spawned(task) = self else { self.is_not("Spawned") };
        task
    }

    fn joined(self) -> Ended {
        let Reply::Joined(result) = self else { self.is_not("Joined") };
        result
    }

    fn counted(self) -> Option<usize> {
        let Reply::Counted(count) = self else { self.is_not("Counted") };
        count
    }

    fn is_not(&self, wanted: &str) -> ! {
        unreachable!("the host replied {self:?} where {wanted} was due")
    }
}
