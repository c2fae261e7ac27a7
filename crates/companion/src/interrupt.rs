//! What is still done when a person or a system asks this program to end in the middle of its work.

use std::io;
use std::process::{self, Command};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::listen;

/// From now on whoever asks this program to end has `act` done first; whoever asks twice waits for nothing.
///
/// # Errors
/// A sentence, where the system gives nobody who could listen: it is then ended at once, as any program is.
pub fn before_the_end(act: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let cannot = |error| format!("Nobody can listen for an interrupt, for the system gives no thread: {error}.");
    let (sender, is_listening) = channel();
    let listen = move || {
        // Heard here and not before: an interrupt that nobody hears must end the program.
        let (runtime, interruption) = match ears() {
            Ok(ears) => ears,
            Err(error) => return drop(sender.send(Err(error))),
        };
        drop(sender.send(Ok(())));
        let exit_code = runtime.block_on(interruption);
        let again = heard_by(&runtime);
        let end = move || {
            act();
            process::exit(exit_code);
        };
        match (thread::Builder::new().spawn(end), again) {
            (Ok(_), Ok(again)) => process::exit(runtime.block_on(again)),
            (Ok(acting), Err(_)) => drop(acting.join()),
            (Err(_), _) => process::exit(exit_code),
        }
    };
    thread::Builder::new().name("interrupts".to_owned()).spawn(listen).map_err(cannot)?;
    is_listening.recv().unwrap_or_else(|_| Err(io::Error::other("it ended at once"))).map_err(cannot)
}

/// Keeps a child that ends with this program out of reach of what a terminal sends to all of its processes: were it ended
/// first, its end would be mistaken for a fault.
pub fn keep_from(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// What there is to tell so far. It is told once, at the end or before it.
pub struct Untold<T>(Mutex<Option<T>>);

impl<T> Untold<T> {
    /// This is there to tell.
    pub fn new(told: T) -> Untold<T> {
        Untold(Mutex::new(Some(told)))
    }

    /// Adds something. What comes while it is told comes too late.
    pub fn keep(&self, add: impl FnOnce(&mut T)) {
        if let Some(untold) = &mut *self.lock() {
            add(untold);
        }
    }

    /// What there is for whoever was interrupted to tell; `None` where it is being told.
    pub fn take_before_the_end(&self) -> Option<T> {
        self.lock().take()
    }

    /// What there is to tell at the end. Where it is being told before that, the program ends with it, and this waits.
    pub fn take_at_the_end(&self) -> T {
        let untold = self.lock().take();
        untold.unwrap_or_else(|| {
            loop {
                thread::park();
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ears() -> io::Result<(Runtime, impl Future<Output = i32>)> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let interruption = heard_by(&runtime)?;
    Ok((runtime, interruption))
}

fn heard_by(runtime: &Runtime) -> io::Result<impl Future<Output = i32> + use<>> {
    let _entered = runtime.enter();
    listen::interruption()
}
