//! How measured runs end that come to no end of their own: by name, with nobody left behind.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::error::{Link, RunError, TaskFailed};
use engine::model::{Model, Settings, Speed};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::{BESIDE_THE_LOOP, simulate};
use engine::sync::{ObjectId, ObjectKind};
use engine::task::{Condition, Flag, Lock, Task};
use engine::time::Nanos;
use engine::trace::{Activity, Span, TaskId, Trace};
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
            assert_eq!(from_a_on(links.clone()), crossed());
            assert_eq!(trace.cycles.len(), 1);
            assert!(trace.tasks.iter().all(|task| task.ended.is_none()));
        }
    }
}

/// A waits for ever, B for as long as it has patience: the cycle is closed, and told, and ends with B's patience.
#[test]
fn patience_that_ends_breaks_a_deadlock() {
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        // A machine may be too slow for a patience, and then there is no cycle: not for every one.
        let patiences = (0..).map(|doublings| MOMENT * 2u32.pow(doublings));
        let mut runs = patiences.map(|patience| {
            let trace = run(Ending::Crossed { patience: Some(patience) }, settings(model, true));
            assert!(trace.outcome().is_some(), "{model}: {:?}", trace.finished);
            let [a, b] = ["A", "B"].map(|name| wait_for_a_lock(&trace, name));
            assert!(b.is_none_or(|b| b.ended_by.is_none()), "{model}: B was let through");
            let in_time = matches!((a, b), (Some(a), Some(b)) if a.start < b.start + Nanos::from(patience));
            (trace, a, in_time)
        });
        let Some((trace, Some(wait), _)) = runs.find(|(_, _, in_time)| *in_time) else {
            unreachable!("they never end")
        };
        let [cycle] = &trace.cycles[..] else { panic!("{model}: {:?}", trace.cycles) };
        assert_eq!(from_a_on(trace.links(cycle)), crossed());
        assert_eq!(wait.ended_by.map(|by| trace.task_name(by)), Some("B"), "{model}");
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

/// A has no patience for the condition, and all the patience in the world for its lock, which B never lets go of.
#[test]
fn patience_for_a_condition_is_none_for_its_lock() {
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let ending = Ending::ConditionWhoseLockIsKept;
        let settings = settings(model, true);
        for trace in [run(ending, settings), simulate(&Program::new(ending), &settings)] {
            let waiting = ["main", "A", "A"].map(str::to_owned).to_vec();
            assert_eq!(trace.failure(), Some(&RunError::Stalled { waiting }), "{model}, {:?}", trace.clock);
            assert_eq!(last_blocked(&trace), Some(("first", Some(TaskId(2)))), "{model}, {:?}", trace.clock);
        }
    }
}

/// A was notified of the condition, by a first task that never lets go of the lock.
#[test]
fn whoever_was_notified_waits_for_the_lock() {
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let ending = Ending::NotifiedByWhoKeepsTheLock;
        let settings = settings(model, true);
        for trace in [run(ending, settings), simulate(&Program::new(ending), &settings)] {
            let (at_last, notified) = (last_blocked(&trace), Some(TaskId(0)));
            assert_eq!(at_last, Some(("first", notified)), "{model}, {:?}", trace.clock);
            let news = trace.spans.iter().find(|span| named(&trace, span.activity) == Some("condition"));
            assert_eq!(news.and_then(|span| span.ended_by), notified, "{model}, {:?}", trace.clock);
        }
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

/// Who waits for whom where A and B each want the lock that the other one holds.
fn crossed() -> [Link; 2] {
    [("A", "second", "B"), ("B", "first", "A")].map(|(task, object, holder)| Link {
        task: task.to_owned(),
        object: Some(object.to_owned()),
        holder: holder.to_owned(),
    })
}

/// The links of a cycle, which begins with whoever has closed it.
fn from_a_on(mut links: Vec<Link>) -> Vec<Link> {
    links.sort_by(|one, other| one.task.cmp(&other.task));
    links
}

/// What the first spawned task waits for at last, and whom.
fn last_blocked(trace: &Trace) -> Option<(&str, Option<TaskId>)> {
    let last = trace.spans_until(trace.end()).filter(|span| span.task == TaskId(1)).last()?;
    let Activity::Blocked { object, holder } = last.activity else { return None };
    Some((trace.object_name(object), holder))
}

/// The object that a task waits for.
fn named(trace: &Trace, activity: Activity) -> Option<&str> {
    let Activity::Blocked { object, .. } = activity else { return None };
    Some(trace.object_name(object))
}

/// A task's wait for a lock.
fn wait_for_a_lock(trace: &Trace, name: &str) -> Option<Span> {
    let is_lock = |object: ObjectId| trace.objects[object.0 as usize].kind == ObjectKind::Lock;
    let waits = |span: &&Span| matches!(span.activity, Activity::Blocked { object, .. } if is_lock(object));
    trace.spans.iter().filter(waits).find(|span| trace.task_name(span.task) == name).copied()
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Crossed { patience: Option<Duration> },
    CrossedWhileMainSleeps,
    WaitsInVain,
    ConditionWhoseLockIsKept,
    NotifiedByWhoKeepsTheLock,
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
    Impatient {
        lock: Lock,
        condition: Condition,
    },
    Listen {
        lock: Lock,
        condition: Condition,
        flag: Flag,
    },
    Keep {
        lock: Lock,
        flag: Flag,
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
            Ending::ConditionWhoseLockIsKept => {
                let condition = task.condition("condition", lock).await;
                jobs.extend([Job::Impatient { lock, condition }, Job::Keep { lock, flag: flags[0] }]);
            }
            Ending::NotifiedByWhoKeepsTheLock => {
                let condition = task.condition("condition", lock).await;
                let waits = task.spawn(&Job::Listen { lock, condition, flag: flags[0] }).await;
                task.wait_for_flag(flags[0]).await;
                task.acquire(lock).await;
                // Without it, the wait for the news would take no time on a virtual clock, and not be seen.
                task.sleep(MOMENT).await;
                task.notify(condition, 1).await;
                task.join(waits).await?;
            }
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
            Job::Impatient { lock, condition } => {
                task.acquire(lock).await;
                task.wait_for_condition_within(condition, MOMENT).await;
            }
            Job::Listen { lock, condition, flag } => {
                task.acquire(lock).await;
                task.set(flag).await;
                task.wait_for_condition(condition).await;
            }
            Job::Keep { lock, flag } => {
                task.acquire(lock).await;
                task.wait_for_flag(flag).await;
            }
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
