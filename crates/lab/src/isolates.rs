//! The processes of a run as the coordinator knows them: isolated Workers, which share no memory with the run. A process that
//! is several lanes is several Workers, which share theirs with each other.
//!
//! # The protocol
//! A Worker that is up says so by telling its memory, and is told its lesson; when all of a process's threads know it, the
//! process is ready, and jobs that came before are given. A thread has one job at a time. A process of which a Worker breaks
//! down takes the jobs with it that it had, and no others: in a pool another takes its place at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use engine::measure::Recorder;
use engine::protocol::take;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Event, MarkKind, Post};
use engine::work::calibrate_spin;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_time::Instant;

use crate::browser::{Hear, Isolated, end, start_isolated};
use crate::mailbox::{Mailbox, Told};
use crate::message::{Answer, Order, pack};
use crate::processes::{Errand, Request, Seat};
use crate::run::Wish;

/// All of them. Dropping it ends them.
pub struct Isolates(Rc<RefCell<Known>>);

struct Known {
    processes: Vec<(u32, Process)>,
    /// How many threads each has.
    threads: u32,
    /// Whether one that breaks down is replaced.
    is_kept: bool,
    /// The message that tells the lesson.
    prepare: Uint8Array,
    recorder: Arc<Recorder>,
    mailbox: Mailbox,
    /// Who listens to them: there as soon as there is anybody to listen to.
    hear: Option<Hear>,
}

/// A process, by its threads. One that could not come up has none.
#[derive(Default)]
struct Process {
    threads: Vec<Thread>,
    /// How many of them know their lesson.
    prepared: u32,
    /// The jobs that came before all did.
    early: Vec<(u32, Errand)>,
    /// Why there is none.
    failure: Option<String>,
}

struct Thread {
    worker: Isolated,
    /// The job that it has.
    errand: Option<Errand>,
}

impl Isolates {
    /// The processes of a run, each of so many threads. None is there yet.
    pub fn new(wish: &Wish, threads: u32, is_kept: bool, recorder: &Arc<Recorder>, mailbox: &Mailbox) -> Isolates {
        let prepare = pack(&Order::Prepare { wish: wish.clone(), spin: calibrate_spin() }, 0);
        let known = Rc::new(RefCell::new(Known {
            processes: Vec::new(),
            threads,
            is_kept,
            prepare: Uint8Array::from(prepare.as_slice()),
            recorder: Arc::clone(recorder),
            mailbox: mailbox.clone(),
            hear: None,
        }));
        let listener = Rc::downgrade(&known);
        let hear = move |process, thread, said: JsValue| {
            if let Some(known) = listener.upgrade() {
                known.borrow_mut().hear((process, thread), said);
            }
        };
        known.borrow_mut().hear = Some(Closure::new(hear));
        Isolates(known)
    }

    /// Starts a process; the mailbox is told when it is ready.
    pub fn start(&self, process: u32) {
        self.0.borrow_mut().start(process);
    }

    /// Does what a lane asks for.
    pub fn answer(&self, request: Request) {
        let mut known = self.0.borrow_mut();
        match request {
            Request::Start(process) => known.start(process),
            Request::Do((process, thread), errand) => known.give(process, thread, errand),
            Request::End(process, _) => drop(known.take(process)),
        }
    }
}

impl Known {
    fn start(&mut self, number: u32) {
        let mut process = Process::default();
        self.begin(number, &mut process);
        self.processes.push((number, process));
    }

    /// Takes a process out, whoever is to go on with it.
    fn take(&mut self, number: u32) -> Option<Process> {
        let index = self.processes.iter().position(|(other, _)| *other == number)?;
        Some(self.processes.swap_remove(index).1)
    }

    fn begin(&self, number: u32, process: &mut Process) {
        match self.worker(&JsValue::UNDEFINED, (number, 0)) {
            Ok(thread) => process.threads.push(thread),
            Err(reason) => self.give_up(number, process, &reason),
        }
    }

    fn worker(&self, memory: &JsValue, (process, thread): Seat) -> Result<Thread, String> {
        let hear = self.hear.as_ref().ok_or("nobody would listen to it")?;
        let worker = start_isolated(memory, process, thread, hear)?;
        Ok(Thread { worker, errand: None })
    }

    /// One of the process's Workers has said something.
    fn hear(&mut self, seat: Seat, said: JsValue) {
        let Some(mut process) = self.take(seat.0) else { return };
        let heard = match said.dyn_into::<Uint8Array>() {
            Ok(message) => self.hear_answer(seat, &mut process, &message),
            Err(said) => match said.as_string() {
                Some(error) => Err(error),
                None => self.see_up(seat, &mut process, &said),
            },
        };
        if let Err(reason) = heard {
            self.lose(seat.0, &mut process, &reason);
        }
        self.processes.push((seat.0, process));
    }

    /// A Worker is up and waits for its lesson. The first of a process tells the memory that the others are to share.
    fn see_up(&self, seat: Seat, process: &mut Process, memory: &JsValue) -> Result<(), String> {
        let up = process.threads.get(seat.1 as usize).ok_or("it is none of this run")?;
        up.worker.send(&self.prepare).map_err(|error| in_words(&error))?;
        if seat.1 == 0 {
            for thread in 1..self.threads {
                process.threads.push(self.worker(memory, (seat.0, thread))?);
            }
        }
        Ok(())
    }

    fn hear_answer(&self, seat: Seat, process: &mut Process, message: &Uint8Array) -> Result<(), String> {
        let begun = Instant::now();
        let bytes = message.to_vec();
        match take(&bytes).ok_or("it sent what is no message")?.0 {
            Answer::Prepared(Ok(())) => {
                process.prepared += 1;
                if process.prepared == self.threads {
                    self.mailbox.put(Told::Ready(seat.0, Ok(())));
                    for (thread, errand) in std::mem::take(&mut process.early) {
                        self.hand_over(process, thread, errand)?;
                    }
                }
            }
            Answer::Prepared(Err(reason)) | Answer::Broke(reason) => return Err(reason),
            Answer::Happened(events) => events.into_iter().for_each(|event| self.recorder.record(event)),
            Answer::Ended(ended) => {
                let thread = process.threads.get_mut(seat.1 as usize);
                if let Some(errand) = thread.and_then(|thread| thread.errand.take()) {
                    self.mark(&errand, Post::ResultRead, bytes.len(), begun.elapsed().into());
                    errand.end(Ok(ended));
                }
            }
        }
        Ok(())
    }

    /// Gives a job to a thread of a process, or keeps it until that is ready.
    fn give(&mut self, number: u32, thread: u32, errand: Errand) {
        let Some(mut process) = self.take(number) else { return };
        if let Some(reason) = &process.failure {
            errand.end(Err(reason.clone()));
        } else if process.prepared < self.threads {
            process.early.push((thread, errand));
        } else if let Err(reason) = self.hand_over(&mut process, thread, errand) {
            self.lose(number, &mut process, &reason);
        }
        self.processes.push((number, process));
    }

    fn hand_over(&self, process: &mut Process, thread: u32, errand: Errand) -> Result<(), String> {
        let begun = Instant::now();
        let Some(thread) = process.threads.get_mut(thread as usize) else { return Ok(()) };
        if !self.is_kept {
            // It has come up for this job: its start ends here.
            let (task, lane, activity) = (errand.task, errand.lane, Activity::Running(Doing::Message));
            self.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line: None, by: None });
        }
        let sent = thread.worker.send(&Uint8Array::from(errand.order.as_slice()));
        self.mark(&errand, Post::JobWritten, errand.order.len(), errand.took + Nanos::from(begun.elapsed()));
        thread.errand = Some(Errand { order: Vec::new(), ..errand });
        sent.map_err(|error| in_words(&error))
    }

    /// Sees to a process of which a Worker broke down, and to the jobs that it had.
    fn lose(&self, number: u32, process: &mut Process, reason: &str) {
        let was_ready = process.prepared == self.threads;
        process.prepared = 0;
        for mut thread in std::mem::take(&mut process.threads) {
            if let Some(errand) = thread.errand.take() {
                let (task, lane, mark) = (errand.task, errand.lane, MarkKind::Lost { again: false });
                self.recorder.record_now(|at| Event::Mark { task, lane, at, mark, line: None });
                errand.end(Err(format!("its isolated Worker ended in the middle of the job: {reason}")));
            }
        }
        // Where one dies as it comes, so would the next.
        if was_ready && self.is_kept {
            self.begin(number, process);
        } else {
            self.give_up(number, process, reason);
        }
    }

    /// Notes that there will be no such process.
    fn give_up(&self, number: u32, process: &mut Process, reason: &str) {
        let reason = format!("its isolated Worker could not begin: {reason}");
        for (_, errand) in std::mem::take(&mut process.early) {
            errand.end(Err(reason.clone()));
        }
        self.mailbox.put(Told::Ready(number, Err(reason.clone())));
        process.failure = Some(reason);
    }

    fn mark(&self, errand: &Errand, post: Post, bytes: usize, took: Nanos) {
        let (task, lane, mark) = (errand.task, errand.lane, MarkKind::Message { post, bytes: bytes as u64, took });
        self.recorder.record_now(|at| Event::Mark { task, lane, at, mark, line: None });
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        end(&self.worker);
    }
}

fn in_words(error: &JsValue) -> String {
    format!("{error:?}")
}
