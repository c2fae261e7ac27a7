//! The comparison matrix: what event loop, threads and processes are like, each cell with a lesson that shows it and a
//! figure that is predicted when somebody looks.

use engine::model::Model;
use engine::trace::Trace;

use crate::catalogue::find;
use crate::diagnostic::Diagnostic;
use crate::question::{found, wall_s};

/// A row of the matrix.
#[derive(Debug)]
pub struct Row {
    /// What is compared.
    pub title: &'static str,
    /// How it is, in the order of [`COLUMNS`].
    pub cells: [Cell; 3],
}

/// A cell of the matrix.
#[derive(Debug)]
pub struct Cell {
    /// How it is, in a few words.
    pub words: &'static str,
    /// The id of the lesson that shows it.
    pub lesson: &'static str,
    /// The values under which the lesson shows it: those that differ from the defaults, as texts.
    pub values: &'static [(&'static str, &'static str)],
    /// The models that the figure is read from, the one to look at first.
    pub models: &'static [Model],
    /// What the figure is of.
    pub figure: &'static str,
    /// The unit of the figure; empty where it has none.
    pub unit: &'static str,
    compute: fn(&[Trace]) -> f64,
}

/// What is compared with each other.
pub const COLUMNS: [&str; 3] = ["event loop", "threads", "processes"];

/// The matrix.
pub fn matrix() -> &'static [Row] {
    &MATRIX
}

impl Cell {
    /// Predicts the figure.
    ///
    /// # Errors
    /// Where the lesson cannot be taken, or what is wrong with the cell's own values.
    pub fn predict(&self) -> Result<f64, Vec<Diagnostic>> {
        let lesson = find(self.lesson).map_err(|diagnostic| vec![diagnostic])?;
        let given: Vec<_> = self.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Ok((self.compute)(&lesson.predict(&given, self.models)?))
    }
}

static MATRIX: [Row; 5] = [
    Row {
        title: "parallelism",
        cells: [
            times_faster("none: one thread takes turns", COMPUTING, &[Model::EventLoop, Model::Sequential]),
            times_faster("none for Python code under the GIL", COMPUTING, &[Model::Threads, Model::Sequential]),
            times_faster("one core each", COMPUTING, &[Model::ProcessPool, Model::Sequential]),
        ],
    },
    Row {
        title: "overhead",
        cells: [
            per_task("lowest: a task is an object", &[Model::EventLoop]),
            per_task("low: a stack each", &[Model::Threads]),
            per_task("highest: an interpreter each", &[Model::Processes]),
        ],
    },
    Row {
        title: "speed",
        cells: [
            Cell {
                words: "waiting costs nothing; computing stalls all",
                lesson: "to-thread",
                values: &[("repair", "none")],
                models: &[Model::EventLoop],
                figure: "the longest gap between two heartbeats while one call keeps the loop",
                unit: "s",
                compute: |traces| crate::to_thread::longest_gap_s(&traces[0]),
            },
            times_faster(
                "overlaps waiting and whatever lets go of the GIL",
                WAITING,
                &[Model::Threads, Model::Sequential],
            ),
            Cell {
                words: "fastest for computing",
                lesson: "advise",
                values: &[("wait", "0"), ("cpu", "0.1")],
                models: &[Model::ProcessPool, Model::EventLoop],
                figure: "how many times faster than an event loop tasks that only compute are done",
                unit: "×",
                compute: ratio,
            },
        ],
    },
    Row {
        title: "scaling",
        cells: [
            many_waits("tens of thousands of waits", &[Model::EventLoop]),
            many_waits("hundreds of waits", &[Model::Threads]),
            many_waits("as many as cores", &[Model::ProcessPool]),
        ],
    },
    Row {
        title: "state",
        cells: [
            two_updates("shared, changes only at an await", &[Model::EventLoop]),
            two_updates("shared, changes anywhere", &[Model::Threads]),
            Cell {
                words: "separate: messages or shared memory",
                lesson: "pool-or-spawn",
                values: &[("jobs", "1"), ("work", "0"), ("payload", "1000000")],
                models: &[Model::ProcessPool],
                figure: "to send 1 MB to a process that does nothing with it",
                unit: "ms",
                compute: |traces| 1e3 * wall_s(&traces[0]),
            },
        ],
    },
];

/// What four tasks do in the lesson about the GIL, and how it is called.
type Load = (&'static [(&'static str, &'static str)], &'static str);

const COMPUTING: Load = (&[], "how many times faster than one after the other four tasks are done that compute");
const WAITING: Load =
    (&[("waiting", "1")], "how many times faster than one after the other four tasks are done that wait");

const fn times_faster(words: &'static str, (values, figure): Load, models: &'static [Model]) -> Cell {
    Cell { words, lesson: "gil", values, models, figure, unit: "×", compute: ratio }
}

const fn per_task(words: &'static str, models: &'static [Model]) -> Cell {
    Cell {
        words,
        lesson: "pool-or-spawn",
        values: &[("jobs", "100"), ("work", "0"), ("payload", "0")],
        models,
        figure: "a task, where a hundred that do nothing are begun and ended",
        unit: "µs",
        compute: |traces| 1e6 * wall_s(&traces[0]) / 100.0,
    }
}

const fn many_waits(words: &'static str, models: &'static [Model]) -> Cell {
    Cell {
        words,
        lesson: "advise",
        values: &[("wait", "1"), ("cpu", "0"), ("tasks", "2000")],
        models,
        figure: "until 2,000 waits of 1 s are over",
        unit: "s",
        compute: |traces| wall_s(&traces[0]),
    }
}

const fn two_updates(words: &'static str, models: &'static [Model]) -> Cell {
    Cell {
        words,
        lesson: "lost-update",
        values: &[],
        models,
        figure: "what a counter shows after two tasks have each added one, without a lock",
        unit: "",
        compute: |traces| found(&traces[0], "final") as f64,
    }
}

fn ratio(traces: &[Trace]) -> f64 {
    wall_s(&traces[1]) / wall_s(&traces[0])
}
