//! Random programs: a few objects, and a few tasks that do with them whatever is open to them.

use std::num::NonZeroU32;

use engine::sync::{ObjectId, ObjectKind, Objects, Step, Use, Woken};
use engine::trace::TaskId;
use proptest::prelude::*;

pub const LOCK: ObjectKind = ObjectKind::Lock;
pub const REENTRANT: ObjectKind = ObjectKind::ReentrantLock;
pub const CONDITION: ObjectKind = ObjectKind::Condition(ObjectId(0));

pub const TASKS: u32 = 6;

/// One random thing to do, which becomes a [`Deed`] when it is known who waits and who holds what.
#[derive(Clone, Debug)]
pub struct Act {
    who: prop::sample::Index,
    as_holder: bool,
    object: prop::sample::Index,
    what: prop::sample::Index,
    /// In 20: who uses an object, who gives up, who is forgotten, who does what its object is not there for.
    sort: u8,
}

#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Use(TaskId, ObjectId, Use),
    GiveUp(TaskId),
    Forget(TaskId),
}

pub fn programs() -> impl Strategy<Value = (Vec<ObjectKind>, Vec<Act>)> {
    let other = prop_oneof![
        (-3..3i64).prop_map(ObjectKind::Variable),
        Just(LOCK),
        Just(REENTRANT),
        (0..3u32).prop_map(ObjectKind::Semaphore),
        Just(ObjectKind::Event),
        Just(CONDITION),
        (1..4u32).prop_map(|parties| ObjectKind::Barrier(count(parties))),
        prop_oneof![Just(None), (1..3u32).prop_map(|most| Some(count(most)))].prop_map(ObjectKind::Queue),
    ];
    let kinds = (prop_oneof![Just(LOCK), Just(REENTRANT)], prop::collection::vec(other, 1..4));
    let kinds = kinds.prop_map(|(lock, others)| [vec![lock], others].concat());
    let index = any::<prop::sample::Index>;
    let act = (index(), any::<bool>(), index(), index(), 0..20u8)
        .prop_map(|(who, as_holder, object, what, sort)| Act { who, as_holder, object, what, sort });
    (kinds, prop::collection::vec(act, 0..60))
}

pub struct Run {
    pub objects: Objects,
    kinds: Vec<ObjectKind>,
    /// How many acts there were: every item that is put is another one.
    acts: i64,
}

impl Run {
    pub fn new(kinds: &[ObjectKind]) -> Run {
        let mut objects = Objects::default();
        for kind in kinds {
            objects.make(*kind).expect("object 0 is a lock");
        }
        Run { objects, kinds: kinds.to_vec(), acts: 0 }
    }

    pub fn apply(&mut self, task: TaskId, object: ObjectId, what: Use) -> Step {
        self.objects.apply(task, object, what, &mut Vec::new())
    }

    pub fn take(&mut self, act: Act) -> (Deed, Option<Step>, Vec<Woken>) {
        self.acts += 1;
        let deed = self.deed(&act);
        let mut woken = Vec::new();
        let step = match deed {
            Deed::Use(task, object, what) => Some(self.objects.apply(task, object, what, &mut woken)),
            Deed::GiveUp(task) => self.objects.give_up(task),
            Deed::Forget(task) => {
                self.objects.forget(task);
                None
            }
        };
        (deed, step, woken)
    }

    fn deed(&self, act: &Act) -> Deed {
        let tasks = (0..TASKS).map(TaskId);
        let (waiting, free): (Vec<_>, Vec<_>) = tasks.partition(|task| self.objects.waits_on(*task).is_some());
        if !waiting.is_empty() && (free.is_empty() || act.sort < 3) {
            let task = *act.who.get(&waiting);
            return if act.sort == 0 { Deed::Forget(task) } else { Deed::GiveUp(task) };
        }
        let number = act.object.index(self.kinds.len());
        let (object, kind) = (ObjectId(number as u32), self.kinds[number]);
        let locked = if let ObjectKind::Condition(lock) = kind { lock } else { object };
        let holder = self.objects.holders(locked).iter().find(|holder| act.as_holder && free.contains(holder));
        // Now and then a task asks again that waits, and must be refused.
        let anyone = if act.sort == 3 { TaskId(act.who.index(TASKS as usize) as u32) } else { *act.who.get(&free) };
        let uses = if act.sort == 4 { self.all_uses() } else { self.uses(kind) };
        Deed::Use(holder.copied().unwrap_or(anyone), object, *act.what.get(&uses))
    }

    fn uses(&self, kind: ObjectKind) -> Vec<Use> {
        match kind {
            ObjectKind::Variable(_) => vec![Use::Read, Use::Write(self.acts)],
            LOCK | REENTRANT | ObjectKind::Semaphore(_) => vec![Use::Acquire, Use::Release],
            ObjectKind::Event => vec![Use::Set, Use::Clear, Use::Wait, Use::Wait],
            ObjectKind::Condition(_) => vec![Use::Wait, Use::Notify(1), Use::Notify(2), Use::Notify(u32::MAX)],
            ObjectKind::Barrier(_) => vec![Use::Wait],
            ObjectKind::Queue(_) => vec![Use::Put(self.acts), Use::Get],
        }
    }

    fn all_uses(&self) -> Vec<Use> {
        let kinds = [ObjectKind::Variable(0), LOCK, ObjectKind::Event, CONDITION, ObjectKind::Queue(None)];
        kinds.into_iter().flat_map(|kind| self.uses(kind)).collect()
    }

    /// Brings those on who wait for `object`, by what a task that waits for nothing can do.
    pub fn let_go(&mut self, object: ObjectId, kind: ObjectKind, helper: TaskId) {
        // A condition's waiters need its lock, which may be held without a line.
        let holder = self.objects.holders(object).first().copied();
        let releases = match kind {
            LOCK => holder.and(Some(helper)),
            REENTRANT => holder,
            _ => None,
        };
        if let Some(task) = releases {
            self.apply(task, object, Use::Release);
        }
        if self.objects.line(object).next().is_none() {
            return;
        }
        match kind {
            ObjectKind::Variable(_) | LOCK | REENTRANT => {}
            ObjectKind::Semaphore(_) => {
                self.apply(helper, object, Use::Release);
            }
            ObjectKind::Event => {
                self.apply(helper, object, Use::Set);
            }
            ObjectKind::Condition(lock) => {
                if self.apply(helper, lock, Use::Acquire) == Step::Waits {
                    self.objects.forget(helper);
                    // Nobody can notify them: their time runs out, and they come for the lock, too.
                    let waiting: Vec<TaskId> = self.objects.line(object).collect();
                    for task in waiting {
                        self.objects.give_up(task);
                    }
                } else {
                    self.apply(helper, object, Use::Notify(u32::MAX));
                    self.apply(helper, lock, Use::Release);
                }
            }
            ObjectKind::Barrier(_) => {
                self.apply(helper, object, Use::Wait);
            }
            ObjectKind::Queue(_) => {
                if self.apply(helper, object, Use::Get) == Step::Waits {
                    self.objects.forget(helper);
                    self.apply(helper, object, Use::Put(0));
                }
            }
        }
    }
}

pub fn count(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).expect("tests count from 1")
}
