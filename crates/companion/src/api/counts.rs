//! What the server has done so far.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// What a server served since it began, or since its counts were cleared.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Stats {
    /// How many answers of each status went out; questions about the counts, and what was refused, are not among them.
    pub served: BTreeMap<u16, u64>,
    /// Requests for a page that were under way at once.
    pub requests: AtOnce,
    /// Connections that were open at once; one that asks about the counts is not among them.
    pub connections: AtOnce,
    /// What was turned away.
    pub refused: Refused,
}

/// How many there were at once.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct AtOnce {
    /// How many there are.
    pub now: u64,
    /// The most that there have been.
    pub most: u64,
}

/// What was turned away because there was too much of it.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Refused {
    /// Requests above the limit.
    pub requests: u64,
    /// Connections above the ceiling.
    pub connections: u64,
}

/// What is counted while it lasts.
#[derive(Clone, Copy, Debug)]
pub enum Lasting {
    /// A request for a page.
    Request,
    /// A connection.
    Connection,
}

/// The counts of a server, which its connections share.
#[derive(Debug, Default)]
pub struct Counts(Mutex<Stats>);

/// A request or a connection that is counted until this is dropped.
#[derive(Debug)]
pub struct Counted {
    counts: Arc<Counts>,
    what: Lasting,
    /// The most that there had been when it came.
    before: u64,
}

impl Counts {
    /// Counts one more, unless there are `most` of them already: it is then counted as refused.
    pub fn enter(self: &Arc<Counts>, what: Lasting, most: u64) -> Option<Counted> {
        let mut stats = self.lock();
        let (at_once, refused) = stats.of(what);
        if at_once.now >= most {
            *refused += 1;
            return None;
        }
        let before = at_once.most;
        at_once.now += 1;
        at_once.most = before.max(at_once.now);
        Some(Counted { counts: Arc::clone(self), what, before })
    }

    /// Counts an answer of this status.
    pub fn serve(&self, status: u16) {
        *self.lock().served.entry(status).or_default() += 1;
    }

    /// All counts as they are.
    pub fn stats(&self) -> Stats {
        self.lock().clone()
    }

    /// Begins anew; what is under way stays so.
    pub fn clear(&self) {
        let mut stats = self.lock();
        let begun = |at_once: AtOnce| AtOnce { now: at_once.now, most: at_once.now };
        let (requests, connections) = (begun(stats.requests), begun(stats.connections));
        *stats = Stats { requests, connections, ..Stats::default() };
    }

    fn lock(&self) -> MutexGuard<'_, Stats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// Ends it as if it had never been counted.
    pub fn forget(self) {
        let mut stats = self.counts.lock();
        let at_once = stats.of(self.what).0;
        // It was there all the time, so a record since then is one too high.
        if at_once.most > self.before {
            at_once.most -= 1;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.counts.lock().of(self.what).0.now -= 1;
    }
}

impl Stats {
    fn of(&mut self, what: Lasting) -> (&mut AtOnce, &mut u64) {
        match what {
            Lasting::Request => (&mut self.requests, &mut self.refused.requests),
            Lasting::Connection => (&mut self.connections, &mut self.refused.connections),
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.served.values().sum::<u64>() {
            0 => f.write_str("Answers: none.")?,
            total => {
                let each = self.served.iter().map(|(status, count)| format!("{count} with status {status}"));
                write!(f, "Answers: {total} ({}).", each.collect::<Vec<_>>().join(", "))?;
            }
        }
        let most = (self.requests.most, self.connections.most);
        write!(f, " The most at once: requests {}, connections {}.", most.0, most.1)?;
        write!(f, " Refused: requests {}, connections {}.", self.refused.requests, self.refused.connections)
    }
}
