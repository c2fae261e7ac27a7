//! A lesson's page: what is asked and can be changed, the models on one axis, and what they wrote.

use leptos::prelude::*;
use lessons::{Diagnostic, catalogue};

use crate::components::controls::Controls;
use crate::components::cover::Cover;
use crate::components::hints::Hints;
use crate::components::notices::Notices;
use crate::components::stage::Stage;
use crate::components::steps::Steps;
use crate::components::tabs::Tabs;
use crate::components::take_away::ShareMenu;
use crate::components::why::Why;
use crate::state::address::{self, Address};
use crate::state::door::Door;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;
use crate::state::link::LessonPlace;
use crate::state::theme::Scheme;

/// A lesson.
#[component]
pub fn LessonPage(
    /// Which one, with which values.
    place: LessonPlace,
    /// What was wrong with the link that led here.
    complaints: Vec<Diagnostic>,
    /// Where changes are written.
    address: Address,
    /// What this browser can do.
    isolation: Isolation,
    /// The way to a companion.
    door: Door,
    /// In which colours pictures are drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let lesson = place.lesson;
    address::set_title(&format!("{} · Interleave", lesson.title));
    let state = LessonState::new(&place, address, door);
    let number = catalogue().iter().position(|other| other.id == lesson.id).map_or(0, |index| index + 1);
    let stage = move || match state.is_revealed.get() {
        true => view! { <Stage state isolation door scheme /> }.into_any(),
        false => view! { <Cover state /> }.into_any(),
    };
    let asked = move || state.is_revealed.get().then(|| view! { <Why /> });
    // Panels of models that are turned off are hidden by their names.
    let turned_off = move || {
        let off = lesson.models.iter().filter(|model| !state.models.with(|models| models.contains(model)));
        off.map(|model| model.id()).collect::<Vec<_>>().join(" ")
    };
    view! {
        <main class="lesson" id="main">
            <Notices complaints />
            <div class="columns" class:covered=move || !state.is_revealed.get() data-off=turned_off>
                <div class="column asked">
                    <div class="panel intro">
                        <div class="intro-head">
                            <div class="intro-row">
                                <p class="eyebrow">{format!("Lesson {number} of {}", catalogue().len())}</p>
                                <ShareMenu state />
                            </div>
                            <h1>{lesson.title}</h1>
                        </div>
                        <Steps state />
                    </div>
                    <Controls state />
                </div>
                <div class="column shown">{stage}</div>
                <div class="column told">
                    <Tabs state />
                    {asked}
                    <Hints state />
                </div>
            </div>
        </main>
    }
}
