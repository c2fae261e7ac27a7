//! Costs as a file has them, and the rules that they have to keep.

use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::{BadCosts, Costs, Factor, Interval};
use crate::time::Nanos;

/// Costs as they are written, before their rules are checked.
#[derive(Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) cores: u64,
    /// `null` where there is no GIL.
    pub(super) gil_switch_interval_ns: Option<u64>,
    pub(super) time_slice_ns: u64,
    pub(super) context_switch_ns: u64,
    pub(super) thread_start_ns: u64,
    pub(super) thread_end_ns: u64,
    pub(super) process_start_ns: u64,
    pub(super) process_end_ns: u64,
    pub(super) loop_turn_ns: u64,
    pub(super) message_ns: u64,
    pub(super) message_per_kib_ns: u64,
    pub(super) work_factor: f64,
}

impl From<Costs> for Draft {
    fn from(costs: Costs) -> Draft {
        Draft {
            cores: u64::from(costs.cores.get()),
            gil_switch_interval_ns: costs.gil.map(|interval| interval.nanos().0),
            time_slice_ns: costs.time_slice.nanos().0,
            context_switch_ns: costs.context_switch.0,
            thread_start_ns: costs.thread_start.0,
            thread_end_ns: costs.thread_end.0,
            process_start_ns: costs.process_start.0,
            process_end_ns: costs.process_end.0,
            loop_turn_ns: costs.loop_turn.0,
            message_ns: costs.message.0,
            message_per_kib_ns: costs.message_per_kib.0,
            work_factor: costs.work.get(),
        }
    }
}

impl TryFrom<Draft> for Costs {
    type Error = BadCosts;

    fn try_from(draft: Draft) -> Result<Costs, BadCosts> {
        let cores = u16::try_from(draft.cores).ok().and_then(NonZeroU16::new);
        let interval = |name, nanos, mend| {
            Interval::new(Nanos(nanos)).ok_or_else(|| bad(name, nanos, "a time that is not zero", mend))
        };
        let gil = draft.gil_switch_interval_ns;
        let context_switch = time("context_switch_ns", draft.context_switch_ns)?;
        let long_enough = |name, nanos, mend, or| {
            let interval = interval(name, nanos, mend)?;
            let (longest, words) = longest(name);
            if interval.nanos() > longest {
                return Err(bad(name, nanos, &format!("at most {} ({words})", longest.0), mend));
            }
            let least = draft.context_switch_ns.saturating_mul(2).saturating_add(1).max(SHORTEST.0);
            match nanos < least {
                true => Err(bad(name, nanos, LONG_ENOUGH, &format!("give {least} or more{or}"))),
                false => Ok(interval),
            }
        };
        Ok(Costs {
            cores: cores.ok_or_else(|| bad("cores", draft.cores, CORES, CORES_MEND))?,
            gil: gil
                .map(|nanos| long_enough("gil_switch_interval_ns", nanos, GIL_MEND, ", or null for no GIL"))
                .transpose()?,
            time_slice: long_enough("time_slice_ns", draft.time_slice_ns, "give nanoseconds such as 3000000", "")?,
            context_switch,
            thread_start: time("thread_start_ns", draft.thread_start_ns)?,
            thread_end: time("thread_end_ns", draft.thread_end_ns)?,
            process_start: time("process_start_ns", draft.process_start_ns)?,
            process_end: time("process_end_ns", draft.process_end_ns)?,
            loop_turn: time("loop_turn_ns", draft.loop_turn_ns)?,
            message: time("message_ns", draft.message_ns)?,
            message_per_kib: time("message_per_kib_ns", draft.message_per_kib_ns)?,
            work: Factor::new(draft.work_factor)
                .filter(|factor| factor.get() <= LARGEST_FACTOR)
                .ok_or_else(|| bad("work_factor", draft.work_factor, FACTOR, FACTOR_MEND))?,
        })
    }
}

/// The shortest time after which a thread may have to make way: with less, threads do little else than take turns, and where
/// a switch costs more than that they never get on.
const SHORTEST: Nanos = Nanos(50_000);
const LONG_ENOUGH: &str = "at least 50000 and more than twice context_switch_ns";

const CORES: &str = "a whole number from 1 to 65535";
const CORES_MEND: &str = "give the number of cores, such as 4";
const TIME_MEND: &str = "give nanoseconds such as 100000";
const GIL_MEND: &str = "give nanoseconds such as 5000000, or null for no GIL";
const LARGEST_FACTOR: f64 = 1e6;
const FACTOR: &str = "more than 0 and at most 1000000";
const FACTOR_MEND: &str = "give 1 for work as in CPython";

/// The longest that a time may be, and in words. What comes by the million in one run is shorter, so that the run's time can
/// still be counted.
fn longest(name: &str) -> (Nanos, &'static str) {
    match name {
        "context_switch_ns" | "loop_turn_ns" => (Nanos(60_000_000_000), "a minute"),
        "message_per_kib_ns" => (Nanos(1_000_000_000), "a second"),
        _ => (Nanos(3_600_000_000_000), "an hour"),
    }
}

fn range(name: &str) -> String {
    let (longest, words) = longest(name);
    format!("a whole number from 0 to {} ({words})", longest.0)
}

fn time(name: &str, nanos: u64) -> Result<Nanos, BadCosts> {
    let is_in_range = nanos <= longest(name).0.0;
    is_in_range.then_some(Nanos(nanos)).ok_or_else(|| bad(name, nanos, &range(name), TIME_MEND))
}

/// The names of all costs, in the order in which they are written.
pub(super) const NAMES: [&str; 12] = [
    "cores",
    GIL,
    "time_slice_ns",
    "context_switch_ns",
    "thread_start_ns",
    "thread_end_ns",
    "process_start_ns",
    "process_end_ns",
    "loop_turn_ns",
    "message_ns",
    "message_per_kib_ns",
    "work_factor",
];

/// The name of the cost that may be none.
pub(super) const GIL: &str = "gil_switch_interval_ns";

/// What stands in the place of the switch interval where there is no GIL.
pub(super) const NO_GIL: &str = "null";

/// Up to here a number with a fraction can be every whole one: 2 to the 53rd.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// What is no number is told up to so many letters.
const LONGEST_TOLD: usize = 24;

/// Costs as somebody has them by name, each as the text of a JSON value.
pub(super) fn read(fields: &[(String, String)]) -> Result<Costs, BadCosts> {
    if let Some((name, _)) = fields.iter().find(|(name, _)| !NAMES.contains(&name.as_str())) {
        let names = NAMES.join(", ");
        return Err(BadCosts(format!(
            "The costs have a field {}, but there is none beside {names}: strike it out, or mend its name.",
            told(name)
        )));
    }
    let text = |name: &str| {
        let field = fields.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
        field.ok_or_else(|| {
            BadCosts(format!(
                "The costs have no field {name}, but need one: let `interleave calibrate` write them anew."
            ))
        })
    };
    let whole = |name: &'static str| {
        let text = text(name)?;
        whole_number(text).ok_or_else(|| match name {
            "cores" => bad(name, told(text), CORES, CORES_MEND),
            GIL => bad(name, told(text), &range(name), GIL_MEND),
            _ => bad(name, told(text), &range(name), TIME_MEND),
        })
    };
    Costs::try_from(Draft {
        cores: whole("cores")?,
        gil_switch_interval_ns: (text(GIL)? != NO_GIL).then(|| whole(GIL)).transpose()?,
        time_slice_ns: whole("time_slice_ns")?,
        context_switch_ns: whole("context_switch_ns")?,
        thread_start_ns: whole("thread_start_ns")?,
        thread_end_ns: whole("thread_end_ns")?,
        process_start_ns: whole("process_start_ns")?,
        process_end_ns: whole("process_end_ns")?,
        loop_turn_ns: whole("loop_turn_ns")?,
        message_ns: whole("message_ns")?,
        message_per_kib_ns: whole("message_per_kib_ns")?,
        work_factor: {
            let text = text("work_factor")?;
            text.parse().map_err(|_| bad("work_factor", told(text), FACTOR, FACTOR_MEND))?
        },
    })
}

/// JSON has one kind of number: `4.0` and `5e6` are whole ones, too.
fn whole_number(text: &str) -> Option<u64> {
    let is_whole = |number: &f64| number.fract() == 0.0 && (0.0..=MOST_EXACT).contains(number);
    text.parse().ok().or_else(|| Some(text.parse().ok().filter(is_whole)? as u64))
}

/// A text as far as anybody has to read it.
fn told(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn bad(name: &str, value: impl fmt::Display, rule: &str, mend: &str) -> BadCosts {
    BadCosts(format!("The cost {name} is {value}, but has to be {rule}: {mend}."))
}
