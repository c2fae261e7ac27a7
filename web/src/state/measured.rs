//! What was measured, as it comes in.

use std::sync::Arc;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use leptos::prelude::*;

use crate::backend::{Ending, LiveClock, Progress};
use crate::state::browser;

/// The measured runs of one lesson, a signal a model, and how the measuring goes.
#[derive(Clone, Copy)]
pub struct Measured {
    runs: [RwSignal<Option<Run>>; Model::ALL.len()],
    /// How it goes.
    pub status: RwSignal<Status>,
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
    /// The runner is being started, with so many threads.
    Starting(usize),
    /// A model is being run.
    Running(Model),
    /// All of it is done.
    Complete,
    /// It was stopped, as this sentence says.
    Stopped(String),
    /// It was cut off, as this sentence says.
    Lost(String),
}

impl Measured {
    /// Nothing yet.
    pub fn new() -> Measured {
        Measured { runs: std::array::from_fn(|_| RwSignal::new(None)), status: RwSignal::default() }
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

    /// Takes in how a job on `clock` at `speed` goes.
    pub fn take_in(self, progress: Progress, clock: Clock, speed: Speed) {
        match progress {
            Progress::Starting(threads) => self.status.set(Status::Starting(threads)),
            Progress::Began(model) => {
                let trace = Arc::new(Trace::new(model, clock, speed));
                let clock = LiveClock::start(browser::now_ms());
                self.run(model).set(Some(Run { trace, clock, failed: None }));
                self.status.set(Status::Running(model));
            }
            Progress::Happened(model, events) => self.change(model, |run| {
                let trace = Arc::make_mut(&mut run.trace);
                for event in events {
                    trace.apply(event);
                }
                run.clock.hear(browser::now_ms(), trace.end());
            }),
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

    /// The job was stopped; what went on is cut off.
    pub fn stop(self, sentence: &str) {
        for run in self.runs {
            if run.with_untracked(|run| run.as_ref().is_some_and(|run| run.clock.is_running())) {
                run.update(|run| {
                    if let Some(run) = run {
                        run.clock.stop(browser::now_ms());
                        run.failed = Some("Cancelled before its end.".to_owned());
                    }
                });
            }
        }
        self.status.set(Status::Stopped(sentence.to_owned()));
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
        matches!(self, Status::Starting(_) | Status::Running(_))
    }

    /// Whether the runner was lost.
    pub fn is_lost(&self) -> bool {
        matches!(self, Status::Lost(_))
    }

    /// What a person is told.
    pub fn sentence(&self) -> String {
        match self {
            Status::Idle => "All of it is predicted. Run it to measure it, too.".to_owned(),
            Status::Starting(1) => "Starting one thread in this browser …".to_owned(),
            Status::Starting(threads) => format!("Starting {threads} threads in this browser …"),
            Status::Running(model) => format!("Running in this browser: {} …", model.title()),
            Status::Complete => "Measured in this browser, one run of each.".to_owned(),
            Status::Stopped(sentence) | Status::Lost(sentence) => sentence.clone(),
        }
    }
}
