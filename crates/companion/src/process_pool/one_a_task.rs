//! A process for each task: started when the task is spawned, inside the run's clock, and gone when the task has ended.
//!
//! Whoever spawns waits until the system has made the process, as CPython's `Process.start` does, and not until the
//! process runs: those that come up do so side by side.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::error::TaskFailed;
use engine::measure::{Processes, Worker};
use engine::operation::Job;
use engine::program::Ended;
use engine::trace::{self, LaneId, TaskId};

use crate::process_pool::lane::Lane;
use crate::process_pool::seat::{Recipe, Seat, why_not};
use crate::process_pool::this_run::ThisRun;

/// The seats of one run whose tasks have not ended.
#[derive(Default)]
pub struct Live(Mutex<HashMap<LaneId, Arc<Seat>>>);

/// Whoever starts processes in one run.
pub struct Starter {
    /// How.
    pub recipe: Arc<Recipe>,
    /// The run.
    pub run: Arc<ThisRun>,
    /// Where it notes whom it has started.
    pub live: Arc<Live>,
}

impl Live {
    /// Ends all of them, in the middle of their jobs too.
    pub(super) fn kill_all(&self) {
        let all = std::mem::take(&mut *self.lock());
        all.values().for_each(|seat| seat.close());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LaneId, Arc<Seat>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Processes for Starter {
    fn start(&self, lane: LaneId, _: trace::Process) -> Result<Box<dyn Worker>, String> {
        let Starter { recipe, run, live } = self;
        let process = recipe.start().map_err(|error| {
            let (already, program) = (live.lock().len(), recipe.program.display());
            format!("no process can be started for it from {program} beside {already} others: {}", why_not(&error))
        })?;
        let seat = Arc::new(Seat::new(recipe, process));
        live.lock().insert(lane, Arc::clone(&seat));
        let worker = Lane::for_one_task(lane, &seat, run);
        Ok(Box::new(ForOneTask { worker, lane, seat, run: Arc::clone(run), live: Arc::clone(live) }))
    }
}

struct ForOneTask {
    worker: Lane,
    lane: LaneId,
    seat: Arc<Seat>,
    run: Arc<ThisRun>,
    live: Arc<Live>,
}

impl Worker for ForOneTask {
    fn work(&mut self, task: TaskId, job: &Job) -> Ended {
        let prepared = self.seat.process().wait_until_prepared();
        let failed = |reason| TaskFailed { task: job.name.clone(), reason: format!("its {reason}") };
        // To come up is part of the run, and so is what that took.
        self.run.add_cpu(prepared.map_err(failed)?);
        self.worker.work(task, job)
    }
}

impl Drop for ForOneTask {
    fn drop(&mut self) {
        self.seat.process().end();
        self.live.lock().remove(&self.lane);
    }
}
