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
    at: At,
    /// Who waits for its end.
    pub(super) joined_by: Option<TaskId>,
}

/// What has become of a task's question. A run may have very many tasks, so what excludes one another shares its room.
enum At {
    /// It asks for nothing, or for what is over when it is polled again.
    Nothing,
    Waiting(Wait),
    /// The answer is there; after the task's end, the answer to whoever joins it. With what has to be spent before it can be
    /// had: reading a message.
    Answered(Reply, Nanos),
}

/// What a task waits for.
pub(super) struct Wait {
    /// What time or the network brings.
    pub(super) awaited: Option<Awaited>,
    /// How the wait was told, for when the task is polled in vain.
    pub(super) told: (Activity, Line),
    /// What another task is to do.
    pub(super) waits: Option<Waiting>,
}

/// Where a task runs.
pub(super) enum Place {
    /// On the loop, under this key once it has one.
    Loop(Option<Key>),
    /// Elsewhere; as long as this stands here, the loop waits for it instead of standing still.
    Away {
        #[expect(dead_code, reason = "it is there to be dropped")]
        expected: Expected,
        /// For whose end its failure waits, once it has failed and that does.
        behind: Option<TaskId>,
    },
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
        LoopTask { place, at: At::Nothing, joined_by: None }
    }

    /// Begins a wait that was told like this.
    pub(super) fn wait(&mut self, told: (Activity, Line), waits: Option<Waiting>) {
        self.at = At::Waiting(Wait { awaited: None, told, waits });
    }

    /// Its wait, if it waits.
    pub(super) fn waiting(&mut self) -> Option<&mut Wait> {
        match &mut self.at {
            At::Waiting(wait) => Some(wait),
            At::Nothing | At::Answered(..) => None,
        }
    }

    /// What it waits for that another task is to do.
    pub(super) fn waits(&self) -> Option<Waiting> {
        match &self.at {
            At::Waiting(wait) => wait.waits,
            At::Nothing | At::Answered(..) => None,
        }
    }

    /// Ends its wait. Returns what it waited for that time or the network was to bring.
    pub(super) fn answer(&mut self, reply: Reply, cost: Nanos) -> Option<Awaited> {
        match std::mem::replace(&mut self.at, At::Answered(reply, cost)) {
            At::Waiting(wait) => wait.awaited,
            At::Nothing | At::Answered(..) => None,
        }
    }

    pub(super) fn take_answer(&mut self) -> Option<(Reply, Nanos)> {
        let At::Answered(reply, cost) = &mut self.at else { return None };
        let answer = (std::mem::replace(reply, Reply::Done), *cost);
        self.at = At::Nothing;
        Some(answer)
    }

    /// What it returned, once it has ended, for whoever joins it first.
    pub(super) fn take_returned(&mut self) -> Option<(Reply, Nanos)> {
        match self.place {
            Place::Ended => self.take_answer(),
            Place::Loop(_) | Place::Away { .. } => None,
        }
    }

    /// Notes for whose end its failure waits, and returns who joins it.
    pub(super) fn stand_behind(&mut self, whom: TaskId) -> Option<TaskId> {
        if let Place::Away { behind, .. } = &mut self.place {
            *behind = Some(whom);
        }
        self.joined_by
    }

    /// For whose end its failure waits, where it does.
    pub(super) fn stands_behind(&self) -> Option<TaskId> {
        match self.place {
            Place::Away { behind, .. } => behind,
            Place::Loop(_) | Place::Ended => None,
        }
    }

    pub(super) fn key(&self) -> Option<Key> {
        match self.place {
            Place::Loop(key) => key,
            Place::Away { .. } | Place::Ended => None,
        }
    }
}
