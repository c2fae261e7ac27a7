//! async-executor's `LocalExecutor`, with async-channel and, where there are timers, async-io.

use std::rc::Rc;
use std::time::Duration;

use async_channel::bounded;
use async_executor::{LocalExecutor, Task};
use async_io::Timer;
use futures_lite::future::{block_on, yield_now};

use crate::{Work, YIELDS, delay_micros};

/// Does `work`.
pub fn run(work: Work) -> u64 {
    let executor = Rc::new(LocalExecutor::new());
    match work {
        Work::Yields { tasks } => block_on(executor.run(async {
            let spawn = |_| {
                executor.spawn(async move {
                    for _ in 0..YIELDS {
                        yield_now().await;
                    }
                    1
                })
            };
            join((0..tasks).map(spawn).collect()).await
        })),
        Work::Timers { tasks } => async_io::block_on(executor.run(async {
            let spawn = |index| {
                executor.spawn(async move {
                    Timer::after(Duration::from_micros(delay_micros(index))).await;
                    1
                })
            };
            join((0..tasks).map(spawn).collect()).await
        })),
        Work::PingPong { rounds } => block_on(executor.run(async {
            let (ping, pinged) = bounded(1);
            let (pong, ponged) = bounded(1);
            let answer = async move {
                while let Ok(number) = pinged.recv().await {
                    if pong.send(number + 1).await.is_err() {
                        break;
                    }
                }
            };
            executor.spawn(answer).detach();
            // The first task is spawned too: what `run` itself polls is not one of the executor's tasks.
            let ask = async move {
                let mut number = 0;
                for _ in 0..rounds {
                    ping.send(number).await.expect("the other task receives");
                    number = ponged.recv().await.expect("the other task answers");
                }
                number
            };
            executor.spawn(ask).await
        })),
    }
}

async fn join(tasks: Vec<Task<u64>>) -> u64 {
    let mut sum = 0;
    for task in tasks {
        sum += task.await;
    }
    sum
}
