//! What threads share of the executor, under a model checker: every order in which two threads can take these steps.
//!
//! `cargo test -p engine --test executor_threads`. The two files that cross threads are built here once more, on loom's
//! atomics, locks and condition variables instead of the standard library's.

#[path = "../src/executor/outside.rs"]
mod outside;
#[path = "../src/executor/parker.rs"]
mod parker;

mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, Ordering};
    pub(crate) use loom::sync::{Condvar, Mutex};
}

mod platform {
    pub(crate) trait Unpark: Send + Sync {
        fn unpark(&self);
    }
}

mod task {
    pub(crate) type Key = u32;
}

use std::sync::Arc;

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use outside::{Expected, Outside, TaskWaker};
use parker::Parker;
use platform::Unpark;

/// Two threads write and wake, one each of two tasks; the executor goes on until it has seen both, or would hang.
#[test]
fn no_wake_is_lost_and_whoever_is_woken_sees_what_was_written_before() {
    let mut model = loom::model::Builder::new();
    // Three threads have very many orders; those in which three are interrupted are nearly all of the interest.
    model.preemption_bound = Some(3);
    model.check(|| {
        let (parker, outside) = door();
        let written = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        for task in 0..2 {
            let waker = Arc::new(TaskWaker::new(task, outside.clone()));
            let written = written.clone();
            thread::spawn(move || {
                written[task as usize].store(1, Ordering::Relaxed);
                waker.call();
            });
        }
        let mut seen = 0;
        while seen < 2 {
            outside.take(|task| {
                assert_eq!(written[task as usize].load(Ordering::Relaxed), 1);
                seen += 1;
            });
            if seen < 2 {
                parker.park(None);
            }
        }
    });
}

/// One waker, called twice: however the calls fall, the last one is followed by a poll that sees what it wrote.
#[test]
fn a_waker_called_again_while_its_call_is_taken_up_is_not_forgotten() {
    loom::model(|| {
        let (parker, outside) = door();
        let written = Arc::new(AtomicUsize::new(0));
        let waker = Arc::new(TaskWaker::new(0, outside.clone()));
        let writer = written.clone();
        thread::spawn(move || {
            writer.store(1, Ordering::Relaxed);
            waker.clone().call();
            writer.store(2, Ordering::Relaxed);
            waker.call();
        });
        let mut seen = 0;
        while seen < 2 {
            outside.take(|_| seen = written.load(Ordering::Relaxed));
            if seen < 2 {
                parker.park(None);
            }
        }
    });
}

/// Who is expected wakes and leaves. An executor that finds nobody expected has had the wake, or still finds it.
#[test]
fn nobody_is_given_up_who_has_called() {
    loom::model(|| {
        let (parker, outside) = door();
        let expected = Expected::new(&outside);
        let waker = Arc::new(TaskWaker::new(0, outside.clone()));
        thread::spawn(move || {
            waker.call();
            drop(expected);
        });
        let mut woken = false;
        loop {
            outside.take(|_| woken = true);
            if woken {
                break;
            }
            assert!(!outside.is_deserted(), "the run would end as stalled");
            parker.park(None);
        }
    });
}

/// Who is expected leaves without a word: the executor comes back from its park and finds itself deserted.
#[test]
fn a_park_for_somebody_who_never_comes_ends() {
    loom::model(|| {
        let (parker, outside) = door();
        let expected = Expected::new(&outside);
        thread::spawn(move || drop(expected));
        while !outside.is_deserted() {
            parker.park(None);
        }
    });
}

fn door() -> (Arc<Parker>, Arc<Outside>) {
    let parker = Arc::<Parker>::default();
    let unparker: Arc<dyn Unpark> = parker.clone();
    (parker, Arc::new(Outside::new(unparker)))
}
