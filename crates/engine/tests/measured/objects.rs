//! Objects that tasks share, on real threads: nothing is lost, nobody has what another holds, all are served.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use engine::error::TaskFailed;
use engine::model::{Model, Speed};
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Barrier, Condition, Flag, Lock, Lockable, Queue, ReentrantLock, Semaphore, Task, Variable};
use engine::trace::{Marked, TaskId, Trace, Used};
use serde::{Deserialize, Serialize};

use super::machine::{ON_THREADS, log, measure, settings};

const TASKS: i64 = 4;
const TIMES: i64 = if cfg!(miri) { 3 } else { 50 };

#[test]
fn what_locks_guard_is_never_lost_and_has_one_holder() {
    for kind in [Kind::Lock, Kind::Reentrant, Kind::Permits(1)] {
        everywhere(Sums { kind }, |trace, outcome| {
            assert_eq!(outcome["sum"], TASKS * TIMES);
            assert_eq!(most_holders(trace), 1);
        });
    }
}

#[test]
fn no_more_hold_a_semaphore_than_it_has_permits() {
    everywhere(Sums { kind: Kind::Permits(3) }, |trace, _| assert!(most_holders(trace) <= 3));
}

#[test]
fn what_is_put_into_a_queue_is_gotten_once() {
    for capacity in [None, NonZeroU32::new(1), NonZeroU32::new(3)] {
        side_by_side(Goods { capacity }, |_, outcome| {
            // Two producers put 1 to TIMES each, and two consumers get as many.
            assert_eq!(outcome["gotten"], 2 * (1..=TIMES).sum::<i64>());
        });
    }
}

#[test]
fn a_barrier_lets_nobody_through_before_all_have_come() {
    side_by_side(Meetings, |trace, _| {
        let log = log(trace);
        for (round, lines) in log.chunks(2 * TASKS as usize).enumerate() {
            let (came, left) = lines.split_at(TASKS as usize);
            assert!(came.iter().all(|line| *line == format!("came {round}")), "{log:?}");
            assert!(left.iter().all(|line| *line == format!("left {round}")), "{log:?}");
        }
    });
}

#[test]
fn a_flag_lets_all_through_once_it_is_set() {
    side_by_side(Starts, |trace, _| {
        let log = log(trace);
        assert_eq!(log.len(), 1 + TASKS as usize);
        assert_eq!(log[0], "set");
    });
}

#[test]
fn a_condition_hands_over_everything_that_is_notified() {
    side_by_side(News, |_, outcome| {
        assert_eq!((outcome["left"], outcome["taken"]), (0, TASKS * TIMES));
    });
}

/// Where tasks can wait for each other, because they run side by side.
fn side_by_side(script: impl Script, check: impl Fn(&Trace, &Outcome)) {
    on(&[Model::Threads, Model::ThreadPool, Model::EventLoop, Model::LoopAndThreads], script, check);
}

fn everywhere(script: impl Script, check: impl Fn(&Trace, &Outcome)) {
    on(&ON_THREADS, script, check);
}

fn on(models: &[Model], script: impl Script, check: impl Fn(&Trace, &Outcome)) {
    let program = Program::new(script);
    for &model in models {
        for gil in [true, false] {
            let trace = measure(&program, settings(model, gil), Speed::REAL);
            let outcome = trace.outcome().unwrap_or_else(|| panic!("{model}: {:?}", trace.finished));
            check(&trace, outcome);
        }
    }
}

/// The most times that the run's one lock or semaphore is held by different tasks at once, by what the trace says.
fn most_holders(trace: &Trace) -> usize {
    let (mut held, mut most) = (BTreeMap::<TaskId, u32>::new(), 0);
    for mark in &trace.marks {
        match mark.kind {
            Marked::Used(_, Used::Acquired) => *held.entry(mark.task).or_default() += 1,
            Marked::Used(_, Used::Released) => *held.entry(mark.task).or_default() -= 1,
            _ => {}
        }
        held.retain(|_, times| *times > 0);
        most = most.max(held.len());
    }
    assert!(held.is_empty());
    most
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Kind {
    Lock,
    Reentrant,
    Permits(u32),
}

#[derive(Clone)]
struct Sums {
    kind: Kind,
}

#[derive(Clone)]
struct Goods {
    capacity: Option<NonZeroU32>,
}

#[derive(Clone)]
struct Meetings;

#[derive(Clone)]
struct Starts;

#[derive(Clone)]
struct News;

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Job {
    AddLocked(Lock, Variable),
    AddLockedTwice(ReentrantLock, Variable),
    AddPermitted(Semaphore, Variable),
    Put(Queue),
    Get(Queue),
    Meet(Barrier),
    Start(Flag),
    Take(Lock, Condition, Variable),
}

impl Script for Sums {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let sum = task.variable("sum", 0).await;
        let job = match self.kind {
            Kind::Lock => Job::AddLocked(task.lock("lock").await, sum),
            Kind::Reentrant => Job::AddLockedTwice(task.reentrant_lock("lock").await, sum),
            Kind::Permits(permits) => Job::AddPermitted(task.semaphore("permits", permits).await, sum),
        };
        all(&mut task, &[job; TASKS as usize]).await?;
        Ok(Outcome::from([("sum".to_owned(), task.read(sum).await)]))
    }
}

impl Script for Goods {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let queue = task.queue("queue", self.capacity).await;
        let gotten = all(&mut task, &[Job::Get(queue), Job::Put(queue), Job::Get(queue), Job::Put(queue)]).await?;
        Ok(Outcome::from([("gotten".to_owned(), gotten)]))
    }
}

impl Script for Meetings {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let barrier = task.barrier("barrier", NonZeroU32::new(TASKS as u32).unwrap()).await;
        all(&mut task, &[Job::Meet(barrier); TASKS as usize]).await?;
        Ok(Outcome::new())
    }
}

impl Script for Starts {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let flag = task.flag("flag").await;
        let mut handles = Vec::new();
        for _ in 0..TASKS {
            handles.push(task.spawn(&Job::Start(flag)).await);
        }
        task.log("set").await;
        task.set(flag).await;
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Script for News {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let lock = task.lock("lock").await;
        let condition = task.condition("condition", lock).await;
        let left = task.variable("left", 0).await;
        let mut handles = Vec::new();
        for _ in 0..TASKS {
            handles.push(task.spawn(&Job::Take(lock, condition, left)).await);
        }
        for _ in 0..TASKS * TIMES {
            task.acquire(lock).await;
            add(&mut task, left, 1).await;
            task.notify(condition, 1).await;
            task.release(lock).await;
        }
        let mut taken = 0;
        for handle in handles {
            taken += task.join(handle).await?;
        }
        let left = task.read(left).await;
        Ok(Outcome::from([("left".to_owned(), left), ("taken".to_owned(), taken)]))
    }
}

/// Spawns and joins them all, and returns the sum of what they return.
async fn all(task: &mut Task, jobs: &[Job]) -> Result<i64, TaskFailed> {
    let mut handles = Vec::new();
    for job in jobs {
        handles.push(task.spawn(job).await);
    }
    let mut sum = 0;
    for handle in handles {
        sum += task.join(handle).await?;
    }
    Ok(sum)
}

/// Reads, lets others run, and writes: an update that is easily lost.
async fn add(task: &mut Task, sum: Variable, number: i64) {
    let before = task.read(sum).await;
    task.yield_now().await;
    task.write(sum, before + number).await;
}

async fn add_guarded(task: &mut Task, lock: impl Lockable, sum: Variable) {
    for _ in 0..TIMES {
        task.acquire(lock).await;
        add(task, sum, 1).await;
        task.release(lock).await;
    }
}

impl Work for Job {
    type Output = i64;

    fn name(&self) -> String {
        "task".to_owned()
    }

    async fn run(self, mut task: Task) -> i64 {
        match self {
            Job::AddLocked(lock, sum) => add_guarded(&mut task, lock, sum).await,
            Job::AddPermitted(permits, sum) => add_guarded(&mut task, permits, sum).await,
            Job::AddLockedTwice(lock, sum) => {
                for _ in 0..TIMES {
                    task.acquire(lock).await;
                    let before = task.read(sum).await;
                    task.acquire(lock).await;
                    task.yield_now().await;
                    task.release(lock).await;
                    task.write(sum, before + 1).await;
                    task.release(lock).await;
                }
            }
            Job::Put(queue) => {
                for item in 1..=TIMES {
                    task.put(queue, item).await;
                }
            }
            Job::Get(queue) => {
                let mut sum = 0;
                for _ in 0..TIMES {
                    sum += task.get(queue).await;
                }
                return sum;
            }
            Job::Meet(barrier) => {
                for round in 0..TIMES {
                    task.log(format!("came {round}")).await;
                    task.wait_at_barrier(barrier).await;
                    task.log(format!("left {round}")).await;
                    task.wait_at_barrier(barrier).await;
                }
            }
            Job::Start(flag) => {
                task.wait_for_flag(flag).await;
                task.log("started").await;
            }
            Job::Take(lock, condition, left) => {
                for _ in 0..TIMES {
                    task.acquire(lock).await;
                    while task.read(left).await == 0 {
                        task.wait_for_condition(condition).await;
                    }
                    add(&mut task, left, -1).await;
                    task.release(lock).await;
                }
                return TIMES;
            }
        }
        0
    }
}
