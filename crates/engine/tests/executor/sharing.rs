//! A semaphore and a channel: who is served when.
//!
//! Where a test names a line of CPython, its order is what `asyncio` of 3.9 and of 3.13 printed for the same program.

use std::num::NonZeroUsize;

use engine::executor::{Closed, Semaphore, channel};

use super::scene::{join, order};

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
