//! A place for one process, in which another is put where that one dies.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::time::Nanos;

use crate::process_pool::message::Order;
use crate::process_pool::process::Process;
use crate::process_pool::this_program;
use crate::threads;

/// All that it takes to start a process.
pub struct Recipe {
    /// The program.
    pub program: PathBuf,
    /// What it is told first.
    prepare: Order,
    /// How often a job is given to another process because the one that had it has died.
    pub retries: u32,
}

/// The place.
pub struct Seat {
    recipe: Arc<Recipe>,
    taken: Mutex<Taken>,
}

struct Taken {
    process: Arc<Process>,
    /// Whether nobody is to follow.
    is_closed: bool,
}

/// Who has the place of a process that has died.
pub enum Successor {
    /// Nobody: the seat is closed.
    None,
    /// A process that was started by somebody else.
    Known,
    /// One that was started now, by this number, and the CPU time that it took to get ready.
    New(u32, Option<Nanos>),
}

impl Recipe {
    /// The recipe for processes that are told to `prepare`. Where one dies over a job, the job is given to another `retries`
    /// times at the most.
    ///
    /// # Errors
    /// Where this program cannot find itself, as the end of a sentence.
    pub fn new(prepare: Order, retries: u32) -> Result<Recipe, String> {
        Ok(Recipe { program: this_program()?, prepare, retries })
    }

    /// Starts a process, and tells it what to prepare. It need not run yet.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(&self) -> io::Result<Arc<Process>> {
        let process = Process::start(&self.program)?;
        // Whoever cannot be told has died, which the answer says with a reason.
        let _ = process.tell(&self.prepare, 0);
        Ok(process)
    }
}

/// Why a process could not be started, and what to do about it.
pub fn why_not(error: &io::Error) -> String {
    #[cfg(unix)]
    if error.raw_os_error() == Some(nix::errno::Errno::EMFILE as i32) {
        return format!("{error}: `ulimit -Hn` says how many; raise it, or have fewer processes at once");
    }
    match error.kind() {
        // What counts the threads of a user or a group counts processes too.
        io::ErrorKind::WouldBlock => format!("{error}: {}", threads::bound()),
        _ => error.to_string(),
    }
}

impl Seat {
    /// A seat with a process in it that was started by `recipe`.
    pub fn new(recipe: &Arc<Recipe>, process: Arc<Process>) -> Seat {
        Seat { recipe: Arc::clone(recipe), taken: Mutex::new(Taken { process, is_closed: false }) }
    }

    /// How its processes are started.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// Who is there now.
    pub fn process(&self) -> Arc<Process> {
        Arc::clone(&self.lock().process)
    }

    /// Has another process take the place of `dead`, and waits until it knows its lesson; only one does, however many threads
    /// miss the same process.
    ///
    /// # Errors
    /// Why none can, as the end of a sentence.
    pub fn replace(&self, dead: &Arc<Process>) -> Result<Successor, String> {
        let mut taken = self.lock();
        if taken.is_closed {
            return Ok(Successor::None);
        }
        if !Arc::ptr_eq(&taken.process, dead) {
            return Ok(Successor::Known);
        }
        let process = self.recipe.start().map_err(|error| why_not(&error))?;
        let cpu = process.wait_until_prepared().inspect_err(|_| process.kill())?;
        let id = process.id;
        taken.process = process;
        Ok(Successor::New(id, cpu))
    }

    /// Ends the process at once, in the middle of a job too, and for good.
    pub fn close(&self) {
        let mut taken = self.lock();
        taken.is_closed = true;
        taken.process.kill();
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing is half changed when a thread panics under the lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
