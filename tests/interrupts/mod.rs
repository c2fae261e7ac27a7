//! Programs that a test starts hear interrupts, whoever started the test.

use std::sync::Once;
use std::sync::mpsc::channel;
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// A shell without a terminal has what it puts into the background ignore interrupts, and whatever that starts in turn.
/// Who hears them itself does not pass that on: so this process hears them, and ends by them as ever.
pub fn are_heard() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let (sender, is_listening) = channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut interrupts = signal(SignalKind::interrupt()).unwrap();
                sender.send(()).unwrap();
                interrupts.recv().await;
                std::process::exit(130);
            });
        });
        is_listening.recv().unwrap();
    });
}
