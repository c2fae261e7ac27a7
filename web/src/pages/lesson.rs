//! A lesson's page: what is asked and can be changed, the models on one axis, and what they wrote.

use leptos::prelude::*;
use lessons::{Diagnostic, Entry, catalogue};

use crate::components::controls::Controls;
use crate::components::log::Logs;
use crate::components::notices::Notices;
use crate::components::stage::Stage;
use crate::state::address::{self, Address};
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
    /// In which colours pictures are drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let lesson = place.lesson;
    address::set_title(&format!("{} · Interleave", lesson.title));
    let state = LessonState::new(&place, address);
    let is_this = |entry: &Entry| matches!(entry, Entry::Open(open) if open.id == lesson.id);
    let number = catalogue().iter().position(is_this).map_or(0, |index| index + 1);
    view! {
        <main class="lesson" id="main">
            <Notices complaints />
            <div class="columns">
                <div class="column asked">
                    <div class="panel intro">
                        <div class="intro-head">
                            <p class="eyebrow">{format!("Lesson {number} of {}", catalogue().len())}</p>
                            <h1>{lesson.title}</h1>
                        </div>
                        <div class="story">
                            {lesson.story.iter().map(|paragraph| view! { <p>{*paragraph}</p> }).collect_view()}
                        </div>
                    </div>
                    <Controls state />
                </div>
                <div class="column shown"><Stage state isolation scheme /></div>
                <div class="column told"><Logs state /></div>
            </div>
        </main>
    }
}
