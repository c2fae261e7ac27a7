//! Whether two runs of one program tell the same story: the order of their logs, whatever their clocks.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use crate::time::Nanos;
use crate::trace::{LogLine, Trace};

/// How two logs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Only one of the logs has this line, or one has it more often.
    Missing(String),
    /// The first line came before the second in one run and after it in the other.
    Order(String, String),
}

/// Checks that `measured` has the lines of `predicted`, and in the same order wherever the prediction has them further
/// apart than `apart`: what happens at nearly one instant may come either way in a run of threads.
///
/// # Errors
/// The first difference.
pub fn agreement(predicted: &Trace, measured: &Trace, apart: Nanos) -> Result<(), Disagreement> {
    let (predicted, measured) = (predicted.log(), measured.log());
    let mut places = places_by_text(&measured);
    let mut placed: Vec<(&LogLine<'_>, usize)> = Vec::new();
    for line in &predicted {
        let place = places.get_mut(line.text).and_then(VecDeque::pop_front);
        placed.push((line, place.ok_or_else(|| Disagreement::Missing(line.text.to_owned()))?));
    }
    if let Some((text, _)) = places.iter().find(|(_, left)| !left.is_empty()) {
        return Err(Disagreement::Missing((*text).to_owned()));
    }
    // Of the lines that are clearly earlier, it is enough to remember the one that came last.
    let mut earlier = placed.iter().peekable();
    let mut last: Option<&(&LogLine<'_>, usize)> = None;
    for (line, place) in &placed {
        while let Some(candidate) = earlier.next_if(|(other, _)| other.at + apart < line.at) {
            last = last.filter(|last| last.1 > candidate.1).or(Some(candidate));
        }
        if let Some((before, _)) = last.filter(|last| last.1 > *place) {
            return Err(Disagreement::Order(before.text.to_owned(), line.text.to_owned()));
        }
    }
    Ok(())
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Disagreement::Missing(text) => write!(f, "“{text}” was logged in one run and not in the other"),
            Disagreement::Order(first, second) => {
                write!(f, "“{first}” came before “{second}” in one run and after it in the other")
            }
        }
    }
}

impl std::error::Error for Disagreement {}

fn places_by_text<'a>(lines: &[LogLine<'a>]) -> HashMap<&'a str, VecDeque<usize>> {
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        places.entry(line.text).or_default().push_back(place);
    }
    places
}
