//! Other threads: wakers called from there, and work that is sent there.

use std::future::{pending, poll_fn};
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread;

use engine::executor::{Executor, JoinError, ThreadPlatform, Unfinished, offload};

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
