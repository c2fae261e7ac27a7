//! A process for each task: started when the task is spawned, inside the run's clock, and gone when the task has ended.
//!
//! Whoever spawns waits until the system has made the process, as CPython's `Process.start` does, and not until the
//! process runs: those that come up do so side by side.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::error::TaskFailed;
use engine::measure::{Processes, Worker};
use engine::operation::Job;
use engine::trace::{self, LaneId, TaskId};

use crate::open_files;
use crate::process_pool::message::Order;
use crate::process_pool::process::Process;
use crate::process_pool::this_run::ThisRun;
use crate::process_pool::{Lane, this_program};

/// All that it takes to start such a process.
pub struct Recipe {
    program: PathBuf,
    prepare: Order,
}

/// The processes of one run that have been started and have not ended.
#[derive(Default)]
pub struct Live(Mutex<HashMap<u32, Arc<Process>>>);

/// Whoever starts them in one run.
pub struct Starter {
    recipe: Arc<Recipe>,
    run: Arc<ThisRun>,
    live: Arc<Live>,
}

impl Recipe {
    /// The recipe for runs whose processes are told to `prepare`.
    ///
    /// # Errors
    /// Where this program cannot find itself, as the end of a sentence.
    pub fn new(prepare: Order) -> Result<Recipe, String> {
        // Each process takes two pipes. Where that is still too few, a start fails and says so.
        open_files::allow_most();
        Ok(Recipe { program: this_program()?, prepare })
    }

    /// The starter for `run`, which notes in `live` whom it has started.
    pub(super) fn for_run(self: &Arc<Self>, run: &Arc<ThisRun>, live: &Arc<Live>) -> Starter {
        Starter { recipe: Arc::clone(self), run: Arc::clone(run), live: Arc::clone(live) }
    }
}

impl Live {
    /// Ends all of them, in the middle of their jobs too.
    pub(super) fn kill_all(&self) {
        let all = std::mem::take(&mut *self.lock());
        all.values().for_each(|process| process.kill());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Arc<Process>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Processes for Starter {
    fn start(&self, lane: LaneId, _: trace::Process) -> Result<Box<dyn Worker>, String> {
        let Recipe { program, prepare } = &*self.recipe;
        let process = Process::start(program).map_err(|error| {
            let already = self.live.lock().len();
            format!("no process can be started for it from {} beside {already} others: {error}", program.display())
        })?;
        self.live.lock().insert(process.id, Arc::clone(&process));
        // If it cannot be told it has died, which its worker says with a reason.
        let _ = process.tell(prepare);
        let lane = Lane { lane, process, run: Arc::clone(&self.run) };
        Ok(Box::new(ForOneTask { lane, live: Arc::clone(&self.live) }))
    }
}

struct ForOneTask {
    lane: Lane,
    live: Arc<Live>,
}

impl Worker for ForOneTask {
    fn work(&mut self, task: TaskId, job: &Job) -> Result<Vec<u8>, TaskFailed> {
        let Lane { process, run, .. } = &self.lane;
        let prepared = process.wait_until_prepared();
        let failed = |reason| TaskFailed { task: job.name.clone(), reason: format!("its {reason}") };
        // To come up is part of the run, and so is what that took.
        run.add_cpu(prepared.map_err(failed)?);
        self.lane.work(task, job)
    }
}

impl Drop for ForOneTask {
    fn drop(&mut self) {
        let process = &self.lane.process;
        process.end();
        self.live.lock().remove(&process.id);
    }
}
