//! Lesson 7, `fibonacci`: uneven jobs in a pool, of which the longest is the floor.

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::hints::Check;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::Task;
use engine::time::Nanos;
use engine::trace::{LaneKind, Trace};
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Lesson, Prepared, ProgramOf};
use crate::decided::{Decided, Moment};
use crate::parameter::{Kind, Parameter, Values, machine};
use crate::published::{Figure, Published};
use crate::question::{Answer, Question, wall_s};

/// The lesson.
pub(crate) static LESSON: Lesson = Lesson {
    id: "fibonacci",
    title: "The longest job is the floor",
    shows: "uneven jobs in a pool: the longest decides the end",
    story: taught!(&[
        "Three Fibonacci numbers are wanted, each computed in the plain recursive way, in which every call makes two more. \
         The numbers look as if they were close to each other. The work behind them is not: two steps further up the row, \
         and there are more than twice as many calls.",
        "You have learnt that a pool of processes computes on several cores at once, so you give the three jobs to a pool of \
         four and expect to be nearly four times as fast. You are not.",
    ]),
    look: taught!(&[
        "On the process pool look at what each worker does after its only job, and which job ends last.",
        "Compare that job's length with the whole run: nothing that you change about the pool moves it.",
        "Then take two processes, and try the numbers in another order.",
    ]),
    rule: "A pool is never done before its longest job: speed-up ends at the sum of all jobs divided by the longest. Cut long \
           jobs into smaller ones, and hand out the longest first.",
    models: Model::COMMON,
    cannot: &[],
    parameters: &PARAMETERS,
    presets: &[
        ("Three uneven jobs", &[]),
        ("Two processes, shortest first", &[("processes", "2"), ("threads", "2")]),
        ("Two processes, longest first", &[("n", "32,30,28"), ("processes", "2"), ("threads", "2")]),
        ("Four even jobs", &[("n", "30,30,30,30")]),
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
            ask: "Four processes, the numbers 28, 30 and 32: how many times as fast as one after another is that?",
            values: &[],
            models: &[Model::Sequential, Model::ProcessPool],
            answer: Answer::Choice(
                &["less than twice", "two to three times", "three to four times", "four times and more"],
                |traces| ((wall_s(&traces[0]) / wall_s(&traces[1])) as usize).clamp(1, 4) - 1,
            ),
            decided: Decided::Hint(Check::LongestJob),
            because: "The job for 32 takes more time than the other two together, and it cannot be shared out: while one \
                      process works on it, the others have run out of jobs.",
        },
        Question {
            ask: "How many of the four processes get anything to do?",
            values: &[],
            models: &[Model::ProcessPool],
            answer: Answer::Number(|traces| busy_processes(&traces[0])),
            decided: Decided::At(Moment::LastLine("started")),
            because: "A job is never split: there are three jobs, so a fourth process has nothing to take.",
        },
        Question {
            ask: "Two processes take 29, 30, 31 and 32, in this order: which of the jobs decides the end?",
            values: &[("n", "29,30,31,32"), ("processes", "2")],
            models: &[Model::ProcessPool],
            answer: Answer::Choice(&["29", "30", "31", "32"], |traces| last_to_end(&traces[0])),
            decided: Decided::At(Moment::LastLine(" = ")),
            because: "Jobs are taken in the order in which they were handed out. The longest was taken last, and then ran on \
                      alone.",
        },
        Question {
            ask: "Under the GIL, three threads work on 28, 30 and 32 at once. Which is done first?",
            values: &[],
            models: &[Model::Threads],
            answer: Answer::Choice(&["28", "30", "32"], |traces| first_to_end(&traces[0])),
            decided: Decided::At(Moment::FirstLine(" = ")),
            because: "The threads take turns of one switch interval each, so each gets about the same share of the time, and \
                      the smallest job is the first to have got all that it needs.",
        },
    ]),
    published: &[
        published(Model::Sequential, "fib_28", 317_811),
        published(Model::Sequential, "fib_30", 832_040),
        published(Model::Sequential, "fib_32", 2_178_309),
        published(Model::ProcessPool, "fib_28", 317_811),
        published(Model::ProcessPool, "fib_30", 832_040),
        published(Model::ProcessPool, "fib_32", 2_178_309),
    ],
    hints: &[Check::LongestJob, Check::ThreadsUnderTheGil],
    program: ProgramOf::Fibonacci,
};

const fn published(model: Model, name: &'static str, number: i64) -> Published {
    Published { of: "the number itself", values: &[], model, figure: Figure::Outcome(name, number) }
}

static PARAMETERS: [Parameter; 3] = [
    Parameter {
        name: "n",
        title: "Fibonacci numbers",
        explanation: "which numbers of the row are computed, a job each; every step up takes 1.6 times as long",
        unit: "",
        default: "28,30,32",
        kind: Kind::Counts { longest: 8, least: 1, most: 35 },
    },
    machine::threads("4"),
    machine::processes("4"),
];

pub(crate) fn prepare(values: &Values, costs: Costs) -> Prepared {
    // The parameter allows up to 35.
    let n: Vec<u8> = values.counts("n").iter().filter_map(|n| u8::try_from(*n).ok()).collect();
    Prepared {
        service: None,
        tasks: n.len(),
        threads: values.workers("threads"),
        processes: values.workers("processes"),
        costs,
        program: Program::new(Fibonacci { n }),
    }
}

#[derive(Clone)]
struct Fibonacci {
    n: Vec<u8>,
}

/// One Fibonacci number.
#[derive(Serialize, Deserialize)]
struct Number {
    n: u8,
}

impl Script for Fibonacci {
    type Job = Number;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        task.log("Main started").await;
        let mut handles = Vec::new();
        for &n in &self.n {
            handles.push(task.spawn(&Number { n }).await);
        }
        let mut outcome = Outcome::new();
        for (n, handle) in self.n.iter().zip(handles) {
            outcome.insert(format!("fib_{n}"), task.join(handle).await?);
        }
        task.log("Main ended").await;
        Ok(outcome)
    }
}

impl Work for Number {
    type Output = i64;

    fn name(&self) -> String {
        format!("fib({})", self.n)
    }

    async fn run(self, mut task: Task) -> i64 {
        task.log(format!("fib({}) started", self.n)).await;
        let number = task.compute(Computation::Fibonacci { n: self.n }).await;
        task.log(format!("fib({}) = {number}", self.n)).await;
        number
    }
}

/// How many processes of a pool ran a task.
fn busy_processes(trace: &Trace) -> i64 {
    let ran = |lane: usize| trace.spans.iter().any(|span| span.lane.0 as usize == lane);
    let lanes = trace.lanes.iter().enumerate();
    lanes.filter(|(index, lane)| lane.kind == LaneKind::PoolProcess && ran(*index)).count() as i64
}

/// The place of the job that ended first, in the order in which they were handed out.
fn first_to_end(trace: &Trace) -> usize {
    jobs(trace).min_by_key(|(_, ended)| *ended).map_or(0, |(place, _)| place)
}

/// The place of the job that ended last.
fn last_to_end(trace: &Trace) -> usize {
    jobs(trace).max_by_key(|(_, ended)| *ended).map_or(0, |(place, _)| place)
}

fn jobs(trace: &Trace) -> impl Iterator<Item = (usize, Nanos)> + '_ {
    trace.tasks.iter().skip(1).filter_map(|task| task.ended).enumerate()
}
