//! A pool of processes that are up before the run's clock starts.

use std::sync::Arc;

use engine::measure::{Processes, Worker};
use engine::trace::{self, LaneId};

use crate::process_pool::lane::Lane;
use crate::process_pool::seat::{Recipe, Seat, why_not};
use crate::process_pool::this_run::ThisRun;

/// Processes that are up and know their lesson. Dropping the pool ends them.
pub struct Pool {
    seats: Vec<Arc<Seat>>,
    /// Whether each process is one lane.
    are_lanes: bool,
}

/// A pool as one run knows it.
pub struct PoolForRun {
    seats: Vec<Arc<Seat>>,
    are_lanes: bool,
    run: Arc<ThisRun>,
}

impl Pool {
    /// Starts so many processes, each of which is one lane or several, and waits until all of them know their lesson.
    ///
    /// # Errors
    /// Why a process cannot be started, as the end of a sentence. Those that were are ended.
    pub fn start(recipe: &Arc<Recipe>, processes: usize, are_lanes: bool) -> Result<Pool, String> {
        let mut pool = Pool { seats: Vec::new(), are_lanes };
        // All are told before the first is waited for: they get ready side by side.
        for number in 1..=processes {
            let process = recipe.start().map_err(|error| {
                let (program, why_not) = (recipe.program.display(), why_not(&error));
                format!("process {number} of {processes} cannot be started from {program}: {why_not}")
            })?;
            pool.seats.push(Arc::new(Seat::new(recipe, process)));
        }
        for seat in &pool.seats {
            // What that took is no part of the run.
            seat.process().wait_until_prepared()?;
        }
        Ok(pool)
    }

    /// The numbers by which the system knows the processes; others once one has died.
    pub fn ids(&self) -> Vec<u32> {
        self.seats.iter().map(|seat| seat.process().id).collect()
    }

    /// The pool as `run` knows it.
    pub(super) fn for_run(&self, run: &Arc<ThisRun>) -> PoolForRun {
        PoolForRun { seats: self.seats.clone(), are_lanes: self.are_lanes, run: Arc::clone(run) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.seats.iter().for_each(|seat| seat.close());
    }
}

impl Processes for PoolForRun {
    fn start(&self, lane: LaneId, process: trace::Process) -> Result<Box<dyn Worker>, String> {
        // The run's own process is number 0.
        let index = (process.0 as usize).checked_sub(1);
        let seat = index.and_then(|index| self.seats.get(index));
        let seat = seat.ok_or_else(|| format!("the pool has only {} processes", self.seats.len()))?;
        Ok(Box::new(Lane::kept(lane, seat, &self.run, self.are_lanes)))
    }
}
