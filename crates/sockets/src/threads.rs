//! Requests of threads that block, with the client `ureq`.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::network::{OK, Responded};
use engine::time::Nanos;
use ureq::Agent;

use crate::{files, page};

/// Which connections a thread finds open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// Those that it opened itself: each thread has a session of its own.
    Own,
    /// Those of all threads, which share one session; it keeps so many open that nobody uses.
    Shared(usize),
}

/// How it is told that the other side has closed a connection.
const CLOSED: [ErrorKind; 4] =
    [ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted, ErrorKind::BrokenPipe, ErrorKind::UnexpectedEof];

/// The bytes of a connection's buffers.
const BUFFER: usize = 8 * 1024;

/// The threads' way to one service.
pub(crate) struct Threads {
    url: String,
    session: Session,
}

enum Session {
    Own {
        /// Which of the process's services this is, for a thread that has sessions with several.
        number: u64,
    },
    Shared(Agent),
}

thread_local! {
    /// The session of this thread that was used last, and with which service.
    static OWN: RefCell<Option<(u64, Agent)>> = const { RefCell::new(None) };
}

impl Threads {
    pub(crate) fn new(address: SocketAddr, sessions: Sessions) -> Threads {
        static SERVICES: AtomicU64 = AtomicU64::new(0);
        let session = match sessions {
            Sessions::Own => Session::Own { number: SERVICES.fetch_add(1, Ordering::Relaxed) },
            Sessions::Shared(connections) => Session::Shared(agent(connections)),
        };
        Threads { url: format!("http://{address}{}", page::PATH), session }
    }

    pub(crate) fn exchange(&self, number: u64, attempt: u32) -> Result<Responded, String> {
        match &self.session {
            Session::Shared(agent) => self.ask(agent, number, attempt),
            Session::Own { number: service } => OWN.with_borrow_mut(|own| {
                if own.as_ref().is_none_or(|(of, _)| of != service) {
                    *own = Some((*service, agent(1)));
                }
                let Some((_, agent)) = own else { unreachable!("it was made just now") };
                self.ask(agent, number, attempt)
            }),
        }
    }

    fn ask(&self, agent: &Agent, number: u64, attempt: u32) -> Result<Responded, String> {
        let failed = |error: ureq::Error| match error {
            ureq::Error::Io(error) => format!("its request of {} failed ({})", self.url, files::told(&error)),
            error => format!("its request of {} failed ({error})", self.url),
        };
        let send = || agent.get(format!("{}?page={number}", self.url)).header(page::ATTEMPT, attempt).call();
        let mut response = match send() {
            // The service may close a connection just as it is used again. A GET may be sent twice (RFC 9110, 9.2.2).
            Err(ureq::Error::Io(error)) if CLOSED.contains(&error.kind()) => send(),
            sent => sent,
        }
        .map_err(failed)?;
        let status = response.status().as_u16();
        let seconds = response.headers().get("retry-after").and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        let retry_after = seconds.map(|seconds| Nanos::from(Duration::from_secs(seconds)));
        let body = response.body_mut().read_to_vec().map_err(failed)?;
        if status == OK {
            page::decode(number, &body)?;
        }
        Ok(Responded { status, retry_after })
    }
}

/// A session that keeps so many idle connections.
fn agent(connections: usize) -> Agent {
    Agent::config_builder()
        // A status that is no success is an answer like any other.
        .http_status_as_error(false)
        // A page is far smaller. Usual are two of 128 KiB, by which a thread would seem to cost many times what it does.
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_idle_connections(connections)
        .max_idle_connections_per_host(connections)
        .proxy(None)
        .build()
        .new_agent()
}
