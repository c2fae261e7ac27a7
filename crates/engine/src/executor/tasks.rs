//! Where an executor's tasks stand, and which of them are ready.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::task::Waker;

use super::task::{Body, Key};

/// All tasks, each in a slot that its key leads to at once.
#[derive(Default)]
pub(super) struct Tasks {
    /// Every slot that was ever needed.
    slots: Vec<Slot>,
    /// What few tasks have, by their slots; short of those that never had it.
    extras: Vec<Extras>,
    /// Slots without a task, the one that became free last at the end.
    free: Vec<u32>,
    /// How many tasks have not ended.
    running: usize,
    /// The tasks that can be polled, in the order in which they became ready.
    ready: VecDeque<Key>,
}

/// Small, as it is all that is touched of a task besides its body.
struct Slot {
    /// The task's body, while it is not being made, polled or dropped.
    body: Option<Body>,
    /// The how-manieth task it is that stands here.
    generation: NonZeroU32,
    /// How far it is.
    stage: Stage,
    /// Whether it stands in the ready queue.
    is_queued: bool,
    /// Whether it is to be dropped instead of polled.
    is_aborted: bool,
    /// Whether nobody can join it any more.
    is_detached: bool,
    /// Whether it has extras.
    has_extras: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No task stands here.
    Free,
    /// It has not ended.
    Running,
    /// It has ended, and may yet be joined.
    Ended,
}

#[derive(Default)]
struct Extras {
    /// The waker that the task is polled with, once somebody has kept it.
    waker: Option<Waker>,
    /// Who waits for the task's end.
    joiner: Option<Waker>,
}

/// A task whose turn has come. It is to be polled, and to be [paused](Tasks::pause) or [settled](Tasks::settle) after that; or
/// it was aborted, and is to be cancelled and settled.
pub(super) struct Step {
    /// Its body, which is not in its slot until then.
    pub(super) body: Body,
    /// Whether it was aborted.
    pub(super) is_aborted: bool,
    /// Whether it may have a waker of its own. Otherwise it certainly has none.
    pub(super) has_extras: bool,
}

/// What a task that has ended leaves to be done.
#[must_use]
pub(super) struct Settled {
    /// What it came to, where nobody can join it.
    pub(super) forgotten: Option<Body>,
    /// Who waits for its end.
    pub(super) joiner: Option<Waker>,
}

impl Tasks {
    /// How many tasks have not ended.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// How many tasks are ready.
    #[inline]
    pub(super) fn ready(&self) -> usize {
        self.ready.len()
    }

    pub(super) fn is_running(&self, task: Key) -> bool {
        self.slots
            .get(task.slot())
            .is_some_and(|slot| slot.generation == task.generation && slot.stage == Stage::Running)
    }

    /// The keys of all tasks that have not ended, in the order of their slots.
    pub(super) fn keys(&self) -> Vec<Key> {
        let key = |(index, slot): (usize, &Slot)| Key { index: index as u32, generation: slot.generation };
        self.slots.iter().enumerate().filter(|(_, slot)| slot.stage == Stage::Running).map(key).collect()
    }

    /// Makes room for a task whose body is still to be made, and that perhaps nobody can join.
    pub(super) fn reserve(&mut self, is_detached: bool) -> Key {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::new(NonZeroU32::MIN));
            u32::try_from(self.slots.len() - 1).expect("four thousand million tasks do not fit into memory")
        });
        let slot = &mut self.slots[index as usize];
        slot.stage = Stage::Running;
        slot.is_detached = is_detached;
        self.running += 1;
        Key { index, generation: slot.generation }
    }

    /// Puts a task's body into its slot.
    #[inline]
    pub(super) fn pause(&mut self, task: Key, body: Body) {
        if let Some(slot) = self.slot(task) {
            slot.body = Some(body);
        }
    }

    /// The waker that somebody has kept of a task, until it is [kept](Tasks::keep_waker) again.
    pub(super) fn take_waker(&mut self, task: Key) -> Option<Waker> {
        self.extras(task).waker.take()
    }

    /// Has a task polled with `waker` from now on.
    pub(super) fn keep_waker(&mut self, task: Key, waker: Waker) {
        if let Some(slot) = self.slot(task) {
            slot.has_extras = true;
            self.extras(task).waker = Some(waker);
        }
    }

    /// Puts a task at the end of the ready queue. False if it stands there already, or has ended.
    #[inline]
    pub(super) fn wake(&mut self, task: Key) -> bool {
        let Some(slot) = self.slot(task).filter(|slot| slot.stage == Stage::Running && !slot.is_queued) else {
            return false;
        };
        slot.is_queued = true;
        self.ready.push_back(task);
        true
    }

    pub(super) fn abort(&mut self, task: Key) {
        if let Some(slot) = self.slot(task) {
            slot.is_aborted = true;
        }
    }

    /// Takes the first task out of the ready queue. From now on it can be woken again. It may have ended meanwhile.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Key> {
        let task = self.ready.pop_front()?;
        if let Some(slot) = self.slot(task) {
            slot.is_queued = false;
        }
        Some(task)
    }

    /// Takes a task's body out of its slot, to be polled, unless it has ended. If it stands in the ready queue, it stays there.
    #[inline]
    pub(super) fn begin(&mut self, task: Key) -> Option<Step> {
        let slot = self.slot(task).filter(|slot| slot.stage == Stage::Running)?;
        let body = slot.body.take()?;
        Some(Step { body, is_aborted: slot.is_aborted, has_extras: slot.has_extras })
    }

    /// From now on, a task cannot be woken.
    pub(super) fn end(&mut self, task: Key) {
        if let Some(slot) = self.slot(task).filter(|slot| slot.stage == Stage::Running) {
            slot.stage = Stage::Ended;
            self.running -= 1;
        }
    }

    /// Leaves what a task came to for whoever joins it.
    pub(super) fn settle(&mut self, task: Key, body: Body) -> Settled {
        let Some(slot) = self.slot(task) else { return Settled { forgotten: Some(body), joiner: None } };
        let (has_extras, is_detached) = (slot.has_extras, slot.is_detached);
        let joiner = if has_extras { std::mem::take(self.extras(task)).joiner } else { None };
        if is_detached {
            self.release(task);
            return Settled { forgotten: Some(body), joiner };
        }
        if let Some(slot) = self.slot(task) {
            slot.body = Some(body);
        }
        Settled { forgotten: None, joiner }
    }

    /// Takes out what a task came to, if it has ended. Its key leads nowhere from then on.
    pub(super) fn take_ended(&mut self, task: Key) -> Option<Body> {
        let body = self.slot(task).filter(|slot| slot.stage == Stage::Ended)?.body.take()?;
        self.release(task);
        Some(body)
    }

    /// Nobody will join this task. Gives back what it came to, if it has ended.
    pub(super) fn detach(&mut self, task: Key) -> Option<Body> {
        self.slot(task)?.is_detached = true;
        self.take_ended(task)
    }

    /// Whether `waker` is to be woken when a task has ended.
    pub(super) fn is_joined_by(&self, task: Key, waker: &Waker) -> bool {
        let joiner = self.extras.get(task.slot()).and_then(|extras| extras.joiner.as_ref());
        joiner.is_some_and(|joiner| joiner.will_wake(waker))
    }

    /// Notes who is to be woken when a task has ended. Gives back who was, to be dropped when nothing is borrowed any more.
    pub(super) fn join(&mut self, task: Key, joiner: Waker) -> Option<Waker> {
        let Some(slot) = self.slot(task) else { return Some(joiner) };
        slot.has_extras = true;
        self.extras(task).joiner.replace(joiner)
    }

    /// Takes the bodies of all tasks out that have not ended. From now on they cannot be woken.
    pub(super) fn drain(&mut self) -> Vec<(Key, Body)> {
        let keys = self.keys();
        let mut bodies = Vec::with_capacity(keys.len());
        for task in keys {
            self.end(task);
            bodies.extend(self.slot(task).and_then(|slot| slot.body.take()).map(|body| (task, body)));
        }
        bodies
    }

    /// Forgets who is ready.
    pub(super) fn clear_ready(&mut self) {
        self.ready.clear();
    }

    #[inline]
    fn slot(&mut self, task: Key) -> Option<&mut Slot> {
        self.slots.get_mut(task.slot()).filter(|slot| slot.generation == task.generation)
    }

    /// Out of line, so that those that have none have a short way.
    #[inline(never)]
    fn extras(&mut self, task: Key) -> &mut Extras {
        if self.extras.len() <= task.slot() {
            self.extras.resize_with(task.slot() + 1, Extras::default);
        }
        &mut self.extras[task.slot()]
    }

    fn release(&mut self, task: Key) {
        if let Some(slot) = self.slot(task) {
            *slot = Slot::new(slot.generation.checked_add(1).unwrap_or(NonZeroU32::MIN));
            self.free.push(task.index);
        }
    }
}

impl Slot {
    fn new(generation: NonZeroU32) -> Self {
        Slot {
            body: None,
            generation,
            stage: Stage::Free,
            is_queued: false,
            is_aborted: false,
            is_detached: false,
            has_extras: false,
        }
    }
}
