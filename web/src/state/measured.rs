//! What was measured, as it comes in.

use std::sync::Arc;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use leptos::prelude::*;

use crate::backend::{Ending, LiveClock, Progress};
use crate::state::browser;

/// The runs of one lesson that were measured by one clock, a signal a model, and how the measuring goes.
#[derive(Clone, Copy)]
pub struct Measured {
    /// The clock.
    pub clock: Clock,
    runs: [RwSignal<Option<Run>>; Model::ALL.len()],
    /// How it goes.
    pub status: RwSignal<Status>,
    /// The number of the last job.
    job: StoredValue<u32>,
}

/// One model's measured run.
#[derive(Clone, Debug)]
pub struct Run {
    /// What is known of it.
    pub trace: Arc<Trace>,
    /// Its clock.
    pub clock: LiveClock,
    /// Why it did not come to its end, as a sentence.
    pub failed: Option<String>,
}

/// How measuring goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing was measured yet.
    #[default]
    Idle,
    /// The runner is being started, with so many threads; none where it has its own.
    Starting(usize),
    /// A model's run waits for so many others, of other pages.
    Waiting(Model, u32),
    /// A model is being run.
    Running(Model),
    /// All of it is done.
    Complete,
    /// It was measured before, as this sentence says.
    Opened(String),
    /// It was stopped, as this sentence says.
    Stopped(String),
    /// It was cut off, as this sentence says.
    Lost(String),
}

impl Measured {
    /// Nothing yet.
    pub fn by(clock: Clock) -> Measured {
        let runs = std::array::from_fn(|_| RwSignal::new(None));
        Measured { clock, runs, status: RwSignal::default(), job: StoredValue::new(0) }
    }

    /// A model's run.
    pub fn run(self, model: Model) -> RwSignal<Option<Run>> {
        self.runs[model as usize]
    }

    /// A model's trace, complete or growing.
    pub fn trace(self, model: Model) -> Option<Arc<Trace>> {
        self.run(model).with(|run| run.as_ref().map(|run| Arc::clone(&run.trace)))
    }

    /// How much of an axis the longest of all runs takes.
    pub fn longest(self) -> Nanos {
        let end = |run: &Option<Run>| run.as_ref().map_or(Nanos::ZERO, |run| run.trace.axis_length());
        self.runs.iter().map(|run| run.with(end)).max().unwrap_or_default()
    }

    /// Notes that a job begins, and returns its number.
    pub fn next_job(self) -> u32 {
        self.job.update_value(|job| *job += 1);
        self.job.get_value()
    }

    /// Whether the job of this number is under way, on a page that is still there.
    pub fn is_under_way(self, job: u32) -> bool {
        self.job.try_get_value() == Some(job) && self.status.with_untracked(Status::is_under_way)
    }

    /// Whether there is any run.
    pub fn is_any(self) -> bool {
        self.runs.iter().any(|run| run.with(Option::is_some))
    }

    /// Forgets all runs.
    pub fn clear(self) {
        for run in self.runs {
            if run.with_untracked(Option::is_some) {
                run.set(None);
            }
        }
    }

    /// Takes in how a job at `speed` goes.
    pub fn take_in(self, progress: Progress, speed: Speed) {
        match progress {
            Progress::Starting(threads) => self.status.set(Status::Starting(threads)),
            Progress::Began(model) => {
                let trace = Arc::new(Trace::new(model, self.clock, speed));
                let clock = LiveClock::start(browser::now_ms());
                self.run(model).set(Some(Run { trace, clock, failed: None }));
                self.status.set(Status::Running(model));
            }
            Progress::Waiting(model, before) => self.status.set(Status::Waiting(model, before)),
            Progress::Happened(model, events) => {
                if self.status.with_untracked(|status| matches!(status, Status::Waiting(..))) {
                    self.status.set(Status::Running(model));
                }
                self.change(model, |run| {
                    if run.trace.lanes.is_empty() {
                        // It may have waited for its turn, or for its processes.
                        run.clock = LiveClock::start(browser::now_ms());
                    }
                    let trace = Arc::make_mut(&mut run.trace);
                    for event in events {
                        trace.apply(event);
                    }
                    run.clock.hear(browser::now_ms(), trace.end());
                });
            }
            Progress::Known(trace) => self.change(trace.model, |run| run.trace = Arc::new(*trace)),
            Progress::Ended(model) => self.change(model, |run| run.clock.stop(browser::now_ms())),
            Progress::Failed(model, reason) => self.change(model, |run| {
                run.clock.stop(browser::now_ms());
                run.failed = Some(reason);
            }),
            Progress::Over(Ending::Complete) => self.status.set(Status::Complete),
            Progress::Over(Ending::Lost(sentence)) => self.status.set(Status::Lost(sentence)),
        }
    }

    /// Shows runs that were measured before on a `machine`, out of the file `name`; `missing` says what of it is not there.
    pub fn show(self, name: &str, machine: &str, traces: Vec<Trace>, missing: Option<&str>) {
        self.clear();
        let is_any = !traces.is_empty();
        for trace in traces {
            let mut clock = LiveClock::start(browser::now_ms());
            clock.stop(browser::now_ms());
            self.run(trace.model).set(Some(Run { trace: Arc::new(trace), clock, failed: None }));
        }
        let machine = if machine.is_empty() { "the machine that wrote it" } else { machine };
        let opened = format!("Opened {name}: measured by “interleave run”, on {machine}.");
        self.status.set(match missing {
            Some(missing) if is_any => Status::Lost(format!("{opened} {missing}")),
            Some(missing) => Status::Lost(missing.to_owned()),
            None => Status::Opened(opened),
        });
    }

    /// The job was stopped; what went on is cut off.
    pub fn stop(self, sentence: &str) {
        self.cut_off("Cancelled before its end.");
        self.status.set(Status::Stopped(sentence.to_owned()));
    }

    /// What went on was ended, for the reason that this sentence gives.
    pub fn end(self, why: &str) {
        self.cut_off(why);
        self.status.set(Status::Stopped(why.to_owned()));
    }

    fn cut_off(self, why: &str) {
        for run in self.runs {
            if run.with_untracked(|run| run.as_ref().is_some_and(|run| run.clock.is_running())) {
                run.update(|run| {
                    if let Some(run) = run {
                        run.clock.stop(browser::now_ms());
                        run.failed = Some(why.to_owned());
                    }
                });
            }
        }
    }

    fn change(self, model: Model, change: impl FnOnce(&mut Run)) {
        self.run(model).update(|run| {
            if let Some(run) = run {
                change(run);
            }
        });
    }
}

impl Status {
    /// Whether a job is under way.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Status::Starting(_) | Status::Waiting(..) | Status::Running(_))
    }

    /// Whether the runner was lost.
    pub fn is_lost(&self) -> bool {
        matches!(self, Status::Lost(_))
    }

    /// What a person is told of measuring by `clock`.
    pub fn sentence(&self, clock: Clock) -> String {
        let here = if clock == Clock::Browser { "in this browser" } else { "on this machine" };
        match self {
            Status::Idle => "All of it is predicted. Run it to measure it, too.".to_owned(),
            Status::Starting(0) => "Asking the companion …".to_owned(),
            Status::Starting(1) => format!("Starting one thread {here} …"),
            Status::Starting(threads) => format!("Starting {threads} threads {here} …"),
            Status::Waiting(model, before) => {
                let runs =
                    if *before == 1 { "a run of another page is".to_owned() } else { format!("{before} runs are") };
                format!("Waiting for a turn {here}: {runs} before {} …", model.title())
            }
            Status::Running(model) => format!("Running {here}: {} …", model.title()),
            Status::Complete => format!("Measured {here}, one run of each."),
            Status::Opened(sentence) | Status::Stopped(sentence) | Status::Lost(sentence) => sentence.clone(),
        }
    }
}
