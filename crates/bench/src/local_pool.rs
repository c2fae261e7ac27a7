//! futures' `LocalPool`, with its own channel and, where there are timers, futures-timer.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::channel::mpsc::channel;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use futures::{SinkExt, StreamExt};
use futures_timer::Delay;

use crate::{Work, YIELDS, delay_micros};

/// Does `work`. Nobody joins the tasks one by one: the pool runs until none is left, which is its fastest way.
pub fn run(work: Work) -> u64 {
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    let done = Rc::new(Cell::new(0));
    match work {
        Work::Yields { tasks } => {
            for _ in 0..tasks {
                let done = Rc::clone(&done);
                let task = async move {
                    for _ in 0..YIELDS {
                        yield_now().await;
                    }
                    done.set(done.get() + 1);
                };
                spawner.spawn_local(task).expect("the pool is there");
            }
        }
        Work::Timers { tasks } => {
            for index in 0..tasks {
                let done = Rc::clone(&done);
                let task = async move {
                    Delay::new(Duration::from_micros(delay_micros(index))).await;
                    done.set(done.get() + 1);
                };
                spawner.spawn_local(task).expect("the pool is there");
            }
        }
        Work::PingPong { rounds } => {
            // A futures channel has room for one value a sender besides its own.
            let (mut ping, mut pinged) = channel(0);
            let (mut pong, mut ponged) = channel(0);
            let answer = async move {
                while let Some(number) = pinged.next().await {
                    if pong.send(number + 1).await.is_err() {
                        break;
                    }
                }
            };
            spawner.spawn_local(answer).expect("the pool is there");
            let asked = Rc::clone(&done);
            let ask = async move {
                for _ in 0..rounds {
                    ping.send(asked.get()).await.expect("the other task receives");
                    asked.set(ponged.next().await.expect("the other task answers"));
                }
            };
            spawner.spawn_local(ask).expect("the pool is there");
        }
    }
    pool.run();
    done.get()
}

async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
