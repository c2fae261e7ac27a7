//! The home page: what this is, in one look, and all lessons.

use leptos::prelude::*;
use lessons::{Diagnostic, catalogue};

use crate::components::lesson_card::LessonCard;
use crate::components::notices::Notices;
use crate::components::preview::Preview;
use crate::state::address::{self, Address};
use crate::state::link;
use crate::state::theme::Scheme;

/// The list of lessons.
#[component]
pub fn Home(
    /// Where links lead.
    address: Address,
    /// What was wrong with the link that led here.
    complaints: Vec<Diagnostic>,
    /// In which colours pictures are drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    address::set_title("Interleave: learn concurrency by running it");
    let first = catalogue().first();
    let begin = first.map(|lesson| {
        let to = link::to_lesson(lesson.id);
        let href = to.clone();
        view! { <a class="button primary" href=href on:click=move |click| address.follow(&click, &to)>"Begin with lesson 1"</a> }
    });
    let cards = catalogue().iter().enumerate();
    view! {
        <main class="home" id="main">
            <Notices complaints />
            <section class="hero">
                <div class="hero-words">
                    <h1>"See what your program is waiting for"</h1>
                    <p>
                        "Sixteen small programs, and each runs in several ways: one thing at a time, on threads, on a thread pool, on an event loop and in processes. Move a delay, and see at once what each will make of it; then run them and compare."
                    </p>
                    <p class="sub">
                        "Every figure says where it comes from: predicted by a simulator, or measured here, in your own browser."
                    </p>
                    {begin}
                </div>
                <div class="panel">{first.map(|lesson| view! { <Preview lesson scheme /> })}</div>
            </section>
            <h2 class="eyebrow" id="lessons">{format!("{} lessons", catalogue().len())}</h2>
            <ol class="cards" aria-labelledby="lessons">
                {cards.map(|(index, &lesson)| view! { <LessonCard lesson number=index + 1 address /> }).collect_view()}
            </ol>
        </main>
    }
}
