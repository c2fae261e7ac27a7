//! Wakers, which tasks are lent in turn until somebody keeps one.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use engine::time::Nanos;

use super::scene::{join, order};

/// Each of several tasks keeps its waker, lets go of a clone at once, or keeps none, in every order: whoever is woken by a
/// kept one is the task that kept it.
#[test]
fn a_kept_waker_wakes_the_task_that_kept_it() {
    for keepers in 0..1_u32 << 6 {
        let order = order(|scene| async move {
            let kept = Rc::<RefCell<Vec<(usize, Waker)>>>::default();
            let wait = |number: usize| {
                let (kept, mut polls) = (Rc::clone(&kept), 0);
                scene.spawn(move |scene| async move {
                    // Polled by way of the ready queue once before, so that the lent waker has been somebody else's.
                    scene.executor.yield_now().await;
                    poll_fn(|context| {
                        polls += 1;
                        if polls == 2 {
                            return Poll::Ready(());
                        }
                        if keepers >> number & 1 == 1 {
                            kept.borrow_mut().push((number, context.waker().clone()));
                        } else {
                            drop(context.waker().clone());
                            context.waker().wake_by_ref();
                        }
                        Poll::Pending
                    })
                    .await;
                    if keepers >> number & 1 == 1 {
                        scene.say(number.to_string());
                    }
                })
            };
            let tasks: Vec<_> = (0..6).map(wait).collect();
            for _ in 0..4 {
                scene.executor.yield_now().await;
            }
            let kept = std::mem::take(&mut *kept.borrow_mut());
            for (number, waker) in kept.into_iter().rev() {
                scene.say(format!("wake {number}"));
                waker.wake();
                scene.executor.yield_now().await;
                scene.executor.yield_now().await;
            }
            join(tasks).await;
        });
        let expected = (0..6).rev().filter(|number| keepers >> number & 1 == 1);
        let expected: Vec<_> = expected.map(|number| format!("wake {number}, {number}")).collect();
        assert_eq!(order, expected.join(", "), "{keepers:06b}");
    }
}

/// Far more timers are taken back than remain, some of them those that would be due first.
#[test]
fn timers_that_are_taken_back_in_great_numbers_wake_nobody() {
    let order = order(|scene| async move {
        let waker = CountingWaker::default();
        let mut timers: Vec<_> = (1..=1_000).map(|at| Box::pin(scene.executor.sleep_until(Nanos(at)))).collect();
        for timer in &mut timers {
            assert!(waker.poll(timer.as_mut()).is_pending());
        }
        let mut number = 0;
        timers.retain(|_| {
            number += 1;
            number % 100 == 0
        });
        scene.executor.sleep_until(Nanos(500)).await;
        scene.say(format!("{} by 500", waker.count()));
        scene.executor.sleep_until(Nanos(2_000)).await;
        scene.say(format!("{} in all", waker.count()));
        for timer in &mut timers {
            assert!(waker.poll(timer.as_mut()).is_ready());
        }
    });
    assert_eq!(order, "5 by 500, 10 in all");
}

#[test]
fn a_timer_wakes_whoever_polled_it_last() {
    let order = order(|scene| async move {
        let (first, last) = (CountingWaker::default(), CountingWaker::default());
        let mut timer = Box::pin(scene.executor.sleep_until(Nanos(1)));
        assert!(first.poll(timer.as_mut()).is_pending());
        assert!(last.poll(timer.as_mut()).is_pending());
        scene.executor.sleep_until(Nanos(2)).await;
        scene.say(format!("{} and {}", first.count(), last.count()));
    });
    assert_eq!(order, "0 and 1");
}

#[derive(Default)]
struct CountingWaker(Arc<Count>);

#[derive(Default)]
struct Count(AtomicUsize);

impl CountingWaker {
    fn poll<T>(&self, future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        let waker = Waker::from(Arc::clone(&self.0));
        future.poll(&mut Context::from_waker(&waker))
    }

    fn count(&self) -> usize {
        self.0.0.load(Ordering::Relaxed)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
