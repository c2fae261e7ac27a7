//! The engine's executor.

use std::num::NonZeroUsize;

use engine::executor::{Executor, JoinHandle, ThreadPlatform, channel};
use engine::time::Nanos;

use crate::{Work, YIELDS, delay_micros};

/// Does `work`.
pub fn run(work: Work) -> u64 {
    let executor = Executor::new(ThreadPlatform::new());
    let handle = executor.clone();
    let done = match work {
        Work::Yields { tasks } => executor.block_on(async move {
            let spawn = |_| {
                let yields = handle.clone();
                handle.spawn(async move {
                    for _ in 0..YIELDS {
                        yields.yield_now().await;
                    }
                    1
                })
            };
            join((0..tasks).map(spawn).collect()).await
        }),
        Work::Timers { tasks } => executor.block_on(async move {
            let spawn = |index| {
                let sleeps = handle.clone();
                handle.spawn(async move {
                    sleeps.sleep(Nanos(delay_micros(index) * 1_000)).await;
                    1
                })
            };
            join((0..tasks).map(spawn).collect()).await
        }),
        Work::PingPong { rounds } => executor.block_on(async move {
            let (ping, mut pinged) = channel(NonZeroUsize::MIN);
            let (pong, mut ponged) = channel(NonZeroUsize::MIN);
            handle.spawn(async move {
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
    };
    done.expect("the main task ends")
}

async fn join(handles: Vec<JoinHandle<u64>>) -> u64 {
    let mut sum = 0;
    for handle in handles {
        sum += handle.await.expect("the task ends");
    }
    sum
}
