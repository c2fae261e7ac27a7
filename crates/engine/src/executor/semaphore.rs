//! A semaphore: so many tasks at once, and no more.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::waiters::{Ticket, Waiters};

/// A number of permits, each of which one task can have. Clones are handles on the same permits.
///
/// Who waits is served in the order of coming. A permit that is given back while somebody waits goes to the first of them
/// directly: nobody who comes later can take it in between. So does that of a waiter who is dropped after being served.
#[derive(Clone)]
pub struct Semaphore {
    state: Rc<RefCell<State>>,
}

struct State {
    /// Permits that nobody has. While somebody waits there are none.
    free: usize,
    /// Who waits for one.
    waiters: Waiters,
}

/// A permit, given back when it is dropped.
#[must_use = "the permit is given back as soon as this is dropped"]
pub struct Permit {
    semaphore: Semaphore,
}

/// Waits for a permit.
#[must_use = "nobody waits for a permit until this is awaited"]
pub struct Acquire {
    semaphore: Semaphore,
    /// The place in the line, until the permit is in hand.
    ticket: Option<Ticket>,
}

impl Semaphore {
    /// A semaphore with `permits` permits.
    pub fn new(permits: usize) -> Self {
        Semaphore { state: Rc::new(RefCell::new(State { free: permits, waiters: Waiters::default() })) }
    }

    /// Takes a permit as soon as there is one. Waits only if there is none.
    pub fn acquire(&self) -> Acquire {
        Acquire { semaphore: self.clone(), ticket: None }
    }

    /// Takes a permit if one is free.
    pub fn try_acquire(&self) -> Option<Permit> {
        let mut state = self.state.borrow_mut();
        state.free = state.free.checked_sub(1)?;
        Some(Permit { semaphore: self.clone() })
    }

    /// How many permits nobody has.
    pub fn available(&self) -> usize {
        self.state.borrow().free
    }

    fn give_back(&self) {
        let mut state = self.state.borrow_mut();
        let next = state.waiters.call_next();
        if next.is_none() {
            state.free += 1;
        }
        drop(state);
        if let Some(waker) = next {
            waker.wake();
        }
    }
}

impl Future for Acquire {
    type Output = Permit;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Permit> {
        if let Some(ticket) = self.ticket {
            if self.semaphore.state.borrow_mut().waiters.still_waits(ticket, context.waker()) {
                return Poll::Pending;
            }
            self.ticket = None;
            return Poll::Ready(Permit { semaphore: self.semaphore.clone() });
        }
        if let Some(permit) = self.semaphore.try_acquire() {
            return Poll::Ready(permit);
        }
        let ticket = self.semaphore.state.borrow_mut().waiters.join(context.waker());
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let waiting = self.semaphore.state.borrow_mut().waiters.leave(ticket);
        if waiting.is_none() {
            // It was served and never came to know.
            self.semaphore.give_back();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.semaphore.give_back();
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Semaphore with {} free permits", self.available())
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acquire")
    }
}
