//! The page of Interleave. It has no threads in it: what really runs, runs in the lab, which is a Worker of its own.
//!
//! `pages` are wiring, `components` show, `timeline` draws, `backend` runs lessons, and `state` is what the page knows.

mod backend;
mod components;
mod export;
mod pages;
mod state;
mod texts;
mod timeline;

use leptos::prelude::*;

use components::header::Header;
use pages::home::Home;
use pages::lesson::LessonPage;
use state::address::Address;
use state::door::Door;
use state::isolation::Isolation;
use state::link::{Place, Reading};
use state::theme::Themed;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    state::crash::tell_of_panics();
    let themed = Themed::follow();
    let door = Door::follow();
    let address = Address::follow_history();
    let isolation = Isolation::here();
    let page = move || {
        let Reading { place, complaints } = address.reading();
        match place {
            Place::Home => view! { <Home address complaints scheme=themed.scheme /> }.into_any(),
            Place::Lesson(place) => {
                view! { <LessonPage place complaints address isolation door scheme=themed.scheme /> }.into_any()
            }
        }
    };
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <Header address themed isolation />
        {page}
    }
}
