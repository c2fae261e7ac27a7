//! One child, as this side knows it.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{LaneId, Post, TaskId};

use crate::interrupt;
use crate::process_pool::answers::{Answers, Heard, Silence};
use crate::process_pool::message::{Answer, Ended, Frame, Order, Received};
use crate::process_pool::this_run::ThisRun;
use crate::words::exit_status;

/// A process, the pipe to it and the one back. Each has a lock of its own: many threads may wait for answers while one
/// gives an order, and while another ends the process.
pub struct Process {
    /// The number by which the system knows it.
    pub id: u32,
    child: Mutex<Child>,
    /// `None` once it is to end.
    orders: Mutex<Option<ChildStdin>>,
    answers: Answers<ChildStdout>,
}

impl Process {
    /// Starts `program` as a worker. It need not run yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(program: &Path) -> io::Result<Arc<Process>> {
        let mut command = Command::new(program);
        interrupt::keep_from(command.arg("worker").stdin(Stdio::piped()).stdout(Stdio::piped()));
        let mut child = command.spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or_else(|| io::Error::new(ErrorKind::BrokenPipe, "it has no pipes"))?;
        hold_more(&orders);
        hold_more(&answers);
        Ok(Arc::new(Process {
            id: child.id(),
            child: Mutex::new(child),
            orders: Mutex::new(Some(orders)),
            answers: Answers::new(answers),
        }))
    }

    /// Gives an order, in a message of `bytes` at the least.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn tell(&self, order: &Order, bytes: u64) -> io::Result<()> {
        self.send(&Frame::new(order, bytes)?, &mut Vec::new())
    }

    /// Sends this behind what has gathered.
    fn send(&self, order: &Frame, gathered: &mut Vec<u8>) -> io::Result<()> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.as_mut().map_or_else(|| Err(ErrorKind::BrokenPipe.into()), |orders| order.write(orders, gathered))
    }

    /// Waits for the answer to an order that is no job. To be called where no job is out.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn answer(&self) -> io::Result<Answer> {
        self.answers.next().map(|received| received.message)
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

    /// Gives jobs, all in one message where they are small. Their numbers are to be waited for, in this order.
    ///
    /// # Errors
    /// Where the process is gone: none of them was given.
    pub fn give(&self, lane: LaneId, jobs: &[(TaskId, &Job)], run: &ThisRun) -> Result<Vec<u64>, Silence> {
        let begun = Instant::now();
        let mut written = Vec::with_capacity(jobs.len());
        let mut gathered = Vec::new();
        let sent = jobs.iter().enumerate().try_for_each(|(index, &(task, job))| {
            let more = index + 1 < jobs.len();
            let number = self.answers.expect(&run.recorder);
            written.push((number, 0));
            let order = Order::Run { number, lane, task, job: job.clone(), clock: run.anchor(), more };
            let order = Frame::new(&order, job.message_bytes)?;
            written[index].1 = order.bytes();
            if more {
                order.gather(&mut gathered);
                return Ok(());
            }
            self.send(&order, &mut gathered)
        });
        if let Err(error) = sent {
            written.iter().for_each(|(number, _)| self.answers.forget(*number));
            return Err(Silence { heard: Heard::NotGiven, error });
        }
        let took = Nanos::from(begun.elapsed()).scaled(1.0 / jobs.len() as f64);
        for ((_, bytes), (task, _)) in written.iter().zip(jobs) {
            run.message(lane, *task, Post::JobWritten, *bytes, took);
        }
        Ok(written.into_iter().map(|(number, _)| number).collect())
    }

    /// Looks out for an answer for a while, where the system lets it look (see [`Answers::look_out`]).
    pub fn look_out(&self, most: Duration) -> bool {
        self.answers.look_out(most, has_come)
    }

    /// Waits for the end of a job that was given. What happens in it goes to the run's recorder; where its end is not here yet,
    /// `meanwhile` is done first.
    ///
    /// # Errors
    /// Where the process has fallen silent.
    pub fn wait(
        &self,
        number: u64,
        lane: LaneId,
        task: TaskId,
        run: &ThisRun,
        meanwhile: impl FnOnce(),
    ) -> Result<Ended, Silence> {
        let Received { message: ended, bytes, took } = self.answers.wait(number, meanwhile)?;
        run.message(lane, task, Post::ResultRead, bytes, took);
        Ok(ended)
    }

    /// Forgets jobs that will not be waited for: another process does them.
    pub fn forget(&self, numbers: &[u64]) {
        numbers.iter().for_each(|number| self.answers.forget(*number));
    }

    /// What became of a process that no longer speaks, such as "ended (signal: 9 (SIGKILL))".
    pub fn how_it_ended(&self, error: &io::Error) -> String {
        let mut child = self.child();
        match error.kind() {
            // Its pipe has closed, so it has ended or is just about to.
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => match child.wait() {
                Ok(status) => format!("ended ({})", exit_status(status)),
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

#[cfg(unix)]
fn has_come(pipe: &ChildStdout) -> bool {
    use std::os::fd::AsFd;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    // An error is for whoever reads.
    poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO) != Ok(0)
}

/// The reading itself is what tells.
#[cfg(not(unix))]
fn has_come(_: &ChildStdout) -> bool {
    true
}

/// Has a pipe hold a megabyte where the system lets it: a large message then wakes its reader less often.
#[cfg(target_os = "linux")]
fn hold_more(pipe: &impl std::os::fd::AsFd) {
    use nix::fcntl::{FcntlArg, fcntl};

    // Who is refused has a pipe all the same.
    let _ = fcntl(pipe, FcntlArg::F_SETPIPE_SZ(1 << 20));
}

/// See the other.
#[cfg(not(target_os = "linux"))]
fn hold_more<P>(_: &P) {}
