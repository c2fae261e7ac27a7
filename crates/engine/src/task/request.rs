//! Requests over a network, with their retries: made of an exchange, the handling of its answer, and the wait before the
//! next attempt.

use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use serde::{Deserialize, Serialize};

use crate::network::{Network, OK, Responded, Retries};
use crate::operation::{Exchange, Operation, Request};
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
        let request = exchange(self, client, number, 1, line);
        Requesting { task: self, client, number, attempt: 1, at: Step::Exchange, request }
    }
}

/// A request under way. A task has most of its life in here, so it holds one operation and no more.
struct Requesting<'t> {
    task: &'t mut Task,
    client: &'t Client,
    number: u64,
    attempt: u32,
    at: Step,
    /// What is asked for now.
    request: Request,
}

/// How far an attempt is.
enum Step {
    /// It waits for the answer.
    Exchange,
    /// It handles this answer.
    Handling(Responded),
    /// It waits before the next attempt.
    Backoff,
}

impl Future for Requesting<'_> {
    type Output = Received;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Received> {
        let Requesting { task, client, number, attempt, at, request } = self.get_mut();
        loop {
            let reply = ready!(task.host.poll(task.id, request, context));
            let line = request.line;
            let responded = match at {
                Step::Exchange => {
                    let responded = reply.responded();
                    let handling = client.network.handling;
                    if handling.0 > 0 {
                        *at = Step::Handling(responded);
                        *request = Request::at(line, Operation::Compute(Computation::Spin(handling)));
                        continue;
                    }
                    responded
                }
                Step::Handling(responded) => {
                    reply.value();
                    *responded
                }
                Step::Backoff => {
                    reply.done();
                    *at = Step::Exchange;
                    *request = exchange(task, client, *number, *attempt, line);
                    continue;
                }
            };
            let Some(wait) = client.retries.after(responded, *attempt) else {
                return Poll::Ready(Received { status: responded.status, attempts: *attempt });
            };
            *attempt += 1;
            if wait.0 > 0 {
                *at = Step::Backoff;
                *request = Request::at(line, Operation::Sleep(wait));
            } else {
                *at = Step::Exchange;
                *request = exchange(task, client, *number, *attempt, line);
            }
        }
    }
}

/// An attempt at a request, its answer drawn.
fn exchange(task: &Task, client: &Client, request: u64, attempt: u32, line: Line) -> Request {
    let response = client.network.respond(task.seed, request, attempt);
    Request::at(line, Operation::Request(Exchange { request, attempt, response }))
}
