//! Waiting for other tasks on threads that really block: for their end, and for objects that tasks share.

use std::sync::{Arc, Condvar, MutexGuard, PoisonError};
use std::time::Duration;

use web_time::Instant;

use crate::measure::Station;
use crate::measure::body::{Left, Over};
use crate::measure::lanes::{InHand, Run};
use crate::measure::shared::{Shared, Waiting};
use crate::operation::Reply;
use crate::placement::Place;
use crate::sync::{Misuse, Moved, ObjectId, ObjectKind, Step, Use, Woken};
use crate::time::Nanos;
use crate::trace::{Activity, Event, Line, MarkKind, TaskId, Used, WaitFor};

impl Run {
    /// Makes an object.
    pub(super) fn make(&self, kind: ObjectKind, name: &str) -> Result<Reply, Misuse> {
        let mut shared = self.lock();
        let object = shared.objects.make(kind)?;
        shared.object_names.push(name.to_owned());
        // Recorded under the lock, so that objects are announced in the order of their numbers.
        self.recorder.record(Event::Object { object, name: name.to_owned(), kind });
        Ok(Reply::Made(object))
    }

    /// Uses an object, and blocks this thread while the task waits for it.
    pub(super) fn use_object(
        &self,
        station: &Station,
        task: TaskId,
        object: ObjectId,
        what: Use,
        patience: Option<Nanos>,
        line: Line,
    ) -> Result<Reply, Left> {
        let mut shared = self.lock();
        let mut woken = Vec::new();
        let answer = match shared.objects.apply(task, object, what, &mut woken) {
            Step::Refused(misuse) => return Err(misuse.into()),
            Step::Answered(answer) => {
                station.mark(task, MarkKind::Used(object, Used::of(what, answer)), line);
                let_go_on(&mut shared, &woken, task);
                self.tell_moved(&mut shared, task);
                return Ok(Reply::Used(answer));
            }
            Step::Waits => {
                let holder = shared.objects.holders(object).first().copied();
                let activity = Activity::Blocked { object, holder };
                let waiting = Waiting::Object { is_patient: patience.is_none() };
                // Those first who may go on because a condition's lock is free: the run stands still only if nobody does.
                let_go_on(&mut shared, &woken, task);
                self.wait(shared, station, task, waiting, activity, patience, line)?
            }
        };
        if let Reply::Used(answer) = answer {
            station.mark(task, MarkKind::Used(object, Used::of(what, answer)), line);
        }
        Ok(answer)
    }

    /// Tells that `by` has notified tasks, which wait for the condition's lock from now on, as long as that takes. They sleep, so it
    /// is told for them.
    fn tell_moved(&self, shared: &mut Shared, by: TaskId) {
        for Moved { task, lock } in shared.objects.take_moved() {
            shared.be_patient(task);
            if let Some(waiter) = shared.waiters.get(&task) {
                let (lane, line) = (waiter.lane, Some(waiter.line));
                let activity = Activity::Blocked { object: lock, holder: Some(by) };
                self.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line, by: Some(by) });
            }
        }
    }

    /// Waits for the end of a task.
    pub(super) fn join(&self, station: &Station, task: TaskId, joined: TaskId, line: Line) -> Result<Reply, Over> {
        let mut shared = self.lock();
        if let Some(result) = shared.take_result(joined) {
            return Ok(Reply::Joined(result));
        }
        let whom = shared.away.stands_behind(joined).unwrap_or(joined);
        let activity = Activity::Waiting(WaitFor::Task(whom));
        self.wait(shared, station, task, Waiting::End(joined), activity, None, line)
    }

    /// Tells of tasks for whom each of them really waits, now that `ended` has. They sleep, so it is told for them.
    pub(super) fn tell_who_turn_to_others(&self, shared: &Shared, turned: &[(TaskId, TaskId)], ended: TaskId) {
        for &(task, whom) in turned {
            if let Some(waiter) = shared.waiters.get(&task) {
                let (lane, line) = (waiter.lane, Some(waiter.line));
                let activity = Activity::Waiting(WaitFor::Task(whom));
                self.recorder.record_now(|at| Event::Enter { task, lane, activity, at, line, by: Some(ended) });
            }
        }
    }

    /// Waits for the end of a task in the place of its worker's thread, and publishes it as that thread would.
    pub(super) fn join_in_hand(
        self: &Arc<Self>,
        station: &Station,
        task: TaskId,
        in_hand: InHand,
        line: Line,
    ) -> Result<Reply, Over> {
        let joined = in_hand.assigned.task;
        station.waits(task, Activity::Waiting(WaitFor::Task(joined)), line);
        let Some(result) = in_hand.hand.wait(joined) else {
            // The same wait goes on: only whom it is for has changed.
            let goes_on = self.lock().begin_to_wait(task, Waiting::End(joined), station.lane, line);
            self.leave_to_worker(in_hand.lane, in_hand.assigned);
            let (reply, by) = self.wait_for_answer(self.lock(), station, task, &goes_on, None, line)?;
            station.runs(task, by);
            return Ok(reply);
        };
        if let Some(next) = self.end(joined, result, Some(in_hand.lane)) {
            self.start(Place::FreeLane(next, in_hand.lane));
        }
        station.runs(task, Some(joined));
        self.join(station, task, joined, line)
    }

    /// Blocks this thread until another task leaves the answer that `task` waits for, or until its patience is at its end.
    #[expect(clippy::too_many_arguments, reason = "all of them belong to the one wait")]
    fn wait(
        &self,
        mut shared: MutexGuard<'_, Shared>,
        station: &Station,
        task: TaskId,
        waiting: Waiting,
        activity: Activity,
        patience: Option<Nanos>,
        line: Line,
    ) -> Result<Reply, Over> {
        // Told under the lock: nobody ends the wait before it has begun.
        station.waits(task, activity, line);
        let goes_on = shared.begin_to_wait(task, waiting, station.lane, line);
        self.look_for_a_cycle(&mut shared, station, task, line);
        self.look_for_a_standstill(&mut shared);
        let deadline = patience.map(|patience| Instant::now() + Duration::from(self.speed.shorten(patience)));
        let (reply, by) = self.wait_for_answer(shared, station, task, &goes_on, deadline, line)?;
        station.runs(task, by);
        Ok(reply)
    }

    fn wait_for_answer(
        &self,
        mut shared: MutexGuard<'_, Shared>,
        station: &Station,
        task: TaskId,
        goes_on: &Condvar,
        deadline: Option<Instant>,
        line: Line,
    ) -> Result<(Reply, Option<TaskId>), Over> {
        loop {
            if self.is_over() {
                return Err(Over);
            }
            let Some(waiter) = shared.waiters.get_mut(&task) else {
                unreachable!("only this function takes a waiter away")
            };
            if let Some((reply, by)) = waiter.answer.take() {
                shared.waiters.remove(&task);
                return Ok((reply, Some(by)));
            }
            let deadline = deadline.filter(|_| !waiter.what.is_patient());
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                if let Some(Step::Answered(answer)) = shared.objects.give_up(task) {
                    shared.waiters.remove(&task);
                    return Ok((Reply::Used(answer), None));
                }
                // A condition's waiter has to have the lock before it goes on, however long that takes.
                shared.be_patient(task);
                if let Some(object) = shared.objects.waits_on(task) {
                    let holder = shared.objects.holders(object).first().copied();
                    station.enter(task, Activity::Blocked { object, holder }, Some(line), None);
                }
                self.look_for_a_cycle(&mut shared, station, task, line);
                self.look_for_a_standstill(&mut shared);
                continue;
            }
            shared = match left {
                None => goes_on.wait(shared).unwrap_or_else(PoisonError::into_inner),
                Some(left) => goes_on.wait_timeout(shared, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}

/// Has those go on whom `by` has let go on by using an object.
fn let_go_on(shared: &mut Shared, woken: &[Woken], by: TaskId) {
    for &Woken { task, answer } in woken {
        shared.answer(task, Reply::Used(answer), by);
    }
}
