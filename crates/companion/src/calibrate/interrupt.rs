//! Who ends this program ends the interpreter with it: that has a process group of its own, which a terminal's signals do not
//! reach.

use std::process;
use std::thread;

use super::bounded;
use crate::listen;

/// From now on whoever asks this program to end has ended it, and the one that it listens to.
///
/// # Errors
/// A sentence, where the system gives no thread for it.
pub fn end_together() -> Result<(), String> {
    let cannot = |error| format!("Nobody can listen for an interrupt, for the system gives no thread: {error}.");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(cannot)?;
    let interruption = {
        let _entered = runtime.enter();
        listen::interruption().map_err(cannot)?
    };
    let listen = move || {
        let exit_code = runtime.block_on(interruption);
        bounded::end_now();
        process::exit(exit_code);
    };
    thread::Builder::new().spawn(listen).map(drop).map_err(cannot)
}
