//! The last word: where the page itself goes wrong, a person is told so and not left with a page that stands still.

use std::panic;

use web_sys::console;

use crate::state::browser;

/// Sees to it that a panic is written to the console and into the page.
pub fn tell_of_panics() {
    panic::set_hook(Box::new(|info| {
        console::error_1(&info.to_string().into());
        let body = browser::window().and_then(|window| window.document()).and_then(|document| document.body());
        if let Some(body) = body {
            let told = "<p class=\"crash\" role=\"alert\">Something in this page went wrong, and it stands still now. \
                        Reload it to go on; the address keeps your values.</p>";
            // Nothing is left to do where even this fails.
            let _ = body.insert_adjacent_html("afterbegin", told);
        }
    }));
}
