//! An event loop: a program's tasks on the [executor](crate::executor), on one thread.
//!
//! # The protocol
//! Turns, the ready queue and timers are the executor's, and told there. The loop adds what makes tasks of a lesson out of
//! an executor's tasks:
//!
//! - A task asks its [host](crate::task::Host), which is the loop. What can be answered at once is. Otherwise the task is left pending, and
//!   whoever ends its wait leaves the answer in its entry and puts it into the ready queue.
//! - **A task that keeps the thread** (it computes, or calls something that blocks) is left pending too, but nobody else is
//!   polled until the thread is through with it: the executor asks the loop after each poll who is next, and the loop says
//!   "the same one again". What a poll itself costs is spent before the body is really polled: in the same way, or at once where
//!   nothing else can happen meanwhile.
//! - **Work that is sent away** becomes a task elsewhere. When it comes back the thread's park ends, and whoever waits for it
//!   becomes ready.
//! - Objects that tasks share belong to the loop, so only its own tasks can use them, as asyncio has it.
//!
//! One code for predicted and measured runs: [`LoopThread`] is what differs.

mod host;
mod platform;
mod task;
mod thread;

use std::cell::{Cell, Ref, RefCell};
use std::mem::take;
use std::rc::{Rc, Weak};
use std::task::Poll;

pub use thread::{Back, Exchanging, LoopThread};

use crate::error::{Link, RunError, TaskFailed};
use crate::executor::{Executor, Key, Unfinished};
use crate::model::{Settings, Speed};
use crate::operation::{Job, Reply};
use crate::packed::Packed;
use crate::program::{Ended, Outcome, Program, Runs, run_body};
use crate::sync::{Objects, Wait, Waiting, Woken};
use crate::task::Task;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Line, MarkKind, TaskId, Used};
use crate::work::Computation;
use platform::LoopPlatform;
use task::{Awaited, LoopTask, Place};

/// Runs `program` on an event loop on `thread` until its first task ends. Returns when that was, and what it came to. Tasks
/// that nobody joined are dropped where they wait, as `asyncio.run` cancels them.
pub async fn run<T: LoopThread>(
    program: Program,
    settings: &Settings,
    speed: Speed,
    thread: T,
) -> (Nanos, Result<Outcome, RunError>) {
    let this = Rc::new_cyclic(|this| EventLoop {
        this: this.clone(),
        program,
        settings: *settings,
        speed,
        thread,
        executor: RefCell::default(),
        tasks: RefCell::default(),
        by_slot: RefCell::default(),
        objects: RefCell::default(),
        woken: Cell::default(),
        object_names: RefCell::default(),
        current: Cell::new(None),
        held: RefCell::new(None),
        is_paid: Cell::new(false),
        failed: Cell::new(None),
        broken: RefCell::new(None),
        end: Cell::new(None),
        result: RefCell::new(Ok(Packed::default())),
    });
    let executor = Executor::new(LoopPlatform::new(&this));
    this.executor.replace(Some(executor.clone()));
    let _over = Over(&this);
    let main = this.thread.register("main".to_owned(), None);
    this.put(main, LoopTask::new(Place::Loop(None)));
    let body = run_body(main, this.runs(), this.program.main(this.handle(main)));
    let handle = executor.spawn_body(|key| {
        this.place(main, key);
        body
    });
    let result = executor.run_until(handle).await.map(|()| this.result.replace(Ok(Packed::default())));
    let end = this.end.get().unwrap_or_else(|| this.thread.now());
    let names = |keys: Vec<_>| keys.into_iter().map(|key| this.name(this.task_of(key))).collect();
    let broken = this.broken.borrow_mut().take();
    let outcome = match (broken, result) {
        (Some(broken), _) => Err(broken),
        (None, Ok(result)) => Program::outcome(result).map_err(RunError::from),
        (None, Err(Unfinished::Stalled { waiting })) => Err(RunError::Stalled { waiting: names(waiting) }),
        (None, Err(Unfinished::Failed(error))) => {
            Err(RunError::Task(TaskFailed { task: "main".to_owned(), reason: error.to_string() }))
        }
    };
    (end, outcome)
}

/// Lets go of what a loop holds when its run ends, however it ends: the executor, of whose platform it is held.
struct Over<'a, T: LoopThread>(&'a EventLoop<T>);

impl<T: LoopThread> Drop for Over<'_, T> {
    fn drop(&mut self) {
        let tasks = self.0.tasks.take();
        drop(tasks);
        let executor = self.0.executor.take();
        drop(executor);
    }
}

type LoopExecutor<T> = Executor<LoopPlatform<T>>;

struct EventLoop<T: LoopThread> {
    this: Weak<EventLoop<T>>,
    program: Program,
    settings: Settings,
    speed: Speed,
    thread: T,
    /// Who polls the loop's tasks, as long as the run lasts.
    executor: RefCell<Option<LoopExecutor<T>>>,
    /// Tasks by their numbers; `None` for numbers that other threads have given.
    tasks: RefCell<Vec<Option<LoopTask>>>,
    /// The task in each of the executor's slots.
    by_slot: RefCell<Vec<TaskId>>,
    objects: RefCell<Objects>,
    /// Whom the present use of an object lets go on; kept for the next one, as it is room in memory.
    woken: Cell<Vec<Woken>>,
    /// The names of the objects, for a deadlock.
    object_names: RefCell<Vec<String>>,
    /// The task that is being polled, or whose return is being told of: who ends waits.
    current: Cell<Option<TaskId>>,
    /// What the task that was just polled keeps the thread for.
    held: RefCell<Option<Held>>,
    /// Whether the cost of the present poll has been spent.
    is_paid: Cell<bool>,
    /// What the task that was just polled must not have done, which ends it.
    failed: Cell<Option<Box<TaskFailed>>>,
    /// Why the run cannot go on.
    broken: RefCell<Option<RunError>>,
    /// When the first task ended.
    end: Cell<Option<Nanos>>,
    /// What it came to.
    result: RefCell<Ended>,
}

impl<T: LoopThread> Runs for EventLoop<T> {
    fn name(&self, task: TaskId) -> String {
        self.thread.name(task)
    }

    fn waits(&self, task: TaskId) -> Poll<()> {
        let Some(failed) = self.failed.take() else { return Poll::Pending };
        self.ended(task, Err(*failed));
        Poll::Ready(())
    }

    fn ended(&self, task: TaskId, result: Ended) {
        // Whoever has failed cannot end well any more.
        let result = self.failed.take().map_or(result, |failed| Err(*failed));
        let at = self.thread.now();
        self.thread.end(task);
        self.objects.borrow_mut().forget(task);
        self.is_paid.set(false);
        if task == MAIN {
            self.end.set(Some(at));
            *self.result.borrow_mut() = result;
        } else {
            self.publish(task, result, Nanos::ZERO);
        }
    }
}

/// What a task keeps the loop's thread for.
#[derive(Debug)]
enum Held {
    /// Polling it.
    Poll(Nanos),
    Compute(Computation, Line),
    Block(Nanos, Line),
    /// Writing or reading a message, or starting a thread; the answer is known.
    Spend(Nanos, Doing, Reply),
}

impl<T: LoopThread> EventLoop<T> {
    fn this(&self) -> Rc<Self> {
        self.this.upgrade().expect("whoever calls the loop's methods holds the loop")
    }

    fn executor(&self) -> Ref<'_, LoopExecutor<T>> {
        Ref::map(self.executor.borrow(), |executor| {
            executor
                .as_ref()
                .expect("the executor is there before the first task is, and until the last one is dropped")
        })
    }

    /// Leaves a task's result to whoever joins it. Reading it costs `cost`.
    fn publish(&self, task: TaskId, result: Ended, cost: Nanos) {
        let reply = Reply::Joined(result);
        let told = self.with(task, |entry| {
            entry.place = Place::Ended;
            match entry.joined_by.take() {
                Some(joiner) => Some((joiner, reply)),
                None => {
                    entry.answer(reply, cost);
                    None
                }
            }
        });
        if let Some((joiner, reply)) = told {
            self.answer(joiner, reply, cost);
        }
    }

    /// Leaves the answer that a task waits for, and puts it into the ready queue.
    fn answer(&self, task: TaskId, reply: Reply, cost: Nanos) {
        let (awaited, key) = self.with(task, |entry| (entry.answer(reply, cost), entry.key()));
        // Whoever had patience needs it no longer.
        if let Some(Awaited::Timer(timer)) = awaited {
            self.executor().take_back(&timer);
        }
        if let Some(key) = key {
            self.executor().wake_local(key);
        }
    }

    /// Has those go on whom the current task has let go on by using an object.
    fn let_go_on(&self, woken: &[Woken]) {
        for &Woken { task, answer } in woken {
            if let Some(Waiting::Object { object, what, line, .. }) = self.with(task, |entry| entry.waits()) {
                self.mark(task, MarkKind::Used(object, Used::of(what, answer)), Some(line));
            }
            self.answer(task, Reply::Used(answer), Nanos::ZERO);
        }
    }

    /// Takes up what other threads have sent back.
    #[inline]
    fn take_returned(&self) {
        if self.thread.has_returned() {
            self.take_some_returned();
        }
    }

    /// Out of line, as most loops send nothing away.
    #[inline(never)]
    fn take_some_returned(&self) {
        while let Some(back) = self.thread.take_returned() {
            match back {
                Back::Result { task, result, cost, by } => {
                    let before = self.current.replace(Some(by));
                    self.publish(task, result, cost);
                    self.current.set(before);
                }
                Back::Later { task, behind, by } => {
                    if let Some(joiner) = self.with(task, |entry| entry.stand_behind(behind)) {
                        self.turns_to(joiner, behind, by);
                    }
                }
            }
        }
    }

    /// Ends the run because it can never go on.
    fn break_off(&self, error: RunError) {
        self.broken.borrow_mut().get_or_insert(error);
        self.end.set(Some(self.thread.now()));
        if let Some(key) = self.with(MAIN, |entry| entry.key()) {
            self.executor().abort(key);
        }
    }

    fn is_broken(&self) -> bool {
        self.broken.borrow().is_some()
    }

    /// A cycle of waiting by its names.
    fn links(&self, cycle: &[Wait]) -> Vec<Link> {
        let names = self.object_names.borrow();
        let link = |wait: &Wait| Link {
            task: self.name(wait.task),
            object: wait.object.and_then(|object| names.get(object.0 as usize).cloned()),
            holder: self.name(wait.holder),
        };
        cycle.iter().map(link).collect()
    }

    /// Makes a task of a job, which it takes.
    fn spawn(self: &Rc<Self>, job: &mut Job, line: Line) -> TaskId {
        let task = self.thread.register(take(&mut job.name), self.current.get());
        self.mark(self.current.get().unwrap_or(MAIN), MarkKind::Spawned(task), Some(line));
        self.put(task, LoopTask::new(Place::Loop(None)));
        let body = self.program.task(task, self.handle(task), self.runs(), &job.payload);
        // It fails when it is first polled, as it would have to if it were damaged on its way.
        let body = body.unwrap_or_else(|reason| run_body(task, self.runs(), async move { panic!("{reason}") }));
        // What the task returns is published by itself.
        self.executor().spawn_detached(|key| {
            self.place(task, key);
            body
        });
        task
    }

    fn handle(self: &Rc<Self>, task: TaskId) -> Task {
        Task::new(task, self.settings.model, self.settings.seed, Rc::<Self>::clone(self))
    }

    fn runs(self: &Rc<Self>) -> Rc<dyn Runs> {
        Rc::<Self>::clone(self)
    }

    fn put(&self, task: TaskId, entry: LoopTask) {
        let mut tasks = self.tasks.borrow_mut();
        if tasks.len() < index(task) {
            tasks.resize_with(index(task), || None);
        }
        match tasks.get_mut(index(task)) {
            Some(place) => *place = Some(entry),
            None => tasks.push(Some(entry)),
        }
    }

    fn place(&self, task: TaskId, key: Key) {
        let mut by_slot = self.by_slot.borrow_mut();
        match by_slot.get_mut(key.slot()) {
            Some(place) => *place = task,
            // The executor numbers its slots one after the other.
            None => by_slot.push(task),
        }
        drop(by_slot);
        self.with(task, |entry| entry.place = Place::Loop(Some(key)));
    }

    fn task_of(&self, key: Key) -> TaskId {
        self.by_slot.borrow()[key.slot()]
    }

    fn name(&self, task: TaskId) -> String {
        self.thread.name(task)
    }

    fn with<R>(&self, task: TaskId, change: impl FnOnce(&mut LoopTask) -> R) -> R {
        let mut tasks = self.tasks.borrow_mut();
        let entry = tasks.get_mut(index(task)).and_then(Option::as_mut);
        change(entry.expect("whoever speaks of a task has been told its number by the loop"))
    }

    fn enter(&self, task: TaskId, activity: Activity, at: Nanos, line: Option<Line>, by: Option<TaskId>) {
        self.thread.enter(task, activity, at, line, by);
    }

    #[inline]
    fn mark(&self, task: TaskId, mark: MarkKind, line: Option<Line>) {
        self.thread.mark(task, mark, line);
    }
}

const MAIN: TaskId = TaskId(0);

fn index(task: TaskId) -> usize {
    task.0 as usize
}
