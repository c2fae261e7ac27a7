//! How measured runs end that come to no end of their own: by name, with nobody left behind.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::error::{Link, RunError, TaskFailed};
use engine::model::{Model, Settings, Speed};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::{BESIDE_THE_LOOP, simulate};
use engine::task::{Flag, Lock, Task};
use engine::time::Nanos;
use engine::trace::Trace;
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use super::machine::{ON_THREADS, measure, settings};

const HOUR: Duration = Duration::from_secs(3600);
const MOMENT: Duration = Duration::from_millis(5);

/// Nobody is woken by time here: a run that ends has found out by itself.
#[test]
fn a_deadlock_is_named_and_ends_the_run() {
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        for gil in [true, false] {
            let trace = run(Ending::Crossed { patience: None }, settings(model, gil));
            let Some(RunError::Deadlock(links)) = trace.failure() else { panic!("{model}: {:?}", trace.finished) };
            let mut links = links.clone();
            links.sort_by(|one, other| one.task.cmp(&other.task));
            let link = |task: &str, object: &str, holder: &str| Link {
                task: task.to_owned(),
                object: Some(object.to_owned()),
                holder: holder.to_owned(),
            };
            assert_eq!(links, [link("A", "second", "B"), link("B", "first", "A")]);
            assert_eq!(trace.cycles.len(), 1);
            assert!(trace.tasks.iter().all(|task| task.ended.is_none()));
        }
    }
}

#[test]
fn patience_that_ends_breaks_a_deadlock() {
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let trace = run(Ending::Crossed { patience: Some(MOMENT) }, settings(model, true));
        assert!(trace.outcome().is_some(), "{model}: {:?}", trace.finished);
        // Where B gave up before A had come to its lock, there was none.
        assert!(trace.cycles.len() <= 1);
    }
}

/// The same words as in a prediction, for every model.
#[test]
fn whoever_waits_for_what_nobody_is_left_to_do_is_named() {
    for model in ON_THREADS {
        let ending = Ending::WaitsInVain;
        let trace = run(ending, settings(model, true));
        let waiting = vec!["main".to_owned(), "A".to_owned()];
        assert_eq!(trace.failure(), Some(&RunError::Stalled { waiting }), "{model}");
        assert_eq!(simulate(&Program::new(ending), &settings(model, true)).failure(), trace.failure(), "{model}");
    }
}

#[test]
fn a_task_that_calls_for_its_callers_lock_is_in_a_deadlock() {
    let settings = settings(Model::Sequential, false);
    let trace = run(Ending::HeldByCaller, settings);
    assert!(matches!(trace.failure(), Some(RunError::Deadlock(links)) if links.len() == 2), "{:?}", trace.finished);
    assert_eq!(simulate(&Program::new(Ending::HeldByCaller), &settings).failure(), trace.failure());
}

#[test]
fn a_pool_whose_only_worker_waits_for_the_queue_stands_still() {
    let settings = Settings { threads: NonZeroU16::MIN, ..settings(Model::ThreadPool, true) };
    let trace = run(Ending::JoinsTheQueue, settings);
    assert!(
        matches!(trace.failure(), Some(RunError::Stalled { waiting }) if waiting.len() == 3),
        "{:?}",
        trace.finished
    );
}

/// They would wait, sleep and compute for an hour; the run comes back when they have gone home.
#[test]
fn whoever_is_left_when_the_first_task_ends_is_cut_off() {
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop, Model::LoopAndThreads] {
        for gil in [true, false] {
            let trace = run(Ending::LeavesOthers, settings(model, gil));
            assert!(trace.outcome().is_some(), "{model}: {:?}", trace.finished);
        }
    }
}

#[test]
fn a_deadlock_ends_the_run_even_if_the_first_task_sleeps() {
    for model in [Model::Threads, Model::ThreadPool] {
        let trace = run(Ending::CrossedWhileMainSleeps, settings(model, true));
        assert!(matches!(trace.failure(), Some(RunError::Deadlock(_))), "{model}: {:?}", trace.finished);
    }
}

/// As predicted, and without a panic.
#[test]
fn misuse_fails_the_task_by_whichever_model_it_runs() {
    for model in ON_THREADS {
        for ending in [Ending::ReleasesAFreeLock, Ending::UsesALockBesideTheLoop] {
            let settings = settings(model, true);
            let (measured, predicted) = (run(ending, settings), simulate(&Program::new(ending), &settings));
            assert_eq!(measured.failure(), predicted.failure(), "{model} {ending:?}");
            let beside = model.has_loop() && matches!(ending, Ending::UsesALockBesideTheLoop);
            if let (true, Some(RunError::Task(failed))) = (beside, measured.failure()) {
                assert_eq!(failed.reason, BESIDE_THE_LOOP);
            }
        }
    }
}

#[test]
fn a_panic_fails_the_task_and_frees_its_worker() {
    let settings = Settings { threads: NonZeroU16::MIN, ..settings(Model::ThreadPool, true) };
    let trace = run(Ending::Panics, settings);
    let failed = TaskFailed { task: "A".to_owned(), reason: "it panicked: on purpose".to_owned() };
    assert_eq!(trace.failure(), Some(&RunError::Task(failed)));
    assert_eq!(trace.tasks.iter().filter(|task| task.ended.is_some()).count(), 3);
}

fn run(ending: Ending, settings: Settings) -> Trace {
    measure(&Program::new(ending), settings, Speed::REAL)
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Crossed { patience: Option<Duration> },
    CrossedWhileMainSleeps,
    WaitsInVain,
    HeldByCaller,
    JoinsTheQueue,
    LeavesOthers,
    ReleasesAFreeLock,
    UsesALockBesideTheLoop,
    Panics,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Job {
    /// Holds one lock until the other task has the other, and then wants that too.
    Cross {
        name: char,
        locks: [Lock; 2],
        has: [Flag; 2],
        patience: Option<Duration>,
    },
    Get {
        flag: Flag,
    },
    Acquire {
        lock: Lock,
    },
    SpawnAndJoin,
    Sleep,
    Compute,
    Release {
        lock: Lock,
    },
    Panic,
}

impl Script for Ending {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let locks = [task.lock("first").await, task.lock("second").await];
        let flags = [task.flag("A has its lock").await, task.flag("B has its lock").await];
        let [lock, other] = locks;
        let mut jobs = Vec::new();
        match self {
            Ending::Crossed { .. } | Ending::CrossedWhileMainSleeps => {
                let patience = if let Ending::Crossed { patience } = self { patience } else { None };
                let has = flags;
                jobs.push(Job::Cross { name: 'A', locks, has, patience: None });
                jobs.push(Job::Cross { name: 'B', locks: [other, lock], has: [has[1], has[0]], patience });
            }
            Ending::WaitsInVain => jobs.push(Job::Get { flag: flags[0] }),
            Ending::HeldByCaller => {
                task.acquire(lock).await;
                jobs.push(Job::Acquire { lock });
            }
            Ending::JoinsTheQueue => jobs.push(Job::SpawnAndJoin),
            Ending::LeavesOthers => jobs.extend([Job::Get { flag: flags[0] }, Job::Sleep, Job::Compute]),
            Ending::ReleasesAFreeLock => jobs.push(Job::Release { lock }),
            Ending::UsesALockBesideTheLoop => {
                task.to_thread(&Job::Acquire { lock }).await?;
                task.release(lock).await;
                task.release(lock).await;
            }
            Ending::Panics => jobs.extend([Job::Panic, Job::Acquire { lock }]),
        }
        let mut handles = Vec::new();
        for job in jobs {
            // It would keep a loop from ending.
            if task.model().has_loop() && matches!(job, Job::Compute) {
                continue;
            }
            handles.push(task.spawn(&job).await);
        }
        match self {
            Ending::LeavesOthers => return Ok(Outcome::new()),
            Ending::CrossedWhileMainSleeps => task.sleep(HOUR).await,
            _ => {}
        }
        let mut failed = Ok(Outcome::new());
        for handle in handles {
            if let Err(error) = task.join(handle).await {
                failed = Err(error);
            }
        }
        failed
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        if let Job::Cross { name, .. } = self { name.to_string() } else { "A".to_owned() }
    }

    async fn run(self, mut task: Task) {
        match self {
            Job::Cross { locks: [mine, other], has: [mine_is_held, other_is_held], patience, .. } => {
                task.acquire(mine).await;
                task.set(mine_is_held).await;
                task.wait_for_flag(other_is_held).await;
                match patience {
                    None => {
                        task.acquire(other).await;
                        task.release(other).await;
                    }
                    Some(patience) => assert!(!task.acquire_within(other, patience).await),
                }
                task.release(mine).await;
            }
            Job::Get { flag } => task.wait_for_flag(flag).await,
            Job::Acquire { lock } => task.acquire(lock).await,
            Job::SpawnAndJoin => {
                let handle = task.spawn(&Job::Sleep).await;
                let _joined = task.join(handle).await;
            }
            Job::Sleep => task.sleep(HOUR).await,
            Job::Compute => {
                task.compute(Computation::Spin(Nanos::from(HOUR))).await;
            }
            Job::Release { lock } => task.release(lock).await,
            Job::Panic => panic!("on purpose"),
        }
    }
}
