//! Tasks: the futures that an executor owns, and the slots that they stand in.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use super::join::{JoinCell, JoinError, Joined};

/// Names a task of one executor, even after its end: until a slot has been used four thousand million times, no other task has the same key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which slot the task stands in. Slots are used again.
    index: u32,
    /// How many tasks stood there before it.
    generation: u32,
}

impl Key {
    /// The slot that the task stands in, from 0; after its end another task may stand there.
    pub fn slot(self) -> usize {
        self.index as usize
    }
}

impl fmt::Debug for Key {
    /// The slot, and after a dot how many tasks stood there before.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation)
    }
}

/// A task's future, whatever its type, which leaves its output where the task is joined.
pub(super) struct Body(Pin<Box<dyn Work>>);

impl Body {
    pub(super) fn new<T: 'static>(future: impl Future<Output = T> + 'static, cell: Rc<JoinCell<T>>) -> Self {
        Body(Box::pin(Delivering { future, cell }))
    }

    /// Polls the future. A panic ends it, as its failure.
    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let future = self.0.as_mut();
        let polled = catch_unwind(AssertUnwindSafe(|| future.poll(&mut Context::from_waker(waker))));
        polled.unwrap_or_else(|panic| {
            self.0.joined().fail(JoinError::from_panic(&*panic));
            Poll::Ready(())
        })
    }

    /// Drops the future that has ended, and wakes whoever joins the task.
    pub(super) fn finish(self) {
        let joined = self.0.joined();
        // How the task ended is settled; a destructor that panics now changes nothing and reaches nobody else.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self)));
        joined.wake();
    }

    /// Drops the future where it waits.
    pub(super) fn cancel(self) {
        self.0.joined().fail(JoinError::Cancelled);
        self.finish();
    }
}

trait Work: Future<Output = ()> {
    /// Who is told how the task ended.
    fn joined(&self) -> Rc<dyn Joined>;
}

pin_project! {
    /// Leaves the output of `future` in `cell`. An async block that did the same would be twice as large.
    struct Delivering<F: Future> {
        #[pin]
        future: F,
        cell: Rc<JoinCell<F::Output>>,
    }
}

impl<F: Future> Future for Delivering<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        this.future.poll(context).map(|output| this.cell.end(Ok(output)))
    }
}

impl<F: Future<Output: 'static>> Work for Delivering<F> {
    fn joined(&self) -> Rc<dyn Joined> {
        Rc::<JoinCell<F::Output>>::clone(&self.cell)
    }
}

/// All tasks, each in a slot that its key leads to at once.
#[derive(Default)]
pub(super) struct Tasks {
    /// Every slot that was ever needed.
    slots: Vec<Slot>,
    /// Slots without a task, the one that became free last at the end.
    free: Vec<u32>,
}

#[derive(Default)]
struct Slot {
    /// How many tasks stood here before.
    generation: u32,
    /// The task that stands here, if one does.
    stage: Stage,
    /// Whether the task stands in the ready queue.
    queued: bool,
    /// Whether the task is to be dropped instead of polled.
    aborted: bool,
}

#[derive(Default)]
enum Stage {
    /// No task stands here.
    #[default]
    Free,
    /// The task is elsewhere: it is being made, or polled.
    Away,
    /// The task, and the waker that it is polled with.
    Here(Body, Waker),
}

/// Why it is a task's turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It came out of the ready queue.
    Next,
    /// It was polled just now and holds the thread. It may stand in the ready queue besides.
    Again,
}

/// What is to be done with a task whose turn has come.
pub(super) enum Step {
    /// It is to be polled, and to be [paused](Tasks::pause) or [released](Tasks::release) after that.
    Poll(Body, Waker),
    /// It was aborted, and its slot is free.
    Cancel(Body),
    /// It has ended meanwhile.
    Gone,
}

impl Tasks {
    /// The number of tasks.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) fn contains(&self, task: Key) -> bool {
        self.slots.get(task.index as usize).is_some_and(|slot| slot.holds(task))
    }

    /// The keys of all tasks, in the order of their slots.
    pub(super) fn keys(&self) -> Vec<Key> {
        let key = |(index, slot): (usize, &Slot)| Key { index: index as u32, generation: slot.generation };
        self.slots.iter().enumerate().filter(|(_, slot)| !matches!(slot.stage, Stage::Free)).map(key).collect()
    }

    /// Makes room for a task that is away.
    pub(super) fn reserve(&mut self) -> Key {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len() - 1).expect("four thousand million tasks do not fit into memory")
        });
        let slot = &mut self.slots[index as usize];
        slot.stage = Stage::Away;
        Key { index, generation: slot.generation }
    }

    /// Puts a task into its slot for the first time.
    pub(super) fn fill(&mut self, task: Key, body: Body, waker: Waker) {
        self.pause(task, body, waker);
    }

    /// Puts a task back into its slot.
    pub(super) fn pause(&mut self, task: Key, body: Body, waker: Waker) {
        if let Some(slot) = self.slot(task) {
            slot.stage = Stage::Here(body, waker);
        }
    }

    /// Marks a task as standing in the ready queue. False if it does already, or has ended.
    pub(super) fn enqueue(&mut self, task: Key) -> bool {
        self.slot(task).is_some_and(|slot| !std::mem::replace(&mut slot.queued, true))
    }

    pub(super) fn abort(&mut self, task: Key) {
        if let Some(slot) = self.slot(task) {
            slot.aborted = true;
        }
    }

    /// Takes a task out of its slot whose turn has come, or has come again. Where it stood in the ready queue until now, it
    /// can be woken again from now on.
    pub(super) fn begin(&mut self, task: Key, turn: Turn) -> Step {
        let Some(slot) = self.slot(task) else { return Step::Gone };
        slot.queued &= turn == Turn::Again;
        let aborted = slot.aborted;
        let Stage::Here(body, waker) = std::mem::replace(&mut slot.stage, Stage::Away) else { return Step::Gone };
        if aborted {
            self.release(task);
            return Step::Cancel(body);
        }
        Step::Poll(body, waker)
    }

    /// Frees the slot of a task that has ended. Its key leads nowhere from now on.
    pub(super) fn release(&mut self, task: Key) {
        if let Some(slot) = self.slot(task) {
            *slot = Slot { generation: slot.generation.wrapping_add(1), ..Slot::default() };
            self.free.push(task.index);
        }
    }

    /// Takes all tasks out and frees their slots.
    pub(super) fn drain(&mut self) -> Vec<Body> {
        let mut bodies = Vec::new();
        for task in self.keys() {
            let stage = self.slot(task).map(|slot| std::mem::replace(&mut slot.stage, Stage::Away));
            if let Some(Stage::Here(body, _)) = stage {
                bodies.push(body);
            }
            self.release(task);
        }
        bodies
    }

    fn slot(&mut self, task: Key) -> Option<&mut Slot> {
        self.slots.get_mut(task.index as usize).filter(|slot| slot.holds(task))
    }
}

impl Slot {
    fn holds(&self, task: Key) -> bool {
        self.generation == task.generation && !matches!(self.stage, Stage::Free)
    }
}
