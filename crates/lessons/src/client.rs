//! Clients of networks, as several lessons have them.

use engine::network::{FAILURES, FailureRate, Latency, Network, Retries};
use engine::task::Client;
use engine::time::Nanos;

/// A client of a network that never fails, so that it has nothing to try again; handling a response takes it so much CPU
/// time.
pub(crate) fn of_reliable_network(latency: Latency, handling: Nanos) -> Client {
    Client {
        network: Network { latency, failure_rate: FailureRate::NONE, handling },
        retries: Retries { most: 0, on: FAILURES, backoff: Nanos::ZERO },
    }
}
