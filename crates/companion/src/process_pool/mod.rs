//! Real processes: children of this program that do jobs over pipes. A pool's are kept from run to run; under one process
//! a task, each is started inside its run and ends with its task.
//!
//! A child ends with this process, whichever way this process ends: its standard input is a pipe that only this process
//! holds the other end of (the standard library opens pipes so that no other child inherits them), and a child whose
//! input has ended exits at once.
//!
//! # The protocol
//! A child is told its lesson once, and then whatever jobs its lanes are given, each under a number that its answers carry.
//! A process of threads has a thread for each lane and does several jobs at once. Here each lane has a thread that waits
//! for its job's end; see [`answers`] for how they share one pipe.
//!
//! A child that dies takes the jobs with it that it had, and no others: each of those fails, or is given to the process that
//! takes the dead one's [`seat`].

mod answers;
pub mod child;
mod hang_up;
mod kept;
mod lane;
pub mod message;
mod one_a_task;
mod outbox;
mod probe;
mod process;
mod seat;
mod this_run;

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use engine::measure::{NoProcesses, Processes, Recorder};
use engine::model::Model;
use engine::time::Nanos;
use engine::work::calibrate_spin;

use crate::open_files;
use crate::request::Request;
pub use kept::Pool;
use message::Order;
use one_a_task::{Live, Starter};
pub use probe::Probe;
use seat::Recipe;
use this_run::ThisRun;

/// How often a job that was lost with its process is given to another where that is wanted: a job that ends every process is
/// not to go round for ever.
pub const RETRIES: u32 = 3;

/// Where the measured runs on one model have their processes from.
pub enum Source {
    /// There is none but the first.
    None,
    /// A pool, which is up before any run.
    Kept(Pool),
    /// Each task has one of its own.
    OneATask(Arc<Recipe>),
}

/// The processes of one run. Dropping them ends those that were started for the run's tasks.
pub struct ForRun {
    processes: Arc<dyn Processes>,
    run: Arc<ThisRun>,
    live: Arc<Live>,
}

impl Source {
    /// The source of `model`, whose requests go to `service`. Where it is a pool, all of its processes are up.
    ///
    /// # Errors
    /// Why they are not, as the end of a sentence.
    pub fn start(request: &Request, model: Model, service: Option<SocketAddr>) -> Result<Source, String> {
        let recipe = || {
            let retries = if request.retry_lost { RETRIES } else { 0 };
            Recipe::new(prepare(request, model, service), retries).map(Arc::new)
        };
        // Each process takes two pipes. Where that is still too few, a start fails and says so.
        open_files::allow_most();
        match model {
            Model::ProcessPool | Model::LoopAndProcesses | Model::ProcessesOfThreads => {
                let (processes, are_lanes) = (request.prepared.processes.get(), model != Model::ProcessesOfThreads);
                Pool::start(&recipe()?, processes.into(), are_lanes).map(Source::Kept)
            }
            Model::Processes => recipe().map(Source::OneATask),
            Model::Sequential | Model::Threads | Model::ThreadPool | Model::EventLoop | Model::LoopAndThreads => {
                Ok(Source::None)
            }
        }
    }

    /// The processes of a run whose clock is `recorder`.
    pub fn for_run(&self, recorder: &Arc<Recorder>) -> ForRun {
        let (run, live) = (Arc::new(ThisRun::new(recorder)), Arc::<Live>::default());
        let processes: Arc<dyn Processes> = match self {
            Source::None => Arc::new(NoProcesses),
            Source::Kept(pool) => Arc::new(pool.for_run(&run)),
            Source::OneATask(recipe) => {
                Arc::new(Starter { recipe: Arc::clone(recipe), run: Arc::clone(&run), live: Arc::clone(&live) })
            }
        };
        ForRun { processes, run, live }
    }
}

impl ForRun {
    /// Whom the run asks for its processes.
    pub fn processes(&self) -> Arc<dyn Processes> {
        Arc::clone(&self.processes)
    }

    /// The CPU time that they have used for the run; `None` where one of them could not tell.
    pub fn cpu(&self) -> Option<Nanos> {
        self.run.cpu()
    }

    /// How long threads of this program that waited for them looked out for an answer instead of sleeping.
    pub fn looked_out(&self) -> Nanos {
        self.run.looked_out()
    }
}

impl Drop for ForRun {
    fn drop(&mut self) {
        self.live.kill_all();
    }
}

/// What a process is told first.
fn prepare(request: &Request, model: Model, service: Option<SocketAddr>) -> Order {
    Order::Prepare {
        lesson: request.lesson.id.to_owned(),
        parameters: request.values.texts(),
        settings: request.settings(model),
        speed: request.speed,
        spin: calibrate_spin(),
        service,
    }
}

fn this_program() -> Result<PathBuf, String> {
    env::current_exe().map_err(|error| format!("this program cannot find itself ({error})"))
}
