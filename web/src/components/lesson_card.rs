//! A lesson in the list of lessons.

use leptos::html::Div;
use leptos::prelude::*;
use lessons::Lesson;

use crate::later::{Later, Part};
use crate::state::address::Address;
use crate::state::left_off::Standing;
use crate::state::link;
use crate::state::observed::follow_width;
use crate::state::progress::Progress;
use crate::state::shelf::{self, Picture};
use crate::state::theme::Scheme;
use crate::texts::home as texts;

/// A card: a link to a lesson, with its small picture and how far somebody is in it.
#[component]
pub fn LessonCard(
    /// The lesson.
    lesson: &'static Lesson,
    /// Its number, from 1.
    number: usize,
    /// Its small picture, once it is predicted.
    picture: RwSignal<Option<Picture>>,
    /// What was done so far.
    progress: RwSignal<Progress>,
    /// Where its link leads.
    address: Address,
    /// In which colours pictures are drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let to = link::to_lesson(lesson.id);
    let href = to.clone();
    let frame = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    follow_width(frame, width_px);
    let standing = Memo::new(move |_| progress.with(|progress| Standing::of(progress, lesson)));
    let later = Later::of_page();
    let runs = shelf::models(lesson).into_iter().enumerate().map(|(place, model)| {
        view! {
            <p>{model.title()}</p>
            <div class="card-run">{later.show(Part::CardRun { picture, place, width_px, scheme })}</div>
        }
    });
    view! {
        <li class="card">
            <a data-testid=format!("lesson-link-{}", lesson.id) href=href on:click=move |click| address.follow(&click, &to)>
                <span class="number">{number}</span>
                <span class="card-title">{lesson.title}</span>
                <span class="card-shows">{lesson.shows}</span>
                // The line above says what it shows; whoever cannot see it misses no figure.
                <div class="card-picture" aria-hidden="true" node_ref=frame>{runs.collect_view()}</div>
                <span class="card-standing" class:begun=move || standing.get() != Standing::NotBegun data-testid=format!("standing-{}", lesson.id)>
                    {move || texts::standing(standing.get())}
                </span>
            </a>
        </li>
    }
    .into_any()
}
