//! The later half of the page: whatever its first view can do without.
//!
//! A lesson opens on a problem and a question, and may not even be predicted before that was answered; so what predicts, draws and
//! measures is a module of its own, which is fetched while somebody reads. The page's module is cut in two when it is built
//! (`cargo xtask build`): what is reachable from [`half`] and from nowhere else goes into the later half. All ways into it are in
//! [`Half`], so whoever wants to know what can wait reads [`Part`].

mod foreseen;
mod parts;
mod turns;

use leptos::prelude::*;
use leptos::task::spawn_local;
use lessons::{Diagnostic, Lesson, Prepared, Values};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::backend::predict::Predictions;
use crate::backend::{Job, foresight};
use crate::components::tabs::Tab;
use crate::state::address::Address;
use crate::state::browser;
use crate::state::door::Door;
use crate::state::inbox::Inbox;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;
use crate::state::machine::Machine;
use crate::state::progress::Progress;
use crate::state::shelf::Picture;
use crate::state::theme::Scheme;
use crate::texts;
use crate::timeline::ahead;
use turns::Turns;

/// A part of the page that comes with its later half.
#[derive(Clone)]
pub enum Part {
    /// The page on which results are opened.
    Open { address: Address, inbox: Inbox },
    /// The page that gives advice.
    Advise { values: Values, complaints: Vec<Diagnostic>, address: Address, scheme: Signal<Scheme> },
    /// A lesson in front of a class.
    Presentation { state: LessonState, door: Door, scheme: Signal<Scheme> },
    /// A lesson in a frame.
    Embedded { state: LessonState, door: Door, scheme: Signal<Scheme> },
    /// A lesson beside other settings of it.
    Comparison { state: LessonState, complaints: Vec<Diagnostic>, scheme: Signal<Scheme> },
    /// What can be changed about a lesson.
    Controls { state: LessonState },
    /// The models of a lesson on one time axis.
    Stage { state: LessonState, isolation: Isolation, door: Door, scheme: Signal<Scheme> },
    /// What a tab shows.
    Tab { state: LessonState, tab: Tab },
    /// Why a task waits.
    Why,
    /// What went wrong in the runs.
    Hints { state: LessonState },
    /// What can be taken away from a lesson.
    TakeAway { state: LessonState },
    /// What the runs say to a question.
    Answered { state: LessonState, place: Signal<usize> },
    /// The large picture of the home page, after which the small ones are predicted.
    HomePicture { shelf: Vec<RwSignal<Option<Picture>>>, scheme: Signal<Scheme> },
    /// One run of a small picture.
    CardRun { picture: RwSignal<Option<Picture>>, place: usize, width_px: RwSignal<f64>, scheme: Signal<Scheme> },
    /// What this browser keeps of a learner.
    KeptProgress { progress: RwSignal<Progress>, taken: Callback<Progress> },
    /// The sheet of all keys.
    KeySheet { open: RwSignal<bool> },
}

/// What the later half can do.
#[derive(Debug)]
struct Half {
    show: fn(Part) -> AnyView,
    prepare: fn(Machine, &Lesson, &Values) -> Prepared,
    predict_within_a_frame: fn(&Job) -> Option<Predictions>,
    predict: fn(Job, Made),
    serve: fn(),
}

/// Who is given predictions when they are there. Not a signal's callback: whoever asked may be gone by then, and that would go with
/// them.
type Made = Box<dyn FnOnce(Predictions)>;

/// The way to the later half, from wherever it is wanted.
#[derive(Clone, Copy)]
pub struct Later {
    standing: RwSignal<Standing>,
    turns: Turns,
}

#[derive(Clone, Copy)]
enum Standing {
    Coming,
    Here(&'static Half),
    Missing,
}

impl Later {
    /// Fetches it, for all that stands on the page.
    pub fn fetch() -> Later {
        let later = Later { standing: RwSignal::new(Standing::Coming), turns: Turns::none() };
        provide_context(later);
        later.try_again();
        later
    }

    /// The one that the page fetches.
    pub fn of_page() -> Later {
        use_context().unwrap_or_else(Later::fetch)
    }

    /// Shows a part once it can be; nothing until then.
    pub fn show(self, part: Part) -> AnyView {
        let turn = self.turn();
        (move || turn.get().map(|half| (half.show)(part.clone()))).into_any()
    }

    /// The same where there would be nothing to see without it: says that it is on its way.
    pub fn show_large(self, part: Part) -> AnyView {
        let turn = self.turn();
        let view = move || match (turn.get(), self.standing.get()) {
            (Some(half), _) => (half.show)(part.clone()),
            (None, Standing::Missing) => ().into_any(),
            (None, _) => view! { <p class="coming" aria-busy="true">{texts::COMING}</p> }.into_any(),
        };
        view.into_any()
    }

    /// What a person is told where it could not be fetched.
    pub fn notice(self) -> AnyView {
        let is_missing = Memo::new(move |_| matches!(self.standing.get(), Standing::Missing));
        let view = move || {
            is_missing.get().then(|| {
                view! {
                    <section class="notice page-notice" role="alert" data-testid="half-missing">
                        <p>{texts::HALF_MISSING}</p>
                        <button type="button" on:click=move |_| self.try_again()>{texts::TRY_AGAIN}</button>
                    </section>
                }
            })
        };
        view.into_any()
    }

    /// A lesson with its values filled in, on a machine; `None` until it can be prepared.
    pub fn prepare(self, machine: Machine, lesson: &Lesson, values: &Values) -> Option<Prepared> {
        self.half().map(|half| (half.prepare)(machine, lesson, values))
    }

    fn half(self) -> Option<&'static Half> {
        match self.standing.get() {
            Standing::Here(half) => Some(half),
            Standing::Coming | Standing::Missing => None,
        }
    }

    fn try_again(self) {
        self.standing.set(Standing::Coming);
        spawn_local(async move {
            // What the later half takes of the line, and does at once, would keep the first view from being seen.
            self.turns.all().await;
            browser::picture().await;
            let standing = half().await.map_or(Standing::Missing, Standing::Here);
            self.standing.try_set(standing);
        });
    }
}

/// Serves predictions to a page, in a Worker of it.
pub fn serve() {
    // Nothing of the page's own is started here, its tasks neither.
    wasm_bindgen_futures::spawn_local(async {
        match half().await {
            Ok(half) => (half.serve)(),
            // The page hears of it by an error event, and does without.
            Err(error) => wasm_bindgen::throw_str(&error.to_string()),
        }
    });
}

/// The later half.
///
/// # Errors
/// Where it could not be fetched.
#[wasm_split(later, fallible)]
fn half() -> Result<&'static Half, SplitLoaderError> {
    static HALF: Half = Half {
        show: parts::show,
        prepare: |machine, lesson, values| machine.prepare(lesson, values),
        predict_within_a_frame: Predictions::within_a_frame,
        predict: |job, made| spawn_local(async move { made(foresight::predict(job, ahead::lay_out).await) }),
        serve: foresight::serve,
    };
    Ok(&HALF)
}
