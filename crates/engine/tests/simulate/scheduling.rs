//! Runs whose times can be told without running them.

use std::num::NonZeroU16;

use engine::costs::{Costs, Interval};
use engine::error::{RunError, TaskFailed};
use engine::model::{Model, Settings};
use engine::network::{FAILURES, FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Program, Script};
use engine::simulate::{simulate, simulate_at_most};
use engine::task::{Client, Task};
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Span, Switches, Trace, WaitFor};

use super::program::{MILLISECOND, Part, Step, Tree};

#[test]
fn two_threads_that_compute_under_the_gil_alternate_every_switch_interval() {
    let trace = together(&[&[Step::Compute(1000)], &[Step::Compute(1000)]], Model::Threads, Costs::FREE);
    assert_eq!(wall(&trace), 2000);
    let turns = work(&trace);
    assert_eq!(turns.len(), 400);
    for (index, turn) in turns.iter().enumerate() {
        assert_eq!(milliseconds(turn), (5 * index as u64, 5 * index as u64 + 5));
        assert_eq!(turn.task.0 as usize, 1 + index % 2);
    }
    // Every turn but the last of each thread is taken from it. Both threads end, and main waits once: for the first.
    let switches = trace.summary().unwrap().switches;
    assert_eq!(switches, Some(Switches { voluntary: 3, involuntary: 398 }));
}

#[test]
fn two_threads_without_a_gil_take_as_long_as_one() {
    let trace = together(&[&[Step::Compute(1000)], &[Step::Compute(1000)]], Model::Threads, cores(2, false));
    assert_eq!(wall(&trace), 1000);
    assert_eq!(work(&trace).len(), 2);
}

#[test]
fn processes_share_cores_by_time_slices() {
    let processes = [&[Step::Compute(1000)][..]; 4];
    let trace = together(&processes, Model::Processes, cores(2, true));
    assert_eq!(wall(&trace), 2000);
    for turn in work(&trace).iter().rev().skip(4) {
        assert_eq!(turn.end - turn.start, Costs::FREE.time_slice.nanos());
    }
    assert_eq!(wall(&together(&processes, Model::Processes, cores(4, true))), 1000);
    assert_eq!(wall(&together(&processes, Model::Processes, cores(1, true))), 4000);
}

#[test]
fn a_thread_that_wakes_gets_the_gil_after_the_switch_interval() {
    let trace = together(&[&[Step::Sleep(12), Step::Log], &[Step::Compute(100)]], Model::Threads, Costs::FREE);
    assert_eq!(log(&trace), [(17, "main.0 1")]);
}

/// Three processes of two threads each on one core: whoever gets the GIL waits for a core longer than the switch interval.
#[test]
fn everybody_gets_on_however_long_the_line_for_a_core_is() {
    let costs = cores(1, true);
    let parts = vec![vec![Step::Compute(50)]; 6];
    let settings = Settings {
        threads: NonZeroU16::new(2).unwrap(),
        processes: NonZeroU16::new(3).unwrap(),
        ..settings(Model::ProcessesOfThreads, costs)
    };
    let trace = simulate(&Program::new(Tree(vec![Step::Together(parts)])), &settings);
    assert_eq!(wall(&trace), 300);
    for task in 1..7 {
        let first = work(&trace).into_iter().find(|span| span.task.0 == task).unwrap();
        assert!(milliseconds(&first).0 < 100, "{first:?}");
    }
}

#[test]
fn a_call_that_blocks_holds_up_a_loop_and_a_thread_for_it_does_not() {
    let waits: &[Step] = &[Step::Sleep(10), Step::Log];
    let trace = together(&[&[Step::Block(100)], waits], Model::EventLoop, Costs::FREE);
    assert_eq!((wall(&trace), log(&trace)), (110, vec![(110, "main.1 1")]));
    let trace = together(&[waits, &[Step::Block(100)]], Model::EventLoop, Costs::FREE);
    assert_eq!((wall(&trace), log(&trace)), (100, vec![(100, "main.0 1")]));
    for model in [Model::EventLoop, Model::LoopAndThreads, Model::LoopAndProcesses] {
        let trace = together(&[&[Step::ToThread(vec![Step::Block(100)])], waits], model, Costs::FREE);
        assert_eq!((wall(&trace), log(&trace)), (100, vec![(10, "main.1 1")]), "{model}");
    }
}

/// The work computes on another core, and its loop holds the GIL of another process.
#[test]
fn a_loop_goes_on_while_a_process_computes_for_it() {
    let parts: [&[Step]; 2] = [&[Step::Offload(vec![Step::Compute(100)])], &[Step::Compute(100)]];
    assert_eq!(wall(&together(&parts, Model::LoopAndProcesses, Costs::FREE)), 100);
    assert_eq!(wall(&together(&parts, Model::LoopAndThreads, Costs::FREE)), 200);
    assert_eq!(wall(&together(&parts, Model::EventLoop, Costs::FREE)), 200);
}

#[test]
fn permits_and_workers_let_tasks_through_in_rounds() {
    for tasks in 1..8_usize {
        let through_a_semaphore = vec![vec![Step::Permitted(vec![Step::Sleep(10)])]; tasks];
        for model in [Model::Threads, Model::EventLoop] {
            let trace = run(vec![Step::Together(through_a_semaphore.clone())], model, Costs::FREE);
            assert_eq!(wall(&trace), 10 * tasks.div_ceil(2) as u64, "{tasks} through 2 on {model}");
        }
        for workers in 1..4_u16 {
            let workers = NonZeroU16::new(workers).unwrap();
            for model in [Model::ThreadPool, Model::ProcessPool] {
                let settings = Settings { threads: workers, processes: workers, ..settings(model, Costs::FREE) };
                let sleep = vec![vec![Step::Sleep(10)]; tasks];
                let trace = simulate(&Program::new(Tree(vec![Step::Together(sleep)])), &settings);
                let rounds = tasks.div_ceil(usize::from(workers.get()));
                assert_eq!(wall(&trace), 10 * rounds as u64, "{tasks} on {workers} of {model}");
            }
        }
    }
}

#[test]
fn a_deadlock_is_named_and_patience_that_ends_breaks_it() {
    let inner = |step| vec![Step::Sleep(10), step];
    for model in [Model::Threads, Model::EventLoop, Model::LoopAndProcesses] {
        let one = Step::Locked(0, inner(Step::Locked(1, vec![])));
        let other = Step::Locked(1, inner(Step::Locked(0, vec![])));
        let impatient = Step::Locked(1, inner(Step::LockedWithin(0, 20, vec![])));
        let deadlock = together(&[std::slice::from_ref(&one), &[other]], model, Costs::FREE);
        let said = deadlock.failure().unwrap().to_string();
        assert_eq!(
            said,
            "deadlock: main.1 waits for first, which main.0 holds; main.0 waits for second, which main.1 holds"
        );
        assert_eq!((wall(&deadlock), deadlock.cycles.len()), (10, 1));
        let broken = together(&[&[one], &[impatient]], model, Costs::FREE);
        assert!(broken.outcome().is_some(), "{model}: {:?}", broken.finished);
        assert_eq!((wall(&broken), broken.cycles.len()), (30, 1));
    }
}

#[test]
fn a_task_that_nobody_will_serve_ends_the_run_by_name() {
    for model in [Model::Sequential, Model::Threads, Model::EventLoop] {
        let trace = run(vec![Step::Log, Step::Get], model, Costs::FREE);
        assert_eq!(trace.failure(), Some(&RunError::Stalled { waiting: vec!["main".to_owned()] }));
    }
}

/// Whether they give way, or ask for what takes no time, and whether anything costs time or not.
#[test]
fn what_never_ends_is_not_predicted_for_ever() {
    let costs = Costs { loop_turn: Nanos(1), context_switch: Nanos(1), ..Costs::FREE };
    for model in Model::ALL {
        for (costs, gives_way) in [(Costs::FREE, true), (Costs::FREE, false), (costs, true), (costs, false)] {
            let mut left = 10_000;
            let ends = simulate_at_most(&Program::new(Tree(vec![Step::Log; 5])), &settings(model, costs), &mut left);
            assert_eq!(ends.failure(), None, "{model}");
            assert!((9_000..10_000 - 5).contains(&left), "{model}: {left}");
            let all = left;
            let trace = simulate_at_most(&Program::new(Endless { gives_way }), &settings(model, costs), &mut left);
            let Some(RunError::Endless { happened }) = trace.failure() else { panic!("{model}: {:?}", trace.finished) };
            assert_eq!((*happened, left), (all, 0), "{model}");
        }
    }
}

/// A thread that is cut off owes more for getting its core back than it has computed meanwhile.
#[test]
fn switches_that_cost_more_than_a_slice_end_the_run() {
    let short = Interval::new(Nanos(1000)).unwrap();
    let free = Costs { context_switch: Nanos(5000), ..cores(1, false) };
    for (costs, model) in
        [(Costs { time_slice: short, ..free }, Model::Processes), (Costs { gil: Some(short), ..free }, Model::Threads)]
    {
        let parts = vec![vec![Step::Compute(1)]; 2];
        let program = Program::new(Tree(vec![Step::Together(parts)]));
        let trace = simulate_at_most(&program, &settings(model, costs), &mut 10_000);
        assert!(matches!(trace.failure(), Some(RunError::Endless { .. })), "{model}: {:?}", trace.finished);
    }
}

#[test]
fn costs_whose_slices_are_not_worth_a_switch_are_told_in_a_sentence() {
    let nanos = |nanos| Interval::new(Nanos(nanos)).unwrap();
    let costs = Costs { context_switch: Nanos(30_000), ..Costs::FREE };
    let said = |costs: Costs| Costs::from_json(&costs.to_json()).map_err(|bad| bad.to_string());
    let rule = "has to be at least 50000 and more than twice context_switch_ns";
    assert_eq!(
        said(Costs { time_slice: nanos(60_000), ..costs }),
        Err(format!("The cost time_slice_ns is 60000, but {rule}: give 60001 or more."))
    );
    assert_eq!(
        said(Costs { gil: Some(nanos(60_000)), ..costs }),
        Err(format!("The cost gil_switch_interval_ns is 60000, but {rule}: give 60001 or more, or null for no GIL."))
    );
    for good in [Costs { time_slice: nanos(60_001), ..costs }, Costs { gil: Some(nanos(60_001)), ..costs }] {
        assert_eq!(said(good), Ok(good));
    }
}

/// The cost of a poll comes before what the poll does: three polls of main, and two of each task.
#[test]
fn every_poll_is_paid_for() {
    let costs = Costs { loop_turn: Nanos(MILLISECOND), ..Costs::FREE };
    let trace = together(&[&[Step::Sleep(10), Step::Log], &[Step::Sleep(10), Step::Log]], Model::EventLoop, costs);
    assert_eq!(log(&trace), [(13, "main.0 1"), (15, "main.1 1")]);
    assert_eq!((wall(&trace), trace.summary().unwrap().cpu), (16, Some(Nanos(7 * MILLISECOND))));
}

#[test]
fn failed_requests_are_tried_again_after_doubled_waits() {
    let network = Network {
        latency: Latency::Constant(Nanos(10 * MILLISECOND)),
        failure_rate: FailureRate::new(1.0).unwrap(),
        handling: Nanos(MILLISECOND),
    };
    let retries = Retries { most: 3, on: FAILURES, backoff: Nanos(100 * MILLISECOND) };
    for model in Model::ALL {
        let trace = simulate(&Program::new(Fetch(Client { network, retries })), &settings(model, Costs::FREE));
        assert_eq!(trace.outcome(), Some(&Outcome::from([("attempts".to_owned(), 4)])));
        assert_eq!(wall(&trace), 4 * 11 + 200 + 400);
        let waits = |span: &&Span| matches!(span.activity, Activity::Waiting(WaitFor::Timer(_)));
        let waits: Vec<_> = trace.spans.iter().filter(waits).map(milliseconds).collect();
        assert_eq!(waits, [(22, 222), (233, 633)]);
    }
}

#[derive(Clone)]
struct Fetch(Client);

impl Script for Fetch {
    type Job = Part;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let received = task.request(&self.0, 1).await;
        Ok(Outcome::from([("attempts".to_owned(), received.attempts.into())]))
    }
}

#[derive(Clone)]
struct Endless {
    gives_way: bool,
}

impl Script for Endless {
    type Job = Part;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        loop {
            match self.gives_way {
                true => task.yield_now().await,
                false => task.log("again").await,
            }
        }
    }
}

fn together(parts: &[&[Step]], model: Model, costs: Costs) -> Trace {
    run(vec![Step::Together(parts.iter().map(|part| part.to_vec()).collect())], model, costs)
}

fn run(steps: Vec<Step>, model: Model, costs: Costs) -> Trace {
    simulate(&Program::new(Tree(steps)), &settings(model, costs))
}

fn settings(model: Model, costs: Costs) -> Settings {
    let four = NonZeroU16::new(4).unwrap();
    Settings { model, threads: four, processes: four, seed: 0, costs }
}

fn cores(cores: u16, gil: bool) -> Costs {
    let cores = NonZeroU16::new(cores).unwrap();
    Costs { cores, gil: Costs::FREE.gil.filter(|_| gil), ..Costs::FREE }
}

fn wall(trace: &Trace) -> u64 {
    trace.summary().unwrap().wall.0 / MILLISECOND
}

/// The spans of computing, in the order of time.
fn work(trace: &Trace) -> Vec<Span> {
    let mut work: Vec<Span> = trace.spans.clone();
    work.retain(|span| span.activity == Activity::Running(Doing::Work) && span.end > span.start);
    work.sort_by_key(|span| span.start);
    work
}

fn milliseconds(span: &Span) -> (u64, u64) {
    (span.start.0 / MILLISECOND, span.end.0 / MILLISECOND)
}

fn log(trace: &Trace) -> Vec<(u64, &str)> {
    trace.log().into_iter().map(|line| (line.at.0 / MILLISECOND, line.text)).collect()
}
