//! A bounded channel: many tasks send, one receives, and who sends too fast waits.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::waiters::{Ticket, Waiters};

/// A channel with room for `capacity` values.
pub fn channel<T>(capacity: NonZeroUsize) -> (Sender<T>, Receiver<T>) {
    let state = Rc::new(RefCell::new(State {
        values: VecDeque::new(),
        room: capacity.get(),
        waiting: Waiters::default(),
        receiver: None,
        senders: 1,
        received: true,
    }));
    (Sender { state: Rc::clone(&state) }, Receiver { state })
}

struct State<T> {
    /// What was sent and not received.
    values: VecDeque<T>,
    /// For how many more values there is room. While a sender waits there is none.
    room: usize,
    /// Senders that wait for room, served in the order of coming.
    waiting: Waiters,
    /// The receiver's waker, while it waits.
    receiver: Option<Waker>,
    /// How many senders there are.
    senders: usize,
    /// Whether there is a receiver.
    received: bool,
}

/// The end of a channel that values are put into. Clones put into the same one.
pub struct Sender<T> {
    state: Rc<RefCell<State<T>>>,
}

/// The end of a channel that values come out of.
pub struct Receiver<T> {
    state: Rc<RefCell<State<T>>>,
}

/// The value that could not be sent, because nobody is left to receive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed<T>(pub T);

/// Waits for room in a channel, and puts a value there.
#[must_use = "nothing is sent until this is awaited"]
pub struct Send<'a, T> {
    sender: &'a Sender<T>,
    /// What is to be sent.
    value: Option<T>,
    /// The place among the waiting senders.
    ticket: Option<Ticket>,
}

/// Waits for a value from a channel.
#[must_use = "nothing is received until this is awaited"]
pub struct Recv<'a, T> {
    receiver: &'a mut Receiver<T>,
}

impl<T> Sender<T> {
    /// Sends `value`, waiting while there is no room.
    ///
    /// # Errors
    /// [`Closed`] with the value, where the receiver is gone.
    pub fn send(&self, value: T) -> Send<'_, T> {
        Send { sender: self, value: Some(value), ticket: None }
    }
}

impl<T> Receiver<T> {
    /// The next value, or `None` once it is certain that no more will come.
    pub fn recv(&mut self) -> Recv<'_, T> {
        Recv { receiver: self }
    }
}

impl<T> State<T> {
    fn put(&mut self, value: T) -> Option<Waker> {
        self.values.push_back(value);
        self.receiver.take()
    }

    /// Room for one value: the first waiting sender has it, or whoever comes.
    fn make_room(&mut self) -> Option<Waker> {
        let next = self.waiting.call_next();
        if next.is_none() {
            self.room += 1;
        }
        next
    }
}

impl<T> Unpin for Send<'_, T> {}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), Closed<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let sender = self.sender;
        let mut state = sender.state.borrow_mut();
        if !state.received {
            // With nobody to receive, every sender was called out of the line.
            self.ticket = None;
            return self.value.take().map_or(Poll::Pending, |value| Poll::Ready(Err(Closed(value))));
        }
        match self.ticket {
            Some(ticket) if state.waiting.still_waits(ticket, context.waker()) => return Poll::Pending,
            Some(_) => self.ticket = None,
            None if state.room > 0 => state.room -= 1,
            None => {
                self.ticket = Some(state.waiting.join(context.waker()));
                return Poll::Pending;
            }
        }
        let woken = self.value.take().and_then(|value| state.put(value));
        drop(state);
        wake(woken);
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for Send<'_, T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.sender.state.borrow_mut();
        let left = state.waiting.leave(ticket);
        // Who was given room and never came to know hands it on.
        let woken = if left.is_none() { state.make_room() } else { None };
        drop(state);
        drop(left);
        wake(woken);
    }
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.receiver.state.borrow_mut();
        let Some(value) = state.values.pop_front() else {
            if state.senders == 0 {
                return Poll::Ready(None);
            }
            match &mut state.receiver {
                Some(receiver) => receiver.clone_from(context.waker()),
                none => *none = Some(context.waker().clone()),
            }
            return Poll::Pending;
        };
        let woken = state.make_room();
        drop(state);
        wake(woken);
        Poll::Ready(Some(value))
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.state.borrow_mut().senders += 1;
        Sender { state: Rc::clone(&self.state) }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.state.borrow_mut();
        state.senders -= 1;
        let woken = if state.senders == 0 { state.receiver.take() } else { None };
        drop(state);
        wake(woken);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.state.borrow_mut();
        state.received = false;
        let values = std::mem::take(&mut state.values);
        drop(state);
        drop(values);
        loop {
            let waiting = self.state.borrow_mut().waiting.call_next();
            let Some(waker) = waiting else { break };
            waker.wake();
        }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver")
    }
}

impl<T> fmt::Debug for Send<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Send")
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recv")
    }
}
