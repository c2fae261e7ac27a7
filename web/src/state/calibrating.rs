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
            self.standing.set(Standing::Lost(texts::machine::CALIBRATION_CANCELLED.to_owned()));
        }
    }

    /// Whether a run is under way.
    pub fn is_under_way(self) -> bool {
        self.standing.with(|standing| matches!(standing, Standing::Running(_)))
    }

    fn go_on(self, cores: NonZeroU16, told: Rc<dyn Fn(Costs)>) {
        let index = self.runs.with_value(Vec::len);
        let Some(trial) = TRIALS.get(index) else {
            // Threads that are measured here pass on a GIL, too.
            let usual = Costs { gil: Preset::CPython.costs().gil, ..Preset::Browser.costs() };
            let costs = self.runs.with_value(|runs| costs(runs, cores, usual));
            // Workers that nobody needs any more.
            self.lab.set_value(Lab::default());
            match costs {
                Some(costs) => {
                    self.standing.set(Standing::Told(costs));
                    told(costs);
                }
                None => self.standing.set(Standing::Lost(texts::machine::NOT_TOLD.to_owned())),
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
            match self.measured.status.get_untracked() {
                Status::Lost(sentence) => self.standing.set(Standing::Lost(sentence)),
                _ => match untrack(|| self.measured.trace(trial.model)).filter(|trace| trace.outcome().is_some()) {
                    Some(trace) => {
                        self.runs.update_value(|runs| runs.push(Trace::clone(&trace)));
                        self.go_on(cores, Rc::clone(&told));
                    }
                    None => self.standing.set(Standing::Lost(texts::machine::NOT_TOLD.to_owned())),
                },
            }
        };
        let job = Job { models: vec![trial.model], ..Job::usual(trial.lesson(), trial.values()) };
        self.lab.with_value(|lab| lab.start(job, Rc::new(tell)));
    }
}
