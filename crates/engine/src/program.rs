//! Programs: what a lesson writes once and every model runs.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::TaskFailed;
use crate::operation::Job;
use crate::task::Task;

/// What a run found out: named whole numbers, such as a counter's last value.
pub type Outcome = BTreeMap<String, i64>;

/// A program: its first task, and the kind of job that its tasks hand to others.
///
/// One body serves every model and every clock. It is ordinary async Rust whose only awaits are operations of its
/// [`Task`].
pub trait Script: Clone + Send + Sync + 'static {
    /// The jobs that this program spawns.
    type Job: Work;

    /// The body of the first task.
    ///
    /// # Errors
    /// Whatever a joined task failed with.
    fn main(self, task: Task) -> impl Future<Output = Result<Outcome, TaskFailed>> + 'static;
}

/// A job that one task hands to another. It travels serialised, so it can cross to another process.
pub trait Work: Serialize + DeserializeOwned + 'static {
    /// What the job returns to whoever joins it.
    type Output: Serialize + DeserializeOwned;

    /// The name that the timeline shows for the task that does this job.
    fn name(&self) -> String;

    /// The body of the task.
    fn run(self, task: Task) -> impl Future<Output = Self::Output> + 'static;
}

/// The body of one task, ready to be polled. It is made on the thread that runs it and never leaves.
pub type Body<T> = Pin<Box<dyn Future<Output = T>>>;

/// What the first task of a program ends with.
pub type MainResult = Result<Outcome, TaskFailed>;

/// A [`Script`] whose types are forgotten, so that models can run any of them.
#[derive(Clone)]
pub struct Program(Arc<dyn Runnable>);

impl Program {
    /// The program that `script` describes.
    pub fn new(script: impl Script) -> Program {
        Program(Arc::new(script))
    }

    /// The body of the first task, to be run under the handle `task`.
    pub fn main(&self, task: Task) -> Body<MainResult> {
        self.0.main_body(task)
    }

    /// The body of a task that does `job`, to be run under the handle `task`; it ends with the serialised output.
    ///
    /// # Errors
    /// Where the payload is no job of this program: it was damaged, or another program made it.
    pub fn job(&self, task: Task, job: &Job) -> Result<Body<Vec<u8>>, TaskFailed> {
        self.0.job_body(task, job)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Program")
    }
}

/// Serialises a job or its output, as it crosses from one task to another.
pub(crate) fn pack<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).expect("plain data of a lesson always serialises into memory")
}

trait Runnable: Send + Sync {
    fn main_body(&self, task: Task) -> Body<MainResult>;
    fn job_body(&self, task: Task, job: &Job) -> Result<Body<Vec<u8>>, TaskFailed>;
}

impl<S: Script> Runnable for S {
    fn main_body(&self, task: Task) -> Body<MainResult> {
        Box::pin(self.clone().main(task))
    }

    fn job_body(&self, task: Task, job: &Job) -> Result<Body<Vec<u8>>, TaskFailed> {
        let work: S::Job = postcard::from_bytes(&job.payload).map_err(|error| TaskFailed {
            task: job.name.clone(),
            reason: format!("its job of {} bytes is none of this program's ({error})", job.payload.len()),
        })?;
        Ok(Box::pin(async move { pack(&work.run(task).await) }))
    }
}
