//! The same work for four single-threaded executors: the engine's, tokio's current-thread runtime, async-executor's
//! `LocalExecutor` and futures' `LocalPool`.
//!
//! Each does the work in the way that its own documentation would have it, with the channel and the timers that go with it.
//! Neither `LocalExecutor` nor `LocalPool` brings any: those are async-io's and futures-timer's timers, async-channel's and
//! futures' channel.
//!
//! They are not alike in everything: nobody joins a `LocalPool`'s tasks; tokio's timers are as coarse as a millisecond, so
//! that few deadlines differ; futures-timer, and async-io now and then, have a thread beside ours to look after the timers,
//! which helps on a machine with an idle core and hinders on a busy one.

#[cfg(not(target_arch = "wasm32"))]
pub mod local_executor;
#[cfg(not(target_arch = "wasm32"))]
pub mod local_pool;
#[cfg(not(target_arch = "wasm32"))]
pub mod ours;
pub mod pages;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub mod paused_tokio;
pub mod rounds;
#[cfg(not(target_arch = "wasm32"))]
pub mod tokio_rt;

use std::fmt;

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Tasks that are spawned all at once, and yield [`YIELDS`] times each.
    Yields {
        /// How many tasks.
        tasks: u32,
    },
    /// Tasks that are spawned all at once, and sleep once each, for [`delay_micros`].
    Timers {
        /// How many tasks.
        tasks: u32,
    },
    /// Two tasks that send a number to and fro, over two channels with room for one.
    PingPong {
        /// How many times there and back.
        rounds: u32,
    },
}

impl Work {
    /// What the comparison consists of.
    pub const ALL: [Work; 3] =
        [Work::Yields { tasks: 100_000 }, Work::Timers { tasks: 100_000 }, Work::PingPong { rounds: 100_000 }];
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Yields { tasks } => write!(f, "{tasks} tasks that yield {YIELDS} times"),
            Work::Timers { tasks } => write!(f, "{tasks} tasks that sleep once"),
            Work::PingPong { rounds } => write!(f, "{rounds} ping-pongs over channels"),
        }
    }
}

/// An executor's name, and how it does a piece of work; returns a number that proves it was done.
pub type Contender = (&'static str, fn(Work) -> u64);

/// Everyone who takes part, ours first.
#[cfg(not(target_arch = "wasm32"))]
pub const CONTENDERS: [Contender; 4] = [
    ("ours", ours::run),
    ("tokio", tokio_rt::run),
    ("LocalExecutor", local_executor::run),
    ("LocalPool", local_pool::run),
];

/// How often each yielding task yields.
pub const YIELDS: u32 = 10;

/// How long the sleeping task `index` sleeps: up to ten milliseconds in no order, so that setting and firing timers, not
/// waiting for them, takes most of the time.
pub fn delay_micros(index: u32) -> u64 {
    u64::from(index.wrapping_mul(2_654_435_761) % 10_000)
}

/// What [`Contender`]s return for `work`.
pub fn proof(work: Work) -> u64 {
    match work {
        Work::Yields { tasks } | Work::Timers { tasks } => u64::from(tasks),
        Work::PingPong { rounds } => u64::from(rounds),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn everyone_does_the_work() {
        for work in [Work::Yields { tasks: 100 }, Work::Timers { tasks: 100 }, Work::PingPong { rounds: 100 }] {
            for (name, run) in CONTENDERS {
                assert_eq!(run(work), proof(work), "{name}: {work}");
            }
        }
    }
}
