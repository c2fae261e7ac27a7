//! How a person looks at a lesson's runs: the playhead and how it moves, the window of time, what was asked about and what
//! is lit up because of it.

use std::sync::{Arc, OnceLock};

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, History, Moments, Step, TaskId, Trace};
use leptos::prelude::*;

use crate::state::browser;
use crate::state::lesson::LessonState;
use crate::state::way::Way;
use crate::state::words;
use crate::timeline::overlay::Lit;
use crate::timeline::viewport::{Viewport, Window};

/// By how much playing can be slowed down and sped up.
pub const PACES: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0];

/// The most that one frame plays, in milliseconds of the page's clock.
const LONGEST_FRAME_MS: f64 = 250.0;

/// How much closer one step of zooming looks.
pub const ZOOM_STEP: f64 = 1.6;

/// How the runs are looked at.
#[derive(Clone, Copy)]
pub struct View {
    /// What somebody zoomed in on; `None` shows all.
    window: RwSignal<Option<Window>>,
    /// All the time that there is to see.
    pub whole: Memo<Window>,
    /// Whether the playhead moves by itself.
    pub is_playing: RwSignal<bool>,
    /// How many seconds of the program pass in a second of playing.
    pub pace: RwSignal<f64>,
    /// The wait that was asked about.
    pub asked: RwSignal<Option<Asked>>,
    /// Why there is nobody where a person pressed last, if so.
    pub nobody: RwSignal<Option<String>>,
    /// The model to whose timelines the page is to be scrolled next.
    pub led: RwSignal<Option<Model>>,
    /// Where the eye is to be led as soon as what is there is predicted.
    pub due: RwSignal<Option<(Model, Nanos)>>,
    /// Whether the window was chosen that the lesson opens on.
    pub is_opened: StoredValue<bool>,
    /// Whether the critical path of every run is marked.
    pub shows_paths: RwSignal<bool>,
    frame: StoredValue<Option<AnimationFrameRequestHandle>>,
    /// What is known of the run that was looked at last.
    known: StoredValue<Option<Arc<Known>>>,
}

/// What is known of a run once and for all.
pub struct Known {
    /// The run.
    pub trace: Arc<Trace>,
    /// Its events.
    pub moments: Moments,
    /// What there was at each instant, once somebody looks inside: that takes longer than the events, and a slider asks for
    /// those alone.
    history: OnceLock<History>,
}

impl Known {
    fn of(trace: Arc<Trace>) -> Known {
        Known { moments: trace.moments(), trace, history: OnceLock::new() }
    }

    /// What there was at each instant.
    pub fn history(&self) -> &History {
        self.history.get_or_init(|| self.trace.history())
    }
}

/// A question: why did this task not run?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// In which run.
    pub model: Model,
    /// By which clock.
    pub clock: Clock,
    /// Who.
    pub task: TaskId,
    /// When, on the run's own clock.
    pub at: Nanos,
}

impl View {
    /// A view at rest, of `window` or else of everything.
    pub fn new(longest: Memo<Nanos>, window: Option<Window>) -> View {
        let view = View {
            window: RwSignal::new(window),
            whole: Memo::new(move |_| Window::whole(longest.get())),
            is_playing: RwSignal::new(false),
            pace: RwSignal::new(1.0),
            asked: RwSignal::new(None),
            nobody: RwSignal::new(None),
            led: RwSignal::new(None),
            due: RwSignal::new(None),
            is_opened: StoredValue::new(window.is_some()),
            shows_paths: RwSignal::new(false),
            frame: StoredValue::new(None),
            known: StoredValue::new(None),
        };
        on_cleanup(move || view.cancel_frame());
        view
    }

    /// Where time is drawn, in a picture so wide.
    pub fn viewport(self, width_px: RwSignal<f64>) -> Memo<Viewport> {
        Memo::new(move |_| Viewport::of(self.window(), width_px.get()))
    }

    /// The stretch of time that is seen.
    pub fn window(self) -> Window {
        let whole = self.whole.get();
        // After a change of the program there may be less time than was zoomed in on.
        self.window.get().map_or(whole, |window| window.moved(0.0, whole))
    }

    /// What somebody zoomed in on; `None` where everything is seen.
    pub fn chosen(self) -> Option<Window> {
        self.window.get()
    }

    /// Whether everything is seen.
    pub fn is_whole(self) -> bool {
        self.window.with(Option::is_none)
    }

    /// Whether everything is seen, for whoever asks once.
    pub fn is_whole_untracked(self) -> bool {
        self.window.with_untracked(Option::is_none)
    }

    /// Looks at a window of time, or at everything where that is no less.
    pub fn look_at(self, window: Window) {
        let whole = self.whole.get_untracked();
        self.window.set((window.length() < whole.length()).then_some(window));
    }

    /// Looks closer at an instant, which stays where it is, or from further away.
    pub fn zoom(self, about: Nanos, factor: f64) {
        let whole = self.whole.get_untracked();
        self.look_at(untrack(|| self.window()).zoomed(about, factor, whole));
    }

    /// Moves the window by so many nanoseconds.
    pub fn pan(self, by: f64) {
        if self.window.with_untracked(Option::is_some) {
            self.look_at(untrack(|| self.window()).moved(by, self.whole.get_untracked()));
        }
    }

    /// Puts away what was answered.
    pub fn put_away(self) {
        self.asked.set(None);
        self.nobody.set(None);
    }

    fn cancel_frame(self) {
        if let Some(frame) = self.frame.try_get_value().flatten() {
            frame.cancel();
        }
    }
}

impl LessonState {
    /// The run that is looked at; where it is gone, its prediction.
    pub fn looked_at_trace(self) -> Option<Arc<Trace>> {
        let (model, clock) = self.looked_at.get();
        self.trace(model, clock).or_else(|| self.trace(model, Clock::Virtual))
    }

    /// The events of the run that is looked at, and what there was at each instant.
    pub fn known(self) -> Option<Arc<Known>> {
        let trace = self.looked_at_trace()?;
        let kept = self.view.known.get_value().filter(|known| Arc::ptr_eq(&known.trace, &trace));
        kept.or_else(|| {
            let known = Arc::new(Known::of(trace));
            self.view.known.set_value(Some(Arc::clone(&known)));
            Some(known)
        })
    }

    /// The run that is looked at, in words.
    pub fn of(self) -> Option<String> {
        let trace = self.looked_at_trace()?;
        Some(format!("{}, {}", trace.model.title(), words::heading(trace.clock, trace.speed)))
    }

    /// The instant of the playhead: to the microsecond where it stands upon an event that several may share a millisecond with.
    pub fn instant(self) -> String {
        let playhead = self.playhead.get();
        let is_event = self.known().is_some_and(|known| {
            let at = known.trace.own_time(playhead);
            known.moments.last_by(&known.trace, at).is_some_and(|(when, ..)| when == at)
        });
        match is_event && !playhead.0.is_multiple_of(1_000_000) {
            true => format!("{:.6} s", playhead.as_secs_f64()),
            false => playhead.to_string(),
        }
    }

    /// What happened last in the run that is looked at, as a clause.
    pub fn happens(self) -> Option<String> {
        let known = self.known()?;
        let trace = &known.trace;
        Some(match known.moments.last_by(trace, trace.own_time(self.playhead.get())) {
            None => "nothing has happened yet".to_owned(),
            Some((_, says, 0)) => says,
            Some((_, says, others)) => format!("{says}, and {others} more at that instant"),
        })
    }

    /// Moves the playhead, and the window so far that it shows it.
    pub fn move_playhead(self, to: Nanos) {
        let view = self.view;
        let whole = view.whole.get_untracked();
        let to = to.min(whole.end);
        self.playhead.set(to);
        if !view.window.with_untracked(Option::is_none) {
            view.look_at(untrack(|| view.window()).turned_to(to, whole));
        }
    }

    /// Steps to the next event of the run that is looked at, or to the one before.
    pub fn step(self, forward: bool) {
        self.pause();
        let Some(known) = untrack(|| self.known()) else { return };
        let trace = &known.trace;
        let playhead = self.playhead.get_untracked();
        let at = trace.own_time(playhead);
        let mut next = if forward { known.moments.after(at) } else { known.moments.before(at) };
        // Of a fast run, two instants of its own clock may be one of the program's.
        while let Some(found) = next.filter(|found| trace.program_time(*found) == playhead) {
            next = if forward { known.moments.after(found) } else { known.moments.before(found) };
        }
        if let Some(found) = next {
            self.move_playhead(trace.program_time(found));
        }
    }

    /// Moves the playhead to the beginning, or to the end of the run that is looked at.
    pub fn jump(self, to_end: bool) {
        self.pause();
        let end = untrack(|| self.looked_at_trace()).map(|trace| trace.program_time(trace.end()));
        self.move_playhead(if to_end { end.unwrap_or_default() } else { Nanos::ZERO });
    }

    /// Shows all of every run or, where it does so already, all of the one that is looked at.
    pub fn fit(self) {
        if self.view.window.with_untracked(Option::is_some) {
            self.view.window.set(None);
        } else {
            self.fit_model();
        }
    }

    /// Shows all of the run that is looked at.
    pub fn fit_model(self) {
        if let Some(trace) = untrack(|| self.looked_at_trace()) {
            self.view.look_at(Window::whole(trace.axis_length()));
        }
    }

    /// Whether a model's runs are so short beside what is seen that they are hard to read.
    pub fn is_small(self, model: Model) -> bool {
        self.is_within(model, 0.25)
    }

    /// Whether they are so short that nothing of them can be read.
    pub fn is_far_smaller(self, model: Model) -> bool {
        self.is_within(model, 0.05)
    }

    fn is_within(self, model: Model, share: f64) -> bool {
        let clocks = [Clock::Virtual, Clock::Browser, Clock::Machine];
        let longest =
            clocks.into_iter().filter_map(|clock| self.trace(model, clock)).map(|trace| trace.axis_length()).max();
        longest.is_some_and(|longest| longest < self.view.window().length().scaled(share))
    }

    /// Lets the playhead move by itself, or stops it.
    pub fn play_or_pause(self) {
        if self.view.is_playing.get_untracked() {
            self.pause();
            return;
        }
        let end = untrack(|| self.playing_until());
        if self.playhead.get_untracked() >= end {
            self.move_playhead(Nanos::ZERO);
        }
        self.view.is_playing.set(true);
        self.play_on(browser::now_ms());
    }

    /// Stops the playhead.
    pub fn pause(self) {
        self.view.cancel_frame();
        self.view.is_playing.set(false);
    }

    /// The end of the longest run; of a presentation, which shows one after the other, of the one that is looked at.
    fn playing_until(self) -> Nanos {
        if let Way::Present(_) = self.way.get() {
            return self.looked_at_trace().map(|trace| trace.axis_length()).unwrap_or_default();
        }
        let clocks = [Clock::Virtual, Clock::Browser, Clock::Machine];
        let runs = self.lesson.models.iter().flat_map(|model| clocks.map(|clock| self.trace(*model, clock)));
        runs.flatten().map(|trace| trace.axis_length()).max().unwrap_or_default()
    }

    fn play_on(self, since_ms: f64) {
        let asked = request_animation_frame_with_handle(move || {
            let now_ms = browser::now_ms();
            // A tab in the background is given no frames; what passed meanwhile was not played.
            let passed = (now_ms - since_ms).clamp(0.0, LONGEST_FRAME_MS) * 1e6 * self.view.pace.get_untracked();
            let end = untrack(|| self.playing_until());
            let to = Nanos(self.playhead.get_untracked().0 + passed as u64).min(end);
            self.move_playhead(to);
            if to < end { self.play_on(now_ms) } else { self.pause() }
        });
        self.view.frame.set_value(asked.ok());
    }

    /// What is lit up in the timeline of a run.
    pub fn lit(self, model: Model, clock: Clock) -> Option<Arc<Lit>> {
        let asked = self.view.asked.get().filter(|asked| (asked.model, asked.clock) == (model, clock));
        if asked.is_none() && !self.view.shows_paths.get() {
            return None;
        }
        let trace = self.trace(model, clock)?;
        let chain = asked.and_then(|asked| Some((trace.why(asked.task, asked.at).ok()?, asked.at)));
        Some(Arc::new(Lit { chain, path: trace.critical_path(&trace.history()) }))
    }
}

/// Whether a chain of causes, or its first wait, is on the critical path.
pub fn is_critical(lit: &Lit, step: &Step) -> bool {
    lit.path.iter().any(|leg| leg.task == step.task && leg.from < step.to && step.from < leg.to)
}
