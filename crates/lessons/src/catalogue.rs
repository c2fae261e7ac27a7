//! The catalogue: every lesson.

use std::num::NonZeroU16;

use engine::costs::{Costs, Preset};
use engine::hints::Check;
use engine::model::{Model, Settings};
use engine::network::Network;
use engine::program::Program;
use engine::trace::Trace;

use crate::diagnostic::Diagnostic;
use crate::parameter::{Parameter, Values};
use crate::published::Published;
use crate::question::Question;
use crate::{
    advise, await_or_task, blocking_call, deadlock, delay_messages, downloads, fan_out, fibonacci, gil, hybrid,
    lost_update, merge_sort, paged_api, pool_or_spawn, sum_squares, to_thread,
};

/// A lesson.
#[derive(Debug)]
pub struct Lesson {
    /// The name that links and commands use.
    pub id: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// What it shows, in one line.
    pub shows: &'static str,
    /// The problem that it opens with, a paragraph each.
    pub story: &'static [&'static str],
    /// What to look at in the runs, a sentence each.
    pub look: &'static [&'static str],
    /// The rule to take away.
    pub rule: &'static str,
    /// The models that it runs on.
    pub models: &'static [Model],
    /// The common models that it does not run on, each with the reason as a sentence: what stands in the way, or that it is left
    /// out by choice.
    pub cannot: &'static [(Model, &'static str)],
    /// What can be changed.
    pub parameters: &'static [Parameter],
    /// Sets of values that are worth a look: a title, and the texts that differ from the defaults.
    pub presets: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    /// The Python that a learner would write, a file a model.
    pub python: &'static [(Model, &'static str)],
    /// What to predict before the run.
    pub questions: &'static [Question],
    /// The figures that were published for it.
    pub published: &'static [Published],
    /// What to look out for in its runs.
    pub hints: &'static [Check],
    pub(crate) program: ProgramOf,
}

/// Which lesson's program runs. A lesson names its program and does not point at it: the page shows what a lesson says before
/// the programs, and all that runs them, have come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ProgramOf {
    DelayMessages,
    BlockingCall,
    LostUpdate,
    Deadlock,
    MergeSort,
    SumSquares,
    Fibonacci,
    PagedApi,
    Downloads,
    FanOut,
    AwaitOrTask,
    ToThread,
    Gil,
    Hybrid,
    PoolOrSpawn,
    Advise,
}

/// A lesson with its values filled in, ready to run.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What runs.
    pub program: Program,
    /// The service that it makes requests of; `None` where it makes none.
    pub service: Option<Service>,
    /// The most threads of a pool.
    pub threads: NonZeroU16,
    /// The number of processes of a pool.
    pub processes: NonZeroU16,
    /// The most tasks that are under way at once, the first one left out: as many threads as a thread a task takes.
    pub tasks: usize,
    /// What the machine charges, as far as the lesson does not say otherwise.
    pub costs: Costs,
}

/// A service that a lesson makes requests of, and how threads are connected to it. An event loop has one session for all its
/// tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Service {
    /// How long its answers take and how often they are failures.
    pub network: Network,
    /// Whose connections a thread uses.
    pub session: Session,
}

/// Whose connections a thread uses for its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// Its own.
    Own,
    /// Those of a session that all threads share.
    Shared {
        /// How many the session keeps open.
        connections: u32,
    },
}

impl Service {
    /// A service that each thread has a session of its own with.
    pub fn with_own_sessions(network: Network) -> Service {
        Service { network, session: Session::Own }
    }
}

/// Every lesson, in the order in which they are taught.
pub fn catalogue() -> &'static [&'static Lesson] {
    &CATALOGUE
}

/// The lesson with this id.
///
/// # Errors
/// Where no lesson has it, with the nearest one that there is.
pub fn find(id: &str) -> Result<&'static Lesson, Diagnostic> {
    let names = CATALOGUE.iter().map(|lesson| lesson.id);
    let found = CATALOGUE.iter().find(|lesson| lesson.id == id);
    found.copied().ok_or_else(|| Diagnostic::unknown_name("lesson", id, names))
}

impl Prepared {
    /// What decides how a run on `model` goes, its random draws beginning at `seed`.
    pub fn settings(&self, model: Model, seed: u64) -> Settings {
        Settings { model, threads: self.threads, processes: self.processes, seed, costs: self.costs }
    }

    /// How many threads a measured run on `model` keeps busy at the most, the first task's among them. A lane in another process
    /// has a thread that feeds it.
    pub fn busy_threads(&self, model: Model) -> usize {
        let executor = usize::from(self.settings(model, 0).executor_threads().get()).min(self.tasks);
        1 + match model {
            Model::Sequential => 0,
            Model::Threads => self.tasks,
            Model::ThreadPool | Model::EventLoop | Model::LoopAndThreads => executor,
            Model::ProcessPool | Model::Processes | Model::ProcessesOfThreads => self.threads_elsewhere(model),
            Model::LoopAndProcesses => self.threads_elsewhere(model) + executor,
        }
    }

    /// How many threads such a run has in other processes than its first, at the most.
    pub fn threads_elsewhere(&self, model: Model) -> usize {
        let processes = usize::from(self.processes.get());
        match model {
            Model::Sequential | Model::Threads | Model::ThreadPool | Model::EventLoop | Model::LoopAndThreads => 0,
            Model::ProcessPool | Model::LoopAndProcesses => processes,
            Model::Processes => self.tasks,
            Model::ProcessesOfThreads => processes * usize::from(self.threads.get()),
        }
    }
}

impl Lesson {
    /// The lesson with `values` filled in, on a machine that charges what CPython does.
    pub fn prepare(&self, values: &Values) -> Prepared {
        self.prepare_on(values, Preset::CPython.costs())
    }

    /// The lesson with `values` filled in, on a machine that charges `costs`.
    pub fn prepare_on(&self, values: &Values, costs: Costs) -> Prepared {
        self.program.prepare(values, costs)
    }

    /// Runs the lesson with `given` pairs of name and text on each of `models`, on a virtual clock.
    ///
    /// # Errors
    /// Everything that is wrong with the values.
    pub fn predict(&self, given: &[(String, String)], models: &[Model]) -> Result<Vec<Trace>, Vec<Diagnostic>> {
        let prepared = self.prepare(&Values::read(self.parameters, given)?);
        let run = |model: &Model| engine::simulate::simulate(&prepared.program, &prepared.settings(*model, 0));
        Ok(models.iter().map(run).collect())
    }
}

impl ProgramOf {
    fn prepare(self, values: &Values, costs: Costs) -> Prepared {
        match self {
            ProgramOf::DelayMessages => delay_messages::prepare(values, costs),
            ProgramOf::BlockingCall => blocking_call::prepare(values, costs),
            ProgramOf::LostUpdate => lost_update::prepare(values, costs),
            ProgramOf::Deadlock => deadlock::prepare(values, costs),
            ProgramOf::MergeSort => merge_sort::prepare(values, costs),
            ProgramOf::SumSquares => sum_squares::prepare(values, costs),
            ProgramOf::Fibonacci => fibonacci::prepare(values, costs),
            ProgramOf::PagedApi => paged_api::prepare(values, costs),
            ProgramOf::Downloads => downloads::prepare(values, costs),
            ProgramOf::FanOut => fan_out::prepare(values, costs),
            ProgramOf::AwaitOrTask => await_or_task::prepare(values, costs),
            ProgramOf::ToThread => to_thread::prepare(values, costs),
            ProgramOf::Gil => gil::prepare(values, costs),
            ProgramOf::Hybrid => hybrid::prepare(values, costs),
            ProgramOf::PoolOrSpawn => pool_or_spawn::prepare(values, costs),
            ProgramOf::Advise => advise::prepare(values, costs),
        }
    }
}

static CATALOGUE: [&Lesson; 16] = [
    &delay_messages::LESSON,
    &blocking_call::LESSON,
    &lost_update::LESSON,
    &deadlock::LESSON,
    &merge_sort::LESSON,
    &sum_squares::LESSON,
    &fibonacci::LESSON,
    &paged_api::LESSON,
    &downloads::LESSON,
    &fan_out::LESSON,
    &await_or_task::LESSON,
    &to_thread::LESSON,
    &gil::LESSON,
    &hybrid::LESSON,
    &pool_or_spawn::LESSON,
    &advise::LESSON,
];
