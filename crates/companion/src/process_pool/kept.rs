//! A pool of processes that are up before the run's clock starts.

use std::sync::Arc;

use engine::measure::{Processes, Worker};
use engine::trace::{self, LaneId};

use crate::process_pool::message::Order;
use crate::process_pool::process::Process;
use crate::process_pool::this_run::ThisRun;
use crate::process_pool::{Lane, this_program};
use crate::request::Request;

/// Processes that are up and know their lesson. Dropping the pool ends them.
pub struct Pool {
    processes: Vec<Arc<Process>>,
}

/// A pool as one run knows it.
pub struct PoolForRun {
    processes: Vec<Arc<Process>>,
    run: Arc<ThisRun>,
}

impl Pool {
    /// Starts as many processes as the run has, tells them to `prepare`, and waits until all of them have.
    ///
    /// # Errors
    /// Why a process cannot be started, as the end of a sentence. Those that were are ended.
    pub fn start(request: &Request, prepare: &Order) -> Result<Pool, String> {
        let program = this_program()?;
        let mut pool = Pool { processes: Vec::new() };
        for _ in 0..request.prepared.processes.get() {
            let process = Process::start(&program);
            pool.processes.push(process.map_err(|error| {
                let (number, most) = (pool.processes.len() + 1, request.prepared.processes);
                format!("process {number} of {most} cannot be started from {}: {error}", program.display())
            })?);
        }
        // All are told before the first is waited for: they get ready side by side.
        for process in &pool.processes {
            // Whoever cannot be told has died, which the answer says with a reason.
            let _ = process.tell(prepare);
        }
        for process in &pool.processes {
            // What that took is no part of the run.
            process.wait_until_prepared()?;
        }
        Ok(pool)
    }

    /// The numbers by which the system knows the processes.
    pub fn ids(&self) -> Vec<u32> {
        self.processes.iter().map(|process| process.id).collect()
    }

    /// The pool as `run` knows it.
    pub(super) fn for_run(&self, run: &Arc<ThisRun>) -> PoolForRun {
        PoolForRun { processes: self.processes.clone(), run: Arc::clone(run) }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for process in &self.processes {
            process.kill();
        }
    }
}

impl Processes for PoolForRun {
    fn start(&self, lane: LaneId, process: trace::Process) -> Result<Box<dyn Worker>, String> {
        // The run's own process is number 0.
        let index = (process.0 as usize).checked_sub(1);
        let process = index.and_then(|index| self.processes.get(index));
        let process = process.ok_or_else(|| format!("the pool has only {} processes", self.processes.len()))?;
        Ok(Box::new(Lane { lane, process: Arc::clone(process), run: Arc::clone(&self.run) }))
    }
}
