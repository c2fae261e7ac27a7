//! `cargo bench -p bench --bench recorder`: what an operation of a task costs when it is measured, in nanoseconds, as medians
//! of interleaved rounds.
//!
//! *Bare* is a host that answers at once and tells nobody: the body, its polls and its questions. *Told* is a measured run
//! whose events go nowhere, *kept* one whose events become a trace. What recording costs is the difference.

use std::hint::black_box;
use std::num::NonZeroU16;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use engine::costs::Costs;
use engine::error::TaskFailed;
use engine::measure::native::OsThreads;
use engine::measure::{NoProcesses, Plan, Recorder, run};
use engine::model::{Model, Settings, Speed};
use engine::operation::{Operation, Reply, Request};
use engine::program::{Outcome, Program, Script, Work};
use engine::sync::{Answer, ObjectId};
use engine::task::{Host, Task};
use engine::trace::{Clock, Event, TaskId, Trace};
use serde::{Deserialize, Serialize};

const ROUNDS: usize = 15;
const TIMES: u32 = 20_000;

fn main() {
    println!("nanoseconds an operation, medians of {ROUNDS} interleaved rounds\n");
    println!("{:<24}{:>8}{:>8}{:>8}", "", "bare", "told", "kept");
    for model in [Model::Threads, Model::EventLoop] {
        for script in [Asks::Log, Asks::Yield, Asks::Lock] {
            let program = Program::new(script);
            let runs: [&dyn Fn(); 3] =
                [&|| run_bare(&program, model), &|| run_told(&program, model), &|| run_kept(&program, model)];
            let mut times = [const { Vec::new() }; 3];
            for round in 0..ROUNDS {
                for place in 0..runs.len() {
                    let index = (round + place) % runs.len();
                    let start = Instant::now();
                    runs[index]();
                    times[index].push(start.elapsed().as_nanos() as u64 / u64::from(TIMES));
                }
            }
            let [bare, told, kept] = times.map(median);
            println!("{:<24}{bare:>8}{told:>8}{kept:>8}", format!("{script:?} on {model}"));
        }
    }
}

fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times[times.len() / 2]
}

fn run_bare(program: &Program, model: Model) {
    let mut body = program.main(Task::new(TaskId(0), model, 0, Rc::new(Bare)));
    assert!(body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
}

fn run_told(program: &Program, model: Model) {
    measure(program, model, Recorder::new(|event| drop(black_box(event))));
}

fn run_kept(program: &Program, model: Model) {
    let trace = Arc::new(Mutex::new(Trace::new(model, Clock::Machine, Speed::REAL)));
    let kept = Arc::clone(&trace);
    measure(program, model, Recorder::new(move |event: Event| kept.lock().expect("nobody panics here").apply(event)));
}

fn measure(program: &Program, model: Model, recorder: Recorder) {
    let one = NonZeroU16::MIN;
    let (_, ending) = run(Plan {
        program: program.clone(),
        settings: Settings { model, threads: one, processes: one, seed: 0, costs: Costs { gil: None, ..Costs::FREE } },
        speed: Speed::REAL,
        recorder: Arc::new(recorder),
        threads: Arc::new(OsThreads),
        transport: None,
        processes: Arc::new(NoProcesses),
    });
    ending.expect("the program comes to its end");
}

/// A first task that asks for one thing again and again: to write a line, to let others run, to have a lock and let it go.
#[derive(Clone, Copy, Debug)]
enum Asks {
    Log,
    Yield,
    Lock,
}

impl Script for Asks {
    type Job = Nothing;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let lock = task.lock("lock").await;
        for _ in 0..TIMES {
            match self {
                Asks::Log => task.log("line").await,
                Asks::Yield => task.yield_now().await,
                Asks::Lock => {
                    task.acquire(lock).await;
                    task.release(lock).await;
                }
            }
        }
        Ok(Outcome::new())
    }
}

/// No job is ever spawned.
#[derive(Serialize, Deserialize)]
struct Nothing;

impl Work for Nothing {
    type Output = ();

    fn name(&self) -> String {
        String::new()
    }

    async fn run(self, _: Task) {}
}

struct Bare;

impl Host for Bare {
    fn poll(&self, _: TaskId, request: &mut Request, _: &mut Context<'_>) -> Poll<Reply> {
        Poll::Ready(match black_box(&request.operation) {
            Operation::Make(..) => Reply::Made(ObjectId(0)),
            Operation::Use { .. } => Reply::Used(Answer::Done),
            _ => Reply::Done,
        })
    }
}
