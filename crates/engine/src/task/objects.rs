//! Objects that tasks share: variables, locks and their friends. Each is a small handle that can travel in a job.
//!
//! Processes share no memory: a task in a process of its own that uses one of these fails, and says so.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::operation::{Operation, Reply, Request};
use crate::sync::{Answer, ObjectId, ObjectKind, Use};
use crate::task::Task;
use crate::time::Nanos;

/// A whole number that tasks share.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Variable(ObjectId);

/// A lock that one task holds at a time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Lock(ObjectId);

/// A lock that its holder may acquire again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ReentrantLock(ObjectId);

/// A number of permits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Semaphore(ObjectId);

/// An event: a flag that tasks wait for. Python calls it `Event`; in a trace that is another word.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Flag(ObjectId);

/// A condition of a lock.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Condition(ObjectId);

/// A place where a number of tasks wait for one another.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Barrier(ObjectId);

/// A queue of whole numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Queue(ObjectId);

/// What can be acquired and released.
pub trait Lockable: Copy {
    /// The object behind it.
    fn object(self) -> ObjectId;
}

impl Lockable for Lock {
    fn object(self) -> ObjectId {
        self.0
    }
}

impl Lockable for ReentrantLock {
    fn object(self) -> ObjectId {
        self.0
    }
}

impl Lockable for Semaphore {
    fn object(self) -> ObjectId {
        self.0
    }
}

impl Task {
    /// Makes a variable that tasks share.
    #[track_caller]
    pub fn variable(&mut self, name: &str, value: i64) -> impl Future<Output = Variable> + '_ {
        self.make(ObjectKind::Variable(value), name, Variable)
    }

    /// Makes a lock.
    #[track_caller]
    pub fn lock(&mut self, name: &str) -> impl Future<Output = Lock> + '_ {
        self.make(ObjectKind::Lock, name, Lock)
    }

    /// Makes a lock that its holder may acquire again.
    #[track_caller]
    pub fn reentrant_lock(&mut self, name: &str) -> impl Future<Output = ReentrantLock> + '_ {
        self.make(ObjectKind::ReentrantLock, name, ReentrantLock)
    }

    /// Makes a semaphore of so many permits.
    #[track_caller]
    pub fn semaphore(&mut self, name: &str, permits: u32) -> impl Future<Output = Semaphore> + '_ {
        self.make(ObjectKind::Semaphore(permits), name, Semaphore)
    }

    /// Makes a flag that is not set.
    #[track_caller]
    pub fn flag(&mut self, name: &str) -> impl Future<Output = Flag> + '_ {
        self.make(ObjectKind::Event, name, Flag)
    }

    /// Makes a condition of `lock`.
    #[track_caller]
    pub fn condition(&mut self, name: &str, lock: Lock) -> impl Future<Output = Condition> + '_ {
        self.make(ObjectKind::Condition(lock.0), name, Condition)
    }

    /// Makes a barrier for so many tasks.
    #[track_caller]
    pub fn barrier(&mut self, name: &str, tasks: NonZeroU32) -> impl Future<Output = Barrier> + '_ {
        self.make(ObjectKind::Barrier(tasks), name, Barrier)
    }

    /// Makes a queue that holds up to `capacity` numbers, or as many as come.
    #[track_caller]
    pub fn queue(&mut self, name: &str, capacity: Option<NonZeroU32>) -> impl Future<Output = Queue> + '_ {
        self.make(ObjectKind::Queue(capacity), name, Queue)
    }

    /// The value of a variable.
    #[track_caller]
    pub fn read(&mut self, variable: Variable) -> impl Future<Output = i64> + '_ {
        self.use_object(variable.0, Use::Read, None, value)
    }

    /// Gives a variable a value.
    #[track_caller]
    pub fn write(&mut self, variable: Variable, value: i64) -> impl Future<Output = ()> + '_ {
        self.use_object(variable.0, Use::Write(value), None, done)
    }

    /// Waits until the task has the lock, or a permit.
    #[track_caller]
    pub fn acquire(&mut self, lock: impl Lockable) -> impl Future<Output = ()> + '_ {
        self.use_object(lock.object(), Use::Acquire, None, done)
    }

    /// Waits until the task has the lock, or a permit, and no longer than `patience`. Returns whether it has.
    #[track_caller]
    pub fn acquire_within(&mut self, lock: impl Lockable, patience: Duration) -> impl Future<Output = bool> + '_ {
        self.use_object(lock.object(), Use::Acquire, Some(patience), |answer| answer != Answer::TimedOut)
    }

    /// Lets go of a lock, or gives a permit back.
    #[track_caller]
    pub fn release(&mut self, lock: impl Lockable) -> impl Future<Output = ()> + '_ {
        self.use_object(lock.object(), Use::Release, None, done)
    }

    /// Sets a flag: all who wait for it go on.
    #[track_caller]
    pub fn set(&mut self, flag: Flag) -> impl Future<Output = ()> + '_ {
        self.use_object(flag.0, Use::Set, None, done)
    }

    /// Takes a flag down again.
    #[track_caller]
    pub fn clear(&mut self, flag: Flag) -> impl Future<Output = ()> + '_ {
        self.use_object(flag.0, Use::Clear, None, done)
    }

    /// Waits until a flag is set.
    #[track_caller]
    pub fn wait_for_flag(&mut self, flag: Flag) -> impl Future<Output = ()> + '_ {
        self.use_object(flag.0, Use::Wait, None, done)
    }

    /// Lets go of the condition's lock, waits to be notified, and takes the lock again.
    #[track_caller]
    pub fn wait_for_condition(&mut self, condition: Condition) -> impl Future<Output = ()> + '_ {
        self.use_object(condition.0, Use::Wait, None, done)
    }

    /// The same, but waits to be notified no longer than `patience`; for the lock it waits as long as that takes. Returns
    /// whether the task was notified.
    #[track_caller]
    pub fn wait_for_condition_within(
        &mut self,
        condition: Condition,
        patience: Duration,
    ) -> impl Future<Output = bool> + '_ {
        self.use_object(condition.0, Use::Wait, Some(patience), |answer| answer != Answer::TimedOut)
    }

    /// Notifies so many of those who wait for a condition, whose lock the task holds.
    #[track_caller]
    pub fn notify(&mut self, condition: Condition, most: u32) -> impl Future<Output = ()> + '_ {
        self.use_object(condition.0, Use::Notify(most), None, done)
    }

    /// Waits until all tasks of a barrier have come, and returns how many came before this one.
    #[track_caller]
    pub fn wait_at_barrier(&mut self, barrier: Barrier) -> impl Future<Output = i64> + '_ {
        self.use_object(barrier.0, Use::Wait, None, value)
    }

    /// Puts a number into a queue, and waits while it is full.
    #[track_caller]
    pub fn put(&mut self, queue: Queue, item: i64) -> impl Future<Output = ()> + '_ {
        self.use_object(queue.0, Use::Put(item), None, done)
    }

    /// Takes a number out of a queue, and waits while it is empty.
    #[track_caller]
    pub fn get(&mut self, queue: Queue) -> impl Future<Output = i64> + '_ {
        self.use_object(queue.0, Use::Get, None, value)
    }

    #[track_caller]
    fn make<'t, O: 't>(
        &'t mut self,
        kind: ObjectKind,
        name: &str,
        handle: fn(ObjectId) -> O,
    ) -> impl Future<Output = O> + use<'t, O> {
        let request = Request::new(Operation::Make(kind, name.to_owned()));
        self.ask(request, move |reply| handle(reply.made()))
    }

    #[track_caller]
    fn use_object<'t, R: 't>(
        &'t mut self,
        object: ObjectId,
        what: Use,
        patience: Option<Duration>,
        read: fn(Answer) -> R,
    ) -> impl Future<Output = R> + 't {
        let patience = patience.map(Nanos::from);
        let request = Request::new(Operation::Use { object, what, patience });
        self.ask(request, move |reply| read(reply.used()))
    }
}

fn done(answer: Answer) {
    let Answer::Done = answer else {
        unreachable!("the object answered {answer:?} where nothing was due: a defect in the engine")
    };
}

fn value(answer: Answer) -> i64 {
    let Answer::Value(value) = answer else {
        unreachable!("the object answered {answer:?} where a value was due: a defect in the engine")
    };
    value
}

impl Reply {
    fn made(self) -> ObjectId {
        let Reply::Made(object) = self else { self.is_not("Made") };
        object
    }

    fn used(self) -> Answer {
        let Reply::Used(answer) = self else { self.is_not("Used") };
        answer
    }
}
