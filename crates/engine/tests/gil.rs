//! The GIL under a model checker: every order in which threads can take its steps.
//!
//! `cargo test -p engine --test gil`. Its file is built here once more, on loom's atomics and locks instead of the standard
//! library's. loom knows no time: whoever waits for the switch interval goes on at any moment, as if it had ended. All other
//! waits end only when somebody ends them, so a thread that is not told of its turn is found.

#[path = "../src/measure/gil.rs"]
mod gil;

mod sync {
    use std::ops::{Deref, DerefMut};
    use std::sync::{LockResult, PoisonError};
    use std::time::Duration;

    pub(crate) use loom::sync::atomic::{AtomicBool, Ordering};
    use loom::thread;

    #[derive(Debug)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    /// A guard that knows its lock, to let go of it and to take it again.
    pub(crate) struct MutexGuard<'a, T> {
        mutex: &'a Mutex<T>,
        guard: loom::sync::MutexGuard<'a, T>,
    }

    #[derive(Debug)]
    pub(crate) struct Condvar(loom::sync::Condvar);

    pub(crate) struct Waited;

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Mutex<T> {
            Mutex(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(MutexGuard { mutex: self, guard })
        }
    }

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.guard
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            &mut self.guard
        }
    }

    impl Condvar {
        pub(crate) fn new() -> Condvar {
            Condvar(loom::sync::Condvar::new())
        }

        pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
            let MutexGuard { mutex, guard } = guard;
            let guard = self.0.wait(guard).unwrap_or_else(PoisonError::into_inner);
            Ok(MutexGuard { mutex, guard })
        }

        pub(crate) fn wait_timeout<'a, T>(
            &self,
            guard: MutexGuard<'a, T>,
            _: Duration,
        ) -> LockResult<(MutexGuard<'a, T>, Waited)> {
            let mutex = guard.mutex;
            drop(guard);
            thread::yield_now();
            Ok((mutex.lock().unwrap_or_else(PoisonError::into_inner), Waited))
        }

        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
    }

    impl Waited {
        pub(crate) fn timed_out(&self) -> bool {
            true
        }
    }
}

mod trace {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct TaskId(pub(crate) u32);
}

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gil::Gil;
use loom::sync::atomic::AtomicUsize;
use loom::thread;
use trace::TaskId;

/// loom fails a run in which somebody waits who is never told.
#[test]
fn one_thread_has_it_at_a_time_and_everybody_gets_it() {
    check(|| {
        let gil = Arc::new(Gil::new(Duration::ZERO));
        let turns = Arc::new(Turns::default());
        let others: Vec<_> = (1..3)
            .map(|task| {
                let (gil, turns) = (Arc::clone(&gil), Arc::clone(&turns));
                thread::spawn(move || turns.take(&gil, task))
            })
            .collect();
        turns.take(&gil, 0);
        for other in others {
            other.join().unwrap();
        }
        assert!(gil.try_acquire() && !gil.is_asked_for() && !gil.is_wanted());
        assert_eq!(turns.taken.load(Ordering::Relaxed), 3);
    });
}

/// Whoever holds the GIL when somebody's interval ends is asked for it; whoever gets it next is not.
#[test]
fn a_request_reaches_the_holder_and_nobody_after_it() {
    for waits_for_request in [false, true] {
        check(move || {
            let gil = Arc::new(Gil::new(Duration::ZERO));
            assert!(gil.try_acquire());
            let other = {
                let gil = Arc::clone(&gil);
                thread::spawn(move || {
                    assert_eq!(gil.acquire(), Some(TaskId(0)));
                    assert!(!gil.is_asked_for(), "a request outlived the holder whom it was meant for");
                    gil.release(Some(TaskId(1)));
                })
            };
            while waits_for_request && !gil.is_asked_for() {
                thread::yield_now();
            }
            if gil.is_asked_for() {
                gil.release(Some(TaskId(0)));
                assert_eq!(gil.acquire(), Some(TaskId(1)), "who passes it on stands behind whoever asked");
                assert!(!gil.is_asked_for() && !gil.is_wanted());
            }
            gil.release(Some(TaskId(0)));
            other.join().unwrap();
            assert!(!gil.is_asked_for() && !gil.is_wanted());
        });
    }
}

/// Who keeps the GIL until it is asked for it never keeps it for ever: also who stood in line behind another asks.
#[test]
fn whoever_becomes_the_first_in_line_asks() {
    check(|| {
        let gil = Arc::new(Gil::new(Duration::ZERO));
        let turns = Arc::new(Turns::default());
        assert!(gil.try_acquire());
        let others: Vec<_> = (1..3)
            .map(|task| {
                let (gil, turns) = (Arc::clone(&gil), Arc::clone(&turns));
                thread::spawn(move || {
                    gil.acquire();
                    let taken = turns.taken.load(Ordering::Relaxed);
                    turns.taken.store(taken + 1, Ordering::Relaxed);
                    while taken == 0 && !gil.is_asked_for() {
                        thread::yield_now();
                    }
                    gil.release(Some(TaskId(task)));
                })
            })
            .collect();
        gil.release(Some(TaskId(0)));
        for other in others {
            other.join().unwrap();
        }
        assert!(gil.try_acquire() && !gil.is_asked_for() && !gil.is_wanted());
    });
}

/// What threads do with the GIL in hand. Without an order between them they would neither see nor count each other right.
#[derive(Default)]
struct Turns {
    is_taken: AtomicUsize,
    taken: AtomicUsize,
}

impl Turns {
    fn take(&self, gil: &Gil, task: u32) {
        if !gil.try_acquire() {
            gil.acquire();
        }
        assert_eq!(self.is_taken.load(Ordering::Relaxed), 0);
        self.is_taken.store(1, Ordering::Relaxed);
        let taken = self.taken.load(Ordering::Relaxed);
        self.taken.store(taken + 1, Ordering::Relaxed);
        self.is_taken.store(0, Ordering::Relaxed);
        gil.release(Some(TaskId(task)));
    }
}

/// Three or four threads have very many orders; those in which two are interrupted are nearly all of the interest.
fn check(threads: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(threads);
}
