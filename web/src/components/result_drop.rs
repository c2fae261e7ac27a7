//! A place for a result file.

use leptos::prelude::*;
use lessons::result_file::{self, Opened};

use crate::components::file_drop::file_drop;
use crate::state::reports;
use crate::texts::ways;

/// The place. A file of which only a part could be read is opened, too, and what is missing is said.
pub fn result_drop(opened: Callback<(String, Opened)>) -> AnyView {
    let take = Callback::new(move |(name, bytes): (String, Vec<u8>)| {
        let read = match reports::read(&bytes) {
            Some(report) => reports::opened(&name, &report),
            None => result_file::open(&name, &bytes),
        }?;
        let missing = read.missing.clone();
        opened.run((name, read));
        missing.map_or_else(|| Ok(String::new()), Err)
    });
    file_drop(ways::DROP, "open-result", result_file::LONGEST, take)
}
