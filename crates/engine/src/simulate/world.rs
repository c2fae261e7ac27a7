//! The simulated world: tasks on threads of a simulated machine.
//!
//! The [machine](super::machine) says which thread runs on, and that thread's task is polled until it asks for something that
//! takes time: see [`super::bodies`]. An event loop is one more thing that a thread can run: see [`super::loop_thread`].

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::error::RunError;
use crate::model::{Model, Settings, Speed};
use crate::operation::Reply;
use crate::placement::{MAIN_LANE, MAIN_PROCESS, NewLane, Placement};
use crate::program::{Outcome, Program};
use crate::simulate::machine::{Became, Machine, Next, ThreadId};
use crate::simulate::thread::{Place, SimulatedLoop, SimulatedTask, SimulatedThread, Stage, Then};
use crate::simulate::{bodies, loop_thread};
use crate::sync::{Objects, Woken};
use crate::task::Task;
use crate::time::Nanos;
use crate::trace::{Activity, Clock, Doing, Event, LaneId, Line, MarkKind, ReadyFor, TaskId, Trace};

/// The first task.
pub(super) const MAIN: TaskId = TaskId(0);

pub(super) type Shared = Rc<RefCell<World>>;

pub(super) struct World {
    this: Weak<RefCell<World>>,
    pub(super) program: Program,
    pub(super) settings: Settings,
    pub(super) machine: Machine,
    pub(super) trace: Trace,
    pub(super) objects: Objects,
    /// Whom the present use of an object lets go on; kept for the next one, as it is room in memory.
    pub(super) woken: Vec<Woken>,
    pub(super) placement: Placement<TaskId>,
    /// Where each task is.
    pub(super) places: Vec<Place>,
    /// The tasks that threads run, as far as there are any: the tasks of an event loop have no entry that says anything.
    pub(super) tasks: Vec<SimulatedTask>,
    pub(super) threads: Vec<SimulatedThread>,
    /// Of each lane the process, and the thread once it has one.
    pub(super) lanes: Vec<(crate::trace::Process, Option<ThreadId>)>,
    /// The answer for the task that goes on next.
    pub(super) answer: Option<Reply>,
    /// Whether the thread goes on whose task is polled and has asked for something.
    pub(super) goes_on: Option<bool>,
    /// When the run ended and how, once it has.
    pub(super) ending: Option<(Nanos, Result<Outcome, RunError>)>,
    /// How often a task went on or a thread had to give way.
    pub(super) steps: u64,
    most_steps: u64,
}

/// Predicts how `program` runs under `settings`, for no more than so many steps, and tells how many it took.
pub(super) fn run(program: &Program, settings: &Settings, most_steps: u64) -> (Trace, u64) {
    let (placement, lanes) = Placement::new(settings);
    let shared = Rc::new_cyclic(|this| {
        RefCell::new(World {
            this: Weak::clone(this),
            program: program.clone(),
            settings: *settings,
            machine: Machine::new(settings.costs),
            trace: Trace::new(settings.model, Clock::Virtual, Speed::REAL),
            objects: Objects::default(),
            woken: Vec::new(),
            placement,
            places: Vec::new(),
            tasks: Vec::new(),
            threads: Vec::new(),
            lanes: Vec::new(),
            answer: None,
            goes_on: None,
            ending: None,
            steps: 0,
            most_steps,
        })
    });
    for lane in &lanes {
        shared.borrow_mut().announce(lane);
    }
    let thread = shared.borrow_mut().thread_on(MAIN_LANE);
    if settings.model.has_loop() {
        loop_thread::begin(&shared, thread);
    } else {
        shared.borrow_mut().begin_main(thread);
    }
    run_to_the_end(&shared);
    let mut world = shared.borrow_mut();
    // Bodies and loops hold the world that holds them: letting go of them here ends the circle.
    let tasks = std::mem::take(&mut world.tasks);
    let loops: Vec<Option<SimulatedLoop>> = world.threads.iter_mut().map(|thread| thread.event_loop.take()).collect();
    let (trace, steps) = (world.finish(), world.steps);
    drop(world);
    drop((tasks, loops));
    (trace, steps)
}

fn run_to_the_end(shared: &Shared) {
    loop {
        let Some(thread) = shared.borrow_mut().run_until_a_thread_goes_on() else { return };
        let runs_a_loop = shared.borrow().threads[thread.0 as usize].event_loop.is_some();
        if runs_a_loop {
            loop_thread::poll(shared, thread);
        } else {
            bodies::go_on(shared, thread);
        }
    }
}

impl World {
    /// Lets time pass until a thread goes on with what it runs, which uses the world itself; `None` where the run is over.
    fn run_until_a_thread_goes_on(&mut self) -> Option<ThreadId> {
        while self.ending.is_none() {
            if self.is_endless() {
                self.break_off(RunError::Endless { happened: self.steps });
                break;
            }
            let next = self.machine.next();
            self.settle(None);
            match next {
                Some(Next::Poll(thread)) => {
                    if self.take_up_where_it_was(thread) {
                        return Some(thread);
                    }
                }
                Some(Next::Timer(thread)) => self.time_is_up(thread),
                Some(Next::GaveWay) => self.steps += 1,
                None => {
                    let waiting = self.unfinished();
                    self.break_off(RunError::Stalled { waiting });
                }
            }
        }
        None
    }

    fn begin_main(&mut self, thread: ThreadId) {
        let main = self.register("main", None, MAIN_LANE);
        let body = self.program.main(self.handle(main));
        self.task_mut(main).stage = Stage::Begun(Some(body));
        self.put_on(thread, main);
        self.wake(thread, None);
    }

    /// Whether as much has happened as one run may hold, so that a program which never ends is broken off; see
    /// [`MOST`](crate::simulate::MOST) for the one that is not.
    pub(super) fn is_endless(&self) -> bool {
        self.steps >= self.most_steps
    }

    /// Ends the run where it can never go on.
    pub(super) fn break_off(&mut self, error: RunError) {
        self.ending.get_or_insert((self.machine.now(), Err(error)));
    }

    /// Does what a thread has been computing for, now that it has. Returns whether it goes on with a task or a loop.
    fn take_up_where_it_was(&mut self, thread: ThreadId) -> bool {
        let entry = self.thread_mut(thread);
        entry.doing = Doing::Steps;
        let then = std::mem::replace(&mut entry.then, Then::Go(None));
        self.carry_out(thread, then)
    }

    fn carry_out(&mut self, thread: ThreadId, then: Then) -> bool {
        match then {
            Then::Go(reply) => {
                self.answer = reply;
                true
            }
            Then::Loop => true,
            Then::Receive(exchange, line) => self.receive(thread, exchange, line),
            Then::Read(cost, reply) => self.charge(thread, cost, Doing::Message, None, Then::Go(Some(reply))),
            Then::Begin(task) => self.begin(thread, task),
            Then::Place(job, line) => self.place(thread, *job, line),
            Then::Start { task, lane } => {
                self.start(task, lane);
                self.reply(Reply::Spawned(task))
            }
            Then::End(result) => self.publish_end(thread, result),
        }
    }

    /// The timer of a waiting thread is due.
    fn time_is_up(&mut self, thread: ThreadId) {
        let entry = &self.threads[thread.0 as usize];
        let gave_up = match entry.tasks.last().copied() {
            Some(task) if entry.event_loop.is_none() => self.give_up(task),
            _ => true,
        };
        if gave_up {
            self.wake(thread, None);
        }
    }

    /// Has a thread that waits run on.
    pub(super) fn wake(&mut self, thread: ThreadId, by: Option<TaskId>) {
        if let Some(event_loop) = &mut self.thread_mut(thread).event_loop {
            event_loop.is_parked = false;
        }
        self.machine.wake(thread);
        self.settle(by);
    }

    /// Has a thread compute for `cost`, busy with `doing`, and then do `then`. Returns whether it can do that at once and goes
    /// on.
    pub(super) fn charge(
        &mut self,
        thread: ThreadId,
        cost: Nanos,
        doing: Doing,
        line: Option<Line>,
        then: Then,
    ) -> bool {
        if cost == Nanos::ZERO {
            return self.carry_out(thread, then);
        }
        self.thread_mut(thread).doing = doing;
        if let Some(&task) = self.threads[thread.0 as usize].tasks.last() {
            self.enter(task, Activity::Running(doing), line, None);
        }
        self.thread_mut(thread).then = then;
        self.machine.compute(thread, cost) && self.take_up_where_it_was(thread)
    }

    /// Tells the trace what the machine has done to threads. `by` is the task that brought it about; where it is not said, the
    /// task of the thread that made way is.
    pub(super) fn settle(&mut self, by: Option<TaskId>) {
        while let Some(change) = self.machine.take_change() {
            let Some(&task) = self.threads[change.thread.0 as usize].tasks.last() else { continue };
            let activity = match change.became {
                Became::Running => Activity::Running(self.threads[change.thread.0 as usize].doing),
                Became::WantingGil => Activity::WantsGil,
                Became::WantingCore => Activity::Ready(ReadyFor::Core),
            };
            let made_way = change.by.and_then(|by| self.threads[by.0 as usize].tasks.last().copied());
            let by = by.or(made_way).filter(|by| *by != task);
            let lane = self.places[index(task)].lane;
            self.trace.enter(task, lane, activity, change.at, None, by);
        }
    }

    pub(super) fn register(&mut self, name: &str, parent: Option<TaskId>, lane: LaneId) -> TaskId {
        let task = TaskId(self.places.len() as u32);
        let at = self.machine.now();
        self.trace.begin(task, name, parent, at);
        self.places.push(Place { lane, thread: None });
        task
    }

    /// The entry of a task that a thread is to run.
    pub(super) fn task_mut(&mut self, task: TaskId) -> &mut SimulatedTask {
        if self.tasks.len() <= index(task) {
            self.tasks.resize_with(index(task) + 1, SimulatedTask::default);
        }
        &mut self.tasks[index(task)]
    }

    pub(super) fn announce(&mut self, new: &NewLane) {
        self.trace.apply(new.event());
        self.lanes.push((new.process, None));
    }

    /// The thread of a lane, made now if it has none yet.
    pub(super) fn thread_on(&mut self, lane: LaneId) -> ThreadId {
        let (process, thread) = self.lanes[lane.0 as usize];
        thread.unwrap_or_else(|| {
            let thread = self.machine.thread(process);
            self.lanes[lane.0 as usize].1 = Some(thread);
            self.threads.push(SimulatedThread {
                lane,
                process,
                tasks: Vec::new(),
                doing: Doing::Steps,
                then: Then::Go(None),
                event_loop: None,
            });
            thread
        })
    }

    /// Puts a task upon those that a thread runs.
    pub(super) fn put_on(&mut self, thread: ThreadId, task: TaskId) {
        let lane = self.thread_mut(thread).lane;
        self.thread_mut(thread).tasks.push(task);
        let entry = &mut self.places[index(task)];
        entry.thread = Some(thread);
        entry.lane = lane;
    }

    pub(super) fn handle(&self, task: TaskId) -> Task {
        let host = self.this.upgrade().expect("whoever uses the world holds it");
        Task::new(task, self.settings.model, self.settings.seed, host)
    }

    pub(super) fn enter(&mut self, task: TaskId, activity: Activity, line: Option<Line>, by: Option<TaskId>) {
        let (lane, at) = (self.places[index(task)].lane, self.machine.now());
        self.trace.enter(task, lane, activity, at, line, by);
    }

    #[inline]
    pub(super) fn mark(&mut self, task: TaskId, mark: MarkKind, line: Option<Line>) {
        let (lane, at) = (self.places[index(task)].lane, self.machine.now());
        self.trace.mark(task, lane, at, mark, line);
    }

    pub(super) fn thread_mut(&mut self, thread: ThreadId) -> &mut SimulatedThread {
        &mut self.threads[thread.0 as usize]
    }

    /// Whether a thread belongs to another process than the first task, and shares no memory with it.
    pub(super) fn is_away(&self, thread: ThreadId) -> bool {
        self.threads[thread.0 as usize].process != MAIN_PROCESS
    }

    pub(super) fn is_process_model(&self) -> bool {
        self.settings.model.spawns_processes() || self.settings.model == Model::LoopAndProcesses
    }

    fn unfinished(&self) -> Vec<String> {
        let waiting = self.trace.tasks.iter().filter(|task| task.ended.is_none());
        waiting.map(|task| self.trace.text(task.name).to_owned()).collect()
    }

    fn finish(&mut self) -> Trace {
        if let Some((at, ending)) = self.ending.take() {
            let (cpu, switches) = (Some(self.machine.cpu()), Some(self.machine.switches()));
            self.trace.apply(Event::Finish { at, cpu, switches, ending });
        }
        let empty = Trace::new(self.settings.model, Clock::Virtual, Speed::REAL);
        std::mem::replace(&mut self.trace, empty)
    }
}

pub(super) fn index(task: TaskId) -> usize {
    task.0 as usize
}
