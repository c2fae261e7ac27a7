//! A lesson's page: what is asked and can be changed, the models on one axis, and what they wrote.

use leptos::prelude::*;
use lessons::{Diagnostic, catalogue};

use crate::components::cover::Cover;
use crate::components::notices::Notices;
use crate::components::steps::Steps;
use crate::components::tabs::Tabs;
use crate::components::take_away::ShareMenu;
use crate::later::Part;
use crate::state::address::{self, Address};
use crate::state::door::Door;
use crate::state::isolation::Isolation;
use crate::state::lesson::LessonState;
use crate::state::link::LessonPlace;
use crate::state::theme::Scheme;
use crate::state::way::Way;
use crate::texts::ways;

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
    // A slide further, or another value that is compared, is the same way still.
    let way = Memo::new_with_compare(
        move |_| state.way.get(),
        |before: Option<&Way>, now: Option<&Way>| !before.zip(now).is_some_and(|(before, now)| before.is_like(now)),
    );
    let notices = StoredValue::new(complaints);
    move || match way.get() {
        Way::Present(_) => state.later.show_large(Part::Presentation { state, door, scheme }),
        Way::Embed => state.later.show_large(Part::Embedded { state, door, scheme }),
        Way::Compare(_) if state.is_revealed.get() => {
            let complaints = notices.get_value();
            state.later.show_large(Part::Comparison { state, complaints, scheme })
        }
        Way::Page | Way::Compare(_) => {
            view! { <UsualPage state complaints=notices.get_value() isolation door scheme /> }.into_any()
        }
    }
}

/// A lesson in three columns.
#[component]
fn UsualPage(
    state: LessonState,
    complaints: Vec<Diagnostic>,
    isolation: Isolation,
    door: Door,
    scheme: Signal<Scheme>,
) -> impl IntoView {
    let lesson = state.lesson;
    let number = catalogue().iter().position(|other| other.id == lesson.id).map_or(0, |index| index + 1);
    let stage = move || match state.is_revealed.get() {
        true => state.later.show_large(Part::Stage { state, isolation, door, scheme }),
        false => state.later.in_turn(move || view! { <Cover state /> }),
    };
    let asked = move || state.is_revealed.get().then(|| state.later.show(Part::Why));
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
                                <button
                                    type="button"
                                    class="small-button"
                                    title=ways::PRESENT_IS
                                    data-testid="present"
                                    on:click=move |_| state.show_as(Way::Present(0))
                                >
                                    {ways::PRESENT}
                                </button>
                                <ShareMenu state />
                            </div>
                            <h1>{lesson.title}</h1>
                        </div>
                        {state.later.in_turn(move || view! { <Steps state /> })}
                    </div>
                    {state.later.show(Part::Controls { state })}
                </div>
                <div class="column shown">{stage}</div>
                <div class="column told">
                    {state.later.in_turn(move || view! { <Tabs state /> })}
                    {asked}
                    {state.later.show(Part::Hints { state })}
                </div>
            </div>
        </main>
    }
}
