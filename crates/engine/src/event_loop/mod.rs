//! A single-threaded executor that is an event loop: ready queue, timer heap, selector.
//!
//! # The protocol
//! One turn of the loop has three steps, as in CPython's `asyncio` (`BaseEventLoop._run_once`):
//!
//! 1. **Select.** If no task is ready, wait until the earliest timer is due. If one is ready, do not wait.
//! 2. **Timers.** Wake whoever's timer has come due, the earliest first. They go to the end of the ready queue.
//! 3. **Run.** Poll as many tasks as stood in the queue when this step began, each until it waits. Tasks that become
//!    ready meanwhile are for the next turn.
//!
//! From 2 and 3 follows the rule that surprises people: tasks that are already ready run before timers that came due
//! while the loop was busy.
//!
//! A task that waits has left its waker with what it waits for (a timer, or the task that it joins). Waking moves it to
//! the ready queue, at most once until it is polled. Nothing wakes a task that waits for nothing.

mod ready;
mod selector;
mod timers;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

pub use selector::Selector;

use crate::error::{RunError, TaskFailed};
use crate::model::{Model, Speed};
use crate::operation::{Job, Operation, Reply, Request};
use crate::program::{Body, Outcome, Program, poll_body};
use crate::task::{Host, Task};
use crate::time::Nanos;
use crate::trace::{Activity, Event, LaneId, LaneKind, Line, MarkKind, ReadyFor, TaskId, WaitFor};
use ready::ReadyQueue;
use timers::Timers;

/// Runs `program` on an event loop until its first task ends, and tells `record` what happens. Returns the end and the
/// outcome; tasks that nobody joined are dropped where they wait, as `asyncio.run` cancels them.
///
/// # Errors
/// What the first task failed with, or [`RunError::Stalled`] where every task waits and no timer is set.
pub async fn run<S: Selector + 'static>(
    program: Program,
    selector: S,
    speed: Speed,
    record: impl Fn(Event) + 'static,
) -> Result<(Nanos, Outcome), RunError> {
    let event_loop = EventLoop::new(program, selector, speed, Box::new(record));
    event_loop.start();
    let result = loop {
        if event_loop.ready.len() == 0 {
            let Some(deadline) = event_loop.timers.borrow().earliest() else {
                break Err(RunError::Stalled { waiting: event_loop.registered_names() });
            };
            event_loop.current.set(None);
            event_loop.selector.select(deadline).await;
        }
        event_loop.wake_due_timers();
        event_loop.run_ready_tasks();
        let main = event_loop.returned.borrow_mut().remove(&MAIN);
        if let Some(result) = main {
            break Program::outcome(result).map_err(RunError::from);
        }
    };
    // Bodies hold the loop that holds them: letting go of them here ends the circle.
    event_loop.registered.borrow_mut().clear();
    let end = event_loop.selector.now();
    result.map(|outcome| (end, outcome))
}

const MAIN: TaskId = TaskId(0);
const LANE: LaneId = LaneId(0);

struct EventLoop<S> {
    this: Weak<EventLoop<S>>,
    program: Program,
    selector: S,
    speed: Speed,
    record: Box<dyn Fn(Event)>,
    ready: Arc<ReadyQueue>,
    timers: RefCell<Timers>,
    /// Tasks that have been made and have not ended.
    registered: RefCell<BTreeMap<TaskId, Registered>>,
    /// What ended tasks returned, until they are joined.
    returned: RefCell<BTreeMap<TaskId, Result<Vec<u8>, TaskFailed>>>,
    /// How many tasks have been made: the number of the next one.
    made: Cell<u32>,
    /// The task that is being polled.
    current: Cell<Option<TaskId>>,
}

struct Registered {
    name: Rc<str>,
    /// `None` while the task is being polled.
    body: Option<Body>,
    waker: Waker,
    joined_by: Option<(TaskId, Waker)>,
}

impl<S: Selector + 'static> EventLoop<S> {
    fn new(program: Program, selector: S, speed: Speed, record: Box<dyn Fn(Event)>) -> Rc<Self> {
        Rc::new_cyclic(|this| EventLoop {
            this: this.clone(),
            program,
            selector,
            speed,
            record,
            ready: Arc::default(),
            timers: RefCell::default(),
            registered: RefCell::default(),
            returned: RefCell::default(),
            made: Cell::new(0),
            current: Cell::new(None),
        })
    }

    fn start(&self) {
        (self.record)(Event::Lane { lane: LANE, name: "MainThread".to_owned(), kind: LaneKind::EventLoop });
        let task = self.register("main".to_owned());
        let body = self.program.main(self.handle(task));
        self.schedule(task, body);
    }

    fn wake_due_timers(&self) {
        let now = self.selector.now();
        while let Some(due) = self.timers.borrow_mut().pop_due(now) {
            due.waker.wake();
            self.enter(due.task, Activity::Ready(ReadyFor::Turn), due.deadline, None);
        }
    }

    fn run_ready_tasks(&self) {
        for _ in 0..self.ready.len() {
            if let Some(task) = self.ready.pop() {
                self.run_task(task);
            }
        }
    }

    fn run_task(&self, task: TaskId) {
        let Some((name, mut body, waker)) = self.take_body(task) else {
            return;
        };
        self.current.set(Some(task));
        self.enter(task, Activity::Running, self.selector.now(), None);
        match poll_body(&name, &mut body, &mut Context::from_waker(&waker)) {
            Poll::Ready(result) => self.end(task, result),
            Poll::Pending => self.put_body(task, body),
        }
    }

    /// Makes a task that has no body yet.
    fn register(&self, name: String) -> TaskId {
        let task = TaskId(self.made.replace(self.made.get() + 1));
        let at = self.selector.now();
        (self.record)(Event::Task { task, name: name.clone(), parent: self.current.get(), at });
        let waker = self.ready.waker(task);
        self.registered.borrow_mut().insert(task, Registered { name: name.into(), body: None, waker, joined_by: None });
        task
    }

    /// Gives a task its body and puts it into the ready queue.
    fn schedule(&self, task: TaskId, body: Body) {
        self.put_body(task, body);
        if let Some(registered) = self.registered.borrow().get(&task) {
            registered.waker.wake_by_ref();
        }
        self.enter(task, Activity::Ready(ReadyFor::Turn), self.selector.now(), None);
    }

    fn spawn(&self, job: &Job, line: Line) -> TaskId {
        let task = self.register(job.name.clone());
        self.mark(MarkKind::Spawned(task), line);
        match self.program.job(self.handle(task), job) {
            Ok(body) => self.schedule(task, body),
            Err(failed) => self.end(task, Err(failed)),
        }
        task
    }

    fn end(&self, task: TaskId, result: Result<Vec<u8>, TaskFailed>) {
        let now = self.selector.now();
        (self.record)(Event::End { task, at: now });
        let registered = self.registered.borrow_mut().remove(&task);
        self.returned.borrow_mut().insert(task, result);
        if let Some((joiner, waker)) = registered.and_then(|entry| entry.joined_by) {
            waker.wake();
            self.enter(joiner, Activity::Ready(ReadyFor::Turn), now, None);
        }
    }

    fn take_body(&self, task: TaskId) -> Option<(Rc<str>, Body, Waker)> {
        let mut registered = self.registered.borrow_mut();
        let entry = registered.get_mut(&task)?;
        Some((Rc::clone(&entry.name), entry.body.take()?, entry.waker.clone()))
    }

    fn put_body(&self, task: TaskId, body: Body) {
        if let Some(registered) = self.registered.borrow_mut().get_mut(&task) {
            registered.body = Some(body);
        }
    }

    fn handle(&self, task: TaskId) -> Task {
        let host = self.this.upgrade().expect("the loop outlives its tasks: it holds them");
        Task::new(task, Model::EventLoop, host)
    }

    fn enter(&self, task: TaskId, activity: Activity, at: Nanos, line: Option<Line>) {
        (self.record)(Event::Enter { task, lane: LANE, activity, at, line });
    }

    fn mark(&self, mark: MarkKind, line: Line) {
        let task = self.current.get().unwrap_or(MAIN);
        (self.record)(Event::Mark { task, lane: LANE, at: self.selector.now(), mark, line: Some(line) });
    }

    fn registered_names(&self) -> Vec<String> {
        self.registered.borrow().values().map(|registered| registered.name.to_string()).collect()
    }
}

impl<S: Selector + 'static> Host for EventLoop<S> {
    fn poll(&self, task: TaskId, request: &mut Request, context: &mut Context<'_>) -> Poll<Reply> {
        let line = request.line;
        match &request.operation {
            Operation::Log(text) => {
                self.mark(MarkKind::Log(text.clone()), line);
                Poll::Ready(Reply::Done)
            }
            Operation::Spawn(job) => Poll::Ready(Reply::Spawned(self.spawn(job, line))),
            Operation::CountTasks => Poll::Ready(Reply::Counted(Some(self.registered.borrow().len()))),
            Operation::Sleep(delay) => {
                let now = self.selector.now();
                let begun = request.begun;
                let deadline = begun.unwrap_or(now) + self.speed.shorten(*delay);
                if begun.is_some() {
                    return if now >= deadline { Poll::Ready(Reply::Done) } else { Poll::Pending };
                }
                request.begun = Some(now);
                self.timers.borrow_mut().set(deadline, task, context.waker().clone());
                self.enter(task, Activity::Waiting(WaitFor::Timer(deadline)), now, Some(line));
                Poll::Pending
            }
            &Operation::Join(joined) => {
                if let Some(result) = self.returned.borrow_mut().remove(&joined) {
                    return Poll::Ready(Reply::Joined(result));
                }
                let now = self.selector.now();
                if request.begun.replace(now).is_none() {
                    self.enter(task, Activity::Waiting(WaitFor::Task(joined)), now, Some(line));
                }
                if let Some(registered) = self.registered.borrow_mut().get_mut(&joined) {
                    registered.joined_by = Some((task, context.waker().clone()));
                }
                Poll::Pending
            }
        }
    }
}
