//! What crosses threads is built of these. A model checker puts its own in their place (`tests/gil.rs`).

pub(super) use std::sync::atomic::{AtomicBool, Ordering};
pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
