//! An event loop on a simulated thread.
//!
//! To the machine the loop is one more thing that a thread runs: it parks, computes and blocks as a task does. What it polls
//! on its own thread is its own affair.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::event_loop::{self, Back, LoopThread};
use crate::executor::Unpark;
use crate::model::Speed;
use crate::operation::{Executor, Job};
use crate::placement::MAIN_LANE;
use crate::program::Ended;
use crate::simulate::machine::ThreadId;
use crate::simulate::thread::{SimulatedLoop, Then};
use crate::simulate::world::{Shared, World, index};
use crate::time::Nanos;
use crate::trace::{Activity, Doing, Event, Line, MarkKind, TaskId};
use crate::work::Computation;

/// Has an event loop begin on `thread`, which ends the run when it is over.
pub(super) fn begin(shared: &Shared, thread: ThreadId) {
    let (program, settings) = {
        let world = shared.borrow();
        (world.program.clone(), world.settings)
    };
    let on = OnThread { world: Rc::clone(shared), thread };
    let world = Rc::clone(shared);
    let future = async move {
        let ended = event_loop::run(program, &settings, Speed::REAL, on).await;
        world.borrow_mut().ending = Some(ended);
    };
    let mut world = shared.borrow_mut();
    world.thread_mut(thread).event_loop = Some(SimulatedLoop {
        future: Some(Box::pin(future)),
        is_parked: false,
        is_resumed: false,
        sent: None,
        returned: VecDeque::new(),
    });
    world.thread_mut(thread).then = Then::Loop;
    world.wake(thread, None);
}

/// Lets the loop on `thread` run on until it waits.
pub(super) fn poll(shared: &Shared, thread: ThreadId) {
    let future = {
        let mut world = shared.borrow_mut();
        let Some(event_loop) = &mut world.thread_mut(thread).event_loop else { return };
        event_loop.is_resumed = true;
        event_loop.future.take()
    };
    let Some(mut future) = future else { return };
    if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
        && let Some(event_loop) = &mut shared.borrow_mut().thread_mut(thread).event_loop
    {
        event_loop.future = Some(future);
    }
}

impl World {
    /// Work that the loop on `thread` sent away has come to its end.
    pub(super) fn return_to_loop(&mut self, thread: ThreadId, task: TaskId, result: Ended, cost: Nanos) {
        let Some(event_loop) = &mut self.thread_mut(thread).event_loop else { return };
        event_loop.returned.push_back(Back::Result { task, result, cost, by: task });
        if event_loop.is_parked {
            self.wake(thread, Some(task));
        }
    }
}

/// The thread, as its loop uses it.
struct OnThread {
    world: Shared,
    thread: ThreadId,
}

impl OnThread {
    /// Has the thread wait until `deadline`, unless nothing else can happen until then, which takes no turn of the machine.
    async fn wait(&self, deadline: Option<Nanos>, is_parked: bool) {
        {
            let mut world = self.world.borrow_mut();
            if !world.is_endless() && deadline.is_some_and(|deadline| world.machine.jump(self.thread, deadline)) {
                return;
            }
            world.thread_mut(self.thread).then = Then::Loop;
            world.thread_mut(self.thread).doing = Doing::Steps;
            if let Some(event_loop) = &mut world.thread_mut(self.thread).event_loop {
                event_loop.is_parked = is_parked;
                event_loop.is_resumed = false;
            }
            world.machine.wait(self.thread);
            world.settle(None);
            if let Some(deadline) = deadline {
                world.machine.set_timer(self.thread, deadline);
            }
        }
        self.resumed().await;
    }

    async fn use_core(&self, cost: Nanos, doing: Doing) {
        {
            let mut world = self.world.borrow_mut();
            if !world.is_endless() && world.machine.compute(self.thread, cost) {
                return;
            }
            world.thread_mut(self.thread).then = Then::Loop;
            world.thread_mut(self.thread).doing = doing;
            if let Some(event_loop) = &mut world.thread_mut(self.thread).event_loop {
                event_loop.is_resumed = false;
            }
        }
        self.resumed().await;
    }

    /// Waits until the machine has the thread run on.
    fn resumed(&self) -> impl Future<Output = ()> + '_ {
        poll_fn(|_| {
            let mut world = self.world.borrow_mut();
            let event_loop = world.thread_mut(self.thread).event_loop.as_ref();
            if event_loop.is_some_and(|event_loop| event_loop.is_resumed) { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

impl LoopThread for OnThread {
    fn now(&self) -> Nanos {
        self.world.borrow().machine.now()
    }

    fn record(&self, event: Event) {
        self.world.borrow_mut().trace.apply(event);
    }

    fn enter(&self, task: TaskId, activity: Activity, at: Nanos, line: Option<Line>, by: Option<TaskId>) {
        self.world.borrow_mut().trace.enter(task, MAIN_LANE, activity, at, line, by);
    }

    #[inline]
    fn mark(&self, task: TaskId, mark: MarkKind, line: Option<Line>) {
        let mut world = self.world.borrow_mut();
        let now = world.machine.now();
        world.trace.mark(task, MAIN_LANE, now, mark, line);
    }

    fn end(&self, task: TaskId) {
        let mut world = self.world.borrow_mut();
        let now = world.machine.now();
        world.trace.end_task(task, now);
    }

    fn register(&self, name: String, parent: Option<TaskId>) -> TaskId {
        let mut world = self.world.borrow_mut();
        let task = world.register(&name, parent, MAIN_LANE);
        world.places[index(task)].thread = Some(self.thread);
        task
    }

    fn name(&self, task: TaskId) -> String {
        self.world.borrow().trace.task_name(task).to_owned()
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        Arc::new(NobodyOutside)
    }

    async fn park(&self, deadline: Option<Nanos>) {
        if !self.has_returned() {
            self.wait(deadline, true).await;
        }
    }

    fn goes_on(&self) -> bool {
        let mut world = self.world.borrow_mut();
        let goes_on = !world.is_endless();
        world.steps += u64::from(goes_on);
        goes_on
    }

    fn polling(&self, task: Option<TaskId>) {
        let mut world = self.world.borrow_mut();
        let tasks = &mut world.thread_mut(self.thread).tasks;
        tasks.clear();
        if let Some(task) = task {
            tasks.push(task);
        }
    }

    async fn compute(&self, task: TaskId, computation: &Computation, line: Line) -> i64 {
        let cost = {
            let mut world = self.world.borrow_mut();
            world.enter(task, Activity::Running(Doing::Work), Some(line), None);
            computation.cost(&world.settings.costs)
        };
        self.use_core(cost, Doing::Work).await;
        computation.result()
    }

    async fn block(&self, delay: Nanos) {
        let deadline = self.now() + delay;
        self.wait(Some(deadline), false).await;
    }

    async fn spend(&self, cost: Nanos, doing: Doing) {
        self.use_core(cost, doing).await;
        let mut world = self.world.borrow_mut();
        world.start_sent(self.thread);
    }

    fn poll_cost(&self) -> Nanos {
        let world = self.world.borrow();
        // Where nothing costs anything a loop may never come back from its turns; having to pay, it does.
        let least = if world.is_endless() { Nanos(1) } else { Nanos::ZERO };
        world.settings.costs.loop_turn.max(least)
    }

    fn spend_at_once(&self, cost: Nanos) -> bool {
        let mut world = self.world.borrow_mut();
        !world.is_endless() && world.machine.compute_at_once(cost)
    }

    fn send_away(&self, spawner: TaskId, job: Box<Job>, executor: Executor, line: Line) -> Option<(TaskId, Nanos)> {
        self.world.borrow_mut().send_away(self.thread, spawner, *job, executor, line)
    }

    #[inline]
    fn has_returned(&self) -> bool {
        let world = self.world.borrow();
        world.threads[self.thread.0 as usize].event_loop.as_ref().is_some_and(|it| !it.returned.is_empty())
    }

    fn take_returned(&self) -> Option<Back> {
        self.world.borrow_mut().thread_mut(self.thread).event_loop.as_mut()?.returned.pop_front()
    }
}

/// On a virtual clock there is no other thread that could call a waker.
struct NobodyOutside;

impl Unpark for NobodyOutside {
    fn unpark(&self) {}
}
