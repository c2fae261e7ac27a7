//! How lanes come to be, and how each is given its tasks: threads of this process, and processes with a thread here that
//! feeds them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use crate::error::{RunError, TaskFailed};
use crate::measure::Hand;
use crate::measure::body::Over;
use crate::measure::ending::Out;
use crate::measure::lanes::Run;
use crate::measure::shared::Assigned;
use crate::operation::Job;
use crate::placement::{MAIN_PROCESS, NewLane, Place};
use crate::trace::{Activity, Doing, LaneId, LaneKind, TaskId};

impl Run {
    /// Tells of the lanes that are there from the beginning, and starts those that are in a pool's processes.
    pub(super) fn announce(self: &Arc<Self>, lanes: Vec<NewLane>) -> Result<(), RunError> {
        for new in lanes {
            if new.process != MAIN_PROCESS {
                let started = self.start_in_kept_process(&new);
                started.map_err(|reason| TaskFailed { task: new.name.clone(), reason })?;
            }
            self.recorder.record(new.event());
        }
        Ok(())
    }

    /// Has the thread of a free lane's worker see to a task, which may have been given by hand.
    pub(super) fn leave_to_worker(&self, lane: LaneId, assigned: Assigned) {
        let (task, name) = (assigned.task, assigned.job.name.clone());
        if let Err(reason) = self.deliver(lane, assigned) {
            self.end(task, Err(TaskFailed { task: name, reason }), None);
        }
    }

    /// Has a task begin where it was placed; one that cannot ends at once.
    pub(super) fn start(self: &Arc<Self>, place: Place<Assigned>) {
        match place {
            Place::SpawnersLane(_) | Place::Queue(..) => {}
            Place::FreeLane(assigned, lane) => {
                // Whether it has been taken makes no difference to who sees to it.
                let _ = self.give(lane, &assigned);
                self.leave_to_worker(lane, assigned);
            }
            Place::NewLane(assigned, new) => {
                let (task, name) = (assigned.task, assigned.job.name.clone());
                let started = match new.kind {
                    LaneKind::Process => self.start_process(&new, assigned),
                    LaneKind::Thread => self.start_thread(&new, assigned, None),
                    _ => {
                        let inbox = self.inbox(new.lane);
                        self.start_thread(&new, assigned, Some(inbox))
                    }
                };
                if let Err(reason) = started {
                    self.end(task, Err(TaskFailed { task: name, reason }), None);
                }
            }
        }
    }

    /// Starts a thread of this process for its first task; a pool's then does whatever it finds in its inbox.
    fn start_thread(
        self: &Arc<Self>,
        new: &NewLane,
        first: Assigned,
        inbox: Option<Receiver<Assigned>>,
    ) -> Result<(), String> {
        let (run, lane, out) = (Arc::clone(self), new.lane, Out::new(self));
        let started = self.start_body(&new.name, move || {
            let _out = out;
            // Where the run is over, there is nothing left to do but to go home.
            let _: Result<(), Over> = run.work_on(lane, first, inbox.as_ref());
        });
        // The one that could not be started has gone home already.
        started.map_err(|reason| format!("beside {} threads of the run, {reason}", 1 + self.lock().threads))
    }

    /// Starts a process for one task. The task has ended when its process has, as for whoever joins a `Process` of CPython.
    fn start_process(self: &Arc<Self>, new: &NewLane, assigned: Assigned) -> Result<(), String> {
        let mut worker = self.processes.start(new.lane, new.process)?;
        let (run, station) = (Arc::clone(self), self.station(new.lane));
        self.start_body(&new.name, move || {
            let Assigned { task, job } = assigned;
            let result = worker.work(task, &job);
            station.enter(task, Activity::Running(Doing::Starting), None, None);
            drop(worker);
            run.end(task, result, Some(station.lane));
        })
    }

    /// Starts the thread that feeds a lane of a process which was there before.
    fn start_in_kept_process(self: &Arc<Self>, new: &NewLane) -> Result<(), String> {
        let mut worker = self.processes.start(new.lane, new.process)?;
        if let Some(hand) = worker.hand() {
            self.lock().hands.insert(new.lane, hand);
        }
        let (run, lane, tasks) = (Arc::clone(self), new.lane, self.inbox(new.lane));
        self.start_body(&new.name, move || {
            let mut next = tasks.recv().ok();
            while let Some(Assigned { task, job }) = next {
                let mut batch = vec![(task, job)];
                batch.extend(run.take_more(worker.appetite()));
                let mut left = batch.len();
                next = None;
                worker.work_all(&batch, &mut |ended| {
                    left -= ended.len();
                    // The lane is free when the last of them has ended.
                    next = run.end_all(ended, (left == 0).then_some(lane));
                });
                next = next.or_else(|| tasks.recv().ok());
            }
        })
    }

    /// Takes more of the jobs that wait, so that a worker has `most` at the most. The fewer wait, the smaller each worker's
    /// share: none is to stand behind others while another worker has nothing to do.
    fn take_more(&self, most: usize) -> Vec<(TaskId, Job)> {
        if most < 2 {
            return Vec::new();
        }
        let mut shared = self.lock();
        if self.is_over() {
            return Vec::new();
        }
        let more: Vec<_> = shared.placement.take_share(most - 1).into_iter().map(|it| (it.task, it.job)).collect();
        shared.going_on += more.len();
        more
    }

    /// Starts a thread and waits until it runs, as CPython's `Thread.start` does: what is started first begins first.
    fn start_body(&self, name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), String> {
        let (begun, begins) = channel();
        let body = move || {
            drop(begun);
            body();
        };
        self.threads.start(name, Box::new(body))?;
        // Nothing is ever sent: the channel ends when the thread lets go of its end.
        let _: Result<(), _> = begins.recv();
        Ok(())
    }

    /// What the thread of a pool's lane takes its tasks from.
    fn inbox(&self, lane: LaneId) -> Receiver<Assigned> {
        let (inbox, tasks) = channel();
        self.lock().inboxes.insert(lane, inbox);
        tasks
    }

    /// Gives a free lane's worker a task by hand, where that has one which takes it.
    pub(super) fn give(&self, lane: LaneId, assigned: &Assigned) -> Option<Arc<dyn Hand>> {
        let hand = self.lock().hands.get(&lane).map(Arc::clone);
        hand.filter(|hand| hand.give(assigned.task, &assigned.job))
    }

    fn deliver(&self, lane: LaneId, assigned: Assigned) -> Result<(), String> {
        let sent = self.lock().inboxes.get(&lane).map(|inbox| inbox.send(assigned));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err("the worker that it was given to is gone".to_owned()),
        }
    }
}
