//! Whether two runs of one program tell the same story: the order of their logs, whatever their clocks.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use crate::time::Nanos;
use crate::trace::{LogLine, Trace};

/// How two logs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// Only one of the logs has this line on a lane of this kind, such as `Thread-`, or one has it more often.
    Missing {
        /// The lane's name without what numbers it.
        lane_kind: String,
        /// What the line says.
        text: String,
    },
    /// The first line came before the second in one run and after it in the other.
    Order(String, String),
}

/// Checks that `measured` has the lines of `predicted`, on lanes of the same kinds, and in the same order wherever the prediction
/// has them further apart than `apart`: what happens at nearly one instant may come either way in a run of threads.
///
/// # Errors
/// The first difference.
pub fn agreement(predicted: &Trace, measured: &Trace, apart: Nanos) -> Result<(), Disagreement> {
    let (predicted, measured) = (predicted.log(), measured.log());
    let mut places = places_by_line(&measured);
    let mut placed: Vec<(&LogLine<'_>, usize)> = Vec::new();
    for line in &predicted {
        let key = (lane_kind(line.lane), line.text);
        let place = places.get_mut(&key).and_then(VecDeque::pop_front);
        placed.push((line, place.ok_or_else(|| missing(&key))?));
    }
    if let Some((key, _)) = places.iter().find(|(_, left)| !left.is_empty()) {
        return Err(missing(key));
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
            Disagreement::Missing { lane_kind, text } => {
                write!(f, "“{text}” was logged on a lane called “{lane_kind}” in one run and not in the other")
            }
            Disagreement::Order(first, second) => {
                write!(f, "“{first}” came before “{second}” in one run and after it in the other")
            }
        }
    }
}

impl std::error::Error for Disagreement {}

/// What a line is known by: the kind of its lane, and its text.
type Key<'a> = (String, &'a str);

fn places_by_line<'a>(lines: &[LogLine<'a>]) -> HashMap<Key<'a>, VecDeque<usize>> {
    let mut places: HashMap<Key<'a>, VecDeque<usize>> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        places.entry((lane_kind(line.lane), line.text)).or_default().push_back(place);
    }
    places
}

/// Which of a pool's workers had a task is open, but not that it was one of them: `ForkPoolWorker-2` and `ForkPoolWorker-1` are
/// the same.
fn lane_kind(lane: &str) -> String {
    lane.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

fn missing((lane_kind, text): &Key<'_>) -> Disagreement {
    Disagreement::Missing { lane_kind: lane_kind.clone(), text: (*text).to_owned() }
}
