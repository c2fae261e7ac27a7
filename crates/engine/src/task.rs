//! The handle that a task's body is given: its only way to wait, to speak and to start other tasks.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::error::TaskFailed;
use crate::model::Model;
use crate::operation::{Job, Operation, Reply, Request};
use crate::program::{Work, pack};
use crate::trace::TaskId;

/// A task's handle on whoever runs it.
///
/// Every method is one operation and borrows the handle until it is answered, so a task asks for one thing at a time.
/// Each remembers the source line of its caller, which the trace carries.
pub struct Task {
    id: TaskId,
    model: Model,
    host: Rc<dyn Host>,
}

/// A spawned task, to be joined once; `T` is what it returns.
#[must_use = "a task that nobody joins may be cut off when the program ends"]
#[derive(Debug)]
pub struct Handle<T> {
    task: TaskId,
    name: String,
    output: PhantomData<T>,
}

/// Whoever runs a task: a simulator, a thread, an event loop.
pub trait Host {
    /// Begins the operation that `task` requests, the first time it is polled, and answers once it is over.
    ///
    /// A host that blocks always answers at once. One that does not sees to it that the task is polled again.
    fn poll(&self, task: TaskId, request: &mut Request, context: &mut Context<'_>) -> Poll<Reply>;
}

impl<T> Handle<T> {
    /// The name of the task.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Task {
    /// The handle for task `id`, which `host` runs on `model`.
    pub fn new(id: TaskId, model: Model, host: Rc<dyn Host>) -> Task {
        Task { id, model, host }
    }

    /// The model that the program runs on. A body may ask in order to report, never to do other work.
    pub fn model(&self) -> Model {
        self.model
    }

    /// Writes one line to the log.
    #[track_caller]
    pub fn log(&mut self, text: impl Into<String>) -> impl Future<Output = ()> + '_ {
        let request = Request::new(Operation::Log(text.into()));
        async move { self.ask(request).await.done() }
    }

    /// Waits for `delay` without using a core: on an event loop other tasks run meanwhile, a thread really blocks.
    #[track_caller]
    pub fn sleep(&mut self, delay: Duration) -> impl Future<Output = ()> + '_ {
        let request = Request::new(Operation::Sleep(delay.into()));
        async move { self.ask(request).await.done() }
    }

    /// Starts a task that does `work`, where the model puts it.
    #[track_caller]
    pub fn spawn<W: Work>(&mut self, work: &W) -> impl Future<Output = Handle<W::Output>> + '_ {
        let name = work.name();
        let job = Job { name: name.clone(), payload: pack(work) };
        let request = Request::new(Operation::Spawn(job));
        async move { Handle { task: self.ask(request).await.spawned(), name, output: PhantomData } }
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
        async move {
            let bytes = self.ask(request).await.joined()?;
            postcard::from_bytes(&bytes).map_err(|error| TaskFailed {
                task: handle.name,
                reason: format!("its result of {} bytes cannot be read ({error})", bytes.len()),
            })
        }
    }

    /// How many tasks the event loop has registered, this one included; `None` on a model that keeps no register.
    #[track_caller]
    pub fn registered_tasks(&mut self) -> impl Future<Output = Option<usize>> + '_ {
        let request = Request::new(Operation::CountTasks);
        async move { self.ask(request).await.counted() }
    }

    async fn ask(&mut self, mut request: Request) -> Reply {
        poll_fn(|context| self.host.poll(self.id, &mut request, context)).await
    }
}

/// A host that answers an operation with another operation's reply breaks its contract: that is a defect in the
/// engine, which no lesson can cause.
impl Reply {
    fn done(self) {
        let Reply::Done = self else { self.is_not("Done") };
    }

    fn spawned(self) -> TaskId {
        let Reply::Spawned(task) = self else { self.is_not("Spawned") };
        task
    }

    fn joined(self) -> Result<Vec<u8>, TaskFailed> {
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
