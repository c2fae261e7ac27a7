//! Who ends this program at its terminal ends the interpreter with it: that has a process group of its own, which a
//! terminal's signals do not reach.

use std::process;
use std::thread;

use crate::calibrate::bounded;

/// What a shell makes of a program that an interrupt has ended.
const INTERRUPTED: i32 = 130;

/// From now on an interrupt ends this program and the one that it listens to.
///
/// # Errors
/// A sentence, where the system gives no thread for it.
pub fn end_together() -> Result<(), String> {
    let no_thread = |error| format!("Nobody can listen for an interrupt, for the system gives no thread: {error}.");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
    let listen = move || {
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            bounded::end_now();
            process::exit(INTERRUPTED);
        }
    };
    thread::Builder::new().spawn(listen).map(drop).map_err(no_thread)
}
