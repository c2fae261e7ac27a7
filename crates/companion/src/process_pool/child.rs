//! The other side of the pipes: the process that does jobs.
//!
//! Its first thread reads what the parent sends, and each lane of the run has a thread that does its jobs. The parent's end,
//! however it comes about, closes the pipe, and the first thread then ends the process at once, in the middle of jobs too:
//! their threads may be asleep for a minute.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, ErrorKind, stdin, stdout};
use std::process::exit;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::measure::{Recorder, WorkerProcess};
use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{LaneId, TaskId};
use engine::work::adopt_spin;
use lessons::Values;

use crate::cpu_time;
use crate::process_pool::message::{Answer, Ended, News, Order, receive, send};
use crate::process_pool::this_run::Anchor;
use crate::service;

/// Does what the parent asks until the parent is gone.
pub fn run() -> ! {
    // A job that panics is reported to the parent, which tells the person; a second telling would only disturb.
    std::panic::set_hook(Box::new(|_| {}));
    let mut desk = Desk::default();
    loop {
        match receive(&mut stdin().lock()) {
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
#[derive(Default)]
struct Desk {
    prepared: Option<Arc<Prepared>>,
    lanes: HashMap<LaneId, Sender<Errand>>,
}

/// What the threads of all lanes share.
struct Prepared {
    process: WorkerProcess,
    /// The CPU time that the parent has been told of.
    told: Mutex<Option<Nanos>>,
}

/// A job for a lane.
struct Errand {
    number: u64,
    task: TaskId,
    job: Job,
    clock: Anchor,
}

impl Desk {
    fn obey(&mut self, order: Order) {
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
                    self.prepared = Some(Arc::new(Prepared { process, told: Mutex::new(cpu) }));
                });
                tell(&Answer::Prepared { result, cpu });
            }
            Order::Echo(payload) => tell(&Answer::Echo(payload)),
            Order::Run { number, lane, task, job, clock } => {
                let name = job.name.clone();
                if let Err(reason) = self.hand_over(lane, Errand { number, task, job, clock }) {
                    let result = Err(TaskFailed { task: name, reason });
                    tell(&Answer::Job { number, news: News::Ended(Ended { result, cpu: Some(Nanos::ZERO) }) });
                }
            }
        }
    }

    /// Hands a job to its lane, which is given a thread if it has none.
    fn hand_over(&mut self, lane: LaneId, errand: Errand) -> Result<(), String> {
        let prepared = self.prepared.as_ref().ok_or("its process knows no lesson")?;
        let inbox = match self.lanes.entry(lane) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let (inbox, errands) = channel();
                let prepared = Arc::clone(prepared);
                let thread = thread::Builder::new().name(format!("lane {}", lane.0));
                let started = thread.spawn(move || run_errands(&prepared, lane, &errands));
                started.map_err(|error| format!("the system gives its process no further thread ({error})"))?;
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

fn run_errands(prepared: &Prepared, lane: LaneId, errands: &Receiver<Errand>) {
    for Errand { number, task, job, clock } in errands {
        let recorder = Recorder::joining(clock.now(), move |event| {
            tell(&Answer::Job { number, news: News::Event(event) });
        });
        let result = prepared.process.work(lane, task, &job, &Arc::new(recorder));
        let cpu = prepared.cpu_since_told();
        tell(&Answer::Job { number, news: News::Ended(Ended { result, cpu }) });
    }
}

impl Prepared {
    /// The CPU time of the whole process that the parent has not been told of: other lanes may be at work meanwhile, and
    /// nothing is to be told twice.
    fn cpu_since_told(&self) -> Option<Nanos> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let cpu = cpu_time::since(*told);
        *told = cpu_time::used();
        cpu
    }
}

/// Tells the parent, or ends where it no longer listens: it is gone, or about to be.
fn tell(answer: &Answer) {
    let sent: io::Result<()> = send(&mut stdout().lock(), answer);
    if sent.is_err() {
        exit(0);
    }
}
