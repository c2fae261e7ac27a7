//! The executor's protocol, on a clock that the test moves: who runs before whom, and what ends a run.
//!
//! Where a test names a line of CPython, its order is what `asyncio` of 3.9 and of 3.13 printed for the same program.

mod scene;

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;

use engine::executor::{Closed, Executor, JoinError, Semaphore, ThreadPlatform, Unfinished, channel, offload};
use engine::time::Nanos;
use scene::{Scene, Virtual, join, order, run};

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
fn a_semaphore_serves_in_the_order_of_coming() {
    let line = order(|scene| async move {
        let semaphore = Semaphore::new(2);
        let worker = |(name, turns): (&'static str, usize)| {
            let semaphore = semaphore.clone();
            scene.spawn(move |scene| async move {
                scene.say(format!("{name} comes"));
                let _permit = semaphore.acquire().await;
                scene.say(format!("{name} has it"));
                for _ in 0..turns {
                    scene.executor.yield_now().await;
                }
                scene.say(format!("{name} gives it back"));
            })
        };
        join([("a", 2), ("b", 1), ("c", 1), ("d", 2), ("e", 0)].map(worker).into()).await;
        assert_eq!(semaphore.available(), 2);
    });
    let expected = "a comes, a has it, b comes, b has it, c comes, d comes, e comes, b gives it back, a gives it back, \
                    c has it, d has it, c gives it back, e has it, e gives it back, d gives it back";
    assert_eq!(line, expected);
    let again = order(|scene| async move {
        let semaphore = Semaphore::new(1);
        let other = semaphore.clone();
        let holder = scene.spawn(|scene| async move {
            let permit = semaphore.acquire().await;
            scene.say("holder has it");
            scene.executor.yield_now().await;
            drop(permit);
            scene.say("holder gave it back");
            let _permit = semaphore.acquire().await;
            scene.say("holder has it again");
        });
        let waiter = scene.spawn(|scene| async move {
            let _permit = other.acquire().await;
            scene.say("waiter has it");
        });
        join(vec![holder, waiter]).await;
    });
    assert_eq!(again, "holder has it, holder gave it back, waiter has it, holder has it again");
}

/// As in CPython 3.13. In 3.9, which hands no permit over but lets the woken waiter try, c has it before it is aborted.
#[test]
fn a_permit_passes_over_waiters_that_are_gone() {
    let order = order(|scene| async move {
        let semaphore = Semaphore::new(1);
        let worker = |name: &'static str| {
            let semaphore = semaphore.clone();
            scene.spawn(move |scene| async move {
                let dropped = scene.when_dropped(format!("{name} dropped"));
                let permit = semaphore.acquire().await;
                scene.say(format!("{name} has it"));
                scene.executor.yield_now().await;
                scene.executor.yield_now().await;
                drop(permit);
                scene.say(format!("{name} gave it back"));
                dropped.forget();
            })
        };
        let workers = ["a", "b", "c", "d"].map(worker);
        scene.executor.yield_now().await;
        workers[1].abort();
        scene.executor.yield_now().await;
        scene.executor.yield_now().await;
        scene.say("c is served and aborted");
        workers[2].abort();
        for worker in workers {
            let end = worker.await;
            scene.say(format!("{end:?}"));
        }
        assert_eq!(semaphore.available(), 1);
    });
    let expected = "a has it, b dropped, a gave it back, c is served and aborted, Ok(()), Err(Cancelled), c dropped, \
                    d has it, Err(Cancelled), d gave it back, Ok(())";
    assert_eq!(order, expected);
}

/// As in CPython, with an `asyncio.Queue(1)`.
#[test]
fn a_full_channel_holds_its_senders_up_in_the_order_of_coming() {
    let order = order(|scene| async move {
        let (sender, mut receiver) = channel(NonZeroUsize::MIN);
        let put = |name: &'static str| {
            let sender = sender.clone();
            scene.spawn(move |scene| async move {
                for number in 0..2 {
                    sender.send(format!("{name}{number}")).await.unwrap();
                    scene.say(format!("put {name}{number}"));
                }
            })
        };
        let mut handles = vec![put("a"), put("b")];
        drop(sender);
        handles.push(scene.spawn(|scene| async move {
            while let Some(value) = receiver.recv().await {
                scene.say(format!("got {value}"));
            }
        }));
        join(handles).await;
    });
    assert_eq!(order, "put a0, got a0, put a1, got a1, put b0, got b0, put b1, got b1");
}

#[test]
fn a_channel_with_one_end_says_so_to_whoever_waits_at_it() {
    let order = order(|scene| async move {
        let (sender, mut receiver) = channel::<u8>(NonZeroUsize::MIN);
        let waiting = scene.spawn(|_| async move { receiver.recv().await });
        scene.executor.yield_now().await;
        drop(sender);
        assert_eq!(waiting.await, Ok(None));
        let (sender, receiver) = channel(NonZeroUsize::MIN);
        sender.send(1).await.unwrap();
        let waiting = scene.spawn(|_| async move { sender.send(2).await });
        scene.executor.yield_now().await;
        drop(receiver);
        assert_eq!(waiting.await.unwrap(), Err(Closed(2)));
    });
    assert_eq!(order, "");
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

#[test]
fn a_waker_called_by_another_thread_ends_the_park() {
    let executor = Executor::new(ThreadPlatform::new());
    let (send, receive) = mpsc::channel::<Waker>();
    let other = thread::spawn(move || receive.into_iter().for_each(Waker::wake));
    let expected = executor.expect_wakes();
    let mut left = 100;
    let main = poll_fn(move |context| {
        left -= 1;
        if left == 0 {
            return Poll::Ready(());
        }
        send.send(context.waker().clone()).unwrap();
        Poll::Pending
    });
    assert_eq!(executor.block_on(main), Ok(()));
    drop(expected);
    other.join().unwrap();
}

#[test]
fn offloaded_work_is_done_by_another_thread_and_its_fate_comes_back() {
    let executor = Executor::new(ThreadPlatform::new());
    let here = thread::current().id();
    let handle = executor.clone();
    let start = |work| drop(thread::spawn(work));
    let main = async move {
        let there = offload(&handle, || thread::current().id(), &start).await;
        assert_ne!(there, Ok(here));
        let torn = offload(&handle, || -> u8 { panic!("tore") }, &start).await;
        assert_eq!(torn, Err(JoinError::Panicked("tore".to_owned())));
        let dropped = offload(&handle, || 1, &drop).await;
        assert_eq!(dropped, Err(JoinError::Cancelled));
    };
    assert_eq!(executor.block_on(main), Ok(()));
}

#[test]
fn who_expects_nobody_any_more_is_not_waited_for() {
    let executor = Executor::new(ThreadPlatform::new());
    let expected = executor.expect_wakes();
    let other = thread::spawn(move || drop(expected));
    let stalled = executor.block_on(pending::<()>());
    assert!(matches!(stalled, Err(Unfinished::Stalled { .. })));
    other.join().unwrap();
}
