//! Icons as inline SVG, and buttons that are nothing but one. They stand beside words or have a name, so screen readers skip them.

use leptos::prelude::*;

/// A button that is an icon, with a name for whoever cannot see it.
pub fn button(
    name: &'static str,
    test_id: &'static str,
    icon: impl IntoView + 'static,
    act: impl Fn() + 'static,
) -> impl IntoView {
    button_while(|| true, name, test_id, icon, act)
}

/// The same where it is not always of use.
pub fn button_while(
    is_of_use: impl Fn() -> bool + Send + 'static,
    name: &'static str,
    test_id: &'static str,
    icon: impl IntoView + 'static,
    act: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label=name
            title=name
            data-testid=test_id
            disabled=move || !is_of_use()
            on:click=move |_| act()
        >
            {icon}
        </button>
    }
}

/// The mark of Interleave: two threads that cross twice.
pub fn brand() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
            <path class="over" d="M1 3h4c5 0 7 10 12 10h6" />
            <path class="under" d="M1 13h4c5 0 7-10 12-10h6" />
        </svg>
    }
}

/// A triangle: run.
pub fn play() -> impl IntoView {
    view! {
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path class="solid" d="M2 1l9 5-9 5z" /></svg>
    }
}

/// Two bars: pause.
pub fn pause() -> impl IntoView {
    view! { <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M4 2v8M8 2v8" /></svg> }
}

/// A bar and a triangle to the left: to the beginning.
pub fn to_start() -> impl IntoView {
    view! {
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path class="solid" d="M11 1.5v9L4 6z" />
            <path d="M2 2v8" />
        </svg>
    }
}

/// A triangle to the left: a step back.
pub fn back() -> impl IntoView {
    view! {
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path class="solid" d="M9.5 1.5v9L2.5 6z" /></svg>
    }
}

/// A triangle to the right: a step on.
pub fn forward() -> impl IntoView {
    view! {
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path class="solid" d="M2.5 1.5v9l7-4.5z" /></svg>
    }
}

/// A triangle to the right and a bar: to the end.
pub fn to_end() -> impl IntoView {
    view! {
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path class="solid" d="M1 1.5v9L8 6z" />
            <path d="M10 2v8" />
        </svg>
    }
}

/// A cross: remove.
pub fn cross() -> impl IntoView {
    view! { <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M2 2l8 8M10 2l-8 8" /></svg> }
}

/// A plus: more.
pub fn plus() -> impl IntoView {
    view! { <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M6 1v10M1 6h10" /></svg> }
}

/// A minus: less.
pub fn minus() -> impl IntoView {
    view! { <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M1 6h10" /></svg> }
}

/// A circle, half of it filled: light and dark.
pub fn half_circle() -> impl IntoView {
    view! {
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <circle cx="8" cy="8" r="6" />
            <path class="solid" d="M8 2a6 6 0 0 1 0 12z" />
        </svg>
    }
}

/// An arrow that turns back: undo.
pub fn undo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M6 3L2.5 6.5 6 10M3 6.5h6.5a4 4 0 0 1 0 8H7" /></svg>
    }
}

/// An arrow that turns forth: redo.
pub fn redo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M10 3l3.5 3.5L10 10M13 6.5H6.5a4 4 0 0 0 0 8H9" /></svg>
    }
}
