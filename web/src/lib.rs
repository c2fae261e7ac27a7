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
use components::key_sheet::KeySheet;
use pages::advise::Advise;
use pages::home::Home;
use pages::lesson::LessonPage;
use pages::open::OpenPage;
use state::address::Address;
use state::browser;
use state::door::Door;
use state::inbox::Inbox;
use state::isolation::Isolation;
use state::link::{LessonPlace, Place, Reading};
use state::theme::Themed;
use state::way::Way;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    state::crash::tell_of_panics();
    let themed = Themed::follow();
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
            Place::Home => view! { <Home address complaints scheme=themed.scheme /> }.into_any(),
            Place::Open => view! { <OpenPage address inbox /> }.into_any(),
            Place::Advise(values) => view! { <Advise values complaints address scheme=themed.scheme /> }.into_any(),
            Place::Lesson(place) => {
                let way = if is_framed { Way::Embed } else { place.way };
                let place = LessonPlace { way, ..place };
                view! { <LessonPage place complaints address isolation door scheme=themed.scheme /> }.into_any()
            }
        }
    };
    let head = move || {
        (!is_bare.get()).then(|| {
            view! {
                <a class="skip" href="#main">"Skip to the content"</a>
                <Header address themed isolation keys />
            }
        })
    };
    view! {
        {head}
        {page}
        <KeySheet open=keys />
    }
}
