//! The state of a lesson's page. What can be derived is derived.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use lessons::result_file::Opened;
use lessons::{Lesson, Parameter, Prepared, Values};

use crate::backend::companion::Companion;
use crate::backend::lab::Lab;
use crate::backend::predict::{Predictions, Predictor};
use crate::backend::{Backend, Job, LiveClock};
use crate::state::address::Address;
use crate::state::door::Door;
use crate::state::form::Form;
use crate::state::link::{LessonPlace, Place};
use crate::state::measured::{Measured, Status};
use crate::timeline::viewport::Viewport;

/// Everything that a lesson's page shows, as signals.
#[derive(Clone, Copy)]
pub struct LessonState {
    /// The lesson.
    pub lesson: &'static Lesson,
    /// The fields.
    pub form: RwSignal<Form>,
    /// The last values that were right.
    pub values: Memo<Values>,
    /// The lesson with them filled in.
    pub prepared: Signal<Prepared>,
    /// What is predicted from them.
    pub predictions: Memo<Predictions>,
    /// What was measured with them in this browser.
    browser: Measured,
    /// What was measured with them on this machine.
    machine: Measured,
    /// The clock that was measured with last.
    last: RwSignal<Clock>,
    /// The instant that the playhead points at.
    pub playhead: RwSignal<Nanos>,
    /// The run that the playhead tells of.
    pub looked_at: RwSignal<(Model, Clock)>,
    /// The clock whose logs are shown.
    pub log_of: RwSignal<Clock>,
    /// How often the axis was halved: at 0 it holds the longest run.
    pub zoom: RwSignal<u32>,
    /// How wide the timelines are.
    pub width_px: RwSignal<f64>,
    /// Where time is drawn, on all timelines alike.
    pub viewport: Memo<Viewport>,
    address: Address,
    lab: StoredValue<Lab, LocalStorage>,
    companion: StoredValue<Companion, LocalStorage>,
    /// Runs out when a person has stopped typing.
    typing: StoredValue<Option<TimeoutHandle>>,
}

/// A pause this long in typing means that the text is meant as it stands.
const TYPING_PAUSE: Duration = Duration::from_millis(300);

impl LessonState {
    /// The state that a link describes; what is changed about it goes into `address`, and a companion is behind `door`.
    pub fn new(place: &LessonPlace, address: Address, door: Door) -> LessonState {
        let lesson = place.lesson;
        let form = RwSignal::new(Form::new(place));
        let values = Memo::new(move |_| form.with(|form| form.values().clone()));
        let predictions = Memo::new(move |_| Predictions::of(Job { lesson, values: values.get(), speed: Speed::REAL }));
        let (browser, machine) = (Measured::by(Clock::Browser), Measured::by(Clock::Machine));
        let width_px = RwSignal::new(0.0);
        let longest =
            Memo::new(move |_| predictions.with(Predictions::longest).max(browser.longest()).max(machine.longest()));
        let zoom = RwSignal::new(0);
        let typing = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || {
            if let Some(pause) = typing.try_get_value().flatten() {
                pause.clear();
            }
        });
        LessonState {
            lesson,
            form,
            values,
            prepared: Signal::derive(move || lesson.prepare(&values.get())),
            predictions,
            browser,
            machine,
            last: RwSignal::new(Clock::Browser),
            playhead: RwSignal::new(Nanos::ZERO),
            looked_at: RwSignal::new((lesson.models.first().copied().unwrap_or(Model::Sequential), Clock::Virtual)),
            log_of: RwSignal::new(Clock::Virtual),
            zoom,
            width_px,
            viewport: Memo::new(move |_| Viewport::fit(Nanos(longest.get().0 >> zoom.get()), width_px.get())),
            address,
            lab: StoredValue::new_local(Lab::default()),
            companion: StoredValue::new_local(Companion::behind(door)),
            typing,
        }
    }

    /// A model's run on a clock.
    pub fn trace(self, model: Model, clock: Clock) -> Option<Arc<Trace>> {
        match self.measured(clock) {
            Some(measured) => measured.trace(model),
            None => self.predictions.with(|predictions| predictions.trace(model)),
        }
    }

    /// What was measured by a clock; nothing is by a virtual one.
    pub fn measured(self, clock: Clock) -> Option<Measured> {
        match clock {
            Clock::Virtual => None,
            Clock::Browser => Some(self.browser),
            Clock::Machine => Some(self.machine),
        }
    }

    /// How measuring goes, by the clock that was measured with last.
    pub fn status(self) -> (Clock, Status) {
        let clock = self.last.get();
        (clock, self.measured(clock).map(|measured| measured.status.get()).unwrap_or_default())
    }

    /// Whether anything is being measured.
    pub fn is_measuring(self) -> bool {
        [self.browser, self.machine].iter().any(|measured| measured.status.with(Status::is_under_way))
    }

    /// The clock by which the unfinished spans of a model's run grow; a prediction has none.
    pub fn run_clock(self, model: Model, clock: Clock) -> Option<LiveClock> {
        self.measured(clock)?.run(model).with(|run| run.as_ref().map(|run| run.clock))
    }

    /// Why this browser cannot run a model with the values that there are, as a sentence; `None` where it can.
    pub fn why_not_here(self, model: Model) -> Option<String> {
        self.lab.with_value(|lab| lab.refuses(model, &self.prepared.get()))
    }

    /// Whether any field holds what cannot be used.
    pub fn is_any_wrong(self) -> bool {
        self.form.with(Form::is_any_wrong)
    }

    /// Changes the fields. Measured runs belong to the values that they were measured with, and go with them.
    pub fn change(self, change: impl FnOnce(&mut Form)) {
        let before = self.form.with_untracked(|form| form.values().clone());
        self.form.update(change);
        if self.form.with_untracked(|form| *form.values() != before) {
            self.drop_measured();
        }
    }

    /// Takes a text for a parameter that is meant at once, as a slider's is.
    pub fn edit(self, parameter: &'static Parameter, text: String) {
        self.change(|form| {
            form.type_in(parameter, text);
            form.settle();
        });
    }

    /// Takes a text for a parameter that is being typed. It is meant when typing pauses: what stands there on the way is not.
    pub fn type_in(self, parameter: &'static Parameter, text: String) {
        self.form.update(|form| form.type_in(parameter, text));
        self.stop_waiting();
        let paused = set_timeout_with_handle(move || self.settle(), TYPING_PAUSE);
        self.typing.set_value(paused.ok());
    }

    /// Takes the fields as they are.
    pub fn settle(self) {
        self.stop_waiting();
        self.change(Form::settle);
        self.commit();
    }

    fn stop_waiting(self) {
        if let Some(pause) = self.typing.get_value() {
            pause.clear();
            self.typing.set_value(None);
        }
    }

    /// Writes the state into the address. It is called when a change is complete, not on every pixel of it.
    pub fn commit(self) {
        let place = self.form.with_untracked(Form::place);
        self.address.replace(&Place::Lesson(place));
    }

    /// Measures by a clock; nobody can by a virtual one.
    pub fn measure(self, clock: Clock) {
        let Some(measured) = self.measured(clock) else { return };
        let job = Job {
            lesson: self.lesson,
            values: self.values.get_untracked(),
            speed: self.form.with_untracked(Form::speed),
        };
        let speed = job.speed;
        measured.clear();
        self.last.set(clock);
        self.log_of.set(clock);
        self.with_backend(clock, |backend| {
            backend.start(job, Rc::new(move |progress| measured.take_in(progress, speed)));
        });
    }

    /// Shows a result that was opened from the file `name`, with the values that it was measured with.
    ///
    /// # Errors
    /// Where it belongs to another lesson, as a sentence.
    pub fn show(self, name: &str, result: Opened) -> Result<(), String> {
        if result.lesson.id != self.lesson.id {
            let title = result.lesson.title;
            return Err(format!("{name} is a result of the lesson “{title}”: open it on the page of that lesson."));
        }
        self.cancel();
        self.change(|form| form.set_values(result.values));
        self.commit();
        self.machine.show(name, result.traces);
        self.last.set(Clock::Machine);
        self.log_of.set(Clock::Machine);
        Ok(())
    }

    /// Cancels what is being measured.
    pub fn cancel(self) {
        for measured in [self.browser, self.machine] {
            self.stop(measured, "Cancelled. The runs that had ended stay.");
        }
    }

    fn drop_measured(self) {
        for measured in [self.browser, self.machine] {
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
            Clock::Machine => self.companion.with_value(|companion| act(companion)),
        }
    }
}
