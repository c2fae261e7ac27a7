//! Who runs before whom: ready tasks, timers, wakers, and what the platform hears of them.
//!
//! Where a test names a line of CPython, its order is what `asyncio` of 3.9 and of 3.13 printed for the same program.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use engine::time::Nanos;

use super::scene::{join, order};

/// As in CPython, with `time.sleep(3)` in THREE.
#[test]
fn ready_tasks_run_before_timers_that_came_due_meanwhile() {
    let order = order(|scene| async move {
        let mut handles = Vec::new();
        for (name, delay) in [("ONE", 1), ("TWO", 2), ("THREE", 3), ("FOUR", 4), ("FIVE", 5)] {
            handles.push(scene.spawn(move |scene| async move {
                scene.say(format!("{name} received"));
                match name {
                    "THREE" => scene.executor.platform().pass(Nanos(delay)),
                    _ => scene.executor.sleep(Nanos(delay)).await,
                }
                scene.say(format!("{name} printed"));
            }));
        }
        join(handles).await;
    });
    let expected = "ONE received, TWO received, THREE received, THREE printed, FOUR received, FIVE received, \
                    ONE printed, TWO printed, FOUR printed, FIVE printed";
    assert_eq!(order, expected);
}

/// As in CPython, with `await asyncio.sleep(0)` for each yield.
#[test]
fn what_becomes_ready_in_a_turn_runs_in_the_next() {
    let order = order(|scene| async move {
        let a = scene.spawn(|scene| scene.take_turns("a", 3));
        let spawner = scene.spawn(|scene| async move {
            scene.say("s");
            scene.spawn(|scene| scene.take_turns("c", 2));
            scene.executor.yield_now().await;
            scene.say("s again");
        });
        let b = scene.spawn(|scene| scene.take_turns("b", 2));
        join(vec![a, spawner, b]).await;
    });
    assert_eq!(order, "a0, s, b0, a1, c0, s again, b1, a2, c1");
}

/// As in CPython with `loop.call_later`. A task in `asyncio.sleep` is woken by such a callback and so goes on a turn later.
#[test]
fn timers_that_are_due_wake_before_the_turn_begins_not_after_it() {
    let order = order(|scene| async move {
        let sleeper = scene.spawn(|scene| async move {
            scene.executor.sleep(Nanos(1)).await;
            scene.say("timer's task");
        });
        scene.executor.yield_now().await;
        scene.executor.platform().pass(Nanos(2));
        scene.executor.yield_now().await;
        scene.say("main");
        let spawned = scene.spawn(|scene| async move { scene.say("spawned") });
        join(vec![spawned, sleeper]).await;
    });
    assert_eq!(order, "main, timer's task, spawned");
}

/// CPython's heap leaves the order of a, b and c open; it takes them as a, c, b.
#[test]
fn of_timers_due_at_one_instant_the_one_set_first_wakes_first() {
    let order = order(|scene| async move {
        let timers = [("late", 3), ("a", 2), ("early", 1), ("b", 2), ("c", 2)];
        let wait = |(name, deadline)| {
            scene.spawn(move |scene| async move {
                scene.executor.sleep_until(Nanos(deadline)).await;
                scene.say(name);
            })
        };
        join(timers.map(wait).into()).await;
    });
    assert_eq!(order, "early, a, b, c, late");
}

/// As in CPython, with `asyncio.gather`.
#[test]
fn joined_outputs_come_in_the_order_of_the_calls_not_of_the_ends() {
    let order = order(|scene| async move {
        let child = |(name, delay)| {
            scene.spawn(move |scene| async move {
                scene.say(format!("{name} starts"));
                scene.executor.sleep(Nanos(delay)).await;
                scene.say(format!("{name} ends"));
                name
            })
        };
        let children = [("x", 3), ("y", 1), ("z", 2)].map(child);
        for child in children {
            scene.say(child.await.unwrap());
        }
    });
    assert_eq!(order, "x starts, y starts, z starts, y ends, z ends, x ends, x, y, z");
}

#[test]
fn a_task_woken_often_is_polled_once_and_a_task_that_has_ended_not_at_all() {
    let order = order(|scene| async move {
        let wakers = Rc::<RefCell<Vec<Waker>>>::default();
        let kept = wakers.clone();
        let mut polls = 0;
        let counting = scene.spawn(move |scene| {
            poll_fn(move |context| {
                polls += 1;
                scene.say("counted");
                kept.borrow_mut().push(context.waker().clone());
                if polls < 3 { Poll::Pending } else { Poll::Ready(polls) }
            })
        });
        while !counting.is_finished() {
            scene.executor.yield_now().await;
            scene.say("turn");
            for waker in wakers.borrow().iter() {
                waker.wake_by_ref();
                scene.executor.wake_local(counting.key());
            }
        }
        let key = counting.key();
        assert_eq!(counting.await, Ok(3));
        let stranger = scene.spawn(|scene| async move {
            let mut polls = 0;
            let told = scene.clone();
            poll_fn(move |context| {
                polls += 1;
                told.say(format!("poll {polls}"));
                told.executor.platform().own.replace(Some(context.waker().clone()));
                if polls < 2 { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
        });
        scene.executor.yield_now().await;
        assert_ne!(stranger.key(), key, "a key is never used again, though its slot is");
        wakers.take().into_iter().for_each(Waker::wake);
        scene.executor.wake_local(key);
        scene.executor.yield_now().await;
        scene.say("woken by its own waker");
        scene.executor.platform().own.take().unwrap().wake();
        stranger.await.unwrap();
    });
    assert_eq!(order, "counted, turn, counted, turn, counted, turn, poll 1, woken by its own waker, poll 2");
}

#[test]
fn the_platform_hears_when_and_why_a_task_is_ready_and_can_have_it_go_on_at_once() {
    let order = order(|scene| async move {
        scene.executor.platform().tell.replace(Some(scene.clone()));
        let holder = scene.spawn(|scene| async move {
            scene.executor.platform().holds.set(true);
            poll_fn(|_| if scene.executor.platform().holds.get() { Poll::Pending } else { Poll::Ready(()) }).await;
        });
        let sleeper = scene.spawn(|scene| async move { scene.executor.sleep_until(Nanos(5)).await });
        join(vec![holder, sleeper]).await;
        scene.executor.platform().tell.take();
    });
    let expected = "woken 1.0, woken 2.0, polled 0.0, polling 1.0, polled 1.0, polling 1.0, woken 0.0, polling 2.0, \
                    polled 2.0, polling 0.0, polled 0.0, woken 2.0 by Nanos(5), polling 2.0, woken 0.0, polling 0.0";
    assert_eq!(order, expected);
}
