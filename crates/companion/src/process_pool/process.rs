//! One child, as this side knows it.

use std::io::{self, BufReader, ErrorKind};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{LaneId, TaskId};

use crate::process_pool::answers::{Answers, Silence};
use crate::process_pool::message::{Answer, Ended, Order, send};
use crate::process_pool::this_run::ThisRun;

/// A process, the pipe to it and the one back. Each has a lock of its own: many threads may wait for answers while one
/// gives an order, and while another ends the process.
pub struct Process {
    /// The number by which the system knows it.
    pub id: u32,
    child: Mutex<Child>,
    /// `None` once it is to end.
    orders: Mutex<Option<ChildStdin>>,
    answers: Answers<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts `program` as a worker. It need not run yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(program: &Path) -> io::Result<Arc<Process>> {
        let mut child = Command::new(program).arg("worker").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or_else(|| io::Error::new(ErrorKind::BrokenPipe, "it has no pipes"))?;
        Ok(Arc::new(Process {
            id: child.id(),
            child: Mutex::new(child),
            orders: Mutex::new(Some(orders)),
            answers: Answers::new(BufReader::new(answers)),
        }))
    }

    /// Gives an order.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn tell(&self, order: &Order) -> io::Result<()> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.as_mut().map_or_else(|| Err(ErrorKind::BrokenPipe.into()), |orders| send(orders, order))
    }

    /// Waits for the answer to an order that is no job. To be called where no job is out.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn answer(&self) -> io::Result<Answer> {
        self.answers.next()
    }

    /// Waits until it knows its lesson. Returns the CPU time that it has used until then.
    ///
    /// # Errors
    /// Why it will not, as the end of a sentence that begins with the process.
    pub fn wait_until_prepared(&self) -> Result<Option<Nanos>, String> {
        match self.answer() {
            Ok(Answer::Prepared { result: Ok(()), cpu }) => Ok(cpu),
            Ok(Answer::Prepared { result: Err(reason), .. }) => {
                Err(format!("process {} cannot begin: {reason}", self.id))
            }
            Ok(_) => Err(format!("process {} spoke out of turn", self.id)),
            Err(error) => Err(format!("process {} {} before it was ready", self.id, self.how_it_ended(&error))),
        }
    }

    /// Has a job done, and waits for its end. What happens meanwhile goes to the run's recorder.
    ///
    /// # Errors
    /// Where the process has fallen silent.
    pub fn work(&self, lane: LaneId, task: TaskId, job: &Job, run: &ThisRun) -> Result<Ended, Silence> {
        let number = self.answers.expect(&run.recorder);
        let order = Order::Run { number, lane, task, job: job.clone(), clock: run.anchor() };
        if let Err(error) = self.tell(&order) {
            self.answers.forget(number);
            return Err(Silence { has_begun: false, error });
        }
        self.answers.wait(number)
    }

    /// What became of a process that no longer speaks, such as "ended (signal: 9 (SIGKILL))".
    pub fn how_it_ended(&self, error: &io::Error) -> String {
        let mut child = self.child();
        match error.kind() {
            // Its pipe has closed, so it has ended or is just about to.
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => match child.wait() {
                Ok(status) => format!("ended ({})", in_words(status)),
                Err(error) => format!("was lost ({error})"),
            },
            kind => {
                let _ = child.kill();
                let what = if kind == ErrorKind::InvalidData { "sent what is no message" } else { "was lost" };
                format!("{what} ({error})")
            }
        }
    }

    /// Lets it end, and waits until it has: a child whose input has ended exits.
    pub fn end(&self) {
        *self.orders.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // An error says that it has ended already.
        let _ = self.child().wait();
    }

    /// Ends it at once, in the middle of a job too.
    pub fn kill(&self) {
        let mut child = self.child();
        // Errors say that it has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_words(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        // On unix this names the signal.
        None => status.to_string(),
    }
}
