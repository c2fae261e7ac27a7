//! The catalogue: every lesson, those to come among them.

use std::num::NonZeroU16;

use engine::model::{Model, Settings};
use engine::program::Program;

use crate::delay_messages;
use crate::diagnostic::Diagnostic;
use crate::parameter::{Parameter, Values};

/// A lesson that can be taken.
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
    /// The models that it runs on.
    pub models: &'static [Model],
    /// What can be changed.
    pub parameters: &'static [Parameter],
    /// Sets of values that are worth a look: a title, and the texts that differ from the defaults.
    pub presets: &'static [(&'static str, &'static [(&'static str, &'static str)])],
    pub(crate) prepare: fn(&Values) -> Prepared,
}

/// A lesson with its values filled in, ready to run.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What runs.
    pub program: Program,
    /// The most workers that a pool may have.
    pub workers: NonZeroU16,
    /// The most tasks that are under way at once, the first one left out: as many threads as a thread a task takes.
    pub tasks: usize,
}

/// A place in the catalogue.
#[derive(Debug)]
pub enum Entry {
    /// A lesson that can be taken.
    Open(&'static Lesson),
    /// A lesson that is to come.
    Coming {
        /// The id that it will have.
        id: &'static str,
        /// What it will be called.
        title: &'static str,
        /// What it will show, in one line.
        shows: &'static str,
    },
}

/// Every lesson, in the order in which they are taught.
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

/// The lessons that can be taken.
pub fn open_lessons() -> impl Iterator<Item = &'static Lesson> + Clone {
    CATALOGUE.iter().filter_map(|entry| match entry {
        Entry::Open(lesson) => Some(*lesson),
        Entry::Coming { .. } => None,
    })
}

/// The lesson with this id.
///
/// # Errors
/// Where no lesson that can be taken has it, with the nearest one that has.
pub fn find(id: &str) -> Result<&'static Lesson, Diagnostic> {
    let is_coming = |entry: &Entry| matches!(entry, Entry::Coming { id: coming, .. } if *coming == id);
    if CATALOGUE.iter().any(is_coming) {
        return Err(Diagnostic::new("lesson", id, "one that is there already, and this one is still to come", None));
    }
    let names = open_lessons().map(|lesson| lesson.id);
    open_lessons().find(|lesson| lesson.id == id).ok_or_else(|| Diagnostic::unknown_name("lesson", id, names))
}

impl Prepared {
    /// What decides how a run on `model` goes, its random draws beginning at `seed`.
    pub fn settings(&self, model: Model, seed: u64) -> Settings {
        Settings { model, workers: self.workers, seed }
    }

    /// How many threads a measured run on `model` keeps busy at the most, the first task's among them. An event loop
    /// has the one thread that it runs on, and a process pool none that a browser could give.
    pub fn threads(&self, model: Model) -> usize {
        match model {
            Model::Sequential | Model::EventLoop | Model::ProcessPool => 1,
            Model::Threads => 1 + self.tasks,
            Model::ThreadPool => 1 + usize::from(self.workers.get()).min(self.tasks),
        }
    }
}

impl Lesson {
    /// The lesson with `values` filled in.
    pub fn prepare(&self, values: &Values) -> Prepared {
        (self.prepare)(values)
    }
}

static CATALOGUE: [Entry; 16] = [
    Entry::Open(&delay_messages::LESSON),
    Entry::Coming {
        id: "blocking-call",
        title: "One call that would not give way",
        shows: "one call that does not give way stalls every task on the loop",
    },
    Entry::Coming {
        id: "lost-update",
        title: "The update that got lost",
        shows: "read, change, write back, with a switch in between",
    },
    Entry::Coming { id: "deadlock", title: "After you. No, after you", shows: "two tasks, two locks, opposite order" },
    Entry::Coming { id: "merge-sort", title: "A thousand lists to sort", shows: "CPU-bound work wants processes" },
    Entry::Coming { id: "sum-squares", title: "Small message, long work", shows: "tiny messages and long work" },
    Entry::Coming {
        id: "fibonacci",
        title: "The longest job is the floor",
        shows: "uneven jobs in a pool: the longest decides the end",
    },
    Entry::Coming {
        id: "paged-api",
        title: "Six thousand pages",
        shows: "a big I/O-bound job: threads and event loop come out alike",
    },
    Entry::Coming {
        id: "downloads",
        title: "One session or one each",
        shows: "many short requests, a session a thread against a shared one",
    },
    Entry::Coming {
        id: "fan-out",
        title: "Three questions at once",
        shows: "three equal requests take as long as one",
    },
    Entry::Coming {
        id: "await-or-task",
        title: "Await it, or make it a task",
        shows: "awaiting runs in turn, a task overlaps",
    },
    Entry::Coming { id: "to-thread", title: "Keep the heart beating", shows: "a blocking function moved off the loop" },
    Entry::Coming { id: "gil", title: "One lock to run them all", shows: "who may run when, with the GIL and without" },
    Entry::Coming { id: "hybrid", title: "Fetch, then crunch", shows: "loop with processes, loop with threads" },
    Entry::Coming {
        id: "pool-or-spawn",
        title: "What a worker costs",
        shows: "starting threads and processes against keeping them",
    },
    Entry::Coming { id: "advise", title: "Which one, when?", shows: "which model for which load, on your own numbers" },
];
