//! What runs: the operations that a task can ask for, the concurrency models that answer them, a predicted and a
//! measured way to run a program, and the trace that both leave behind.
//!
//! **Program × Model × Clock → Trace.** A [`program::Script`] is written once. [`simulate::simulate`] runs it on a
//! virtual clock, [`measure`] on a real one, and everything that is shown afterwards is a view of the
//! [`trace::Trace`].
//!
//! The engine knows no lesson, no page, no file and no process.

pub mod costs;
pub mod error;
pub mod event_loop;
pub mod executor;
pub mod hints;
pub mod measure;
pub mod model;
pub mod network;
pub mod operation;
pub mod packed;
pub mod placement;
pub mod program;
pub mod protocol;
pub mod simulate;
pub mod sync;
pub mod task;
pub mod time;
pub mod trace;
pub mod work;
