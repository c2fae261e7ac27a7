//! Calibrating this browser: short runs in a lab of their own, one after the other, of which the traces tell what predictions of
//! this browser are to be charged.

use std::num::NonZeroU16;
use std::rc::Rc;

use engine::costs::{Costs, Preset};
use engine::model::Speed;
use engine::trace::{Clock, Trace};
use leptos::prelude::*;
use lessons::calibration::{TRIALS, costs};

use crate::backend::lab::Lab;
use crate::backend::{Backend, Job, Progress};
use crate::state::measured::{Measured, Status};
use crate::texts;

/// A calibration. It ends with the page that it was begun on.
#[derive(Clone, Copy)]
pub struct Calibrating {
    /// How it goes.
    pub standing: RwSignal<Standing>,
    lab: StoredValue<Lab, LocalStorage>,
    runs: StoredValue<Vec<Trace>>,
    measured: Measured,
}

/// How a calibration goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Standing {
    /// None was begun.
    #[default]
    Idle,
    /// The run of this number is under way, from 1.
    Running(usize),
    /// It was cut off, as this sentence says.
    Lost(String),
    /// It told these costs.
    Told(Costs),
}

impl Calibrating {
    /// None yet.
    pub fn new() -> Calibrating {
        Calibrating {
            standing: RwSignal::default(),
            lab: StoredValue::new_local(Lab::default()),
            runs: StoredValue::default(),
            measured: Measured::by(Clock::Browser),
        }
    }

    /// Begins with the first run, in a browser that has so many `cores`; `told` is given what all of them tell.
    pub fn begin(self, cores: NonZeroU16, told: Rc<dyn Fn(Costs)>) {
        self.runs.set_value(Vec::new());
        self.go_on(cores, told);
    }

    /// Ends the run under way, and the calibration with it.
    pub fn cancel(self) {
        if untrack(|| self.is_under_way()) {
            self.lab.with_value(|lab| lab.stop());
            self.end(Standing::Lost(texts::machine::CALIBRATION_CANCELLED.to_owned()));
        }
    }

    /// Whether a run is under way.
    pub fn is_under_way(self) -> bool {
        self.standing.with(|standing| matches!(standing, Standing::Running(_)))
    }

    /// Ends with this. Workers that nobody needs any more go with it.
    fn end(self, standing: Standing) {
        self.lab.set_value(Lab::default());
        self.standing.set(standing);
    }

    fn go_on(self, cores: NonZeroU16, told: Rc<dyn Fn(Costs)>) {
        let index = self.runs.with_value(Vec::len);
        let Some(trial) = TRIALS.get(index) else {
            // Threads that are measured here pass on a GIL, too.
            let usual = Costs { gil: Preset::CPython.costs().gil, ..Preset::Browser.costs() };
            let all = |runs: &Vec<Trace>| costs(runs.as_slice().try_into().ok()?, cores, usual);
            match self.runs.with_value(all) {
                Some(costs) => {
                    self.end(Standing::Told(costs));
                    told(costs);
                }
                None => self.end(Standing::Lost(texts::machine::NOT_TOLD.to_owned())),
            }
            return;
        };
        self.standing.set(Standing::Running(index + 1));
        self.measured.clear();
        let tell = move |progress: Progress| {
            let is_over = matches!(progress, Progress::Over(_));
            self.measured.take_in(progress, Speed::REAL);
            if !is_over {
                return;
            }
            if let Status::Lost(sentence) = self.measured.status.get_untracked() {
                return self.end(Standing::Lost(sentence));
            }
            let run = self.measured.run(trial.model).get_untracked();
            match run.as_ref().filter(|run| run.trace.outcome().is_some()) {
                Some(run) => {
                    self.runs.update_value(|runs| runs.push(Trace::clone(&run.trace)));
                    self.go_on(cores, Rc::clone(&told));
                }
                None => {
                    let failed = run.and_then(|run| run.failed.or_else(|| Some(run.trace.failure()?.to_string())));
                    self.end(Standing::Lost(texts::machine::trial_failed(trial.lesson(), failed.as_deref())));
                }
            }
        };
        let job = Job { models: vec![trial.model], ..Job::usual(trial.lesson(), trial.values()) };
        self.lab.with_value(|lab| lab.start(job, Rc::new(tell)));
    }
}
