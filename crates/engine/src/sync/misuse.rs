//! What a task can get wrong about an object, as clauses.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ObjectId, ObjectKind, Use};

/// Something that a task did to an object and must not: the end of the sentence "TASK failed: …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misuse {
    /// It let go of a lock that is free.
    FreeLock(ObjectId),
    /// It let go of a reentrant lock that it does not hold.
    NotItsLock(ObjectId),
    /// It used a condition without holding the lock on which it stands.
    WithoutLock {
        /// The condition.
        condition: ObjectId,
        /// Its lock.
        lock: ObjectId,
    },
    /// It made a condition of something that is no lock.
    NoLock(ObjectId),
    /// It asked an object for what no object of that kind does.
    Unfit {
        /// The object.
        object: ObjectId,
        /// Its kind.
        kind: ObjectKind,
        /// What it was asked for.
        what: Use,
    },
    /// It used an object that nobody made.
    Unknown(ObjectId),
    /// It used an object while it still waits for one.
    StillWaits {
        /// What it waits for.
        object: ObjectId,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Misuse::FreeLock(lock) => write!(f, "it let go of lock {lock}, which nobody holds: acquire it before"),
            Misuse::NotItsLock(lock) => {
                write!(f, "it let go of reentrant lock {lock}, which it does not hold: only its holder can")
            }
            Misuse::WithoutLock { condition, lock } => {
                write!(f, "it used condition {condition} without holding lock {lock}: acquire the lock before")
            }
            Misuse::NoLock(object) => {
                write!(f, "it made a condition of object {object}, which is no lock: make it of a lock")
            }
            Misuse::Unfit { object, kind, what } => {
                write!(f, "it asked {kind} {object} to {what}, and can only ask it to {}", kind.uses())
            }
            Misuse::Unknown(object) => write!(f, "it used object {object}, which was never made: make it before"),
            Misuse::StillWaits { object } => {
                write!(
                    f,
                    "it used an object while it still waits for object {object}: let it wait for one thing at a time"
                )
            }
        }
    }
}

impl std::error::Error for Misuse {}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ObjectKind {
    /// A noun, such as `reentrant lock`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ObjectKind::Variable(_) => "variable",
            ObjectKind::Lock => "lock",
            ObjectKind::ReentrantLock => "reentrant lock",
            ObjectKind::Semaphore(_) => "semaphore",
            ObjectKind::Event => "event",
            ObjectKind::Condition(_) => "condition",
            ObjectKind::Barrier(_) => "barrier",
            ObjectKind::Queue(_) => "queue",
        })
    }
}

impl ObjectKind {
    fn uses(self) -> &'static str {
        match self {
            ObjectKind::Variable(_) => "read or write",
            ObjectKind::Lock | ObjectKind::ReentrantLock | ObjectKind::Semaphore(_) => "acquire or release",
            ObjectKind::Event => "set, clear or wait",
            ObjectKind::Condition(_) => "wait or notify",
            ObjectKind::Barrier(_) => "wait",
            ObjectKind::Queue(_) => "put or get",
        }
    }
}

impl fmt::Display for Use {
    /// A verb, such as `acquire`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Use::Read => "read",
            Use::Write(_) => "write",
            Use::Acquire => "acquire",
            Use::Release => "release",
            Use::Set => "set",
            Use::Clear => "clear",
            Use::Wait => "wait",
            Use::Notify(_) => "notify",
            Use::Put(_) => "put",
            Use::Get => "get",
        })
    }
}
