//! A result that was opened on one page and is shown on another.

use leptos::prelude::*;
use lessons::result_file::Opened;

use crate::state::address::Address;
use crate::state::link::{self, LessonPlace};

/// What was opened, under the name of its file, until the page of its lesson takes it.
#[derive(Clone, Copy)]
pub struct Inbox(StoredValue<Option<(String, Opened)>>);

impl Inbox {
    /// Nothing.
    pub fn new() -> Inbox {
        Inbox(StoredValue::new(None))
    }

    /// Keeps a result and leads to the page of its lesson.
    pub fn lead(self, address: Address, name: String, opened: Opened) {
        let to = link::to_lesson(opened.lesson.id);
        self.0.set_value(Some((name, opened)));
        address.go(&to);
    }

    /// What there is for a lesson.
    pub fn take(self, place: &LessonPlace) -> Option<(String, Opened)> {
        let found = self.0.try_update_value(Option::take)?;
        found.filter(|(_, opened)| opened.lesson.id == place.lesson.id)
    }
}
