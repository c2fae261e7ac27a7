//! The home page: what this is, in one look, where somebody left off, and all lessons.

use leptos::prelude::*;
use lessons::{Diagnostic, catalogue};

use crate::components::left_off::left_off;
use crate::components::lesson_card::LessonCard;
use crate::components::notices::Notices;
use crate::later::{Later, Part};
use crate::state::address::{self, Address};
use crate::state::link;
use crate::state::progress::Progress;
use crate::state::theme::Scheme;
use crate::texts::home as texts;

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
    let progress = RwSignal::new(Progress::kept());
    let taken = Callback::new(move |kept: Progress| {
        kept.keep();
        progress.set(kept);
    });
    let later = Later::of_page();
    let shelf: Vec<_> = catalogue().iter().map(|_| RwSignal::new(None)).collect();
    let cards = catalogue().iter().zip(shelf.clone()).enumerate().map(|(index, (&lesson, picture))| {
        view! { <LessonCard lesson number=index + 1 picture progress address scheme /> }
    });
    let advise = move |click| address.follow(&click, link::TO_ADVISE);
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
                    {left_off(progress, address)}
                    <a class="hero-advice" href=link::TO_ADVISE data-testid="to-advice" on:click=advise>{texts::TO_ADVICE}</a>
                </div>
                <div class="panel">{later.show_large(Part::HomePicture { shelf, scheme })}</div>
            </section>
            <h2 class="eyebrow" id="lessons">{format!("{} lessons", catalogue().len())}</h2>
            <p class="sub">{texts::PICTURES}</p>
            <ol class="cards" aria-labelledby="lessons">{cards.collect_view()}</ol>
            <section class="panel home-kept">{later.show(Part::KeptProgress { progress, taken })}</section>
        </main>
    }
    .into_any()
}
