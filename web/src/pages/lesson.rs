//! A lesson's page: what is asked and can be changed, the models on one axis, and what they wrote.

use leptos::prelude::*;
use lessons::{Diagnostic, Lesson, catalogue};

use crate::components::controls::Controls;
use crate::components::log::Logs;
use crate::components::notices::Notices;
use crate::components::stage::Stage;
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
                        <Guide lesson />
                    </div>
                    <Controls state />
                </div>
                <div class="column shown"><Stage state isolation door scheme /></div>
                <div class="column told"><Logs state /></div>
            </div>
        </main>
    }
}

/// What to look at, and the rule to take away.
#[component]
fn Guide(lesson: &'static Lesson) -> impl IntoView {
    let look = (!lesson.look.is_empty()).then(|| {
        view! {
            <section class="look" aria-labelledby="look-title">
                <h2 class="eyebrow" id="look-title">"Look at"</h2>
                <ul>{lesson.look.iter().map(|sentence| view! { <li>{*sentence}</li> }).collect_view()}</ul>
            </section>
        }
    });
    // The rule is what a person is to find: it waits to be asked for.
    let rule = (!lesson.rule.is_empty()).then(|| {
        view! {
            <details class="rule">
                <summary>"The rule to take away"</summary>
                <p>{lesson.rule}</p>
            </details>
        }
    });
    view! { {look} {rule} }
}
