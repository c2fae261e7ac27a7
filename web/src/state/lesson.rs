//! The state of a lesson's page. What can be derived is derived.

use std::sync::Arc;
use std::time::Duration;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use lessons::{Lesson, Prepared, Values};

use crate::backend::companion::Companion;
use crate::backend::lab::Lab;
use crate::backend::predict::Predictions;
use crate::backend::{Backend, Job, LiveClock};
use crate::later::Later;
use crate::state::address::Address;
use crate::state::calibrating::Calibrating;
use crate::state::door::Door;
use crate::state::form::Form;
use crate::state::history::History;
use crate::state::inbox::Inbox;
use crate::state::link::{LessonPlace, Look, Place, Settings};
use crate::state::machine::Machine;
use crate::state::measured::{Measured, Status};
use crate::state::progress::{Progress, Step};
use crate::state::said::{Answers, Said};
use crate::state::view::View;
use crate::state::way::Way;
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
    /// The machine that is predicted for.
    pub machine: Memo<Machine>,
    /// The models that are shown.
    pub models: Memo<Vec<Model>>,
    /// What is predicted from them; nothing before it can be.
    pub predictions: Memo<Predictions>,
    /// Whether what is shown as predicted is still that of the values before.
    pub is_late: Signal<bool>,
    /// What was measured with them in this browser.
    pub(super) browser: Measured,
    /// What was measured with them on this machine.
    pub(super) on_machine: Measured,
    /// How this browser's costs are measured, where they are.
    pub calibrating: Calibrating,
    /// The clock that was measured with last.
    pub(super) last: RwSignal<Clock>,
    /// The instant that the playhead points at.
    pub playhead: RwSignal<Nanos>,
    /// The run that the playhead tells of.
    pub looked_at: RwSignal<(Model, Clock)>,
    /// The model that code, log and figures are of; one that is shown.
    pub studied: Memo<Model>,
    chosen: RwSignal<Model>,
    /// The clock whose logs are shown.
    pub log_of: RwSignal<Clock>,
    /// The way in which the page is shown.
    pub way: RwSignal<Way>,
    /// What is predicted of the settings that are compared with, if any are.
    pub kept: Memo<Option<Predictions>>,
    /// How the runs are looked at.
    pub view: View,
    /// How wide the timelines are.
    pub width_px: RwSignal<f64>,
    /// Where time is drawn, on all timelines alike.
    pub viewport: Memo<Viewport>,
    /// What was said to the lesson's questions.
    pub answers: RwSignal<Answers>,
    /// Whether the runs may be seen: before the first question was answered or skipped they would give it away.
    pub is_revealed: Memo<bool>,
    /// What was done so far, in all lessons.
    pub progress: RwSignal<Progress>,
    /// What was changed, step by step.
    pub(super) history: RwSignal<History<Settings>>,
    /// What the page has only after its first view.
    pub later: Later,
    pub(super) address: Address,
    /// Where a result of another lesson goes.
    pub(super) inbox: Inbox,
    pub(super) lab: StoredValue<Lab, LocalStorage>,
    pub(super) companion: StoredValue<Companion, LocalStorage>,
    /// Runs out when a person has stopped typing.
    pub(super) typing: StoredValue<Option<TimeoutHandle>>,
}

/// A playhead that rests this long is where somebody wants it.
const LOOK_PAUSE: Duration = Duration::from_millis(500);

impl LessonState {
    /// The state that a link describes; what is changed about it goes into `address`, and a companion is behind `door`.
    pub fn new(place: &LessonPlace, address: Address, door: Door) -> LessonState {
        let lesson = place.lesson;
        let form = RwSignal::new(Form::new(place));
        let values = Memo::new(move |_| form.with(|form| form.values().clone()));
        let machine = Memo::new(move |_| form.with(Form::machine));
        let models = Memo::new(move |_| form.with(|form| form.models().to_vec()));
        let later = Later::of_page();
        let foreseen = later.foresee(Memo::new(move |_| {
            let mut job = Job { machine: machine.get(), ..Job::usual(lesson, values.get()) };
            // Speed-ups are counted from the sequential run, seen or not.
            job.models.retain(|model| *model == Model::Sequential || models.with(|models| models.contains(model)));
            Some(job)
        }));
        let predictions = foreseen.now;
        let way = RwSignal::new(place.way.clone());
        let kept = later.foresee(Memo::new(move |_| {
            let kept = way.with(|way| way.kept().cloned())?;
            Some(Job { machine: kept.machine, models: models.get(), ..Job::usual(lesson, kept.values) })
        }));
        let is_compared = Memo::new(move |_| way.with(|way| way.kept().is_some()));
        let is_late = Signal::derive(move || foreseen.is_late.get() || kept.is_late.get());
        let kept = Memo::new(move |_| is_compared.get().then(|| kept.now.get()));
        let (browser, on_machine) = (Measured::by(Clock::Browser), Measured::by(Clock::Machine));
        let width_px = RwSignal::new(0.0);
        let longest = Memo::new(move |_| {
            let predicted = predictions.with(|predictions| models.with(|models| predictions.longest_of(models)));
            let kept = kept.with(|kept| kept.as_ref().map_or(Nanos::ZERO, Predictions::longest));
            predicted.max(kept).max(browser.longest()).max(on_machine.longest())
        });
        let view = View::new(longest, place.look.window);
        let chosen = RwSignal::new(studied_first(lesson));
        let progress = RwSignal::new(Progress::kept());
        let mut said = progress.with_untracked(|progress| progress.answers(lesson));
        for question in 0..lesson.questions.len() {
            if let Some(linked) = place.answers.get(question) {
                said.say(question, linked);
            }
        }
        let answers = RwSignal::new(said);
        let typing = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || {
            if let Some(pause) = typing.try_get_value().flatten() {
                pause.clear();
            }
        });
        let state = LessonState {
            lesson,
            form,
            values,
            machine,
            models,
            predictions,
            is_late,
            browser,
            on_machine,
            calibrating: Calibrating::new(),
            last: RwSignal::new(Clock::Browser),
            playhead: RwSignal::new(place.look.at),
            looked_at: RwSignal::new((studied_first(lesson), Clock::Virtual)),
            studied: Memo::new(move |_| {
                let chosen = chosen.get();
                models
                    .with(|models| models.iter().find(|model| **model == chosen).or(models.first()).copied())
                    .unwrap_or(chosen)
            }),
            chosen,
            log_of: RwSignal::new(Clock::Virtual),
            way,
            kept,
            view,
            width_px,
            viewport: view.viewport(width_px),
            answers,
            is_revealed: Memo::new(move |_| answers.with(|answers| answers.reveal(lesson))),
            progress,
            history: RwSignal::new(History::new(place.settings.clone())),
            later,
            address,
            inbox: use_context().unwrap_or_else(Inbox::new),
            lab: StoredValue::new_local(Lab::default()),
            companion: StoredValue::new_local(Companion::behind(door)),
            typing,
        };
        state.write_where_somebody_looks();
        if let Some((name, opened)) = state.inbox.take(place) {
            state.open(&name, opened);
        }
        // For whatever stands anywhere on the page of this lesson.
        provide_context(state);
        state
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
            // A file's runs take the place of those of this machine.
            Clock::Machine | Clock::File => Some(self.on_machine),
        }
    }

    /// How measuring goes, by the clock that was measured with last.
    pub fn status(self) -> (Clock, Status) {
        let clock = self.last.get();
        (clock, self.measured(clock).map(|measured| measured.status.get()).unwrap_or_default())
    }

    /// Whether anything is being measured: two at once would take each other's time.
    pub fn is_measuring(self) -> bool {
        let runs = [self.browser, self.on_machine];
        self.calibrating.is_under_way() || runs.iter().any(|measured| measured.status.with(Status::is_under_way))
    }

    /// The clock by which the unfinished spans of a model's run grow; a prediction has none.
    pub fn run_clock(self, model: Model, clock: Clock) -> Option<LiveClock> {
        self.measured(clock)?.run(model).with(|run| run.as_ref().map(|run| run.clock))
    }

    /// The lesson with the values filled in, on the machine that is predicted for; `None` before it can be prepared.
    pub fn prepared(self) -> Option<Prepared> {
        self.later.prepare(self.machine.get(), self.lesson, &self.values.get())
    }

    /// Why this browser cannot run a model with the values that there are, as a sentence; `None` where it can.
    pub fn why_not_here(self, model: Model) -> Option<String> {
        self.lab.with_value(|lab| lab.refuses(model, &self.prepared()?))
    }

    /// Whether any field holds what cannot be used.
    pub fn is_any_wrong(self) -> bool {
        self.form.with(Form::is_any_wrong)
    }

    /// Keeps what was said to a question, in this browser and in the link.
    pub fn say(self, question: usize, said: Said) {
        self.answers.update(|answers| answers.say(question, said));
        self.make_progress(|progress| {
            progress.say(self.lesson, question, said);
            progress.note(self.lesson.id, Step::Predict);
            if question > 0 {
                progress.note(self.lesson.id, Step::Investigate);
            }
        });
        self.write_address();
    }

    /// Notes that a step of the lesson was done.
    pub fn note(self, step: Step) {
        if !self.progress.with_untracked(|progress| progress.is_done(self.lesson.id, step)) {
            self.make_progress(|progress| {
                progress.note(self.lesson.id, step);
            });
        }
    }

    /// Keeps what is done now beside what another tab may have kept meanwhile.
    fn make_progress(self, make: impl FnOnce(&mut Progress)) {
        let mut progress = self.progress.with_untracked(Progress::kept_or);
        make(&mut progress);
        progress.keep();
        self.progress.set(progress);
    }

    /// Keeps this as all that was done in all lessons: what a file brought, or nothing.
    pub fn take_progress(self, progress: Progress) {
        progress.keep();
        self.answers.set(progress.answers(self.lesson));
        self.progress.set(progress);
        self.write_address();
    }

    /// Turns code, log and figures to a model.
    pub fn study(self, model: Model) {
        self.chosen.set(model);
    }

    /// The place that a link should name.
    pub fn place(self) -> LessonPlace {
        LessonPlace {
            lesson: self.lesson,
            settings: self.form.with_untracked(|form| form.settings().clone()),
            look: Look { at: self.playhead.get_untracked(), window: untrack(|| self.view.chosen()) },
            answers: self.answers.get_untracked(),
            way: self.way.get_untracked(),
        }
    }

    pub(super) fn write_address(self) {
        self.address.replace(&Place::Lesson(Box::new(self.place())));
    }

    /// Keeps the playhead and the zoom in the address, once they rest.
    fn write_where_somebody_looks(self) {
        let resting = StoredValue::new(None::<TimeoutHandle>);
        Effect::new(move |before: Option<Look>| {
            let look = Look { at: self.playhead.get(), window: self.view.chosen() };
            if before.is_some_and(|before| before != look) {
                if let Some(before) = resting.get_value() {
                    before.clear();
                }
                let rested = set_timeout_with_handle(
                    move || {
                        if self.form.try_with_untracked(|_| ()).is_some() {
                            self.write_address();
                            // A class that watches is not the one who learns by this browser.
                            if self.way.with_untracked(|way| *way == Way::Page) {
                                self.note(Step::Run);
                            }
                        }
                    },
                    LOOK_PAUSE,
                );
                resting.set_value(rested.ok());
            }
            look
        });
        on_cleanup(move || {
            if let Some(resting) = resting.try_get_value().flatten() {
                resting.clear();
            }
        });
    }
}

/// The model that a lesson's first question is about, or else its first one.
fn studied_first(lesson: &Lesson) -> Model {
    let asked = lesson.questions.first().and_then(|question| question.models.first());
    asked.or(lesson.models.first()).copied().unwrap_or(Model::Sequential)
}
