//! The page of Interleave. It has no threads in it: what really runs, runs in the lab, which is a Worker of its own.
//!
//! `pages` are wiring, `components` show, `timeline` draws, `backend` runs lessons, and `state` is what the page knows.

mod backend;
mod components;
mod export;
mod later;
mod pages;
mod state;
mod texts;
mod timeline;

use leptos::prelude::*;

use components::header::Header;
use later::{Later, Part};
use pages::home::Home;
use pages::lesson::LessonPage;
use state::address::Address;
use state::browser;
use state::door::Door;
use state::inbox::Inbox;
use state::isolation::Isolation;
use state::link::{LessonPlace, Place, Reading};
use state::theme::Themed;
use state::way::Way;

/// Starts the page. In a Worker of the page it predicts for it instead.
pub fn start() {
    match browser::window() {
        Some(_) => leptos::mount::mount_to_body(App),
        None => later::serve(),
    }
}

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let later = Later::fetch();
    let themed = Themed::follow();
    let scheme: Signal<_> = themed.scheme.into();
    let address = Address::follow_history();
    let is_framed = browser::is_framed();
    // Another page may show this one, and may not measure by it.
    let is_bare = Memo::new(move |_| is_framed || address.reading().place.is_embedded());
    let door = if is_bare.get_untracked() { Door::closed() } else { Door::follow() };
    let isolation = Isolation::here();
    let keys = RwSignal::new(false);
    let inbox = Inbox::new();
    provide_context(inbox);
    let page = move || {
        let Reading { place, complaints } = address.reading();
        match place {
            Place::Home => later.in_turn(move || view! { <Home address complaints=complaints.clone() scheme /> }),
            Place::Open => later.show_large(Part::Open { address, inbox }),
            Place::Advise(values) => later.show_large(Part::Advise { values, complaints, address, scheme }),
            Place::Lesson(place) => {
                let way = if is_framed { Way::Embed } else { place.way.clone() };
                let place = LessonPlace { way, ..*place };
                later.in_turn(move || {
                    let (place, complaints) = (place.clone(), complaints.clone());
                    view! { <LessonPage place complaints address isolation door scheme /> }
                })
            }
        }
    };
    let head = move || {
        (!is_bare.get()).then(|| {
            later.in_turn(move || {
                view! {
                    <a class="skip" href="#main">"Skip to the content"</a>
                    <Header address themed isolation keys />
                }
            })
        })
    };
    view! {
        {head}
        {later.notice()}
        {page}
        {later.show(Part::KeySheet { open: keys })}
    }
}
