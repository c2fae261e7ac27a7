//! The jobs of one run that have not ended. Whoever joins a job that has failed fails the run, and with it whatever is still
//! being done: so a failure is told after all others have ended.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use engine::trace::{Activity, Event, ReadyFor, TaskId};

/// All of them.
#[derive(Default)]
pub struct OpenJobs {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    open: BTreeSet<TaskId>,
    /// How many of them are over but for the telling.
    held_back: usize,
    /// How many lanes take jobs from one queue; none where each job has a lane of its own.
    lanes: usize,
    /// How many of those hold jobs back.
    holding: usize,
    is_over: bool,
}

impl OpenJobs {
    /// Hears what happens in the run.
    pub fn hear(&self, event: &Event) {
        match event {
            // What a job does first, wherever it was put.
            Event::Enter { task, activity: Activity::Queued | Activity::Ready(ReadyFor::LaneStart), .. } => {
                self.lock().open.insert(*task);
            }
            Event::End { task, .. } => {
                let mut state = self.lock();
                state.open.remove(task);
                if state.held_back > 0 {
                    self.changed.notify_all();
                }
            }
            _ => {}
        }
    }

    /// Counts one more lane that takes jobs from the queue.
    pub fn add_lane(&self) {
        self.lock().lanes += 1;
    }

    /// A job that has not ended, beside `task`.
    pub fn another(&self, task: TaskId) -> Option<TaskId> {
        self.lock().open.iter().copied().find(|other| *other != task)
    }

    /// Waits on a lane that holds so many jobs back, until no other is left that anybody could still do.
    pub fn wait_for_the_others(&self, held_back: usize) {
        let mut state = self.lock();
        state.held_back += held_back;
        state.holding += 1;
        self.changed.notify_all();
        while !state.is_all_that_can_be_done() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.held_back -= held_back;
        state.holding -= 1;
    }

    /// Has nobody wait any more: the run is over.
    pub fn close(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_all_that_can_be_done(&self) -> bool {
        // Of a queue from which no lane takes any more nothing is to be hoped for.
        let nobody_is_left = self.lanes > 0 && self.holding == self.lanes;
        self.is_over || nobody_is_left || self.open.len() <= self.held_back
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use engine::time::Nanos;
    use engine::trace::LaneId;

    fn queued(task: u32) -> Event {
        let (task, lane, activity) = (TaskId(task), LaneId(1), Activity::Queued);
        Event::Enter { task, lane, activity, at: Nanos::ZERO, line: None, by: None }
    }

    fn end(task: u32) -> Event {
        Event::End { task: TaskId(task), at: Nanos::ZERO }
    }

    /// Of three jobs, on so many lanes of a pool, the first ones fail, and then `happens`: each failure is told after another.
    #[track_caller]
    fn check_told(lanes: usize, failed: u32, happens: impl FnOnce(&OpenJobs)) {
        let jobs = Arc::<OpenJobs>::default();
        (0..lanes).for_each(|_| jobs.add_lane());
        (1..=3).for_each(|task| jobs.hear(&queued(task)));
        let (tell, told) = channel();
        for task in 1..=failed {
            let (jobs, tell) = (Arc::clone(&jobs), tell.clone());
            thread::spawn(move || {
                jobs.wait_for_the_others(1);
                tell.send(task).unwrap();
            });
        }
        happens(&jobs);
        for _ in 1..=failed {
            // Never waited out where all is well.
            let task = told.recv_timeout(Duration::from_secs(60)).expect("nobody is told");
            jobs.hear(&end(task));
        }
    }

    #[test]
    fn a_failure_is_told_when_nothing_else_can_be_done() {
        check_told(2, 1, |jobs| [2, 3].into_iter().for_each(|task| jobs.hear(&end(task))));
        check_told(0, 2, |jobs| jobs.hear(&end(3)));
        // Nothing but failures is left.
        check_told(0, 3, |_| {});
        // Nobody is left to take what is in the queue.
        check_told(1, 1, |_| {});
        check_told(2, 2, |jobs| jobs.hear(&end(3)));
        check_told(2, 1, OpenJobs::close);
    }

    #[test]
    fn a_failure_is_not_told_before_what_can_be_done() {
        let state =
            |lanes, holding| State { open: [1, 2, 3].map(TaskId).into(), held_back: 1, lanes, holding, is_over: false };
        assert_eq!(
            [state(0, 1), state(2, 1), state(1, 1)].map(|it| it.is_all_that_can_be_done()),
            [false, false, true]
        );
    }
}
