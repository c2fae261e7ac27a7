//! Requests over a network, with their retries: made of an exchange, the handling of its answer, and the wait before the
//! next attempt.

use std::panic::Location;

use serde::{Deserialize, Serialize};

use crate::network::{Network, OK, Retries};
use crate::operation::{Exchange, Operation, Reply, Request};
use crate::task::Task;
use crate::trace::Line;
use crate::work::Computation;

/// Who makes requests: over which network, and how often it tries again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// The network.
    pub network: Network,
    /// The retries.
    pub retries: Retries,
}

/// What a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The status code of the last attempt, such as 200.
    pub status: u16,
    /// How many attempts there were, at least one.
    pub attempts: u32,
}

impl Received {
    /// Whether the last attempt went well.
    pub fn is_ok(self) -> bool {
        self.status == OK
    }
}

impl Task {
    /// Makes the request of this number: waits for the answer, handles it, and tries again where the client does. Requests
    /// of one number are answered alike in every run of one seed.
    #[track_caller]
    pub fn request<'t>(&'t mut self, client: &'t Client, number: u64) -> impl Future<Output = Received> + 't {
        let line = Line(Location::caller().line());
        async move {
            let mut attempt = 1;
            loop {
                let response = client.network.respond(self.seed, number, attempt);
                let exchange = Operation::Request(Exchange { request: number, attempt, response });
                let responded =
                    self.ask(Request { operation: exchange, line, has_begun: false }, Reply::responded).await;
                if client.network.handling.0 > 0 {
                    let handling = Operation::Compute(Computation::Spin(client.network.handling));
                    self.ask(Request { operation: handling, line, has_begun: false }, Reply::value).await;
                }
                let Some(wait) = client.retries.after(responded, attempt) else {
                    return Received { status: responded.status, attempts: attempt };
                };
                if wait.0 > 0 {
                    let sleep = Operation::Sleep(wait);
                    self.ask(Request { operation: sleep, line, has_begun: false }, Reply::done).await;
                }
                attempt += 1;
            }
        }
    }
}
