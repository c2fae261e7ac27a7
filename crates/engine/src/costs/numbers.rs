//! Costs in a row of numbers, short enough for a link.

use super::written::{self, Draft, GIL, NAMES};
use super::{BadCosts, Costs};

/// Between two numbers.
const BETWEEN: char = '_';

/// In the place of the switch interval where there is no GIL.
const NO_GIL: &str = "none";

impl Costs {
    /// These costs as numbers between underscores, in the order in which [`Costs::to_json`] has them, which
    /// [`Costs::from_numbers`] reads.
    pub fn to_numbers(&self) -> String {
        let draft = Draft::from(*self);
        let gil = draft.gil_switch_interval_ns.map_or(NO_GIL.to_owned(), |nanos| nanos.to_string());
        let times = [
            draft.time_slice_ns,
            draft.context_switch_ns,
            draft.thread_start_ns,
            draft.thread_end_ns,
            draft.process_start_ns,
            draft.process_end_ns,
            draft.loop_turn_ns,
            draft.message_ns,
            draft.message_per_kib_ns,
        ];
        let times = times.map(|nanos| nanos.to_string());
        let mut numbers = vec![draft.cores.to_string(), gil];
        numbers.extend(times);
        numbers.push(draft.work_factor.to_string());
        numbers.join(&BETWEEN.to_string())
    }

    /// Reads costs as [`Costs::to_numbers`] writes them.
    ///
    /// # Errors
    /// Where they are not so many numbers, or one is out of its range.
    pub fn from_numbers(text: &str) -> Result<Costs, BadCosts> {
        let parts: Vec<&str> = text.split(BETWEEN).collect();
        if parts.len() != NAMES.len() {
            return Err(BadCosts(format!(
                "The costs are {} numbers between underscores, but have to be {}: copy the whole link again.",
                parts.len(),
                NAMES.len()
            )));
        }
        let field = |(name, part): (&&str, &str)| {
            let text = if *name == GIL && part == NO_GIL { written::NO_GIL } else { part };
            ((*name).to_owned(), text.to_owned())
        };
        Costs::from_fields(&NAMES.iter().zip(parts).map(field).collect::<Vec<_>>())
    }
}
