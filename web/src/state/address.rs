//! The browser's address and history. No router: a page is told apart by its query alone, so any file server can hold it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::MouseEvent;

use crate::state::browser;
use crate::state::link::{self, Place, Reading};

/// What the address says, as a signal.
#[derive(Clone, Copy)]
pub struct Address {
    reading: RwSignal<Reading>,
    /// The query that stood there when the page last read or wrote it.
    query: StoredValue<String>,
}

impl Address {
    /// The address as it is now, followed when a person goes back and forth.
    pub fn follow_history() -> Address {
        let query = query();
        let address = Address { reading: RwSignal::new(link::read(&query)), query: StoredValue::new(query) };
        let listener = window_event_listener(ev::popstate, move |_| address.read());
        on_cleanup(move || listener.remove());
        address
    }

    /// What it says.
    pub fn reading(self) -> Reading {
        self.reading.get()
    }

    /// What a link does when it is clicked: goes to the place that its `address` names, unless the click is meant for
    /// another tab or window.
    pub fn follow(self, click: &MouseEvent, address: &str) {
        if click.button() != 0 || click.meta_key() || click.ctrl_key() || click.shift_key() || click.alt_key() {
            return;
        }
        click.prevent_default();
        self.go(address);
    }

    /// Goes to the place that an `address` of the page names.
    pub fn go(self, address: &str) {
        if let Some(history) = browser::window().and_then(|window| window.history().ok()) {
            // Where history is forbidden the page changes all the same.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
        }
        self.query.set_value(query());
        let query = address.split_once('?').map_or("", |(_, query)| query);
        self.reading.set(link::read(query));
        browser::to_the_top();
    }

    /// Makes the address name `place`, which the page shows already, without a step in the history.
    pub fn replace(self, place: &Place) {
        if let Some(history) = browser::window().and_then(|window| window.history().ok()) {
            // Browsers refuse when it is done too often; the next change writes the address anew.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&link::write(place)));
        }
        self.query.set_value(query());
    }

    /// Goes where the history went. A step to a fragment, such as the skip link's, leaves the query and so the page as
    /// they are: building it anew would end a run.
    fn read(self) {
        let query = query();
        if self.query.with_value(|before| *before != query) {
            self.reading.set(link::read(&query));
            self.query.set_value(query);
        }
    }
}

/// Names the page in the browser's tab.
pub fn set_title(title: &str) {
    if let Some(document) = browser::window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}

fn query() -> String {
    browser::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}
