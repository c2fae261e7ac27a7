//! Hints and explanations over small programs: each check speaks where its trouble is, and is silent where it is not.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::{Costs, Preset};
use engine::error::TaskFailed;
use engine::hints::{Check, Hint, hints};
use engine::model::{Model, Settings};
use engine::network::{FailureRate, Latency, Network, Retries};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::simulate;
use engine::task::{Client, Lock, Semaphore, Task, Variable};
use engine::time::Nanos;
use engine::trace::{State, TaskId, Trace};
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use Do::*;

#[test]
fn every_check_has_a_name_of_its_own() {
    let mut ids: Vec<_> = Check::ALL.iter().map(|check| check.id()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 8);
    assert!(Check::ALL.iter().all(|check| check.title().to_lowercase().replace(' ', "-") == check.id()));
}

/// asyncio's loop runs what is ready before the timers that came due, so FOUR, FIVE and `main` wait with ONE and TWO.
#[test]
fn a_blocking_call_is_told_with_whom_it_held_up() {
    let with = |three: Do| {
        let mut jobs = [1000, 2000, 3000, 4000, 5000].map(|delay| vec![Sleep(delay)]);
        jobs[2] = vec![three];
        named(jobs, ["ONE", "TWO", "THREE", "FOUR", "FIVE"])
    };
    let model = Model::EventLoop;
    let found = only(&run(with(Block(3000)), model), Check::BlockingCall);
    let said = "THREE called something that does not give way and kept 4 tasks waiting for up to 3.000 s.";
    assert_eq!((found.says.as_str(), found.task, found.at), (said, Some(TaskId(3)), Nanos::ZERO));
    let found = only(&run(with(Spin(3000)), model), Check::BlockingCall);
    assert!(found.says.starts_with("THREE computed for 3.000 s without giving way and kept 4 tasks"), "{}", found.says);
    // Who was held up before, or comes later, does not count for the worst call.
    let jobs =
        [vec![Block(1000)], vec![Sleep(10)], vec![Sleep(1500), Block(3000)], vec![Sleep(2000)], vec![Sleep(4450)]];
    let found = only(&run(named(jobs, ["A", "B", "C", "D", "E"]), model), Check::BlockingCall);
    let said = "C called something that does not give way and kept 1 task waiting for up to 2.500 s. 1 more turn of this run held \
                up others as well.";
    assert_eq!(found.says, said);
    // Elsewhere it is no trouble, nor is a short call, nor one that nobody waits behind.
    for (plan, model) in [
        (with(Sleep(3000)), model),
        (with(Block(99)), model),
        (with(Block(3000)), Model::Threads),
        (named([vec![Sleep(10), Block(3000)]], ["ALONE"]), model),
    ] {
        assert_eq!(checks(&run(plan, model)), []);
    }
    // Many short turns hold nobody up by themselves, however long the line.
    assert_eq!(checks(&run(many(200, &[Spin(50), Sleep(0)]), model)), []);
}

#[test]
fn a_lost_update_names_both_writers_and_counts_what_is_lost() {
    let lost =
        |jobs: usize| only(&run(many(jobs, &[Read, Sleep(100), WriteOneMore]), Model::Threads), Check::LostUpdate);
    let two = lost(2);
    let said =
        "T1 read counter as 0 at 0.000 s, T0 wrote 1 meanwhile, and T1 undid that with the 1 that it wrote at 0.100 s.";
    assert_eq!((two.says.as_str(), two.task), (said, Some(TaskId(2))));
    // Of five that all write 1, four are undone.
    assert!(lost(5).says.ends_with("In all, 4 of the 5 writes of counter were lost like this."), "{}", lost(5).says);
    let guarded = [Acquire, Read, WriteOneMore, Release, Sleep(100)];
    let in_turns = [Read, WriteOneMore, Sleep(100)];
    let blind = [Sleep(10), Write(7), Sleep(10)];
    for (steps, model) in [(&guarded[..], Model::Threads), (&in_turns, Model::EventLoop), (&blind, Model::Threads)] {
        assert_eq!(checks(&run(many(5, steps), model)), []);
    }
    assert_eq!(checks(&run(many(5, &[Read, Sleep(100), WriteOneMore]), Model::Sequential)), []);
}

#[test]
fn threads_that_compute_under_one_gil_are_counted() {
    let computing = many(4, &[Spin(1000)]);
    let found = only(&run(computing.clone(), Model::Threads), Check::ThreadsUnderTheGil);
    let said = "4 threads of one process computed 4.000 s in all, and the GIL let one of them run at a time: up to 4 could have \
                run at once, and for ";
    assert!(found.says.starts_with(said), "{}", found.says);
    for model in [Model::Sequential, Model::ProcessPool, Model::Processes] {
        assert_eq!(checks(&run(computing.clone(), model)), [], "{model}");
    }
    let no_gil = Costs { gil: None, ..Costs::FREE };
    assert_eq!(checks(&run_on(computing, Model::Threads, no_gil, 4)), []);
    // A little computing beside much waiting.
    assert_eq!(checks(&run(many(4, &[Sleep(1000), Spin(20)]), Model::Threads)), []);
}

#[test]
fn a_pool_that_waits_while_others_queue_is_too_small() {
    let waiting = many(6, &[Sleep(1000)]);
    let found = only(&run(waiting.clone(), Model::ThreadPool), Check::PoolTooSmall);
    let said =
        "Up to 4 tasks stood in the queue, T4 for 2.000 s, while the pool's 2 workers spent 100 % of the time waiting.";
    assert_eq!((found.says.as_str(), found.task), (said, Some(TaskId(5))));
    let of_processes = only(&run(waiting.clone(), Model::ProcessPool), Check::PoolTooSmall);
    assert_ne!(of_processes.mend, found.mend);
    // Enough workers; or they compute; or they are kept apart by a lock, which more of them would not change.
    assert_eq!(checks(&run_on(waiting, Model::ThreadPool, Costs::FREE, 6)), []);
    let computing =
        run_on(many(6, &[Sleep(300), Spin(1000)]), Model::ThreadPool, Costs { gil: None, ..Costs::FREE }, 2);
    assert_eq!(checks(&computing), []);
    let locked = many(6, &[Acquire, Spin(1000), Release]);
    assert_eq!(checks(&run_on(locked, Model::ThreadPool, Costs { gil: None, ..Costs::FREE }, 3)), []);
}

#[test]
fn requests_without_a_bound_are_counted() {
    let asking = |jobs| many(jobs, &[Request]);
    let found = only(&run(asking(150), Model::EventLoop), Check::UnboundedGather);
    assert!(found.says.starts_with("150 requests were under way at once"), "{}", found.says);
    only(&run(asking(150), Model::Threads), Check::UnboundedGather);
    assert_eq!(checks(&run(asking(100), Model::EventLoop)), []);
    assert_eq!(checks(&run(many(150, &[Permit, Request, GiveBack]), Model::EventLoop)), []);
    assert_eq!(checks(&run_on(asking(150), Model::ThreadPool, Costs::FREE, 120)), []);
}

#[test]
fn messages_that_cost_more_than_the_work_are_told() {
    let jobs = |bytes, work| {
        let mut plan = many(8, &[Spin(work)]);
        plan.jobs.iter_mut().for_each(|job| job.bytes = bytes);
        plan
    };
    let cpython = |plan, model| run_on(plan, model, Preset::CPython.costs(), 4);
    let found = only(&cpython(jobs(100 << 20, 10), Model::ProcessPool), Check::CostlyMessages);
    assert!(found.says.starts_with("Writing and reading the messages of 8 jobs took "), "{}", found.says);
    assert!(found.says.ends_with(" of CPU time, and the work itself 0.080 s."), "{}", found.says);
    assert_eq!(checks(&cpython(jobs(1 << 10, 100), Model::ProcessPool)), []);
    assert_eq!(checks(&cpython(jobs(100 << 20, 10), Model::Sequential)), []);
    // Messages cost more than nothing, but it is the waiting that takes the time.
    assert_eq!(checks(&run_on(many(8, &[Sleep(1000)]), Model::ProcessPool, Preset::CPython.costs(), 8)), []);
}

#[test]
fn a_lock_that_is_held_while_its_task_waits_is_named() {
    let found = only(&run(many(3, &[Acquire, Sleep(1000), Release]), Model::EventLoop), Check::LockAcrossAwait);
    let said = "2 tasks held lock while they waited, for 2.000 s in all and T0 for 1.000 s of it, and 2 tasks stood before it.";
    assert_eq!((found.says.as_str(), found.task), (said, Some(TaskId(1))));
    let apart = [Sleep(1000), Acquire, Read, WriteOneMore, Release];
    assert_eq!(checks(&run(many(3, &apart), Model::EventLoop)), []);
    assert_eq!(checks(&run(many(1, &[Acquire, Sleep(1000), Release]), Model::EventLoop)), []);
    // A thread may hold a lock while it waits: that keeps only those who want it.
    assert_eq!(checks(&run(many(3, &[Acquire, Sleep(1000), Release]), Model::Threads)), []);
}

#[test]
fn the_job_that_decides_the_end_is_named() {
    let jobs = |last| named([vec![Spin(1000)], vec![Spin(1000)], vec![Spin(last)]], ["A", "B", "LONG"]);
    let processes = |plan| run_on(plan, Model::Processes, Costs::FREE, 4);
    let found = only(&processes(jobs(4000)), Check::LongestJob);
    let said =
        "LONG ran on alone for 3.000 s, 75 % of the run: when it ended, the 2 other jobs had been done for 3.000 s.";
    assert_eq!((found.says.as_str(), found.task, found.at), (said, Some(TaskId(3)), Nanos(1_000_000_000)));
    assert_eq!(checks(&processes(jobs(1200))), []);
    assert_eq!(checks(&processes(named([vec![Spin(1000)], vec![Spin(4000)]], ["A", "B"]))), []);
    // One after the other, each runs alone anyway; and a wait is not mended by dividing it.
    assert_eq!(checks(&run(jobs(4000), Model::Sequential)), []);
    assert_eq!(checks(&processes(named([vec![Spin(100)], vec![Spin(100)], vec![Sleep(4000)]], ["A", "B", "C"]))), []);
}

#[test]
fn a_wrong_result_comes_before_lost_time() {
    let both = many(3, &[Read, Block(1000), Sleep(1), WriteOneMore]);
    assert_eq!(checks(&run(both, Model::EventLoop)), [Check::LostUpdate, Check::BlockingCall]);
}

#[test]
fn a_program_without_trouble_gives_no_hint_on_any_model() {
    let well_behaved = many(4, &[Request, Acquire, Read, WriteOneMore, Release]);
    let apart = many(4, &[Sleep(500), Spin(20), Request]);
    for model in Model::ALL {
        for costs in [Costs::FREE, Preset::CPython.costs(), Preset::Browser.costs()] {
            assert_eq!(checks(&run_on(apart.clone(), model, costs, 4)), [], "{model}");
            if !model.spawns_processes() {
                assert_eq!(checks(&run_on(well_behaved.clone(), model, costs, 4)), [], "{model}");
            }
        }
    }
}

#[test]
fn a_run_of_thousands_of_tasks_is_looked_through() {
    let trace = run(many(6000, &[Request, Acquire, Read, WriteOneMore, Release, Block(1), Sleep(0)]), Model::EventLoop);
    assert_eq!(checks(&trace), [Check::UnboundedGather]);
}

#[test]
fn why_names_who_keeps_the_loop() {
    let plan = named([vec![Sleep(1000)], vec![Block(3000)]], ["ONE", "THREE"]);
    let trace = run(plan, Model::EventLoop);
    let chain = why(&trace, "ONE", 2000);
    assert_eq!(chain.len(), 2, "{chain:?}");
    let first = "ONE is ready from 1.000 s until THREE let it go on at 3.000 s: the event loop is busy with THREE.";
    assert_eq!(chain[0], (State::Ready, first.to_owned()));
    assert!(chain[1].1.starts_with("THREE waits from 0.000 s to 3.000 s: a call that does not give way"), "{chain:?}");
}

#[test]
fn why_follows_joins_and_locks_to_whoever_sleeps() {
    let first = vec![Acquire, Sleep(1000), Release];
    let second = vec![Sleep(100), Acquire, Sleep(1000), Release];
    let third = vec![Sleep(200), Acquire, Release];
    let trace = run(named([first, second, third], ["A", "B", "C"]), Model::Threads);
    let names = |task, at| -> Vec<String> {
        let said = why(&trace, task, at).into_iter();
        said.map(|(_, says)| says.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(names("main", 500), ["main", "A"]);
    assert_eq!(names("C", 500), ["C", "A"]);
    // A has let go by then, and B was first in line: whoever held it when the wait began is not whoever holds it now.
    assert_eq!(names("C", 1500), ["C", "B"]);
    assert_eq!(names("main", 1500), ["main", "B"]);
    let chain = why(&trace, "C", 1500);
    assert_eq!(chain[0].1, "C is blocked from 0.200 s until B let it go on at 2.000 s: lock is held by B.");
}

#[test]
fn why_names_a_holder_who_has_not_given_its_permit_back() {
    let first = vec![Permit, Sleep(500), GiveBack, Sleep(5000)];
    let keeps = vec![Permit, Sleep(3000)];
    let jobs = [first, keeps.clone(), [vec![Sleep(100)], keeps].concat(), vec![Sleep(200), Permit]];
    let trace = run(named(jobs, ["A", "B", "C", "D"]), Model::Threads);
    assert_eq!(why(&trace, "D", 1000)[0].1, "D is blocked from 0.200 s on: permits is held by B.");
    // In the end nobody is there who could give it back.
    let chain = why(&trace, "main", 5400);
    assert_eq!(
        chain.last().map(|(_, says)| says.as_str()),
        Some("A waits from 0.500 s to 5.500 s: a timer is due at 5.500 s.")
    );
    let said = "D is blocked from 0.200 s on: permits is held by B, which has ended without letting go.";
    assert_eq!(why(&trace, "D", 5400), [(State::Blocked, said.to_owned())]);
}

#[test]
fn why_names_a_deadlock() {
    let left = vec![Acquire, Sleep(100), AcquireOther, ReleaseOther, Release];
    let right = vec![AcquireOther, Sleep(100), Acquire, Release, ReleaseOther];
    for model in [Model::Threads, Model::EventLoop] {
        let trace = run(named([left.clone(), right.clone()], ["A", "B"]), model);
        let chain = why(&trace, "A", 100);
        assert_eq!(chain.len(), 2, "{model}: {chain:?}");
        let said = &chain[1].1;
        let deadlock = "B is blocked from 0.100 s on: lock is held by A. So A and B wait for one another: a deadlock, which nobody \
                        is left to end.";
        assert_eq!(said, deadlock, "{model}");
    }
    // Whoever gives up ends the circle.
    let patient = vec![Acquire, Sleep(100), TryOther(400), Release];
    let trace = run(named([patient, right], ["A", "B"]), Model::Threads);
    let chain = why(&trace, "B", 300);
    assert!(chain[1].1.ends_with("So B and A wait for one another, until A gives up at 0.500 s."), "{chain:?}");
}

#[test]
fn why_names_the_holder_of_the_gil() {
    let trace = run(many(2, &[Spin(1000)]), Model::Threads);
    let waiting = trace.spans.iter().find(|span| span.activity.state() == State::Gil).expect("two want one GIL");
    let steps = trace.why(waiting.task, waiting.start).expect("it is there");
    let states: Vec<_> = steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [State::Gil, State::Running], "{steps:?}");
    assert!(steps[0].says.contains(": T0 holds the GIL."), "{steps:?}");
    assert!(steps[1].says.ends_with("it computes."), "{steps:?}");
}

#[test]
fn why_names_who_has_the_worker() {
    let jobs = [vec![Sleep(3000)], vec![Sleep(1000)], vec![Sleep(1000)], vec![Sleep(1000)]];
    let trace = run(named(jobs, ["A", "B", "C", "D"]), Model::ThreadPool);
    let chain = why(&trace, "C", 500);
    let said = "C stands in the queue from 0.000 s until B let it go on at 1.000 s: every worker is busy, and \
                ThreadPoolExecutor-0_1 is at B.";
    assert_eq!(chain[0], (State::Queued, said.to_owned()));
    assert_eq!(chain[1], (State::Waiting, "B waits from 0.000 s to 1.000 s: a timer is due at 1.000 s.".to_owned()));
    // C, which is to make room for D, has no worker yet: A is the one that has had its worker for longest.
    assert!(why(&trace, "D", 500)[0].1.ends_with("and ThreadPoolExecutor-0_0 is at A."));
}

#[test]
fn why_says_from_when_to_when_a_task_lived() {
    let trace = run(named([vec![Sleep(1000)], vec![Sleep(2000)]], ["A", "B"]), Model::Sequential);
    let at = |task, ms| trace.why(TaskId(task), milliseconds(ms)).map_err(|error| error.to_string());
    let early =
        "B did nothing at 0.500 s, for it was spawned only at 1.000 s: ask for an instant from 1.000 s to 3.000 s.";
    assert_eq!(at(2, 500), Err(early.to_owned()));
    let late = "A did nothing at 1.500 s, for it had ended at 1.000 s: ask for an instant from 0.000 s to 1.000 s.";
    assert_eq!(at(1, 1500), Err(late.to_owned()));
    assert_eq!(at(9, 0), Err("Task 9 is none of the 3 of this run: ask for one that it has.".to_owned()));
    assert!(at(1, 999).is_ok());
}

/// What a task's body does, one after the other; times in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Do {
    Sleep(u64),
    Block(u64),
    Spin(u64),
    Request,
    Acquire,
    Release,
    AcquireOther,
    ReleaseOther,
    TryOther(u64),
    Permit,
    GiveBack,
    Read,
    Write(i64),
    WriteOneMore,
}

#[derive(Clone)]
struct Plan {
    jobs: Vec<Job>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Job {
    name: String,
    steps: Vec<Do>,
    bytes: u64,
    shared: Option<Shared>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Shared {
    lock: Lock,
    other: Lock,
    permits: Option<Semaphore>,
    counter: Variable,
}

impl Script for Plan {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let has_permits = self.jobs.iter().any(|job| job.steps.iter().any(|step| matches!(step, Permit)));
        let (lock, other) = (task.lock("lock").await, task.lock("other lock").await);
        let permits = if has_permits { Some(task.semaphore("permits", 2).await) } else { None };
        let counter = task.variable("counter", 0).await;
        let shared = Some(Shared { lock, other, permits, counter });
        let mut handles = Vec::new();
        for job in self.jobs {
            handles.push(task.spawn(&Job { shared, ..job }).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        self.name.clone()
    }

    fn message_bytes(&self) -> Option<u64> {
        Some(self.bytes)
    }

    async fn run(self, mut task: Task) {
        let Some(Shared { lock, other, permits, counter }) = self.shared else { return };
        let mut value = 0;
        for (number, step) in self.steps.into_iter().enumerate() {
            match step {
                Sleep(ms) => task.sleep(Duration::from_millis(ms)).await,
                Block(ms) => task.block(Duration::from_millis(ms)).await,
                Spin(ms) => drop(task.compute(Computation::Spin(milliseconds(ms))).await),
                Request => drop(task.request(&client(), number as u64).await),
                Acquire => task.acquire(lock).await,
                Release => task.release(lock).await,
                AcquireOther => task.acquire(other).await,
                ReleaseOther => task.release(other).await,
                TryOther(ms) => {
                    assert!(!task.acquire_within(other, Duration::from_millis(ms)).await);
                }
                Permit => task.acquire(permits.expect("it was made")).await,
                GiveBack => task.release(permits.expect("it was made")).await,
                Read => value = task.read(counter).await,
                Write(value) => task.write(counter, value).await,
                WriteOneMore => task.write(counter, value + 1).await,
            }
        }
    }
}

fn client() -> Client {
    let latency = Latency::Constant(milliseconds(1000));
    let network = Network { latency, failure_rate: FailureRate::NONE, handling: Nanos::ZERO };
    Client { network, retries: Retries { most: 0, on: [500, 502, 504], backoff: Nanos::ZERO } }
}

fn named<const N: usize>(jobs: [Vec<Do>; N], names: [&str; N]) -> Plan {
    let job = |(steps, name): (Vec<Do>, &str)| Job { name: name.to_owned(), steps, bytes: 100, shared: None };
    Plan { jobs: jobs.into_iter().zip(names).map(job).collect() }
}

/// Jobs that all do the same.
fn many(count: usize, steps: &[Do]) -> Plan {
    let job = |number| Job { name: format!("T{number}"), steps: steps.to_vec(), bytes: 100, shared: None };
    Plan { jobs: (0..count).map(job).collect() }
}

fn run(plan: Plan, model: Model) -> Trace {
    run_on(plan, model, Costs::FREE, 2)
}

fn run_on(plan: Plan, model: Model, costs: Costs, workers: u16) -> Trace {
    let workers = NonZeroU16::new(workers).expect("a pool has workers");
    simulate(&Program::new(plan), &Settings { model, threads: workers, processes: workers, seed: 0, costs })
}

fn checks(trace: &Trace) -> Vec<Check> {
    assert!(trace.finished.is_some());
    hints(trace).into_iter().map(|hint| hint.check).collect()
}

fn only(trace: &Trace, check: Check) -> Hint {
    let mut found = hints(trace);
    assert_eq!(found.iter().map(|hint| hint.check).collect::<Vec<_>>(), [check], "{found:#?}");
    found.remove(0)
}

fn why(trace: &Trace, task: &str, at: u64) -> Vec<(State, String)> {
    let number = (0..trace.tasks.len() as u32).find(|number| trace.task_name(TaskId(*number)) == task);
    let task = TaskId(number.expect("the plan names it"));
    let steps = trace.why(task, milliseconds(at)).expect("it lives at that instant");
    steps.into_iter().map(|step| (step.state, step.says)).collect()
}

fn milliseconds(count: u64) -> Nanos {
    Nanos(count * 1_000_000)
}
