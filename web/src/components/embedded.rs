//! A lesson in a frame of another page: its question and its timelines, and no way to measure.

use leptos::prelude::*;

use crate::components::cover::Cover;
use crate::components::legend::Legend;
use crate::components::model_panel::ModelPanel;
use crate::components::predict::Predict;
use crate::components::stage::SharedAxis;
use crate::components::steps::pager;
use crate::components::transport::{Transport, on_key};
use crate::state::door::Door;
use crate::state::lesson::LessonState;
use crate::state::link;
use crate::state::theme::Scheme;
use crate::state::way::Way;
use crate::texts::ways;

/// A lesson, small.
#[component]
pub fn Embedded(
    /// The lesson's state.
    state: LessonState,
    /// The way to a companion, which is not there.
    door: Door,
    /// In which colours it is drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let lesson = state.lesson;
    let whole =
        move || link::write(&link::Place::Lesson(Box::new(link::LessonPlace { way: Way::Page, ..state.place_now() })));
    let runs = move || match state.is_revealed.get() {
        false => view! { <Cover state /> }.into_any(),
        true => {
            let panel = move |model| view! { <ModelPanel state model door scheme /> };
            let panels = move || state.models.get().into_iter().map(panel).collect_view();
            view! {
                <section class="panel stage-panel" aria-label=lesson.title on:keydown=move |event| on_key(state, &event)>
                    <Legend />
                    <SharedAxis state>{panels}</SharedAxis>
                    <Transport state />
                </section>
            }
            .into_any()
        }
    };
    let place = RwSignal::new(0);
    let shown = Memo::new(move |_| place.get());
    let questions = (!lesson.questions.is_empty()).then(|| {
        let pager = move || state.is_revealed.get().then(|| pager(shown, place, lesson.questions.len()));
        view! { <div class="questions"><Predict state place=shown /> {pager}</div> }
    });
    view! {
        <main class="embedded" id="main" data-testid="embedded">
            <div class="embedded-head">
                <h1>{lesson.title}</h1>
                <span class="gap"></span>
                <a class="button" href=whole target="_blank" rel="noopener" data-testid="open-whole">{ways::OPEN_WHOLE}</a>
            </div>
            <div class="embedded-body">
                {questions}
                {runs}
            </div>
        </main>
    }
    .into_any()
}
