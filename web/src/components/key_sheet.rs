//! The sheet of all keys, in a dialog of the browser's own: Escape closes it, and whoever had the focus has it again.

use leptos::ev;
use leptos::html::Dialog;
use leptos::prelude::*;

use crate::state::keys::{self, Act, BINDINGS, Heard};
use crate::texts::ways;

/// The sheet, which opens by its key, or by `open` where a button calls for it.
#[component]
pub fn KeySheet(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let heard = window_event_listener(ev::keydown, move |event| {
        if let Some((Act::Sheet, _)) = keys::asked(Heard::Anywhere, &event) {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || heard.remove());
    Effect::new(move || {
        // Fails only where it is open already.
        if let Some(dialog) = dialog.get().filter(|_| open.get()) {
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let part = |heard: Heard| {
        let line = |binding: &'static keys::Binding| {
            let shown = match binding.chords {
                // A row of keys is told by its ends.
                [first, .., last] if binding.act == Act::Vote => vec![*first, "–", *last],
                chords => chords.to_vec(),
            };
            let key = |chord: &str| view! { <kbd>{keys::name(chord)}</kbd> };
            view! {
                <div class="key-line">
                    <dt>{shown.into_iter().map(key).collect_view()}</dt>
                    <dd>{binding.says}</dd>
                </div>
            }
        };
        let lines = BINDINGS.iter().filter(|binding| binding.heard == heard).map(line).collect_view();
        view! {
            <section>
                <h3>{ways::heard(heard)}</h3>
                <dl>{lines}</dl>
            </section>
        }
    };
    let content = move || open.get().then(|| Heard::ALL.map(part).collect_view());
    view! {
        <dialog
            class="key-sheet panel"
            aria-labelledby="key-sheet-title"
            data-testid="key-sheet"
            node_ref=dialog
            on:close=move |_| open.set(false)
        >
            <div class="key-sheet-head">
                <h2 id="key-sheet-title">{ways::KEYS}</h2>
                <button type="button" data-testid="close-keys" on:click=move |_| close()>{ways::CLOSE}</button>
            </div>
            <div class="key-parts">{content}</div>
            <p class="footnote">{ways::KEYS_NOTE}</p>
        </dialog>
    }
    .into_any()
}
