//! How lanes come to be, and how each is given its tasks: threads of this process, and processes with a thread here that
//! feeds them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use crate::error::{RunError, TaskFailed};
use crate::measure::body::Over;
use crate::measure::ending::Out;
use crate::measure::lanes::Run;
use crate::measure::shared::Assigned;
use crate::placement::{MAIN_PROCESS, NewLane, Place};
use crate::trace::{Activity, Doing, LaneId, LaneKind};

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

    /// Has a task begin where it was placed; one that cannot ends at once.
    pub(super) fn start(self: &Arc<Self>, place: Place<Assigned>, name: &str) {
        let (task, started) = match place {
            Place::SpawnersLane(_) | Place::Queue(..) => return,
            Place::FreeLane(assigned, lane) => (assigned.task, self.deliver(lane, assigned)),
            Place::NewLane(assigned, new) => {
                let task = assigned.task;
                let started = match new.kind {
                    LaneKind::Process => self.start_process(&new, assigned),
                    LaneKind::Thread => self.start_thread(&new, assigned, None),
                    _ => {
                        let inbox = self.inbox(new.lane);
                        self.start_thread(&new, assigned, Some(inbox))
                    }
                };
                (task, started)
            }
        };
        if let Err(reason) = started {
            self.end(task, Err(TaskFailed { task: name.to_owned(), reason }), None);
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
        self.start_body(&new.name, move || {
            let _out = out;
            // Where the run is over, there is nothing left to do but to go home.
            let _: Result<(), Over> = run.work_on(lane, first, inbox.as_ref());
        })
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
        let (run, lane, tasks) = (Arc::clone(self), new.lane, self.inbox(new.lane));
        self.start_body(&new.name, move || {
            let mut next = tasks.recv().ok();
            while let Some(Assigned { task, job }) = next {
                let result = worker.work(task, &job);
                next = run.end(task, result, Some(lane)).or_else(|| tasks.recv().ok());
            }
        })
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

    fn deliver(&self, lane: LaneId, assigned: Assigned) -> Result<(), String> {
        let sent = self.lock().inboxes.get(&lane).map(|inbox| inbox.send(assigned));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => Err("the worker that it was given to is gone".to_owned()),
        }
    }
}
