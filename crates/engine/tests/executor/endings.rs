//! How tasks and runs end: by themselves, dropped where they stand, by a panic, or because nobody is left to go on.
//!
//! Where a test names a line of CPython, its order is what `asyncio` of 3.9 and of 3.13 printed for the same program.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;

use engine::executor::{Executor, JoinError, Semaphore, Unfinished};
use engine::time::Nanos;

use super::scene::{Scene, Virtual, order, run};

/// As in CPython.
#[test]
fn a_sleeping_task_that_is_aborted_is_dropped_in_its_turn() {
    let order = order(|scene| async move {
        let sleeper = scene.spawn(|scene| async move {
            scene.say("sleeps");
            let _dropped = scene.when_dropped("dropped");
            scene.executor.sleep(Nanos(10)).await;
        });
        let other = scene.spawn(|scene| scene.take_turns("turn ", 4));
        scene.executor.yield_now().await;
        scene.executor.yield_now().await;
        scene.abort_and_join(sleeper).await;
        other.await.unwrap();
    });
    assert_eq!(order, "sleeps, turn 0, turn 1, abort, turn 2, dropped, turn 3, Err(Cancelled)");
}

/// As in CPython: once in the queue, and dropped where it stands there.
#[test]
fn a_ready_task_that_is_aborted_is_not_polled() {
    let order = order(|scene| async move {
        let yielder = scene.spawn(|scene| async move {
            let _dropped = scene.when_dropped("dropped");
            loop {
                scene.say("goes on");
                scene.executor.yield_now().await;
            }
        });
        let other = scene.spawn(|scene| scene.take_turns("turn ", 3));
        scene.executor.yield_now().await;
        scene.abort_and_join(yielder).await;
        other.await.unwrap();
        scene.abort_and_join(scene.spawn(|scene| async move { scene.say("never said") })).await;
    });
    let expected = "goes on, turn 0, abort, dropped, turn 1, Err(Cancelled), turn 2, abort, Err(Cancelled)";
    assert_eq!(order, expected);
}

/// As in CPython, where the joiner shields whom it joins.
#[test]
fn a_joining_task_that_is_aborted_leaves_the_joined_one_running() {
    let order = order(|scene| async move {
        let inner = scene.spawn(|scene| async move {
            scene.executor.sleep(Nanos(2)).await;
            scene.say("inner ends");
        });
        let ended = Rc::new(Cell::new(false));
        let joiner = scene.spawn({
            let ended = ended.clone();
            |scene| async move {
                scene.say("joins");
                let _dropped = scene.when_dropped("joiner dropped");
                inner.await.unwrap();
                ended.set(true);
            }
        });
        scene.executor.yield_now().await;
        scene.executor.yield_now().await;
        scene.abort_and_join(joiner).await;
        scene.executor.sleep(Nanos(3)).await;
        assert!(!ended.get());
    });
    assert_eq!(order, "joins, abort, joiner dropped, Err(Cancelled), inner ends");
}

/// As in CPython: the turn after the main task's end is the last one, then `asyncio.run` cancels what remains.
#[test]
fn one_more_turn_follows_the_main_tasks_end_and_the_rest_is_dropped() {
    let child = |name: &'static str| {
        move |scene: Scene| async move {
            let _dropped = scene.when_dropped(format!("{name} dropped"));
            scene.clone().take_turns(name, 3).await;
        }
    };
    let after_a_turn = order(move |scene| async move {
        scene.spawn(child("a"));
        scene.spawn(child("b"));
        scene.executor.yield_now().await;
        scene.say("main ends");
    });
    assert_eq!(after_a_turn, "a0, b0, main ends, a1, b1, a dropped, b dropped");
    let at_once = order(|scene| async move {
        scene.spawn(|scene| async move { scene.say("a started") });
        scene.say("main ends");
    });
    assert_eq!(at_once, "main ends, a started");
}

/// As in CPython.
#[test]
fn a_panic_reaches_whoever_joins_and_nobody_else() {
    let order = order(|scene| async move {
        let bad = scene.spawn(|scene| async move {
            scene.say("bad runs");
            panic!("tore");
        });
        let other = scene.spawn(|scene| scene.take_turns("turn ", 2));
        let end: Result<(), _> = bad.await;
        scene.say(end.unwrap_err().to_string());
        other.await.unwrap();
    });
    assert_eq!(order, "bad runs, turn 0, it panicked: tore, turn 1");
    let executor = Executor::new(Virtual::default());
    let failed = run(&executor, async { panic!("main tore") });
    assert_eq!(failed, Err::<(), _>(Unfinished::Failed(JoinError::Panicked("main tore".to_owned()))));
}

#[test]
fn a_run_that_nothing_could_ever_continue_is_stalled_and_its_tasks_are_dropped() {
    let scene = Scene::new();
    let (executor, told) = (scene.executor.clone(), scene.clone());
    let stalled = run(&executor, async move {
        let semaphore = Semaphore::new(0);
        told.spawn(|scene| async move {
            let _dropped = scene.when_dropped("child dropped");
            pending::<()>().await
        });
        let timer = told.executor.sleep(Nanos(10));
        let sleeper = told.spawn(|_| timer);
        told.executor.yield_now().await;
        sleeper.abort();
        assert_eq!(sleeper.await, Err(JoinError::Cancelled));
        drop(semaphore.acquire().await);
    });
    assert_eq!(executor.now(), Nanos(0), "nobody waits for a timer that was taken back");
    assert!(matches!(stalled, Err(Unfinished::Stalled { waiting }) if waiting.len() == 2));
    assert_eq!(executor.registered(), 0);
    assert_eq!(scene.told(), "child dropped");
    assert_eq!(run(&executor, async { 7 }), Ok(7), "an executor can run again");
}
