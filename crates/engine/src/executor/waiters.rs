//! A line of tasks that wait for the same thing: first come, first served.

use std::collections::VecDeque;
use std::task::Waker;

/// Whoever waits, the first in front. Who leaves the line before being called leaves no gap.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    /// In ascending order of tickets.
    line: VecDeque<Waiter>,
    /// The next ticket.
    next: u64,
}

#[derive(Debug)]
struct Waiter {
    /// Its number.
    ticket: Ticket,
    /// How it is called.
    waker: Waker,
}

/// The number of one who waits. Who has a ticket and no longer stands in the line has been called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

impl Waiters {
    /// Joins the line at its end.
    pub(super) fn join(&mut self, waker: &Waker) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.line.push_back(Waiter { ticket, waker: waker.clone() });
        ticket
    }

    /// Whether `ticket` has not been called yet; if so, it will be called by `waker`.
    pub(super) fn still_waits(&mut self, ticket: Ticket, waker: &Waker) -> bool {
        let place = self.place(ticket);
        if let Some(place) = place {
            self.line[place].waker.clone_from(waker);
        }
        place.is_some()
    }

    /// Leaves the line. Gives the waker back if `ticket` has not been called yet.
    pub(super) fn leave(&mut self, ticket: Ticket) -> Option<Waker> {
        let place = self.place(ticket)?;
        self.line.remove(place).map(|waiter| waiter.waker)
    }

    /// Takes the first one out, to be woken by the caller when nothing is borrowed any more.
    pub(super) fn call_next(&mut self) -> Option<Waker> {
        self.line.pop_front().map(|waiter| waiter.waker)
    }

    fn place(&self, ticket: Ticket) -> Option<usize> {
        self.line.binary_search_by_key(&ticket, |waiter| waiter.ticket).ok()
    }
}
