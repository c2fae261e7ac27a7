//! The way into the lessons: from the beginning, or from where somebody left off.

use leptos::prelude::*;
use lessons::catalogue;

use crate::state::address::Address;
use crate::state::left_off::{LeftOff, Standing};
use crate::state::link;
use crate::state::progress::Progress;
use crate::texts::home as texts;

/// The button to begin with or, once something was done, the lesson to go on with and how far one is.
pub fn left_off(progress: RwSignal<Progress>, address: Address) -> AnyView {
    let door = move |place: usize, words: String| {
        let to = catalogue().get(place).map_or_else(|| "./".to_owned(), |lesson| link::to_lesson(lesson.id));
        let href = to.clone();
        view! {
            <a class="button primary" data-testid="begin" href=href on:click=move |click| address.follow(&click, &to)>{words}</a>
        }
        .into_any()
    };
    let shown = move || {
        let (eyebrow, title, far, door) = match progress.with(LeftOff::of) {
            LeftOff::Nowhere => return door(0, texts::BEGIN.to_owned()),
            LeftOff::Through => (texts::THROUGH, texts::THROUGH_TITLE.to_owned(), texts::THROUGH_FAR.to_owned(), None),
            LeftOff::At(place) => {
                let lesson = catalogue()[place];
                let (standing, step) =
                    progress.with(|progress| (Standing::of(progress, lesson), progress.next(lesson.id)));
                let title = texts::numbered(place + 1, lesson);
                (texts::LEFT_OFF, title, texts::far(standing, step), Some(door(place, texts::GO_ON.to_owned())))
            }
        };
        view! {
            <section class="panel left-off" aria-labelledby="left-off-title" data-testid="left-off">
                <div>
                    <p class="eyebrow">{eyebrow}</p>
                    <h2 id="left-off-title">{title}</h2>
                    <p class="sub">{far}</p>
                </div>
                {door}
            </section>
        }
        .into_any()
    };
    view! { {shown} }.into_any()
}
