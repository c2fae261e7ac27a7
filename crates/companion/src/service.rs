//! The service that the requests of a measured run go to: a server in a process of its own, or a timer.

use std::net::SocketAddr;
use std::sync::Arc;

use engine::measure::Transport;
use lessons::{Diagnostic, Session};
use sockets::{Sessions, Sockets};

use crate::api::ApiConfig;
use crate::api::counts::Stats;
use crate::api::process::ApiProcess;
use crate::open_files;
use crate::request::{Clock, Request};

/// What the requests of a measured run go over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Real sockets, to a server that is started for the run.
    Sockets,
    /// A timer that stands in for a network.
    Timer,
}

/// A server that is up, and the way to it.
pub struct Service {
    server: ApiProcess,
    session: Session,
}

/// The way to a service, with connections that are yet to be opened.
pub fn sockets(address: SocketAddr, session: Session) -> Arc<dyn Transport> {
    let sessions = match session {
        Session::Own => Sessions::Own,
        Session::Shared { connections } => Sessions::Shared(connections as usize),
    };
    Arc::new(Sockets::new(address, sessions))
}

impl Network {
    /// The word for it on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Network::Sockets => "sockets",
            Network::Timer => "timer",
        }
    }

    /// Reads the typed word.
    ///
    /// # Errors
    /// Where it is another one.
    pub fn read(text: &str) -> Result<Network, Diagnostic> {
        let networks = [Network::Sockets, Network::Timer];
        let found = networks.into_iter().find(|network| network.id() == text);
        found.ok_or_else(|| Diagnostic::unknown_name("--network", text, networks.into_iter().map(Network::id)))
    }
}

impl Service {
    /// Starts the server that `request` needs; none where its lesson makes no requests, or a timer stands in for them.
    ///
    /// # Errors
    /// Why it cannot be started, as the end of a sentence.
    pub fn start(request: &Request) -> Result<Option<Service>, String> {
        let Some(service) = request.prepared.service else { return Ok(None) };
        if request.clock == Clock::Virtual || request.network == Network::Timer {
            return Ok(None);
        }
        let config = ApiConfig::unlimited(service.network, request.speed, request.seed);
        // Each request under way takes a connection. Where that is still too few, a request fails and says so.
        open_files::allow_most();
        let server = ApiProcess::start(&config).map_err(clause)?;
        Ok(Some(Service { server, session: service.session }))
    }

    /// The way to the server for one run, which finds no connection open and the server's counts at nothing.
    ///
    /// # Errors
    /// That the server is gone, as the end of a sentence.
    pub fn transport(&self) -> Result<Arc<dyn Transport>, String> {
        self.server.reset().map_err(clause)?;
        Ok(sockets(self.address(), self.session))
    }

    /// Where the server is.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The number by which the system knows the server.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// What the server served since the last run began.
    ///
    /// # Errors
    /// That the server is gone, as the end of a sentence.
    pub fn stats(&self) -> Result<Stats, String> {
        self.server.stats().map_err(clause)
    }
}

/// A sentence as the end of another.
fn clause(sentence: String) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters.as_str().chars()).collect()
}
