//! Measured runs: on a machine's own threads and its own clock. Times are never asserted, only sums and sequences.

mod agreement;
mod endings;
mod gil;
mod machine;
mod objects;
mod processes;
mod properties;
mod threads;
mod transport;
#[path = "../simulate/program/mod.rs"]
#[allow(dead_code, reason = "what only predicted runs need is there too")]
mod tree;
