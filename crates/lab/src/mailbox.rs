//! What a run's threads tell the coordinator.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use engine::trace::Event;

use crate::processes::Request;

/// One thing that the coordinator is told.
#[derive(Debug)]
pub enum Told {
    /// This happened.
    Event(Event),
    /// A lane asks for this.
    Asked(Request),
    /// A process is ready, or why it never will be: its number comes first.
    Ready(u32, Result<(), String>),
    /// The run is over.
    Over(Result<(), Trouble>),
}

/// Why a run did not go well, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The run was refused or failed; the lab is as good as before.
    Run(String),
    /// A thread of the lab panicked. What it was about to do is never done, so the lab is not to be trusted further.
    Lab(String),
}

/// A queue that many threads put into and the coordinator takes out of, which never blocks: Workers that it has started would
/// not come up, and what they say would not be heard.
#[derive(Clone, Debug, Default)]
pub struct Mailbox(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    told: VecDeque<Told>,
    /// Who waits for something to come.
    waiting: Option<Waker>,
    is_closed: bool,
}

impl Mailbox {
    /// Puts one thing in. Once the mailbox is closed it is dropped, and whoever waits for an answer to it learns that none
    /// will come.
    pub fn put(&self, told: Told) {
        let mut inside = self.lock();
        if inside.is_closed {
            return;
        }
        inside.told.push_back(told);
        let waiting = inside.waiting.take();
        drop(inside);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    /// Takes out all that is there, once that is something.
    pub async fn next(&self) -> VecDeque<Told> {
        poll_fn(|context| {
            let mut inside = self.lock();
            if inside.told.is_empty() {
                inside.waiting = Some(context.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(std::mem::take(&mut inside.told))
        })
        .await
    }

    /// Takes nothing more.
    pub fn close(&self) {
        let left = {
            let mut inside = self.lock();
            inside.is_closed = true;
            std::mem::take(&mut inside.told)
        };
        drop(left);
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        // Nothing is half changed when a thread panics under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
