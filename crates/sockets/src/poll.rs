//! The selector: which of many sockets are ready, asked of the system (epoll, kqueue) by the `polling` crate.
//!
//! A socket is watched for as long as it lives, and tells each time that it *becomes* readable or writable (edge triggered):
//! whoever finds nothing to read leaves a waker and hears of it once something has come. Where the system can only tell once
//! at a time, the selector asks again for each waker.

use std::cell::RefCell;
use std::io;
use std::mem;
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use engine::executor::Unpark;
use polling::{Event, Events, PollMode, Poller};
use slab::Slab;

/// One selector, of one thread.
pub struct Poll {
    shared: Rc<Shared>,
    events: RefCell<Events>,
}

/// A socket that the selector watches, until this is dropped.
pub(crate) struct Watched {
    socket: TcpStream,
    key: usize,
    shared: Rc<Shared>,
}

/// What a socket is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    Readable,
    Writable,
}

struct Shared {
    poller: Arc<Poller>,
    mode: PollMode,
    /// Who waits for each of the watched sockets.
    wakers: RefCell<Slab<Wakers>>,
}

/// How long a selector sleeps that cannot wait.
const REFUSED: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Wakers {
    readable: Option<Waker>,
    writable: Option<Waker>,
}

impl Poll {
    /// A selector that watches nothing yet.
    ///
    /// # Errors
    /// Where the system has none left, such as when too many files are open.
    pub fn new() -> io::Result<Poll> {
        let poller = Poller::new()?;
        let mode = if poller.supports_edge() { PollMode::Edge } else { PollMode::Oneshot };
        let shared = Shared { poller: Arc::new(poller), mode, wakers: RefCell::default() };
        Ok(Poll { shared: Rc::new(shared), events: RefCell::new(Events::new()) })
    }

    /// Waits until a socket is ready or somebody unparks this thread, for `limit` at the longest, and wakes whoever waits for
    /// the sockets that are ready. Where the system refuses to say which, all look for themselves, a hundred times a second.
    pub fn wait(&self, limit: Option<Duration>) {
        if limit == Some(Duration::ZERO) && self.shared.wakers.borrow().is_empty() {
            return;
        }
        let mut events = self.events.borrow_mut();
        events.clear();
        if self.shared.poller.wait(&mut events, limit).is_err() {
            thread::sleep(limit.unwrap_or(REFUSED).min(REFUSED));
            return self.shared.wake_all();
        }
        for event in events.iter() {
            let (readable, writable) = {
                let mut wakers = self.shared.wakers.borrow_mut();
                let Some(wakers) = wakers.get_mut(event.key) else { continue };
                let readable = wakers.readable.take_if(|_| event.readable);
                (readable, wakers.writable.take_if(|_| event.writable))
            };
            readable.into_iter().chain(writable).for_each(Waker::wake);
        }
    }

    /// How another thread ends a wait, or the next one.
    pub fn unparker(&self) -> Arc<dyn Unpark> {
        Arc::new(Notify(Arc::clone(&self.shared.poller)))
    }

    /// Watches a non-blocking socket.
    ///
    /// # Errors
    /// Where the system refuses to.
    pub(crate) fn watch(&self, socket: TcpStream) -> io::Result<Watched> {
        let key = self.shared.wakers.borrow_mut().insert(Wakers::default());
        let interest = if self.shared.mode == PollMode::Edge { Event::all(key) } else { Event::none(key) };
        // From here on, dropping it takes it out of the poller.
        let watched = Watched { socket, key, shared: Rc::clone(&self.shared) };
        watched.add(interest).map(|()| watched)
    }
}

impl Shared {
    fn wake_all(&self) {
        let taken: Vec<Wakers> = self.wakers.borrow_mut().iter_mut().map(|(_, wakers)| mem::take(wakers)).collect();
        taken.into_iter().flat_map(|it| [it.readable, it.writable]).flatten().for_each(Waker::wake);
    }
}

impl Watched {
    pub(crate) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// Has `waker` called once the socket becomes ready, instead of whoever was to be called before. The socket was found not
    /// to be ready just now.
    pub(crate) fn wake_when(&self, ready: Ready, waker: &Waker) -> io::Result<()> {
        let mut wakers = self.shared.wakers.borrow_mut();
        let wakers = &mut wakers[self.key];
        let slot = match ready {
            Ready::Readable => &mut wakers.readable,
            Ready::Writable => &mut wakers.writable,
        };
        match slot {
            Some(slot) => slot.clone_from(waker),
            None => *slot = Some(waker.clone()),
        }
        if self.shared.mode == PollMode::Edge {
            return Ok(());
        }
        let interest = Event::new(self.key, wakers.readable.is_some(), wakers.writable.is_some());
        self.shared.poller.modify_with_mode(&self.socket, interest, self.shared.mode)
    }

    #[expect(unsafe_code, reason = "the poller cannot know for how long a socket stays open; here that is plain")]
    fn add(&self, interest: Event) -> io::Result<()> {
        // SAFETY: the socket has to be deleted from the poller before it is closed. Nobody else has it, `socket` lends it only
        // by reference, and `Watched` deletes it when it is dropped, before its own field is.
        unsafe { self.shared.poller.add_with_mode(&self.socket, interest, self.shared.mode) }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // An error says that it was never added.
        let _ = self.shared.poller.delete(&self.socket);
        self.shared.wakers.borrow_mut().remove(self.key);
    }
}

struct Notify(Arc<Poller>);

impl Unpark for Notify {
    fn unpark(&self) {
        // A poller that cannot be notified is closed, and nobody waits with it.
        let _ = self.0.notify();
    }
}
