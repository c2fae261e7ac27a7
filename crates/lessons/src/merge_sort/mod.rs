//! Lesson 5, `merge-sort`: CPU-bound work wants processes.

mod text;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::parameter::{Kind, Parameter, Values, machine};
use crate::published::{Figure, Published, TENTH};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "merge-sort",
    title: "A thousand lists to sort",
    shows: "CPU-bound work wants processes",
    story: taught!(text::STORY),
    look: taught!(text::LOOK),
    rule: text::RULE,
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("A thousand lists", &[]),
        ("Without the GIL", &[("gil", "off")]),
        ("One chunk for all", &[("chunk", "1000")]),
        ("Five chunks for four workers", &[("chunk", "200")]),
        ("Many short lists", &[("lists", "5000"), ("elements", "30"), ("chunk", "1")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
    ],
    questions: taught!(&text::QUESTIONS),
    published: &PUBLISHED,
    hints: &[Check::ThreadsUnderTheGil, Check::CostlyMessages, Check::LongestJob],
    program: ProgramOf::MergeSort,
};

static PARAMETERS: [Parameter; 6] = [
    Parameter {
        name: "lists",
        title: "Lists",
        explanation: "how many lists are to be sorted",
        unit: "",
        default: "1000",
        kind: Kind::Count { least: 1, most: 5_000 },
    },
    Parameter {
        name: "elements",
        title: "Elements",
        explanation: "how many random numbers each list has",
        unit: "",
        default: "30000",
        kind: Kind::Count { least: 0, most: 30_000 },
    },
    machine::processes("4"),
    machine::threads("4"),
    Parameter {
        name: "chunk",
        title: "Chunk size",
        explanation: "how many lists make a job, and with it a message to a process",
        unit: "",
        default: "10",
        kind: Kind::Count { least: 1, most: 5_000 },
    },
    machine::gil(),
];

static PUBLISHED: [Published; 2] = [wall(Model::Sequential, 123.0), wall(Model::ProcessPool, 30.0)];

const fn wall(model: Model, seconds: f64) -> Published {
    Published {
        of: "a thousand lists of 30,000 numbers",
        values: &[],
        model,
        figure: Figure::Wall { seconds, within: TENTH },
    }
}

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let costs = machine::without_gil_if_off(values, costs);
    let script =
        MergeSort { lists: values.count("lists"), elements: values.count("elements"), chunk: values.count("chunk") };
    Prepared {
        service: None,
        tasks: script.lists.div_ceil(script.chunk) as usize,
        threads: values.workers("threads"),
        processes: values.workers("processes"),
        costs,
        program: Program::new(script),
    }
}

#[derive(Clone)]
struct MergeSort {
    lists: u32,
    elements: u32,
    chunk: u32,
}

/// Sort so many lists, of which the first has this number.
#[derive(Serialize, Deserialize)]
struct Sort {
    first: u32,
    lists: u32,
    elements: u32,
}

impl Script for MergeSort {
    type Job = Sort;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let MergeSort { lists, elements, chunk } = self;
        task.log("Main started").await;
        let mut handles = Vec::new();
        for first in (0..lists).step_by(chunk as usize) {
            handles.push(task.spawn(&Sort { first, lists: chunk.min(lists - first), elements }).await);
        }
        let mut in_order = 0;
        // What was lost is told when all else is done.
        let mut failed = None;
        for handle in handles {
            match task.join(handle).await {
                Ok(elements) => in_order += elements,
                Err(reason) => failed = failed.or(Some(reason)),
            }
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
        task.log(format!("{in_order} elements in order")).await;
        task.log("Main ended").await;
        Ok(Outcome::from([("in_order".to_owned(), in_order)]))
    }
}

impl Sort {
    /// What a message takes that carries the lists: CPython pickles a number below 2³¹ into five bytes.
    fn pickled_bytes(&self) -> u64 {
        5 * u64::from(self.lists) * u64::from(self.elements)
    }
}

impl Work for Sort {
    /// How many elements are in order.
    type Output = i64;

    fn name(&self) -> String {
        match self.lists {
            1 => format!("list {}", self.first + 1),
            lists => format!("lists {}–{}", self.first + 1, self.first + lists),
        }
    }

    fn message_bytes(&self) -> Option<u64> {
        Some(self.pickled_bytes())
    }

    fn result_bytes(&self) -> u64 {
        self.pickled_bytes()
    }

    async fn run(self, mut task: Task) -> i64 {
        let mut in_order = 0;
        for list in self.first..self.first + self.lists {
            let sort = Computation::MergeSort { elements: self.elements, seed: list.into() };
            in_order += task.compute(sort).await;
        }
        in_order
    }
}
