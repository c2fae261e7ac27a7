//! A lesson in the list of lessons.

use leptos::prelude::*;
use lessons::Lesson;

use crate::state::address::Address;
use crate::state::link;

/// A card: a link to a lesson.
#[component]
pub fn LessonCard(
    /// The lesson.
    lesson: &'static Lesson,
    /// Its number, from 1.
    number: usize,
    /// Where its link leads.
    address: Address,
) -> impl IntoView {
    let to = link::to_lesson(lesson.id);
    let href = to.clone();
    view! {
        <li class="card">
            <a data-testid=format!("lesson-link-{}", lesson.id) href=href on:click=move |click| address.follow(&click, &to)>
                <span class="number">{number}</span>
                <span class="card-title">{lesson.title}</span>
                <span class="card-shows">{lesson.shows}</span>
            </a>
        </li>
    }
}
