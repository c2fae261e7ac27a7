//! The simulated machine for models that run tasks on threads and processes.
//!
//! Tasks that can go on stand in a queue and are polled in turn, at one virtual instant, until all of them wait; then
//! time jumps to the next thing on the agenda. A task that asks for something leaves the question in the shared
//! [`Exchange`], and is polled again with the answer.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::error::{RunError, TaskFailed};
use crate::model::{Settings, Speed};
use crate::operation::{Job, Operation, Reply, Request};
use crate::placement::{MAIN_LANE, Place, Placement};
use crate::program::{Body, Outcome, Program, poll_body, waits_for_nothing};
use crate::simulate::agenda::Agenda;
use crate::task::{Host, Task};
use crate::time::Nanos;
use crate::trace::{Activity, Clock, Event, LaneId, Line, MarkKind, TaskId, Trace, WaitFor};

/// Predicts how `program` runs on a model of threads or processes.
pub(super) fn run(program: &Program, settings: &Settings) -> Result<Trace, RunError> {
    let (placement, lanes) = Placement::new(settings);
    let mut world = World {
        program,
        settings,
        exchange: Rc::default(),
        placement,
        trace: Trace::new(settings.model, Clock::Virtual, Speed::REAL),
        now: Nanos::ZERO,
        agenda: Agenda::new(),
        runnable: VecDeque::new(),
        tasks: Vec::new(),
    };
    for lane in lanes {
        world.trace.apply(lane);
    }
    let outcome = world.run_main()?;
    let cpu = Some(world.trace.running_time());
    world.trace.apply(Event::Finish { at: world.now, cpu, outcome });
    Ok(world.trace)
}

struct World<'p> {
    program: &'p Program,
    settings: &'p Settings,
    exchange: Rc<Exchange>,
    placement: Placement<TaskId>,
    trace: Trace,
    now: Nanos,
    /// Tasks that are to go on, each at its time.
    agenda: Agenda<TaskId>,
    /// Tasks that can go on now, each with the answer that it was waiting for.
    runnable: VecDeque<(TaskId, Option<Reply>)>,
    tasks: Vec<SimulatedTask>,
}

struct SimulatedTask {
    name: String,
    lane: LaneId,
    stage: Stage,
    waited_for: Option<Waiter>,
}

enum Stage {
    /// It has a job, and no lane yet on which to begin.
    Placed(Job),
    /// It has begun.
    Begun(Body),
    /// It is being polled.
    Running,
    /// It has ended, and nobody has joined it.
    Ended(Result<Vec<u8>, TaskFailed>),
    /// It has ended and was joined.
    Joined,
}

/// Who goes on when a task ends, and with which answer.
enum Waiter {
    Joiner(TaskId),
    /// The spawner of a task that runs on its spawner's own lane.
    Caller(TaskId),
}

impl World<'_> {
    fn run_main(&mut self) -> Result<Outcome, RunError> {
        let main = self.register("main".to_owned(), None, MAIN_LANE);
        self.tasks[index(main)].stage = Stage::Begun(self.program.main(self.handle(main)));
        self.runnable.push_back((main, None));
        loop {
            while let Some((task, reply)) = self.runnable.pop_front() {
                self.advance(task, reply);
                if let Some(result) = self.tasks[index(main)].take_result() {
                    return Ok(Program::outcome(result)?);
                }
            }
            let Some((at, task)) = self.agenda.next() else {
                return Err(RunError::Stalled { waiting: self.unfinished() });
            };
            self.now = at;
            self.runnable.push_back((task, Some(Reply::Done)));
        }
    }

    /// Lets `task` go on, at this instant, until it waits or ends.
    fn advance(&mut self, task: TaskId, mut reply: Option<Reply>) {
        let Some(mut body) = self.begin(task) else {
            return;
        };
        self.enter(task, Activity::Running, None);
        loop {
            *self.exchange.answer.borrow_mut() = reply.take();
            let name = &self.tasks[index(task)].name;
            let polled = poll_body(name, &mut body, &mut Context::from_waker(Waker::noop()));
            let asked = self.exchange.asked.borrow_mut().take();
            let (operation, line) = match (polled, asked) {
                (Poll::Ready(result), _) => return self.end(task, result),
                (Poll::Pending, Some(asked)) => asked,
                (Poll::Pending, None) => {
                    let failed = waits_for_nothing(name);
                    return self.end(task, Err(failed));
                }
            };
            reply = self.take_up(task, operation, line);
            if reply.is_none() {
                self.tasks[index(task)].stage = Stage::Begun(body);
                return;
            }
        }
    }

    /// The body of a task that is to be polled, made now if the task has yet to begin.
    fn begin(&mut self, task: TaskId) -> Option<Body> {
        match std::mem::replace(&mut self.tasks[index(task)].stage, Stage::Running) {
            Stage::Begun(body) => Some(body),
            Stage::Placed(job) => match self.program.job(self.handle(task), &job) {
                Ok(body) => Some(body),
                Err(failed) => {
                    self.end(task, Err(failed));
                    None
                }
            },
            over => {
                self.tasks[index(task)].stage = over;
                None
            }
        }
    }

    /// Answers an operation at once, or returns `None` and sees to it that the task goes on later.
    fn take_up(&mut self, task: TaskId, operation: Operation, line: Line) -> Option<Reply> {
        match operation {
            Operation::Log(text) => {
                self.mark(task, MarkKind::Log(text), line);
                Some(Reply::Done)
            }
            Operation::CountTasks => Some(Reply::Counted(None)),
            Operation::Sleep(delay) => {
                let due = self.now + delay;
                self.enter(task, Activity::Waiting(WaitFor::Timer(due)), Some(line));
                self.agenda.enter(due, task);
                None
            }
            Operation::Spawn(job) => self.spawn(task, job, line),
            Operation::Join(joined) => match self.tasks[index(joined)].take_result() {
                Some(result) => Some(Reply::Joined(result)),
                None => {
                    self.tasks[index(joined)].waited_for = Some(Waiter::Joiner(task));
                    self.enter(task, Activity::Waiting(WaitFor::Task(joined)), Some(line));
                    None
                }
            },
        }
    }

    fn spawn(&mut self, spawner: TaskId, job: Job, line: Line) -> Option<Reply> {
        let spawners_lane = self.tasks[index(spawner)].lane;
        let task = self.register(job.name.clone(), Some(spawner), spawners_lane);
        self.tasks[index(task)].stage = Stage::Placed(job);
        self.mark(spawner, MarkKind::Spawned(task), line);
        match self.placement.place(task) {
            Place::SpawnersLane(task) => {
                self.enter(spawner, Activity::Waiting(WaitFor::Task(task)), Some(line));
                self.tasks[index(task)].waited_for = Some(Waiter::Caller(spawner));
                self.runnable.push_back((task, None));
                return None;
            }
            Place::NewLane(task, lane, name, kind) => {
                self.trace.apply(Event::Lane { lane, name, kind });
                self.start_on(task, lane);
            }
            Place::FreeLane(task, lane) => self.start_on(task, lane),
            Place::Queue(lane) => {
                self.tasks[index(task)].lane = lane;
                self.enter(task, Activity::Queued, None);
            }
        }
        Some(Reply::Spawned(task))
    }

    fn start_on(&mut self, task: TaskId, lane: LaneId) {
        self.tasks[index(task)].lane = lane;
        self.runnable.push_back((task, None));
    }

    fn end(&mut self, task: TaskId, result: Result<Vec<u8>, TaskFailed>) {
        self.trace.apply(Event::End { task, at: self.now });
        let lane = self.tasks[index(task)].lane;
        self.tasks[index(task)].stage = Stage::Ended(result);
        match self.tasks[index(task)].waited_for.take() {
            None => {}
            Some(Waiter::Caller(spawner)) => self.runnable.push_back((spawner, Some(Reply::Spawned(task)))),
            Some(Waiter::Joiner(joiner)) => {
                let joined = self.tasks[index(task)].take_result().map(Reply::Joined);
                self.runnable.push_back((joiner, joined));
            }
        }
        if let Some(next) = self.placement.release(lane) {
            self.start_on(next, lane);
        }
    }

    fn register(&mut self, name: String, parent: Option<TaskId>, lane: LaneId) -> TaskId {
        let task = TaskId(self.tasks.len() as u32);
        self.trace.apply(Event::Task { task, name: name.clone(), parent, at: self.now });
        self.tasks.push(SimulatedTask { name, lane, stage: Stage::Running, waited_for: None });
        task
    }

    fn handle(&self, task: TaskId) -> Task {
        Task::new(task, self.settings.model, Rc::<Exchange>::clone(&self.exchange))
    }

    fn enter(&mut self, task: TaskId, activity: Activity, line: Option<Line>) {
        let lane = self.tasks[index(task)].lane;
        self.trace.apply(Event::Enter { task, lane, activity, at: self.now, line });
    }

    fn mark(&mut self, task: TaskId, mark: MarkKind, line: Line) {
        let lane = self.tasks[index(task)].lane;
        self.trace.apply(Event::Mark { task, lane, at: self.now, mark, line: Some(line) });
    }

    fn unfinished(&self) -> Vec<String> {
        let waits = |task: &&SimulatedTask| !matches!(task.stage, Stage::Ended(_) | Stage::Joined);
        self.tasks.iter().filter(waits).map(|task| task.name.clone()).collect()
    }
}

impl SimulatedTask {
    fn take_result(&mut self) -> Option<Result<Vec<u8>, TaskFailed>> {
        match std::mem::replace(&mut self.stage, Stage::Joined) {
            Stage::Ended(result) => Some(result),
            other => {
                self.stage = other;
                None
            }
        }
    }
}

fn index(task: TaskId) -> usize {
    task.0 as usize
}

/// Where the task that is being polled leaves its question and finds its answer. One is enough: tasks are polled one at
/// a time.
#[derive(Default)]
struct Exchange {
    asked: RefCell<Option<(Operation, Line)>>,
    answer: RefCell<Option<Reply>>,
}

impl Host for Exchange {
    fn poll(&self, _: TaskId, request: &mut Request, _: &mut Context<'_>) -> Poll<Reply> {
        if let Some(reply) = self.answer.borrow_mut().take() {
            return Poll::Ready(reply);
        }
        *self.asked.borrow_mut() = Some((request.operation.clone(), request.line));
        Poll::Pending
    }
}
