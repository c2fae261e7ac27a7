//! The pages on tokio with its clock paused, which jumps to the next timer when nothing else is left to do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::Semaphore;

use crate::pages::{PERMITS, network};

/// Receives so many pages, and returns how long that took.
pub fn receive(tasks: u64) -> Duration {
    let network = network();
    let start = Instant::now();
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let received = runtime.expect("a runtime without I/O needs nothing").block_on(async {
        let permits = Arc::new(Semaphore::new(PERMITS.into()));
        let pages: Vec<_> = (0..tasks)
            .map(|number| {
                let permits = Arc::clone(&permits);
                tokio::spawn(async move {
                    let _permit = permits.acquire().await;
                    let response = network.respond(0, number, 1);
                    tokio::time::sleep(response.latency.into()).await;
                    u64::from(response.status == 200)
                })
            })
            .collect();
        let mut received = 0;
        for page in pages {
            received += page.await.unwrap_or_default();
        }
        received
    });
    let time = start.elapsed();
    assert_eq!(received, tasks);
    time
}
