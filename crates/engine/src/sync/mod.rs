//! What tasks share and wait for: variables, locks, semaphores, events, conditions, barriers and queues.
//!
//! # The protocol
//! These are plain data. They know no clock, no thread and no waker: they say who may go on, and whoever runs the tasks
//! sees to it. A simulator, an event loop and threads behind one mutex ask the same [`Objects`], so that their runs
//! differ in time and in nothing else.
//!
//! A task asks for one thing at a time, so its number names a waiter completely. [`Objects::apply`] answers at once or
//! says that the task waits; then its answer comes in the `woken` of a later call, for another task, or from
//! [`Objects::give_up`], where its time runs out first.
//!
//! Two rules hold for every object. **Lines are first come, first served.** And **what becomes free is handed straight
//! to whoever is first in line**, before anybody else can ask for it: nobody overtakes, and a task that is woken has
//! what it waited for. From the second follows that a line exists only while nothing is free, so that a task which
//! leaves a line lets nobody else go on.
//!
//! Each kind's own rules are told at the top of its file. They are those of CPython's `threading`, `asyncio` and `queue`;
//! where these differ from each other or from the rules above, the file says so.

mod barrier;
mod condition;
mod cycle;
mod event;
mod line;
mod lock;
mod misuse;
mod queue;
mod semaphore;
mod waiting;

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

pub use cycle::Wait;
pub use misuse::Misuse;
pub(crate) use waiting::{Closed, Waiting};

use crate::trace::TaskId;
use barrier::Barrier;
use condition::Condition;
use event::Event;
use lock::Lock;
use queue::Queue;
use semaphore::Semaphore;

/// An object, numbered from 0 in the order of making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectId(pub u32);

/// What an object is, and how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ObjectKind {
    /// A number with this value, which any task can read and write at any time.
    Variable(i64),
    /// A lock that its holder can take once.
    Lock,
    /// A lock that its holder can take again, and lets go as often.
    ReentrantLock,
    /// This many permits.
    Semaphore(u32),
    /// A flag for which tasks wait; it begins cleared.
    Event,
    /// A place to wait for news of what this lock guards.
    Condition(ObjectId),
    /// A place where this many tasks wait for each other.
    Barrier(NonZeroU32),
    /// Items on their way from task to task, at most this many of them; `None` sets no bound.
    Queue(Option<NonZeroU32>),
}

/// What a task asks of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Use {
    /// Read a variable; the answer is its value.
    Read,
    /// Write a variable.
    Write(i64),
    /// Take a lock, or a permit of a semaphore.
    Acquire,
    /// Let a lock go, or give a semaphore a permit.
    Release,
    /// Set an event.
    Set,
    /// Clear an event.
    Clear,
    /// Wait for an event, for a condition or at a barrier; at a barrier the answer is the place in its line, from 0.
    Wait,
    /// Tell at most this many tasks that wait for a condition; [`u32::MAX`] tells all.
    Notify(u32),
    /// Put an item into a queue.
    Put(i64),
    /// Get the oldest item of a queue, which is the answer.
    Get,
}

/// How something that a task asked for ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// It is done.
    Done,
    /// It is done, and this came of it.
    Value(i64),
    /// It is not done: the task gave up first.
    TimedOut,
}

/// What comes of a request at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The task goes on, with this answer.
    Answered(Answer),
    /// The task waits; its answer is to come.
    Waits,
    /// The request is an error of the program and changed nothing.
    Refused(Misuse),
}

/// A task that waited and may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Woken {
    /// Who.
    pub task: TaskId,
    /// What came of its request.
    pub answer: Answer,
}

/// A task that was notified: it has left its condition's line and waits for the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moved {
    /// Who.
    pub task: TaskId,
    /// The lock, in whose line it stands.
    pub lock: ObjectId,
}

/// All objects of a program, and who waits for which.
#[derive(Debug, Default)]
pub struct Objects {
    objects: Vec<Object>,
    /// Apart from the other objects, because a condition uses its own lock.
    locks: Vec<Lock>,
    waits: Waits,
    moved: Vec<Moved>,
}

#[derive(Debug)]
struct Object {
    made_as: ObjectKind,
    state: State,
}

#[derive(Debug)]
enum State {
    Variable(i64),
    Lock(LockIndex),
    Semaphore(Semaphore),
    Event(Event),
    Condition { condition: Condition, lock: LockIndex, lock_object: ObjectId },
    Barrier(Barrier),
    Queue(Queue),
}

/// A place in [`Objects::locks`].
type LockIndex = usize;

/// What each task waits for, by the task's number.
#[derive(Debug, Default)]
struct Waits(Vec<Option<ObjectId>>);

impl Objects {
    /// Makes an object.
    ///
    /// # Errors
    /// [`Misuse::NoLock`] for a condition of something that is no lock.
    pub fn make(&mut self, kind: ObjectKind) -> Result<ObjectId, Misuse> {
        let state = match kind {
            ObjectKind::Variable(value) => State::Variable(value),
            ObjectKind::Lock => State::Lock(self.add_lock(false)),
            ObjectKind::ReentrantLock => State::Lock(self.add_lock(true)),
            ObjectKind::Semaphore(permits) => State::Semaphore(Semaphore::new(permits)),
            ObjectKind::Event => State::Event(Event::default()),
            ObjectKind::Condition(lock_object) => {
                let Some(&State::Lock(lock)) = self.state(lock_object) else {
                    return Err(Misuse::NoLock(lock_object));
                };
                State::Condition { condition: Condition::default(), lock, lock_object }
            }
            ObjectKind::Barrier(parties) => State::Barrier(Barrier::new(parties)),
            ObjectKind::Queue(capacity) => State::Queue(Queue::new(capacity)),
        };
        let object = ObjectId(self.objects.len() as u32);
        self.objects.push(Object { made_as: kind, state });
        Ok(object)
    }

    /// `task` asks `object` for something. Whoever can go on because of it is added to `woken`, in the order of going on.
    pub fn apply(&mut self, task: TaskId, object: ObjectId, what: Use, woken: &mut Vec<Woken>) -> Step {
        if let Some(object) = self.waits_on(task) {
            return Step::Refused(Misuse::StillWaits { object });
        }
        let before = woken.len();
        let step = self.answer(task, object, what, woken);
        if step == Step::Waits {
            self.waits.begin(task, object);
        }
        for woken in &woken[before..] {
            self.waits.end(woken.task);
        }
        step
    }

    /// Those whom [`Objects::apply`] has moved from one line to another since this was last asked, in the order of the line.
    pub fn take_moved(&mut self) -> Vec<Moved> {
        std::mem::take(&mut self.moved)
    }

    /// The time of `task` is up: it leaves its line, and [`Answer::TimedOut`] is its answer at once. `None` where it waits
    /// for nothing.
    ///
    /// A task that waits for a condition needs the lock first: where that is held, it moves to the lock's line and still
    /// waits. So does a task that is in the lock's line already because it was notified: it came in time, and its
    /// answer will be [`Answer::Done`].
    ///
    /// Nobody else goes on when a task gives up.
    pub fn give_up(&mut self, task: TaskId) -> Option<Step> {
        let object = self.waits_on(task)?;
        let step = match &mut self.objects[object.0 as usize].state {
            State::Lock(lock) => self.locks[*lock].give_up(task),
            State::Condition { condition, lock, lock_object } => {
                self.waits.begin(task, *lock_object);
                condition.give_up(task, &mut self.locks[*lock])?
            }
            _ => {
                self.leave(task, object);
                Step::Answered(Answer::TimedOut)
            }
        };
        if step != Step::Waits {
            self.waits.end(task);
        }
        Some(step)
    }

    /// `task` has ended or was cancelled: it leaves the line that it is in. **What it holds stays held**, as in Python,
    /// and whoever waits for that waits on.
    ///
    /// A condition's waiter leaves without taking its lock back. `asyncio` lets a cancelled task have the lock first,
    /// because it goes on to clean up: who cancels like that uses [`Objects::give_up`].
    ///
    /// Nobody else goes on when a task leaves a line.
    pub fn forget(&mut self, task: TaskId) {
        if let Some(object) = self.waits_on(task) {
            self.leave(task, object);
            self.waits.end(task);
        }
    }

    /// What `object` was made as.
    pub fn kind(&self, object: ObjectId) -> Option<ObjectKind> {
        self.objects.get(object.0 as usize).map(|object| object.made_as)
    }

    /// Who waits in the line of `object`, the first one first. Whoever was notified stands in the line of the
    /// condition's lock.
    pub fn line(&self, object: ObjectId) -> impl Iterator<Item = TaskId> + '_ {
        let tasks: Box<dyn Iterator<Item = TaskId> + '_> = match self.state(object) {
            Some(State::Lock(lock)) => Box::new(self.locks[*lock].tasks()),
            Some(State::Semaphore(semaphore)) => Box::new(semaphore.tasks()),
            Some(State::Event(event)) => Box::new(event.tasks()),
            Some(State::Condition { condition, .. }) => Box::new(condition.tasks()),
            Some(State::Barrier(barrier)) => Box::new(barrier.tasks()),
            Some(State::Queue(queue)) => Box::new(queue.tasks()),
            Some(State::Variable(_)) | None => Box::new(std::iter::empty()),
        };
        tasks
    }

    /// Who holds `object`: the holder of a lock, and for a semaphore one entry for each permit that is taken, the earliest
    /// first, as long as that is known. Nobody holds anything else.
    pub fn holders(&self, object: ObjectId) -> &[TaskId] {
        match self.state(object) {
            Some(State::Lock(lock)) => self.locks[*lock].holders(),
            Some(State::Semaphore(semaphore)) => semaphore.holders(),
            _ => &[],
        }
    }

    /// The object in whose line `task` stands.
    pub fn waits_on(&self, task: TaskId) -> Option<ObjectId> {
        self.waits.0.get(task.0 as usize).copied().flatten()
    }

    /// The value of a variable, without a task's reading it.
    pub fn value(&self, variable: ObjectId) -> Option<i64> {
        match self.state(variable)? {
            State::Variable(value) => Some(*value),
            _ => None,
        }
    }

    fn answer(&mut self, task: TaskId, object: ObjectId, what: Use, woken: &mut Vec<Woken>) -> Step {
        let Some(Object { made_as, state }) = self.objects.get_mut(object.0 as usize) else {
            return Step::Refused(Misuse::Unknown(object));
        };
        let kind = *made_as;
        match (state, what) {
            (State::Variable(value), Use::Read) => Step::Answered(Answer::Value(*value)),
            (State::Variable(value), Use::Write(new)) => {
                *value = new;
                Step::Answered(Answer::Done)
            }
            (State::Lock(lock), Use::Acquire) => self.locks[*lock].acquire(task),
            (State::Lock(lock), Use::Release) => {
                if self.locks[*lock].release(task, woken) {
                    Step::Answered(Answer::Done)
                } else if kind == ObjectKind::ReentrantLock {
                    Step::Refused(Misuse::NotItsLock(object))
                } else {
                    Step::Refused(Misuse::FreeLock(object))
                }
            }
            (State::Semaphore(semaphore), Use::Acquire) => semaphore.acquire(task),
            (State::Semaphore(semaphore), Use::Release) => semaphore.release(task, woken),
            (State::Event(event), Use::Set) => event.set(woken),
            (State::Event(event), Use::Clear) => event.clear(),
            (State::Event(event), Use::Wait) => event.wait(task),
            (State::Condition { condition, lock, lock_object }, Use::Wait) => condition
                .wait(task, &mut self.locks[*lock], woken)
                .unwrap_or(Step::Refused(Misuse::WithoutLock { condition: object, lock: *lock_object })),
            (State::Condition { condition, lock, lock_object }, Use::Notify(most)) => condition
                .notify(task, most, &mut self.locks[*lock], |moved| {
                    self.waits.begin(moved, *lock_object);
                    self.moved.push(Moved { task: moved, lock: *lock_object });
                })
                .unwrap_or(Step::Refused(Misuse::WithoutLock { condition: object, lock: *lock_object })),
            (State::Barrier(barrier), Use::Wait) => barrier.wait(task, woken),
            (State::Queue(queue), Use::Put(item)) => queue.put(task, item, woken),
            (State::Queue(queue), Use::Get) => queue.get(task, woken),
            _ => Step::Refused(Misuse::Unfit { object, kind, what }),
        }
    }

    fn leave(&mut self, task: TaskId, object: ObjectId) {
        match &mut self.objects[object.0 as usize].state {
            State::Variable(_) => {}
            State::Lock(lock) => self.locks[*lock].leave(task),
            State::Semaphore(semaphore) => semaphore.leave(task),
            State::Event(event) => event.leave(task),
            State::Condition { condition, .. } => condition.leave(task),
            State::Barrier(barrier) => barrier.leave(task),
            State::Queue(queue) => queue.leave(task),
        }
    }

    fn add_lock(&mut self, reentrant: bool) -> LockIndex {
        self.locks.push(Lock::new(reentrant));
        self.locks.len() - 1
    }

    fn state(&self, object: ObjectId) -> Option<&State> {
        self.objects.get(object.0 as usize).map(|object| &object.state)
    }
}

impl Waits {
    fn begin(&mut self, task: TaskId, object: ObjectId) {
        let task = task.0 as usize;
        if task >= self.0.len() {
            self.0.resize(task + 1, None);
        }
        self.0[task] = Some(object);
    }

    fn end(&mut self, task: TaskId) {
        if let Some(waits) = self.0.get_mut(task.0 as usize) {
            *waits = None;
        }
    }
}
