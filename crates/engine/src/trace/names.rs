//! The texts of a trace, one behind the other in one piece of memory: a big run has very many, and all are short.

use serde::{Deserialize, Serialize};

use super::NameId;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    text: String,
    /// Where each ends, in bytes; it begins where the one before it ends.
    ends: Vec<usize>,
}

impl Names {
    pub(super) fn add(&mut self, text: &str) -> NameId {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        NameId(self.ends.len() as u32 - 1)
    }

    /// The text of a name of this trace.
    pub(super) fn text(&self, name: NameId) -> &str {
        let name = name.0 as usize;
        let start = name.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[name]]
    }
}
