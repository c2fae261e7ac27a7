//! tokio's current-thread runtime, with its own channel and timers.

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::mpsc::channel;
use tokio::task::{JoinHandle, spawn, yield_now};
use tokio::time::sleep;

use crate::{Work, YIELDS, delay_micros};

/// Does `work`.
pub fn run(work: Work) -> u64 {
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime without I/O needs nothing");
    match work {
        Work::Yields { tasks } => runtime.block_on(async move {
            let task = |_| {
                spawn(async move {
                    for _ in 0..YIELDS {
                        yield_now().await;
                    }
                    1
                })
            };
            join((0..tasks).map(task).collect()).await
        }),
        Work::Timers { tasks } => runtime.block_on(async move {
            let task = |index| {
                spawn(async move {
                    sleep(Duration::from_micros(delay_micros(index))).await;
                    1
                })
            };
            join((0..tasks).map(task).collect()).await
        }),
        Work::PingPong { rounds } => runtime.block_on(async move {
            let (ping, mut pinged) = channel(1);
            let (pong, mut ponged) = channel(1);
            spawn(async move {
                while let Some(number) = pinged.recv().await {
                    if pong.send(number + 1).await.is_err() {
                        break;
                    }
                }
            });
            let mut number = 0;
            for _ in 0..rounds {
                ping.send(number).await.expect("the other task receives");
                number = ponged.recv().await.expect("the other task answers");
            }
            number
        }),
    }
}

async fn join(handles: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await.expect("the task ends");
    }
    sum
}
