//! Programs: what a lesson writes once and every model runs.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::TaskFailed;
use crate::executor::TaskBody;
use crate::packed::Packed;
use crate::task::Task;
use crate::trace::TaskId;

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

    /// The bytes of a message that hands this job to another process, in the program that the lesson is about: a list that
    /// travels there is only described here. As many as are really sent, unless said otherwise.
    fn message_bytes(&self) -> Option<u64> {
        None
    }

    /// The bytes of the message that brings the result back. As few as nothing, unless said otherwise.
    fn result_bytes(&self) -> u64 {
        0
    }

    /// The body of the task.
    fn run(self, task: Task) -> impl Future<Output = Self::Output> + 'static;
}

/// The name of one of many like it: `what`, a space, and its number. The same as `format!` makes of them, and several times as fast,
/// for programs of very many tasks.
pub fn numbered(what: &str, number: u64) -> String {
    let mut digits = [b'0'; 20];
    let mut first = digits.len() - 1;
    let mut rest = number;
    digits[first] += (rest % 10) as u8;
    while rest >= 10 {
        rest /= 10;
        first -= 1;
        digits[first] += (rest % 10) as u8;
    }
    let digits = str::from_utf8(&digits[first..]).unwrap_or_default();
    let mut name = String::with_capacity(what.len() + 1 + digits.len());
    name.push_str(what);
    name.push(' ');
    name.push_str(digits);
    name
}

/// The body of one task, ready to be polled; it ends with the task's serialised output. It is made on the thread that
/// runs it and never leaves.
pub type Body = Pin<Box<dyn Future<Output = Packed>>>;

/// How a task ended: with its serialised output, or without.
pub type Ended = Result<Packed, TaskFailed>;

/// A [`Script`] whose types are forgotten, so that models can run any of them.
#[derive(Clone)]
pub struct Program(Arc<dyn Runnable>);

impl Program {
    /// The program that `script` describes.
    pub fn new(script: impl Script) -> Program {
        Program(Arc::new(script))
    }

    /// The body of the first task, to be run under the handle `task`; [`Program::outcome`] reads what it ends with.
    pub fn main(&self, task: Task) -> Body {
        self.0.main_body(task)
    }

    /// The body of a task that does `job`, to be run under the handle `task`.
    ///
    /// # Errors
    /// Why the task called `name` fails at once: this is no job of this program. It was damaged, or another program made it.
    pub fn job(&self, task: Task, name: &str, job: &Packed) -> Result<Body, TaskFailed> {
        self.0.job_body(task, job).map_err(|reason| TaskFailed { task: name.to_owned(), reason })
    }

    /// The same as a task of an executor's, which has no output: `runs` hears what it ends with.
    ///
    /// # Errors
    /// The end of a sentence about the task, where this is no job of this program.
    pub(crate) fn task(&self, id: TaskId, task: Task, runs: Rc<dyn Runs>, job: &Packed) -> Result<TaskBody, String> {
        self.0.job_task(id, task, runs, job)
    }

    /// What the first task ended with.
    ///
    /// # Errors
    /// Where it panicked, or failed with a task that it joined.
    pub fn outcome(main: Ended) -> Result<Outcome, TaskFailed> {
        let unreadable = |what| TaskFailed { task: "main".to_owned(), reason: format!("its end is {what}") };
        main.and_then(|end| end.read::<Result<Outcome, TaskFailed>>().map_err(unreadable)?)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Program")
    }
}

/// Polls the body of a task, whose name is asked for where that fails. A panic ends the body and becomes its failure.
#[inline]
pub(crate) fn poll_body(
    name: impl FnOnce() -> String,
    body: Pin<&mut (impl Future<Output = Packed> + ?Sized)>,
    context: &mut Context<'_>,
) -> Poll<Ended> {
    match catch_unwind(AssertUnwindSafe(|| body.poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(failed_by(&*panic, name()))),
    }
}

#[cold]
fn failed_by(panic: &(dyn Any + Send), task: String) -> TaskFailed {
    let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
    let reason = format!("it panicked: {}", said.unwrap_or_else(|| "without a word".to_owned()));
    TaskFailed { task, reason }
}

/// Why a body that waits without having asked its host for anything can never go on.
pub(crate) fn waits_for_nothing(task: &str) -> TaskFailed {
    let reason = "its body waits for something that is no operation of its task".to_owned();
    TaskFailed { task: task.to_owned(), reason }
}

trait Runnable: Send + Sync {
    fn main_body(&self, task: Task) -> Body;
    fn job_body(&self, task: Task, job: &Packed) -> Result<Body, String>;
    fn job_task(&self, id: TaskId, task: Task, runs: Rc<dyn Runs>, job: &Packed) -> Result<TaskBody, String>;
}

impl<S: Script> Runnable for S {
    fn main_body(&self, task: Task) -> Body {
        let main = self.clone().main(task);
        Box::pin(Packing { body: main })
    }

    fn job_body(&self, task: Task, job: &Packed) -> Result<Body, String> {
        let work: S::Job = job_of(job)?;
        Ok(Box::pin(Packing { body: work.run(task) }))
    }

    fn job_task(&self, id: TaskId, task: Task, runs: Rc<dyn Runs>, job: &Packed) -> Result<TaskBody, String> {
        let work: S::Job = job_of(job)?;
        Ok(run_body(id, runs, Packing { body: work.run(task) }))
    }
}

fn job_of<W: Work>(job: &Packed) -> Result<W, String> {
    job.read().map_err(|what| format!("its job is {what}"))
}

/// Whoever runs bodies as tasks of an executor.
pub(crate) trait Runs {
    /// The name of a task.
    fn name(&self, task: TaskId) -> String;

    /// Hears that the body of a task was polled and waits, and says whether the task is over all the same.
    fn waits(&self, task: TaskId) -> Poll<()>;

    /// Hears what the body of a task has ended with.
    fn ended(&self, task: TaskId, result: Ended);
}

/// The body of a task as the executor takes it, in one allocation; it has no output, as `runs` hears what it ends with.
pub(crate) fn run_body(id: TaskId, runs: Rc<dyn Runs>, body: impl Future<Output = Packed> + 'static) -> TaskBody {
    TaskBody::new(Run { runs, id, body })
}

pin_project! {
    /// A body whose output is serialised. An async block in its place would hold the task's handle twice.
    struct Packing<F> {
        #[pin]
        body: F,
    }
}

impl<F: Future<Output: Serialize>> Future for Packing<F> {
    type Output = Packed;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Packed> {
        self.project().body.poll(context).map(|output| Packed::of(&output))
    }
}

pin_project! {
    /// A body as a task of an executor's.
    struct Run<F> {
        runs: Rc<dyn Runs>,
        id: TaskId,
        #[pin]
        body: F,
    }
}

impl<F: Future<Output = Packed>> Future for Run<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let (runs, id) = (&**this.runs, *this.id);
        match poll_body(|| runs.name(id), this.body, context) {
            Poll::Ready(result) => {
                runs.ended(id, result);
                Poll::Ready(())
            }
            Poll::Pending => runs.waits(id),
        }
    }
}
