//! Real sockets for measured runs: the network that a run's requests go over.
//!
//! A service is an HTTP server on this machine that answers `GET /employees?page=N` with one page as JSON; `interleave api`
//! is one. [`Sockets`] asks it in two ways, as Python programs do:
//!
//! - **A thread blocks** ([`Sockets::exchange`](engine::measure::Transport::exchange)) until its answer is there. Its
//!   connections stay open in a session, its own or one that all threads share.
//! - **An event loop** waits for many at once: its selector ([`poll`]) knows which non-blocking sockets are ready, and each
//!   request is a future over one of them ([`session`]).

mod files;
mod page;
pub mod poll;
pub mod session;
mod stream;
mod threads;

use std::net::SocketAddr;
use std::rc::Rc;

use engine::measure::{Selector, Transport};
use engine::network::Responded;

pub use threads::Sessions;

use poll::Poll;
use session::Session;
use threads::Threads;

/// The way to one service.
pub struct Sockets {
    address: SocketAddr,
    threads: Threads,
}

impl Sockets {
    /// The way to the service at `address`, for threads with such sessions. An event loop has one session for all its tasks.
    pub fn new(address: SocketAddr, sessions: Sessions) -> Sockets {
        Sockets { address, threads: Threads::new(address, sessions) }
    }
}

impl Transport for Sockets {
    fn exchange(&self, request: u64, attempt: u32) -> Result<Responded, String> {
        self.threads.exchange(request, attempt)
    }

    fn selector(&self) -> Result<Rc<dyn Selector>, String> {
        let poll = Poll::new().map_err(|error| format!("this system gives no selector ({error})"))?;
        Ok(Rc::new(Session::new(self.address, poll)))
    }
}
