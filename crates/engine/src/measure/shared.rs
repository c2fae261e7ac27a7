//! What the threads of a run share, behind one lock.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar};

use crate::error::{Link, RunError};
use crate::event_loop::Back;
use crate::executor::Unpark;
use crate::measure::Hand;
use crate::measure::away::{Away, Told};
use crate::operation::{Job, Reply};
use crate::placement::Placement;
use crate::program::Ended;
use crate::sync::{Objects, Wait};
use crate::time::Nanos;
use crate::trace::{LaneId, Line, TaskId};

/// All of it. A thread holds the lock only to look and to change, never while a body runs.
pub(super) struct Shared {
    pub(super) placement: Placement<Assigned>,
    /// What is done in other processes.
    pub(super) away: Away,
    /// All tasks that have been made.
    pub(super) tasks: Vec<Made>,
    /// How many tasks go on without another's doing: they run, or wait for something that time brings.
    pub(super) going_on: usize,
    /// What ended tasks returned, until they are joined.
    results: HashMap<TaskId, Ended>,
    pub(super) inboxes: HashMap<LaneId, Sender<Assigned>>,
    /// The hands of workers that have one.
    pub(super) hands: HashMap<LaneId, Arc<dyn Hand>>,
    pub(super) objects: Objects,
    pub(super) object_names: Vec<String>,
    /// The tasks that wait for others.
    pub(super) waiters: HashMap<TaskId, Waiter>,
    /// Who joins a task that has not ended.
    joiners: HashMap<TaskId, TaskId>,
    /// What an event loop has sent away and is to hear of.
    pub(super) sent_by_loop: HashSet<TaskId>,
    /// What has come back to the event loop.
    pub(super) returned: VecDeque<Back>,
    /// How the event loop's thread is woken.
    pub(super) loop_thread: Option<Arc<dyn Unpark>>,
    /// How many of the run's threads have not gone home.
    pub(super) threads: usize,
    /// When and why the run was broken off, if it was.
    pub(super) broken: Option<(Nanos, RunError)>,
}

/// A task that has been made.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) has_ended: bool,
}

/// A task with what it is to do.
#[derive(Debug)]
pub(super) struct Assigned {
    pub(super) task: TaskId,
    pub(super) job: Job,
}

/// A task that waits for another.
pub(super) struct Waiter {
    pub(super) what: Waiting,
    /// Where it waits, and the source line that asked.
    pub(super) lane: LaneId,
    pub(super) line: Line,
    /// The answer that it waits for, once that is there, and who gave it.
    pub(super) answer: Option<(Reply, TaskId)>,
    /// Told when the task can go on, or the run is over.
    goes_on: Arc<Condvar>,
}

/// What a task waits for that another task is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// Its turn with an object; for ever, if it is patient.
    Object { is_patient: bool },
    /// The end of a task, which it joins.
    End(TaskId),
    /// The end of a task that runs on its own lane.
    Call(TaskId),
}

impl Shared {
    pub(super) fn new(placement: Placement<Assigned>) -> Shared {
        Shared {
            placement,
            away: Away::default(),
            tasks: Vec::new(),
            // The first task, or the event loop.
            going_on: 1,
            results: HashMap::new(),
            inboxes: HashMap::new(),
            hands: HashMap::new(),
            objects: Objects::default(),
            object_names: Vec::new(),
            waiters: HashMap::new(),
            joiners: HashMap::new(),
            sent_by_loop: HashSet::new(),
            returned: VecDeque::new(),
            loop_thread: None,
            threads: 0,
            broken: None,
        }
    }

    /// Notes that a task waits for another. What is returned is told when it can go on.
    pub(super) fn begin_to_wait(&mut self, task: TaskId, what: Waiting, lane: LaneId, line: Line) -> Arc<Condvar> {
        if let Waiting::End(joined) = what {
            self.joiners.insert(joined, task);
        }
        self.going_on -= usize::from(what.is_patient());
        let goes_on = Arc::new(Condvar::new());
        self.waiters.insert(task, Waiter { what, lane, line, answer: None, goes_on: Arc::clone(&goes_on) });
        goes_on
    }

    /// Notes that a task which had patience for so long waits for as long as it takes.
    pub(super) fn be_patient(&mut self, task: TaskId) {
        if let Some(waiter) = self.waiters.get_mut(&task).filter(|waiter| !waiter.what.is_patient()) {
            waiter.what = Waiting::Object { is_patient: true };
            self.going_on -= 1;
        }
    }

    /// Notes that the task has ended which a task has called on its own lane.
    pub(super) fn end_call(&mut self, caller: TaskId) {
        self.waiters.remove(&caller);
        self.going_on += 1;
    }

    /// Leaves a waiting task the answer that it waits for.
    pub(super) fn answer(&mut self, task: TaskId, reply: Reply, by: TaskId) {
        if let Some(waiter) = self.waiters.get_mut(&task) {
            self.going_on += usize::from(waiter.what.is_patient());
            waiter.answer = Some((reply, by));
            waiter.goes_on.notify_all();
        }
    }

    /// Notes that a task ended, and leaves its result to whoever waits for it; that of one that failed once nothing else is done
    /// in other processes. Returns who waits for that on a thread, each with the task that it waits for in truth from now on.
    pub(super) fn publish(&mut self, task: TaskId, result: Ended) -> Vec<(TaskId, TaskId)> {
        self.going_on -= 1;
        self.tasks[task.0 as usize].has_ended = true;
        self.objects.forget(task);
        let Told { results, held_back } = self.away.end(task, result);
        for (ended, result) in results {
            self.tell(ended, result, task);
        }
        let (of_loop, of_threads): (Vec<_>, Vec<_>) =
            held_back.into_iter().partition(|(failed, _)| self.sent_by_loop.contains(failed));
        for (failed, behind) in of_loop {
            self.tell_loop(Back::Later { task: failed, behind, by: task });
        }
        of_threads.into_iter().filter_map(|(failed, behind)| Some((*self.joiners.get(&failed)?, behind))).collect()
    }

    /// The result of a task that has ended, where whoever joins it need not wait.
    pub(super) fn take_result(&mut self, task: TaskId) -> Option<Ended> {
        let result = self.results.remove(&task)?;
        self.away.unless_held_back(task, result)
    }

    fn tell(&mut self, task: TaskId, result: Ended, by: TaskId) {
        if self.sent_by_loop.remove(&task) {
            self.tell_loop(Back::Result { task, result, cost: Nanos::ZERO, by });
        } else if let Some(joiner) = self.joiners.remove(&task) {
            self.answer(joiner, Reply::Joined(result), by);
        } else {
            self.results.insert(task, result);
        }
    }

    fn tell_loop(&mut self, back: Back) {
        self.returned.push_back(back);
        if let Some(thread) = &self.loop_thread {
            thread.unpark();
        }
    }

    /// The cycle of waiting that `task` has just closed, and whether nobody's patience will break it.
    pub(super) fn cycle(&self, task: TaskId) -> Option<(Vec<Wait>, bool)> {
        let waits_for = |task: TaskId| match self.waiters.get(&task)?.what {
            Waiting::End(other) | Waiting::Call(other) => Some(other),
            Waiting::Object { .. } => None,
        };
        let cycle = self.objects.cycle(task, waits_for)?;
        let is_patient = |wait: &Wait| self.waiters.get(&wait.task).is_none_or(|waiter| waiter.what.is_patient());
        let is_for_ever = cycle.iter().all(is_patient);
        Some((cycle, is_for_ever))
    }

    /// Tells all who wait for another task that the run is over.
    pub(super) fn tell_waiters(&self) {
        for waiter in self.waiters.values() {
            waiter.goes_on.notify_all();
        }
    }

    /// A cycle of waiting by its names.
    pub(super) fn links(&self, cycle: &[Wait]) -> Vec<Link> {
        let link = |wait: &Wait| Link {
            task: self.name(wait.task),
            object: wait.object.and_then(|object| self.object_names.get(object.0 as usize).cloned()),
            holder: self.name(wait.holder),
        };
        cycle.iter().map(link).collect()
    }

    pub(super) fn name(&self, task: TaskId) -> String {
        self.tasks.get(task.0 as usize).map(|made| made.name.clone()).unwrap_or_default()
    }

    /// The names of the tasks that have not ended.
    pub(super) fn unfinished(&self) -> Vec<String> {
        self.tasks.iter().filter(|made| !made.has_ended).map(|made| made.name.clone()).collect()
    }
}

impl Waiting {
    /// Whether nothing but the other task will end it.
    pub(super) fn is_patient(self) -> bool {
        self != Waiting::Object { is_patient: false }
    }
}
