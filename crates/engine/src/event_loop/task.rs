//! What an event loop knows of a task.

use crate::event_loop::Exchanging;
use crate::executor::{Expected, Key, TaskTimer};
use crate::operation::Reply;
use crate::sync::Waiting;
use crate::time::Nanos;
use crate::trace::{Activity, Line, TaskId};

/// A task of the loop, or one that does work which the loop sent away.
pub(super) struct LoopTask {
    pub(super) place: Place,
    /// The answer to what it asked for, once that is there; after its end, the answer to whoever joins it. With what has to be
    /// spent before it can be had: reading a message.
    pub(super) answer: Option<(Reply, Nanos)>,
    /// What it waits for that time or the network brings.
    pub(super) awaited: Option<Awaited>,
    /// How its wait was told, for when it is polled in vain.
    pub(super) told: Option<(Activity, Line)>,
    /// What it waits for that another task is to do.
    pub(super) waits: Option<Waiting>,
    /// Who waits for its end.
    pub(super) joined_by: Option<TaskId>,
}

/// Where a task runs.
pub(super) enum Place {
    /// On the loop, under this key once it has one.
    Loop(Option<Key>),
    /// Elsewhere; as long as this stands here, the loop waits for it instead of standing still.
    Away(#[expect(dead_code, reason = "it is there to be dropped")] Expected),
    /// Nowhere: it has ended.
    Ended,
}

/// What a task waits for that time or the network brings.
pub(super) enum Awaited {
    /// This timer, which may be the end of its patience.
    Timer(TaskTimer),
    /// The answer to a request; as long as this stands here, the loop waits for it instead of standing still.
    Exchange(Exchanging, Expected),
}

impl LoopTask {
    pub(super) fn new(place: Place) -> Self {
        LoopTask { place, answer: None, awaited: None, told: None, waits: None, joined_by: None }
    }

    /// What it returned, once it has ended, for whoever joins it first.
    pub(super) fn take_returned(&mut self) -> Option<(Reply, Nanos)> {
        match self.place {
            Place::Ended => self.answer.take(),
            Place::Loop(_) | Place::Away(_) => None,
        }
    }

    pub(super) fn key(&self) -> Option<Key> {
        match self.place {
            Place::Loop(key) => key,
            Place::Away(_) | Place::Ended => None,
        }
    }
}
