//! One lane of one process in one run: who hands it jobs, and sees to them where the process dies.

use std::io::ErrorKind;
use std::mem::take;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use engine::error::TaskFailed;
use engine::measure::{Hand, Worker};
use engine::operation::Job;
use engine::program;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Event, LaneId, MarkKind, ReadyFor, TaskId};

use crate::notice;
use crate::process_pool::answers::{Heard, Silence};
use crate::process_pool::message::Ended;
use crate::process_pool::process::Process;
use crate::process_pool::seat::{Seat, Successor};
use crate::process_pool::this_run::ThisRun;

/// How often a job may find its process dead before it was given it: where new processes die as they come, so does the job.
const MOST_MISSED: u32 = 3;

/// A job that takes no longer is handed over with others: to hand it over alone takes about as long.
const SHORT: Nanos = Nanos(100_000);

/// A job that takes no longer is over before whoever waits for it could fall asleep and be woken.
const BRIEF: Nanos = Nanos(20_000);

/// So long an answer to a brief job is looked out for: as long as its process may take to be woken, and some more.
const LOOK_OUT: Duration = Duration::from_micros(60);

/// Where that was in vain, so many brief jobs more are waited for asleep: the process has no core to itself, and needs this one.
const ASLEEP: u32 = 16;

/// The most jobs that are handed over together.
const MOST_AT_ONCE: usize = 32;

/// The most bytes that are handed over together, or by somebody else than the lane's own thread: a pipe takes them without
/// anybody reading.
const SMALL: u64 = 1 << 14;

/// The lane.
pub struct Lane {
    place: Arc<Place>,
    /// Whether a process that has died is replaced though its job is not given to another.
    is_kept: bool,
    /// Whether no other lane is in the process, which then does jobs as they come.
    is_alone: bool,
    /// How many jobs it would have at once.
    appetite: usize,
}

/// What the lane's thread shares with those who hand it jobs.
struct Place {
    lane: LaneId,
    seat: Arc<Seat>,
    run: Arc<ThisRun>,
    /// A job that has been handed over before the lane's thread knew of it.
    handed: Mutex<Option<Handed>>,
    /// Whether the last one was brief.
    is_brief: AtomicBool,
    /// How many brief ones more nobody looks out for.
    asleep: AtomicU32,
}

/// A job that a process has.
struct Given {
    task: TaskId,
    process: Arc<Process>,
    number: u64,
}

/// A job that was handed over, and what became of it where somebody has waited for it in vain.
struct Handed {
    task: TaskId,
    attempt: Result<Given, Silent>,
}

/// A process that had a job, or was to have it, and why it will not be heard of again.
type Silent = (Arc<Process>, Silence);

impl Lane {
    /// A lane of a pool, which `is_alone` in its process or not.
    pub fn kept(lane: LaneId, seat: &Arc<Seat>, run: &Arc<ThisRun>, is_alone: bool) -> Lane {
        Lane { is_kept: true, is_alone, ..Lane::for_one_task(lane, seat, run) }
    }

    /// A lane that ends with its first job.
    pub fn for_one_task(lane: LaneId, seat: &Arc<Seat>, run: &Arc<ThisRun>) -> Lane {
        let place = Place {
            lane,
            seat: Arc::clone(seat),
            run: Arc::clone(run),
            handed: Mutex::default(),
            is_brief: AtomicBool::new(false),
            asleep: AtomicU32::new(0),
        };
        Lane { place: Arc::new(place), is_kept: false, is_alone: false, appetite: 1 }
    }

    /// Waits for the end of a job that its process has, and learns from it how long jobs are. Where that is not here yet,
    /// `meanwhile` is done first.
    fn wait(&mut self, given: &Given, meanwhile: impl FnOnce()) -> Result<Ended, Silence> {
        let ended = self.place.wait(given, meanwhile)?;
        let is_short = self.is_alone && ended.took <= SHORT;
        self.appetite = if is_short { (self.appetite * 2).min(MOST_AT_ONCE) } else { 1 };
        Ok(ended)
    }

    /// Has one job done, whatever becomes of its process; `silent` is one that had it already and is heard of no more.
    fn see_to(&mut self, task: TaskId, job: &Job, mut silent: Option<Silent>) -> program::Ended {
        let failed = |reason| Err(TaskFailed { task: job.name.clone(), reason });
        let (mut lost, mut missed) = (0, 0);
        let mut handed = self.place.take_handed(task);
        loop {
            let given = || handed.take().unwrap_or_else(|| self.place.give(task, job));
            let attempt = silent.take().map_or_else(given, Err);
            let (process, silence) = match attempt {
                Ok(given) => match self.wait(&given, || ()) {
                    Ok(ended) => return ended.result,
                    Err(silence) => (given.process, silence),
                },
                // Nobody has died of it, and nobody could send it.
                Err((_, Silence { error, .. })) if error.kind() == ErrorKind::InvalidInput => {
                    return failed(format!("no message can carry it ({error}): give it less to take along"));
                }
                Err(silent) => silent,
            };
            let (when, times) = match silence.heard {
                Heard::NotGiven => ("before it was given the job", &mut missed),
                Heard::Nothing => ("before it told of the job", &mut lost),
                Heard::Begun => ("in the middle of the job", &mut lost),
            };
            *times += 1;
            let again = match silence.heard {
                Heard::NotGiven => missed < MOST_MISSED,
                Heard::Nothing | Heard::Begun => lost <= self.place.seat.recipe().retries,
            };
            let mut reason = format!("its process {} {} {when}", process.id, process.how_it_ended(&silence.error));
            if silence.heard != Heard::NotGiven {
                self.place.mark(task, MarkKind::Lost { again });
            }
            if again || self.is_kept {
                // Nobody is seen at work in a process that is dead.
                let until_then =
                    if again { Activity::Ready(ReadyFor::LaneStart) } else { Activity::Running(Doing::Starting) };
                self.place.enter(task, until_then);
                match self.place.seat.replace(&process) {
                    Ok(Successor::New(id, cpu)) => {
                        self.place.run.add_cpu(cpu);
                        let and_does = if again { " and does it" } else { "" };
                        notice::note(format_args!("{}: {reason}; process {id} takes its place{and_does}", job.name));
                    }
                    Ok(Successor::Known) => {}
                    Ok(Successor::None) => return failed(reason),
                    Err(error) => return failed(format!("{reason}, and none can take its place: {error}")),
                }
            }
            if !again {
                if lost > 1 {
                    reason += &format!(", as {} did before it", lost - 1);
                }
                return failed(reason);
            }
        }
    }
}

impl Worker for Lane {
    fn work(&mut self, task: TaskId, job: &Job) -> program::Ended {
        self.see_to(task, job, None)
    }

    fn appetite(&self) -> usize {
        self.appetite
    }

    /// Where the process dies over one of them, those behind it have not begun: they are handed over again, one by one.
    fn work_all(&mut self, jobs: &[(TaskId, Job)], ended: &mut dyn FnMut(Vec<(TaskId, program::Ended)>)) {
        let mut left = jobs;
        let mut silent = None;
        // The first may have been handed over already, and alone.
        let is_small = left.iter().map(|(_, job)| bytes(job)).sum::<u64>() <= SMALL;
        if left.len() > 1 && is_small && !self.place.has(left) {
            let together: Vec<(TaskId, &Job)> = left.iter().map(|(task, job)| (*task, job)).collect();
            let process = self.place.seat.process();
            let numbers = process.give(self.place.lane, &together, &self.place.run).unwrap_or_default();
            // Ends that have come together are told together, and none waits for one that has not come.
            let mut come = Vec::new();
            let mut tell = |come: &mut Vec<_>| {
                if !come.is_empty() {
                    ended(take(come));
                }
            };
            for (place, &number) in numbers.iter().enumerate() {
                let given = Given { task: left[0].0, process: Arc::clone(&process), number };
                match self.wait(&given, || tell(&mut come)) {
                    Ok(end) => come.push((given.task, end.result)),
                    Err(silence) => {
                        process.forget(&numbers[place + 1..]);
                        silent = Some((process, silence));
                        break;
                    }
                }
                left = &left[1..];
            }
            tell(&mut come);
        }
        for (task, job) in left {
            ended(vec![(*task, self.see_to(*task, job, silent.take()))]);
        }
    }

    fn hand(&self) -> Option<Arc<dyn Hand>> {
        self.is_alone.then(|| Arc::<Place>::clone(&self.place) as Arc<dyn Hand>)
    }
}

impl Hand for Place {
    fn give(&self, task: TaskId, job: &Job) -> bool {
        // Where it cannot be given, the lane's thread will find out as well.
        let given = if bytes(job) <= SMALL { Place::give(self, task, job).ok() } else { None };
        let has_given = given.is_some();
        if let Some(given) = given {
            self.set_handed(Handed { task, attempt: Ok(given) });
        }
        has_given
    }

    fn wait(&self, task: TaskId) -> Option<program::Ended> {
        let attempt = self.take_handed(task)?.and_then(|given| {
            if self.is_brief.load(Ordering::Relaxed) {
                self.look_out(&given.process);
            }
            let ended = Place::wait(self, &given, || ()).map_err(|silence| (given.process, silence))?;
            Ok(ended.result)
        });
        attempt.map_err(|silent| self.set_handed(Handed { task, attempt: Err(silent) })).ok()
    }
}

impl Place {
    /// Gives a job to the process that is there.
    fn give(&self, task: TaskId, job: &Job) -> Result<Given, Silent> {
        let process = self.seat.process();
        match process.give(self.lane, &[(task, job)], &self.run) {
            Ok(numbers) => Ok(Given { task, process, number: numbers.first().copied().unwrap_or_default() }),
            Err(silence) => Err((process, silence)),
        }
    }

    /// Waits for the end of a job that its process has. Where that is not here yet, `meanwhile` is done first.
    fn wait(&self, given: &Given, meanwhile: impl FnOnce()) -> Result<Ended, Silence> {
        let ended = given.process.wait(given.number, self.lane, given.task, &self.run, meanwhile)?;
        self.run.add_cpu(ended.cpu);
        self.is_brief.store(ended.took <= BRIEF, Ordering::Relaxed);
        Ok(ended)
    }

    /// Looks out for an answer, unless that was in vain not long ago.
    fn look_out(&self, process: &Process) {
        let is_asleep = |left: u32| left.checked_sub(1);
        if !has_another_core() || self.asleep.fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_asleep).is_ok() {
            return;
        }
        let begun = Instant::now();
        if !process.look_out(LOOK_OUT) {
            self.asleep.store(ASLEEP, Ordering::Relaxed);
        }
        self.run.add_looked_out(begun.elapsed().into());
    }

    fn has(&self, jobs: &[(TaskId, Job)]) -> bool {
        let handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        handed.as_ref().is_some_and(|handed| jobs.first().is_some_and(|(task, _)| *task == handed.task))
    }

    fn take_handed(&self, task: TaskId) -> Option<Result<Given, Silent>> {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner);
        handed.take_if(|handed| handed.task == task).map(|handed| handed.attempt)
    }

    fn set_handed(&self, handed: Handed) {
        *self.handed.lock().unwrap_or_else(PoisonError::into_inner) = Some(handed);
    }

    fn enter(&self, task: TaskId, activity: Activity) {
        let lane = self.lane;
        self.run.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line: None, by: None });
    }

    fn mark(&self, task: TaskId, mark: MarkKind) {
        let lane = self.lane;
        self.run.recorder.record_now(|at| Event::Mark { task, lane, at, mark, line: None });
    }
}

/// Whether a process can do a job while its answer is looked out for.
fn has_another_core() -> bool {
    static CORES: OnceLock<bool> = OnceLock::new();
    *CORES.get_or_init(|| available_parallelism().is_ok_and(|cores| cores.get() > 1))
}

/// About as many bytes as its message will have.
fn bytes(job: &Job) -> u64 {
    job.message_bytes.max((job.payload.len() + job.name.len() + 64) as u64)
}
