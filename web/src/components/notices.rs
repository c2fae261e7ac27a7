//! What was wrong with a link, in words, until a person has read it.

use leptos::prelude::*;
use lessons::Diagnostic;

use crate::components::icons;

/// A notice for each complaint about the link that led here; nothing without complaints.
#[component]
pub fn Notices(
    /// The complaints.
    complaints: Vec<Diagnostic>,
) -> impl IntoView {
    let is_open = RwSignal::new(!complaints.is_empty());
    let complaints = StoredValue::new(complaints);
    view! {
        <div aria-live="polite">
            <Show when=move || is_open.get()>
                <section class="notice" role="alert" data-testid="link-notice">
                    <div>
                        <p>"Not everything in this link could be understood; defaults stand in for the rest."</p>
                        <ul>
                            {complaints
                                .get_value()
                                .into_iter()
                                .map(|complaint| view! { <li>{complaint.to_string()}</li> })
                                .collect_view()}
                        </ul>
                    </div>
                    <button class="icon-button" type="button" aria-label="Close this notice" on:click=move |_| is_open.set(false)>
                        {icons::cross()}
                    </button>
                </section>
            </Show>
        </div>
    }
}
