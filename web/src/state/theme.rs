//! Light or dark: the system's wish, or the person's own, which the browser keeps.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MediaQueryList;

use crate::state::browser;

/// What a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Whatever the system says.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The theme of the page, as signals.
#[derive(Clone, Copy)]
pub struct Themed {
    /// What was asked for.
    pub theme: RwSignal<Theme>,
    /// What is shown.
    pub scheme: Memo<Scheme>,
}

const STORED_AS: &str = "interleave-theme";

impl Theme {
    /// The word that is stored, and shown on the button.
    pub fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme behind a stored word; whatever is no theme's word means the system's.
    pub fn from_word(word: &str) -> Theme {
        [Theme::Light, Theme::Dark].into_iter().find(|theme| theme.word() == word).unwrap_or(Theme::System)
    }

    /// The one that the button goes on to.
    pub fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }

    fn scheme(self, system: Scheme) -> Scheme {
        match self {
            Theme::System => system,
            Theme::Light => Scheme::Light,
            Theme::Dark => Scheme::Dark,
        }
    }
}

impl Scheme {
    fn word(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

impl Themed {
    /// The stored theme, which from now on is kept in the store and on the document's root element.
    pub fn follow() -> Themed {
        let stored = browser::storage().and_then(|storage| storage.get_item(STORED_AS).ok().flatten());
        let theme = RwSignal::new(stored.map_or(Theme::System, |word| Theme::from_word(&word)));
        let system = follow_system();
        let scheme = Memo::new(move |_| theme.get().scheme(system.get()));
        Effect::new(move || show(scheme.get()));
        Themed { theme, scheme }
    }

    /// Goes on to the next theme.
    pub fn turn(self) {
        self.theme.update(|theme| *theme = theme.next());
        if let Some(storage) = browser::storage() {
            // A full or forbidden store only means that the next visit begins with the system's wish.
            let _ = storage.set_item(STORED_AS, self.theme.get_untracked().word());
        }
    }
}

fn show(scheme: Scheme) {
    let root = browser::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    if let Some(root) = root {
        // Fails only for a name that no attribute can have.
        let _ = root.set_attribute("data-scheme", scheme.word());
    }
}

/// The system's wish, followed as long as the page lives.
fn follow_system() -> ReadSignal<Scheme> {
    let query = browser::window().and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten());
    let wish = |query: &MediaQueryList| if query.matches() { Scheme::Dark } else { Scheme::Light };
    let (system, set_system) = signal(query.as_ref().map_or(Scheme::Light, wish));
    if let Some(query) = query {
        let listened = query.clone();
        let listener = Closure::<dyn FnMut()>::new(move || {
            set_system.try_set(wish(&listened));
        });
        query.set_onchange(Some(listener.as_ref().unchecked_ref()));
        // The page and its wish to know end together.
        let kept = StoredValue::new_local((query, listener));
        on_cleanup(move || {
            kept.try_with_value(|(query, _)| query.set_onchange(None));
        });
    }
    system
}
