//! Sentences in which code stands between backticks.

use leptos::prelude::*;

/// A text whose parts between backticks are code.
pub fn prose(text: &str) -> AnyView {
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => part.to_owned().into_any(),
        _ => view! { <code>{part.to_owned()}</code> }.into_any(),
    };
    text.split('`').enumerate().map(part).collect_view().into_any()
}
