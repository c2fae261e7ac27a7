//! A lesson in the list of lessons.

use leptos::prelude::*;
use lessons::Entry;

use crate::state::address::Address;
use crate::state::link;

/// A card: a link to a lesson that is open, a plain one for a lesson to come.
#[component]
pub fn LessonCard(
    /// The lesson.
    entry: &'static Entry,
    /// Its number, from 1.
    number: usize,
    /// Where its link leads.
    address: Address,
) -> impl IntoView {
    match entry {
        Entry::Open(lesson) => {
            let to = link::to_lesson(lesson.id);
            let href = to.clone();
            view! {
                <li class="card open">
                    <a data-testid=format!("lesson-link-{}", lesson.id) href=href on:click=move |click| address.follow(&click, &to)>
                        <span class="number">{number}</span>
                        <span class="card-title">{lesson.title}</span>
                        <span class="card-shows">{lesson.shows}</span>
                        <span class="card-state">"Open this lesson"</span>
                    </a>
                </li>
            }
            .into_any()
        }
        Entry::Coming { title, shows, .. } => view! {
            <li class="card">
                <span class="number">{number}</span>
                <span class="card-title">{*title}</span>
                <span class="card-shows">{*shows}</span>
                <span class="card-state">"coming"</span>
            </li>
        }
        .into_any(),
    }
}
