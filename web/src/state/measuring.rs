//! Measuring a lesson: begun, opened from a file, cancelled and dropped.

use std::rc::Rc;

use engine::model::Model;
use engine::trace::Clock;
use leptos::prelude::*;
use lessons::result_file::Opened;

use crate::backend::predict::Predictor;
use crate::backend::{Backend, Job};
use crate::state::lesson::LessonState;
use crate::state::limit::{self, Limit};
use crate::state::measured::{Measured, Status};
use crate::state::progress::Step;
use crate::state::said::Said;
use crate::state::way::Way;

impl LessonState {
    /// Measures by a clock; nobody can by a virtual one.
    pub fn measure(self, clock: Clock) {
        let Some(measured) = self.measured(clock) else { return };
        // Whoever frames a page may not set the machine beneath it to work.
        if self.way.with_untracked(|way| *way == Way::Embed) {
            return;
        }
        let settings = self.form.with_untracked(|form| form.settings().clone());
        let job = Job {
            lesson: self.lesson,
            values: settings.values,
            speed: settings.speed,
            machine: settings.machine,
            models: settings.models,
        };
        self.note(Step::Run);
        measured.clear();
        self.last.set(clock);
        self.log_of.set(clock);
        self.begin_job(measured, job);
    }

    /// Begins a job, and sees to it that none of its runs goes on for ever.
    fn begin_job(self, measured: Measured, job: Job) {
        let (speed, watched) = (job.speed, job.clone());
        self.with_backend(measured.clock, |backend| {
            backend.start(job, Rc::new(move |progress| measured.take_in(progress, speed)));
        });
        self.look_soon(measured, watched, measured.next_job(), None);
    }

    /// Looks a little later whether a run of the job of this `number` is at its limit, and again while that job is under way.
    fn look_soon(self, measured: Measured, job: Job, number: u32, limit: Option<(Model, Limit)>) {
        let look = move || {
            // The page may have moved on meanwhile, and another job is looked at by itself.
            if !measured.is_under_way(number) {
                return;
            }
            let Status::Running(model) = measured.status.get_untracked() else {
                return self.look_soon(measured, job, number, None);
            };
            let mut limit = limit.filter(|(of, _)| *of == model).map_or_else(Limit::default, |(_, limit)| limit);
            let predicted =
                untrack(|| self.trace(model, Clock::Virtual)).map(|trace| limit::expected(&trace, job.speed));
            let trace = untrack(|| measured.trace(model));
            match trace.and_then(|trace| limit.pass(limit::LOOK.into(), &trace, predicted)) {
                Some(why) => self.end_run(measured, job, model, &why),
                None => self.look_soon(measured, job, number, Some((model, limit))),
            }
        };
        set_timeout(look, limit::LOOK);
    }

    /// Ends a model's run with whoever runs it, and goes on with the models behind it.
    fn end_run(self, measured: Measured, job: Job, model: Model, why: &str) {
        self.with_backend(measured.clock, |backend| backend.stop());
        measured.end(why);
        let models = limit::behind(&job.models, model);
        if !models.is_empty() {
            self.begin_job(measured, Job { models, ..job });
        }
    }

    /// Shows a result that was opened from the file `name`, with the values that it was measured with; one of another lesson on
    /// the page of that one.
    pub fn open(self, name: &str, result: Opened) {
        if result.lesson.id != self.lesson.id {
            self.inbox.lead(self.address, name.to_owned(), result);
            return;
        }
        self.cancel();
        // Whoever brings a run has seen one.
        if !self.is_revealed.get_untracked() {
            self.answers.update(|answers| answers.say(0, Said::Skipped));
        }
        self.change(|form| form.set_values(result.values));
        self.commit();
        self.on_machine.show(name, &result.machine, result.traces, result.missing.as_deref());
        self.last.set(Clock::Machine);
        self.log_of.set(Clock::Machine);
    }

    /// Cancels what is being measured.
    pub fn cancel(self) {
        for measured in [self.browser, self.on_machine] {
            self.stop(measured, "Cancelled. The runs that had ended stay.");
        }
        self.calibrating.cancel();
    }

    /// Forgets what was measured: it belonged to other values.
    pub(super) fn drop_measured(self) {
        for measured in [self.browser, self.on_machine] {
            let was_under_way = self.stop(measured, "The run was cancelled: a value changed while it went on.");
            if !was_under_way && untrack(|| measured.is_any()) {
                measured.stop("The measured runs were dropped: they belonged to other values.");
            }
            measured.clear();
        }
        self.log_of.set(Clock::Virtual);
    }

    /// Stops what is being measured, for a reason that `sentence` gives, and returns whether there was anything.
    fn stop(self, measured: Measured, sentence: &str) -> bool {
        let is_under_way = measured.status.with_untracked(Status::is_under_way);
        if is_under_way {
            self.with_backend(measured.clock, |backend| backend.stop());
            measured.stop(sentence);
        }
        is_under_way
    }

    fn with_backend(self, clock: Clock, act: impl FnOnce(&dyn Backend)) {
        match clock {
            Clock::Virtual => act(&Predictor),
            Clock::Browser => self.lab.with_value(|lab| act(lab)),
            Clock::Machine | Clock::File => self.companion.with_value(|companion| act(companion)),
        }
    }
}
