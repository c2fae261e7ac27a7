//! What a machine and an interpreter charge for concurrency and for work.

mod numbers;
mod written;

use std::fmt;
use std::num::{NonZeroU16, NonZeroU64};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::time::Nanos;
use written::Draft;

/// What a machine and an interpreter charge. As JSON, times carry their unit in their names, such as `thread_start_ns`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
pub struct Costs {
    /// How many threads can compute at once.
    pub cores: NonZeroU16,
    /// The GIL's switch interval: how long a thread may be asked to wait for it before its holder has to pass it on;
    /// `None` where there is no GIL.
    pub gil: Option<Interval>,
    /// How long a thread keeps its core while others want it.
    pub time_slice: Interval,
    /// Putting another thread on a core.
    pub context_switch: Nanos,
    /// From asking for a thread until it runs.
    pub thread_start: Nanos,
    /// From a thread's last step until whoever joins it knows.
    pub thread_end: Nanos,
    /// From asking for a process until it runs.
    pub process_start: Nanos,
    /// From a process's last step until whoever joins it knows.
    pub process_end: Nanos,
    /// Polling one task once on an event loop.
    pub loop_turn: Nanos,
    /// A message to or from a process, one way, whatever is in it.
    pub message: Nanos,
    /// What each KiB in a message adds: packing, copying and unpacking.
    pub message_per_kib: Nanos,
    /// How many times as long as in CPython work takes on one thread: what the formulas of [`crate::work`] are
    /// multiplied by.
    pub work: Factor,
}

/// A time that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(NonZeroU64);

/// A positive, finite number to multiply with.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Factor(f64);

/// Costs for a well-known interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// CPython with the GIL, on four cores, as the published figures were probably had.
    ///
    /// Measured with CPython 3.11.7 on two virtual cores under Linux, of some 25 to 300 runs the fastest and the
    /// median, then rounded between them:
    ///
    /// | cost | how | measured | taken |
    /// |---|---|---|---|
    /// | GIL | `sys.getswitchinterval()` | 5 ms | 5 ms |
    /// | time slice | not measured: the order of Linux's base slice | | 3 ms |
    /// | context switch | half a round trip of one byte through two pipes on one core, system calls included | 4–5 µs | 4 µs |
    /// | thread start | before `Thread.start` → the thread's first line | 56–130 µs | 100 µs |
    /// | thread end | the thread's last line → after `join` | 24–49 µs | 40 µs |
    /// | process start | before `Process.start` (fork) → its first line | 1.6–2.6 ms | 2 ms |
    /// | process end | its last line → after `join` | 0.6–1.0 ms | 0.8 ms |
    /// | loop turn | `asyncio.sleep(0)` in two tasks | 2.9–3.1 µs | 3 µs |
    /// | message | half of `Pool.apply` of an empty function; a bare `Pipe` takes 28–75 µs | 68–230 µs | 100 µs |
    /// | message per KiB | `bytes` of 1 and 8 MiB through a `Pipe`; a list of floats takes 5–7 µs | 0.5–1.8 µs | 1 µs |
    ///
    /// A process that is spawned and not forked starts in 125 to 160 ms there.
    #[serde(rename = "cpython")]
    CPython,
    /// CPython built without the GIL, on four cores.
    ///
    /// Work takes 1.08 times as long: what Python 3.14's free-threading guide states for Linux on x86-64 (3.13: about
    /// 1.4). All else is as in [`Preset::CPython`].
    #[serde(rename = "cpython-no-gil")]
    CPythonNoGil,
    /// WebAssembly in Web Workers of a browser, on four cores.
    ///
    /// The work factor was measured with this crate as the page is built, in V8 outside of a browser: the merge sort
    /// took 0.05 of its formula, the sum of squares 0.02, Fibonacci 0.11. All else is an order of magnitude and was not
    /// measured.
    Browser,
    /// Native Rust with OS threads, on four cores, until `interleave calibrate` says better.
    ///
    /// Measured as [`Preset::CPython`] was, with Rust 1.95: a thread starts in 22–33 µs and ends in 18–26 µs, a small
    /// program starts and ends in 0.8–4 ms, a byte takes 3.6 µs through a pipe and a KiB 0.23 µs. The merge sort took
    /// 0.037 of its formula, the sum of squares 0.006, Fibonacci 0.023. The turn of a loop is an order of magnitude.
    Native,
}

/// Why costs cannot be used: a whole sentence with the field, the rule and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCosts(String);

impl Costs {
    /// Costs for closed forms: four cores and the usual GIL, work as in CPython, and everything else free.
    pub const FREE: Costs = Costs {
        cores: FOUR_CORES,
        gil: Some(SWITCH_INTERVAL),
        time_slice: TIME_SLICE,
        context_switch: Nanos::ZERO,
        thread_start: Nanos::ZERO,
        thread_end: Nanos::ZERO,
        process_start: Nanos::ZERO,
        process_end: Nanos::ZERO,
        loop_turn: Nanos::ZERO,
        message: Nanos::ZERO,
        message_per_kib: Nanos::ZERO,
        work: Factor::ONE,
    };

    /// The CPU time that one end of a message of so many bytes takes: writing it or reading it.
    pub fn message_of(&self, bytes: u64) -> Nanos {
        self.message + self.message_per_kib.scaled(bytes as f64 / 1024.0)
    }

    /// Reads costs as `interleave calibrate` writes them.
    ///
    /// # Errors
    /// Where the text is no JSON object, or a field is missing, unknown or out of its range.
    pub fn from_json(text: &str) -> Result<Costs, BadCosts> {
        let fields: Map<String, Value> = serde_json::from_str(text).map_err(|error| BadCosts::no_object(&error))?;
        let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        Costs::from_fields(&fields)
    }

    /// Costs from the fields of that JSON object, each with the JSON text of its value: for who has another reader of JSON at hand.
    ///
    /// # Errors
    /// Where a field is missing, unknown or out of its range.
    pub fn from_fields(fields: &[(String, String)]) -> Result<Costs, BadCosts> {
        written::read(fields)
    }

    /// These costs as readable JSON, which [`Costs::from_json`] reads.
    pub fn to_json(&self) -> String {
        // Numbers in named fields: nothing in it that serde_json could refuse.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl BadCosts {
    /// A text that is no JSON object, and why.
    pub fn no_object(why: &dyn fmt::Display) -> BadCosts {
        BadCosts(format!("The costs are not one JSON object ({why}): let `interleave calibrate` write them anew."))
    }
}

impl Interval {
    /// This time, unless it is zero.
    pub const fn new(time: Nanos) -> Option<Interval> {
        match NonZeroU64::new(time.0) {
            Some(nanos) => Some(Interval(nanos)),
            None => None,
        }
    }

    /// The time.
    pub const fn nanos(self) -> Nanos {
        Nanos(self.0.get())
    }
}

impl Factor {
    /// No change.
    pub const ONE: Factor = Factor(1.0);

    /// This number, unless it is zero, negative, endless or none.
    pub fn new(number: f64) -> Option<Factor> {
        (number > 0.0 && number.is_finite()).then_some(Factor(number))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Preset {
    /// Every preset, in the order in which they are shown.
    pub const ALL: [Preset; 4] = [Preset::CPython, Preset::CPythonNoGil, Preset::Browser, Preset::Native];

    /// The preset with this id.
    pub fn with_id(id: &str) -> Option<Preset> {
        Preset::ALL.into_iter().find(|preset| preset.id() == id)
    }

    /// The name that links, commands and files use, such as `cpython-no-gil`.
    pub fn id(self) -> &'static str {
        match self {
            Preset::CPython => "cpython",
            Preset::CPythonNoGil => "cpython-no-gil",
            Preset::Browser => "browser",
            Preset::Native => "native",
        }
    }

    /// The name that people read, such as `CPython without the GIL`.
    pub fn title(self) -> &'static str {
        match self {
            Preset::CPython => "CPython",
            Preset::CPythonNoGil => "CPython without the GIL",
            Preset::Browser => "Browser",
            Preset::Native => "Native Rust",
        }
    }

    /// What it charges.
    pub const fn costs(self) -> Costs {
        match self {
            Preset::CPython => CPYTHON,
            Preset::CPythonNoGil => Costs { gil: None, work: Factor(1.08), ..CPYTHON },
            Preset::Browser => BROWSER,
            Preset::Native => NATIVE,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Display for BadCosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadCosts {}

const FOUR_CORES: NonZeroU16 = NonZeroU16::MIN.saturating_add(3);
const SWITCH_INTERVAL: Interval = milliseconds(5);
const TIME_SLICE: Interval = milliseconds(3);

const CPYTHON: Costs = Costs {
    context_switch: Nanos(4_000),
    thread_start: Nanos(100_000),
    thread_end: Nanos(40_000),
    process_start: Nanos(2_000_000),
    process_end: Nanos(800_000),
    loop_turn: Nanos(3_000),
    message: Nanos(100_000),
    message_per_kib: Nanos(1_000),
    ..Costs::FREE
};

const BROWSER: Costs = Costs {
    gil: None,
    context_switch: Nanos(4_000),
    thread_start: Nanos(50_000),
    thread_end: Nanos(50_000),
    process_start: Nanos(2_000_000),
    process_end: Nanos(500_000),
    loop_turn: Nanos(1_000),
    message: Nanos(50_000),
    message_per_kib: Nanos(1_000),
    work: Factor(0.05),
    ..Costs::FREE
};

const NATIVE: Costs = Costs {
    gil: None,
    context_switch: Nanos(4_000),
    thread_start: Nanos(30_000),
    thread_end: Nanos(25_000),
    process_start: Nanos(1_500_000),
    process_end: Nanos(500_000),
    loop_turn: Nanos(500),
    message: Nanos(4_000),
    message_per_kib: Nanos(300),
    work: Factor(0.02),
    ..Costs::FREE
};

const fn milliseconds(count: u64) -> Interval {
    Interval(NonZeroU64::MIN.saturating_add(count.saturating_mul(1_000_000).saturating_sub(1)))
}
