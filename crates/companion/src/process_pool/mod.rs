//! A pool of real processes: children of this program that do jobs over pipes, and are kept from run to run.
//!
//! A child ends with this process, whichever way this process ends: its standard input is a pipe that only this process
//! holds the other end of (the standard library opens pipes so that no other child inherits them), and a child whose
//! input has ended exits at once.

pub mod child;
mod message;
mod probe;

use std::env;
use std::io::{self, BufReader, ErrorKind};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::error::TaskFailed;
use engine::measure::{Recorder, Worker};
use engine::model::Model;
use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{LaneId, TaskId};

use crate::request::Request;
use message::{Answer, Order, receive, send};
pub use probe::Probe;

/// Processes that are up and know their lesson. Dropping the pool ends them.
pub struct Pool {
    processes: Vec<Process>,
}

/// The CPU time that a run's jobs took in their processes, added up as they end; `None` once a process could not tell.
#[derive(Clone)]
pub struct JobsCpu(Arc<Mutex<Option<Nanos>>>);

impl Pool {
    /// Starts as many processes as the run on `model` has, and waits until all of them are up.
    ///
    /// # Errors
    /// A sentence, where a process cannot be started. Those that were are ended.
    pub fn start(request: &Request, model: Model) -> Result<Pool, String> {
        let program = this_program()?;
        let mut pool = Pool { processes: Vec::new() };
        for _ in 0..request.prepared.processes.get() {
            let process = Process::start(Command::new(&program).arg("worker"));
            pool.processes.push(process.map_err(|error| {
                let (number, most) = (pool.processes.len() + 1, request.prepared.processes);
                format!("Process {number} of {most} cannot be started from {}: {error}.", program.display())
            })?);
        }
        let prepare = Order::Prepare {
            lesson: request.lesson.id.to_owned(),
            parameters: request.values.texts(),
            settings: request.settings(model),
            speed: request.speed,
        };
        // All are told before the first is waited for: they get ready side by side.
        for process in &pool.processes {
            // Whoever cannot be told has died, which the answer says with a reason.
            let _ = process.pipes().send(&prepare);
        }
        for process in &pool.processes {
            process.wait_until_prepared()?;
        }
        Ok(pool)
    }

    /// The numbers by which the system knows the processes.
    pub fn ids(&self) -> Vec<u32> {
        self.processes.iter().map(|process| process.id).collect()
    }

    /// A worker for each process, for one run whose clock is `recorder`, and the CPU time that their jobs will take.
    pub fn workers(&self, recorder: &Arc<Recorder>) -> (Vec<Box<dyn Worker>>, JobsCpu) {
        let cpu = JobsCpu(Arc::new(Mutex::new(Some(Nanos::ZERO))));
        let worker = |process: &Process| -> Box<dyn Worker> {
            Box::new(Feeder { process: process.clone(), recorder: Arc::clone(recorder), cpu: cpu.clone() })
        };
        (self.processes.iter().map(worker).collect(), cpu)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for process in &self.processes {
            process.end();
        }
    }
}

impl JobsCpu {
    /// All of it so far.
    pub fn total(&self) -> Option<Nanos> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, cpu: Option<Nanos>) {
        let mut total = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *total = total.zip(cpu).map(|(total, cpu)| total + cpu);
    }
}

/// One child. The pipes and the child itself have a lock each: a thread may be waiting at the pipes while the pool ends
/// the child.
#[derive(Clone)]
struct Process {
    id: u32,
    child: Arc<Mutex<Child>>,
    pipes: Arc<Mutex<Pipes>>,
}

struct Pipes {
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(command: &mut Command) -> io::Result<Process> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or_else(|| io::Error::new(ErrorKind::BrokenPipe, "it has no pipes"))?;
        Ok(Process {
            id: child.id(),
            child: Arc::new(Mutex::new(child)),
            pipes: Arc::new(Mutex::new(Pipes { orders, answers: BufReader::new(answers) })),
        })
    }

    fn wait_until_prepared(&self) -> Result<(), String> {
        // Not in the match itself, where the lock would be held until its end.
        let answer = self.pipes().receive();
        match answer {
            Ok(Answer::Prepared(Ok(()))) => Ok(()),
            Ok(Answer::Prepared(Err(reason))) => Err(format!("Process {} cannot begin: {reason}.", self.id)),
            Ok(_) => Err(format!("Process {} spoke out of turn.", self.id)),
            Err(error) => Err(format!("Process {} could not be used: it {}.", self.id, self.how_it_ended(&error))),
        }
    }

    /// What became of a process that no longer speaks, such as "ended (signal: 9 (SIGKILL))".
    fn how_it_ended(&self, error: &io::Error) -> String {
        let mut child = self.child();
        if error.kind() == ErrorKind::InvalidData {
            let _ = child.kill();
            return format!("sent what is no message ({error})");
        }
        // Its pipe has closed, so it has ended or is just about to.
        match child.wait() {
            Ok(status) => format!("ended ({})", in_words(status)),
            Err(error) => format!("was lost ({error})"),
        }
    }

    fn end(&self) {
        let mut child = self.child();
        // Errors say that it has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }

    fn pipes(&self) -> MutexGuard<'_, Pipes> {
        // A frame that was cut off by a panic is noticed by whoever reads it.
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pipes {
    fn send(&mut self, order: &Order) -> io::Result<()> {
        send(&mut self.orders, order)
    }

    fn receive(&mut self) -> io::Result<Answer> {
        receive(&mut self.answers)
    }
}

/// Feeds one process in one run.
struct Feeder {
    process: Process,
    recorder: Arc<Recorder>,
    cpu: JobsCpu,
}

impl Worker for Feeder {
    fn work(&mut self, lane: LaneId, task: TaskId, job: &Job) -> Result<Vec<u8>, TaskFailed> {
        let failed = |reason: String| TaskFailed { task: job.name.clone(), reason };
        match self.exchange(lane, task, job) {
            Ok(result) => result,
            Err((begun, error)) => {
                let when = if begun { "in the middle of the job" } else { "before it began the job" };
                let how = self.process.how_it_ended(&error);
                Err(failed(format!("its process {} {how} {when}", self.process.id)))
            }
        }
    }
}

impl Feeder {
    /// Has the job done. Where the process falls silent: whether it had begun, and the pipe's error.
    fn exchange(
        &self,
        lane: LaneId,
        task: TaskId,
        job: &Job,
    ) -> Result<Result<Vec<u8>, TaskFailed>, (bool, io::Error)> {
        let mut pipes = self.process.pipes();
        let order = Order::Run { lane, task, job: job.clone(), now: self.recorder.now() };
        pipes.send(&order).map_err(|error| (false, error))?;
        let mut begun = false;
        loop {
            match pipes.receive().map_err(|error| (begun, error))? {
                Answer::Event(event) => {
                    begun = true;
                    self.recorder.record(event);
                }
                Answer::Ended { result, cpu } => {
                    self.cpu.add(cpu);
                    return Ok(result);
                }
                Answer::Prepared(_) | Answer::Echo(_) => {
                    let reason = format!("its process {} is not prepared", self.process.id);
                    return Ok(Err(TaskFailed { task: job.name.clone(), reason }));
                }
            }
        }
    }
}

fn this_program() -> Result<PathBuf, String> {
    env::current_exe().map_err(|error| format!("This program cannot find itself: {error}."))
}

fn in_words(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        // On unix this names the signal.
        None => status.to_string(),
    }
}
