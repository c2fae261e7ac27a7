//! The way to the companion that serves this page. Its key stands in the address that the companion prints, and nowhere
//! else: the page takes it from there at once, so that no link that a person copies carries it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::state::browser;

/// A door to the companion, if the page was given a key.
#[derive(Clone, Copy)]
pub struct Door(RwSignal<Option<String>>);

/// Where the key is kept: a reload of the tab finds it there, and another tab or site does not.
const KEPT_AS: &str = "interleave-token";

impl Door {
    /// The door whose key this tab has, or is given.
    pub fn follow() -> Door {
        let kept = browser::tab_storage().and_then(|storage| storage.get_item(KEPT_AS).ok()?);
        let door = Door(RwSignal::new(kept.filter(|key| is_key(key))));
        door.take_key();
        // Another address of the same page does not load it anew.
        let listener = window_event_listener(ev::hashchange, move |_| door.take_key());
        on_cleanup(move || listener.remove());
        door
    }

    /// No door at all: whoever frames a page is not to measure through it.
    pub fn closed() -> Door {
        Door(RwSignal::new(None))
    }

    /// Whether there is one.
    pub fn is_there(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// The address of the socket behind it.
    pub fn address(self) -> Option<String> {
        let key = self.0.get_untracked()?;
        let host = browser::window()?.location().host().ok()?;
        Some(format!("ws://{host}/measure?token={key}"))
    }

    /// Takes the key out of the address, if it stands there.
    fn take_key(self) {
        let Some(window) = browser::window() else { return };
        let (location, history) = (window.location(), window.history());
        let hash = location.hash().unwrap_or_default();
        let Some(key) = key_in(&hash) else { return };
        if let Some(storage) = browser::tab_storage() {
            // Where a person has forbidden storage, a reload asks for the printed address again.
            let _ = storage.set_item(KEPT_AS, key);
        }
        let without = location.pathname().and_then(|path| Ok(path + &location.search()?));
        if let (Ok(history), Ok(without)) = (history, without) {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&without));
        }
        self.0.set(Some(key.to_owned()));
    }
}

/// The key in the part of an address behind its `#`.
fn key_in(hash: &str) -> Option<&str> {
    hash.strip_prefix("#token=").filter(|key| is_key(key))
}

fn is_key(text: &str) -> bool {
    const DIGITS: usize = 32;
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_the_companion_prints_and_nothing_else() {
        let key = "0123456789abcdef0123456789abcdef";
        assert_eq!(key_in(&format!("#token={key}")), Some(key));
        for hash in ["", "#main", "#token=", "#token=0123", &format!("#token={key}&x"), &format!("#key={key}")] {
            assert_eq!(key_in(hash), None, "{hash}");
        }
    }
}
