//! The objects once more, as simple as can be: everybody who waits stands in one list, and whatever happens, the list is
//! searched from its front for somebody who can go on, until there is nobody.

use engine::sync::{Answer, ObjectId, ObjectKind, Step, Use, Woken};
use engine::trace::TaskId;

/// What [`engine::sync::Objects`] is to agree with.
pub struct Naive {
    objects: Vec<Object>,
    waiting: Vec<Waiting>,
}

/// A step, `None` where it is refused, and who goes on.
pub type Told = (Option<Step>, Vec<Woken>);

/// All that an object of any kind can have.
struct Object {
    kind: ObjectKind,
    number: i64,
    holder: Option<TaskId>,
    items: Vec<i64>,
}

#[derive(Clone, Copy)]
struct Waiting {
    task: TaskId,
    object: ObjectId,
    what: Use,
    /// How often a lock is to be taken, and what is to be answered then.
    times: i64,
    answer: Answer,
}

impl Naive {
    pub fn new(kinds: &[ObjectKind]) -> Naive {
        let object = |kind: &ObjectKind| {
            let number = match *kind {
                ObjectKind::Variable(value) => value,
                ObjectKind::Semaphore(permits) => permits.into(),
                _ => 0,
            };
            Object { kind: *kind, number, holder: None, items: Vec::new() }
        };
        Naive { objects: kinds.iter().map(object).collect(), waiting: Vec::new() }
    }

    pub fn apply(&mut self, task: TaskId, id: ObjectId, what: Use) -> Told {
        if self.waits_on(task).is_some() {
            return (None, Vec::new());
        }
        let object = &mut self.objects[id.0 as usize];
        let (kind, holds) = (object.kind, object.holder == Some(task));
        let mut times = 1;
        let mut done = true;
        match (kind, what) {
            (ObjectKind::Variable(_), Use::Read) => {
                return (Some(Step::Answered(Answer::Value(object.number))), Vec::new());
            }
            (ObjectKind::Variable(_), Use::Write(value)) => object.number = value,
            (ObjectKind::ReentrantLock, Use::Acquire) if holds => object.number += 1,
            (ObjectKind::Lock, Use::Release) if object.holder.is_some() => object.holder = None,
            (ObjectKind::ReentrantLock, Use::Release) if holds => {
                object.number -= 1;
                object.holder = object.holder.filter(|_| object.number > 0);
            }
            (ObjectKind::Semaphore(_), Use::Release) => object.number += 1,
            (ObjectKind::Event, Use::Set) => object.number = 1,
            (ObjectKind::Event, Use::Clear) => object.number = 0,
            (ObjectKind::Condition(lock), Use::Wait | Use::Notify(_)) => {
                let lock = &mut self.objects[lock.0 as usize];
                if lock.holder != Some(task) {
                    return (None, Vec::new());
                }
                if what == Use::Wait {
                    times = lock.number;
                    lock.holder = None;
                    done = false;
                }
            }
            (ObjectKind::Lock | ObjectKind::ReentrantLock | ObjectKind::Semaphore(_), Use::Acquire)
            | (ObjectKind::Event | ObjectKind::Barrier(_), Use::Wait)
            | (ObjectKind::Queue(_), Use::Put(_) | Use::Get) => done = false,
            _ => return (None, Vec::new()),
        }
        if let (ObjectKind::Condition(lock), Use::Notify(most)) = (kind, what) {
            for waiter in self.line(id).into_iter().take(most as usize) {
                self.send_back(waiter, lock, Answer::Done);
            }
        }
        if !done {
            self.waiting.push(Waiting { task, object: id, what, times, answer: Answer::Done });
        }
        let mut woken = self.settle();
        let own = woken.iter().position(|woken| woken.task == task).map(|place| woken.remove(place).answer);
        let step = match (done, own) {
            (true, _) => Step::Answered(Answer::Done),
            (false, Some(answer)) => Step::Answered(answer),
            (false, None) => Step::Waits,
        };
        (Some(step), woken)
    }

    pub fn give_up(&mut self, task: TaskId) -> Told {
        let Some(waiting) = self.waiting.iter().find(|waiting| waiting.task == task) else {
            return (None, Vec::new());
        };
        match (self.objects[waiting.object.0 as usize].kind, waiting.what) {
            (ObjectKind::Condition(lock), _) => self.send_back(task, lock, Answer::TimedOut),
            (ObjectKind::Lock | ObjectKind::ReentrantLock, Use::Wait) => return (Some(Step::Waits), Vec::new()),
            _ => {
                self.waiting.retain(|waiting| waiting.task != task);
                return (Some(Step::Answered(Answer::TimedOut)), Vec::new());
            }
        }
        let mut woken = self.settle();
        (Some(woken.pop().map_or(Step::Waits, |own| Step::Answered(own.answer))), woken)
    }

    pub fn forget(&mut self, task: TaskId) -> Told {
        self.waiting.retain(|waiting| waiting.task != task);
        (None, self.settle())
    }

    pub fn line(&self, object: ObjectId) -> Vec<TaskId> {
        let here = |waiting: &&Waiting| waiting.object == object;
        self.waiting.iter().filter(here).map(|waiting| waiting.task).collect()
    }

    pub fn holders(&self, object: ObjectId) -> &[TaskId] {
        self.objects[object.0 as usize].holder.as_slice()
    }

    pub fn waits_on(&self, task: TaskId) -> Option<ObjectId> {
        self.waiting.iter().find(|waiting| waiting.task == task).map(|waiting| waiting.object)
    }

    /// From the condition's line to the end of the lock's: there, a task that waits came from a condition.
    fn send_back(&mut self, task: TaskId, lock: ObjectId, answer: Answer) {
        let place = self.waiting.iter().position(|waiting| waiting.task == task).expect("the task waits");
        let waiting = self.waiting.remove(place);
        self.waiting.push(Waiting { object: lock, answer, ..waiting });
    }

    fn settle(&mut self) -> Vec<Woken> {
        let mut woken = Vec::new();
        while let Some(mut next) = (0..self.waiting.len()).find_map(|place| self.go_on(self.waiting[place])) {
            self.waiting.retain(|waiting| next.iter().all(|woken| woken.task != waiting.task));
            woken.append(&mut next);
        }
        woken
    }

    fn go_on(&mut self, waiting: Waiting) -> Option<Vec<Woken>> {
        let line = self.line(waiting.object);
        let object = &mut self.objects[waiting.object.0 as usize];
        let answer = match (object.kind, waiting.what) {
            (ObjectKind::Lock | ObjectKind::ReentrantLock, _) if object.holder.is_none() => {
                object.holder = Some(waiting.task);
                object.number = waiting.times;
                waiting.answer
            }
            (ObjectKind::Semaphore(_), _) if object.number > 0 => {
                object.number -= 1;
                Answer::Done
            }
            (ObjectKind::Event, _) if object.number == 1 => Answer::Done,
            (ObjectKind::Barrier(parties), _) if line.len() == parties.get() as usize => {
                let with_places = line.into_iter().zip(0..);
                return Some(with_places.map(|(task, place)| Woken { task, answer: Answer::Value(place) }).collect());
            }
            (ObjectKind::Queue(most), Use::Put(item))
                if most.is_none_or(|most| object.items.len() < most.get() as usize) =>
            {
                object.items.push(item);
                Answer::Done
            }
            (ObjectKind::Queue(_), Use::Get) if !object.items.is_empty() => Answer::Value(object.items.remove(0)),
            _ => return None,
        };
        Some(vec![Woken { task: waiting.task, answer }])
    }
}
