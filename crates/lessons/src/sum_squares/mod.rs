//! Lesson 6, `sum-squares`: tiny messages and long work, which is what a process pool is for.

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::decided::{Decided, Moment};
use crate::parameter::{Kind, Parameter, Values, machine};
use crate::published::{Figure, Published, TENTH};
use crate::question::{Answer, Question, sooner, wall_s};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "sum-squares",
    title: "Small message, long work",
    shows: "tiny messages and long work: what a process pool is for",
    story: taught!(&[
        "For each of some large numbers you want the sum of all squares below it. One sum is a single line of Python and a \
         noticeable pause, and there are twenty of them. The machine has several cores, but while the program runs, one of \
         them is busy and the others have nothing to do.",
        "Nothing waits here, neither for a network nor for a disk: every instant is spent computing. You have threads, an \
         event loop and processes at hand. Which of them puts the other cores to work?",
    ]),
    look: taught!(&[
        "Compare how much of each lane is filled with computing. On threads look at who is waiting for the GIL; on the event \
         loop look at when the second task gets its first turn.",
        "On the process pool look at the gaps between two jobs: all that travels is one number there and one number back.",
        "Then switch the GIL off and look at the threads again.",
    ]),
    rule: "Work that only computes needs cores, and under the GIL only processes bring more than one. It pays best where a \
           message is small and the work that it starts is long.",
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("Twenty numbers from five million", &[]),
        ("Without the GIL", &[("gil", "off")]),
        ("Work too short for a message", &[("from", "100")]),
        ("Five numbers a message", &[("chunk", "5")]),
        ("Eight numbers a message: three chunks for four", &[("chunk", "8")]),
        ("Eight processes", &[("processes", "8")]),
    ],
    python: &[
        (Model::Sequential, python!("python/sequential.py")),
        (Model::Threads, python!("python/threads.py")),
        (Model::ThreadPool, python!("python/thread_pool.py")),
        (Model::EventLoop, python!("python/event_loop.py")),
        (Model::ProcessPool, python!("python/process_pool.py")),
    ],
    questions: taught!(&[
        Question {
            ask: "Twenty numbers, one thread for each: who is done sooner, the threads or the program that takes one number \
                  after another?",
            values: &[],
            models: &[Model::Sequential, Model::Threads],
            answer: Answer::Choice(&["one after another", "the threads", "about the same"], |traces| {
                sooner(&traces[0], &traces[1])
            }),
            decided: Decided::Hint(Check::ThreadsUnderTheGil),
            because: "Under the GIL one thread computes at a time, so the threads share one core's worth of computing, and \
                      have to be started and switched on top of that.",
        },
        Question {
            ask: "A pool of four processes works on the twenty numbers. How many times as fast is it as one after another?",
            values: &[],
            models: &[Model::Sequential, Model::ProcessPool],
            answer: Answer::Number(|traces| (wall_s(&traces[0]) / wall_s(&traces[1])).round() as i64),
            decided: Decided::At(Moment::QuickestEnd),
            because: "Each process has an interpreter and a GIL of its own and computes on its own core; the jobs are alike, \
                      so none of the processes is left without one, and a message of one number costs next to nothing.",
        },
        Question {
            ask: "You raise the pool from four processes to eight, on a machine with four cores. How many seconds does it take?",
            values: &[("processes", "8")],
            models: &[Model::ProcessPool],
            answer: Answer::Seconds(|traces| wall_s(&traces[0])),
            decided: Decided::ByAnswer,
            because: "A process computes only while it has a core: beyond one process a core they take turns, and together \
                      get no more done.",
        },
        Question {
            ask: "You run the same threads on a Python without the GIL. Who is done sooner, the threads or the process pool?",
            values: &[("gil", "off")],
            models: &[Model::Threads, Model::ProcessPool],
            answer: Answer::Choice(&["the threads", "the process pool", "about the same"], |traces| {
                sooner(&traces[0], &traces[1])
            }),
            decided: Decided::At(Moment::QuickestEnd),
            because: "Without the GIL a thread needs nothing but a core, as a process does, and both have the same cores.",
        },
    ]),
    published: &[Published {
        of: "twenty sums on four processes",
        values: &[],
        model: Model::ProcessPool,
        figure: Figure::Wall { seconds: 2.5, within: TENTH },
    }],
    hints: &[Check::ThreadsUnderTheGil, Check::CostlyMessages],
    program: ProgramOf::SumSquares,
};

static PARAMETERS: [Parameter; 6] = [
    Parameter {
        name: "numbers",
        title: "Numbers",
        explanation: "for how many numbers, each one larger than the last, the squares below are added up",
        unit: "",
        default: "20",
        kind: Kind::Count { least: 1, most: 64 },
    },
    Parameter {
        name: "from",
        title: "First number",
        explanation: "the first of the numbers; the larger, the longer the work",
        unit: "",
        default: "5000000",
        kind: Kind::Count { least: 0, most: 10_000_000 },
    },
    machine::threads("4"),
    machine::processes("4"),
    machine::chunk(64),
    machine::gil(),
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    let costs = machine::without_gil_if_off(values, costs);
    let script =
        SumSquares { numbers: values.count("numbers"), from: values.count("from"), chunk: values.count("chunk") };
    Prepared {
        service: None,
        tasks: script.numbers.div_ceil(script.chunk) as usize,
        threads: values.workers("threads"),
        processes: values.workers("processes"),
        costs,
        program: Program::new(script),
    }
}

#[derive(Clone)]
struct SumSquares {
    numbers: u32,
    from: u32,
    chunk: u32,
}

/// The sums of the squares below so many numbers, added up.
#[derive(Serialize, Deserialize)]
struct Sums {
    from: u32,
    numbers: u32,
}

impl Script for SumSquares {
    type Job = Sums;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let SumSquares { numbers, from, chunk } = self;
        task.log("Main started").await;
        let mut handles = Vec::new();
        for first in (0..numbers).step_by(chunk as usize) {
            handles.push(task.spawn(&Sums { from: from + first, numbers: chunk.min(numbers - first) }).await);
        }
        let mut total = 0_i64;
        // What was lost is told when all else is done.
        let mut failed = None;
        for handle in handles {
            match task.join(handle).await {
                Ok(sums) => total = total.wrapping_add(sums),
                Err(reason) => failed = failed.or(Some(reason)),
            }
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
        // Our sums wrap around where Python's grow; their last 32 bits are the same.
        let checksum = total & 0xFFFF_FFFF;
        task.log(format!("{numbers} sums, checksum {checksum}")).await;
        task.log("Main ended").await;
        Ok(Outcome::from([("checksum".to_owned(), checksum)]))
    }
}

impl Work for Sums {
    type Output = i64;

    fn name(&self) -> String {
        match self.numbers {
            1 => self.from.to_string(),
            numbers => format!("{}–{}", self.from, self.from + numbers - 1),
        }
    }

    async fn run(self, mut task: Task) -> i64 {
        let mut total = 0_i64;
        for below in self.from..self.from + self.numbers {
            let sum = task.compute(Computation::SumOfSquares { below: below.into() }).await;
            total = total.wrapping_add(sum);
        }
        total
    }
}
