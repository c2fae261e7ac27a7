//! The other side of the pipes: the process that does jobs.
//!
//! Its first thread reads what the parent sends. Where the process is one lane of the run, the same thread does the jobs: to
//! wake another for each would cost more than a small job. Where it is several lanes, each has a thread.
//!
//! The parent's end, however it comes about, closes the pipe, and whoever watches the pipe then ends the process at once, in
//! the middle of jobs too: their threads may be asleep for a minute. The first thread watches while it reads; where it
//! does jobs, a thread does that has nothing else to do (see [`hang_up`]).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{ErrorKind, stdin};
use std::process::exit;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::measure::{Recorder, WorkerProcess};
use engine::model::Model;
use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Event, LaneId, MarkKind, Post, TaskId};
use engine::work::adopt_spin;
use lessons::Values;

use crate::cpu_time;
use crate::process_pool::hang_up;
use crate::process_pool::message::{Answer, Ended, Frame, Messages, News, Order, Received};
use crate::process_pool::outbox::Outbox;
use crate::process_pool::this_run::Anchor;
use crate::service;
use crate::threads;

/// Does what the parent asks until the parent is gone.
pub fn run() -> ! {
    // A job that panics is reported to the parent, which tells the person; a second telling would only disturb.
    std::panic::set_hook(Box::new(|_| {}));
    let outbox = Outbox::to_parent().unwrap_or_else(|_| exit(1));
    let mut desk = Desk { outbox: Arc::new(outbox), prepared: None, lanes: HashMap::new() };
    let mut orders = Messages::new(stdin().lock());
    loop {
        match orders.next() {
            Ok(order) => desk.obey(order),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                crate::notice::error(
                    "`interleave worker` is for `interleave run` to call: this is none of its messages.",
                );
                exit(1);
            }
            Err(_) => exit(0),
        }
    }
}

/// What the first thread knows.
struct Desk {
    outbox: Arc<Outbox>,
    prepared: Option<Arc<Prepared>>,
    lanes: HashMap<LaneId, Sender<Errand>>,
}

/// What the threads of all lanes share.
struct Prepared {
    process: WorkerProcess,
    /// Whether this process is one lane, and its first thread does that lane's jobs.
    is_one_lane: bool,
    /// The CPU time that the parent has been told of.
    told: Mutex<Option<Nanos>>,
    outbox: Arc<Outbox>,
}

/// A job for a lane.
struct Errand {
    number: u64,
    lane: LaneId,
    task: TaskId,
    job: Job,
    clock: Anchor,
    more: bool,
    /// The bytes of its message, and how long it took to read that.
    bytes: u64,
    took: Nanos,
}

impl Desk {
    fn obey(&mut self, order: Received<Order>) {
        let Received { message: order, bytes, took } = order;
        match order {
            Order::Prepare { lesson, parameters, settings, speed, spin, service } => {
                adopt_spin(spin);
                let program = prepare(&lesson, &parameters, settings.costs);
                let cpu = cpu_time::used();
                let result = program.map(|prepared| {
                    let process = WorkerProcess::new(prepared.program, settings, speed);
                    let process = match (service, prepared.service) {
                        (Some(address), Some(service)) => process.over(service::sockets(address, service.session)),
                        _ => process,
                    };
                    let is_one_lane = settings.model != Model::ProcessesOfThreads && hang_up::watch();
                    let (told, outbox) = (Mutex::new(cpu), Arc::clone(&self.outbox));
                    self.prepared = Some(Arc::new(Prepared { process, is_one_lane, told, outbox }));
                });
                self.outbox.tell(&Answer::Prepared { result, cpu }, 0);
            }
            Order::Echo => self.outbox.tell(&Answer::Echo, bytes),
            Order::Run { number, lane, task, job, clock, more } => {
                let name = job.name.clone();
                if let Err(reason) = self.hand_over(Errand { number, lane, task, job, clock, more, bytes, took }) {
                    let result = Err(TaskFailed { task: name, reason });
                    let ended = Ended { result, cpu: Some(Nanos::ZERO), took: Nanos::ZERO };
                    self.outbox.tell(&Answer::Job { number, news: News::Ended(ended) }, 0);
                }
            }
        }
    }

    /// Does a job, or hands it to its lane, which is given a thread if it has none.
    fn hand_over(&mut self, errand: Errand) -> Result<(), String> {
        let prepared = self.prepared.as_ref().ok_or("its process knows no lesson")?;
        if prepared.is_one_lane {
            prepared.run(errand);
            return Ok(());
        }
        let inbox = match self.lanes.entry(errand.lane) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let (inbox, errands) = channel();
                let prepared = Arc::clone(prepared);
                let thread = thread::Builder::new().name(format!("lane {}", errand.lane.0));
                let started = thread.spawn(move || errands.into_iter().for_each(|errand| prepared.run(errand)));
                let no_thread =
                    |error| format!("the system gives its process no further thread ({error}): {}", threads::bound());
                started.map_err(no_thread)?;
                new.insert(inbox)
            }
        };
        inbox.send(errand).map_err(|_| "the thread that was to do it is gone".to_owned())
    }
}

fn prepare(lesson: &str, parameters: &[(String, String)], costs: Costs) -> Result<lessons::Prepared, String> {
    let lesson = lessons::find(lesson).map_err(|wrong| wrong.to_string())?;
    let values = Values::read(lesson.parameters, parameters);
    let values = values.map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))?;
    Ok(lesson.prepare_on(&values, costs))
}

impl Prepared {
    fn run(&self, errand: Errand) {
        let Errand { number, lane, task, job, clock, more, bytes, took } = errand;
        let outbox = Arc::clone(&self.outbox);
        let now = clock.now();
        let recorder = Arc::new(Recorder::joining(now, move |event| outbox.gather(number, event)));
        let enter = |activity, at| Event::Enter { task, lane, activity, at, line: None, by: None };
        let mark = |post, bytes, took, at| {
            let mark = MarkKind::Message { post, bytes, took };
            Event::Mark { task, lane, at, mark, line: None }
        };
        let at_message = Activity::Running(Doing::Message);
        // Where another thread reads for the lane, the lane is not seen to: it has a GIL to wait for.
        if self.is_one_lane {
            recorder.record(enter(at_message, now.since(took)));
        }
        recorder.record(mark(Post::JobRead, bytes, took, now));
        let result = self.process.work(lane, task, &job, &recorder);
        if self.is_one_lane {
            recorder.record_now(|at| enter(at_message, at));
        }
        let begun = Instant::now();
        let cpu = if more { Some(Nanos::ZERO) } else { self.cpu_since_told() };
        let ended = Ended { result, cpu, took: recorder.now().since(now) };
        let answer = Answer::Job { number, news: News::Ended(ended) };
        let Ok(frame) = Frame::new(&answer, job.result_bytes) else { exit(1) };
        recorder.record_now(|at| mark(Post::ResultWritten, frame.bytes(), begun.elapsed().into(), at));
        self.outbox.post(&frame, !more);
    }

    /// The CPU time of the whole process that the parent has not been told of: other lanes may be at work meanwhile, and
    /// nothing is to be told twice.
    fn cpu_since_told(&self) -> Option<Nanos> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let used = cpu_time::used();
        let cpu = used.zip(*told).map(|(used, told)| used.since(told));
        *told = used;
        cpu
    }
}
