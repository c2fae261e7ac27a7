//! Costs in a row of numbers, short enough for a link.

use super::written::Draft;
use super::{BadCosts, Costs};

/// Between two numbers.
const BETWEEN: char = '_';

/// In the place of the switch interval where there is no GIL.
const NO_GIL: &str = "none";

/// What is no number is told up to so many letters.
const LONGEST_TOLD: usize = 24;

/// How many numbers there are.
const COUNT: usize = 12;

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
        let parts: [&str; COUNT] = parts.try_into().map_err(|parts: Vec<&str>| {
            BadCosts(format!(
                "The costs are {} numbers between underscores, but have to be {COUNT}: copy the whole link again.",
                parts.len()
            ))
        })?;
        let whole = |text: &str| {
            text.parse::<u64>().map_err(|_| {
                let text: String = text.chars().take(LONGEST_TOLD).collect();
                BadCosts(format!(
                    "{text} stands among the costs, but has to be a whole number: copy the whole link again."
                ))
            })
        };
        let [cores, gil, times @ .., work] = parts;
        let [time_slice, context_switch, thread_start, thread_end, process_start, process_end, turn, message, per_kib] =
            times;
        Costs::try_from(Draft {
            cores: whole(cores)?,
            gil_switch_interval_ns: (gil != NO_GIL).then(|| whole(gil)).transpose()?,
            time_slice_ns: whole(time_slice)?,
            context_switch_ns: whole(context_switch)?,
            thread_start_ns: whole(thread_start)?,
            thread_end_ns: whole(thread_end)?,
            process_start_ns: whole(process_start)?,
            process_end_ns: whole(process_end)?,
            loop_turn_ns: whole(turn)?,
            message_ns: whole(message)?,
            message_per_kib_ns: whole(per_kib)?,
            work_factor: work.parse().map_err(|_| {
                let work: String = work.chars().take(LONGEST_TOLD).collect();
                BadCosts(format!(
                    "{work} stands last among the costs, but has to be a number: copy the whole link again."
                ))
            })?,
        })
    }
}
