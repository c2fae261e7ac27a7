//! How a run on threads comes to its end, by itself or because it can never go on, and how everybody learns of it.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use web_time::Instant;

use crate::error::RunError;
use crate::measure::Station;
use crate::measure::lanes::Run;
use crate::measure::shared::Shared;
use crate::measure::station::Patience;
use crate::trace::{Line, MarkKind, TaskId};

impl Run {
    /// Breaks the run off if `task` has just closed a cycle of waiting that nobody's patience will break.
    pub(super) fn look_for_a_cycle(&self, shared: &mut Shared, station: &Station, task: TaskId, line: Line) {
        let Some((cycle, is_for_ever)) = shared.cycle(task) else { return };
        let links = shared.links(&cycle);
        station.mark(task, MarkKind::Cycle(cycle), line);
        if is_for_ever {
            self.break_off(shared, RunError::Deadlock(links));
        }
    }

    /// Breaks the run off if no task can go on without another.
    pub(super) fn look_for_a_standstill(&self, shared: &mut Shared) {
        if shared.going_on == 0 {
            let waiting = shared.unfinished();
            self.break_off(shared, RunError::Stalled { waiting });
        }
    }

    fn break_off(&self, shared: &mut Shared, error: RunError) {
        if !self.is_over() {
            shared.broken = Some((self.recorder.now(), error));
            self.finish(shared);
        }
    }

    /// Tells everybody that the run is over.
    fn finish(&self, shared: &mut Shared) {
        self.recorder.close();
        self.is_over.store(true, Ordering::Relaxed);
        shared.tell_waiters();
        // Without its inbox a worker goes home.
        shared.inboxes.clear();
        self.over.notify_all();
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Waits until all of the run's threads have gone home.
    pub(super) fn send_all_home(&self) {
        let mut shared = self.lock();
        self.finish(&mut shared);
        while shared.threads > 0 {
            shared = self.home.wait(shared).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Patience for Run {
    fn sleep(&self, delay: Duration) -> ControlFlow<()> {
        let due = Instant::now() + delay;
        let mut shared = self.lock();
        loop {
            self.look()?;
            let left = due.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return ControlFlow::Continue(());
            }
            shared = self.over.wait_timeout(shared, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn look(&self) -> ControlFlow<()> {
        if self.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// A thread that is out for a run, which waits until it has gone home.
pub(super) struct Out(Arc<Run>);

impl Out {
    pub(super) fn new(run: &Arc<Run>) -> Out {
        run.lock().threads += 1;
        Out(Arc::clone(run))
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        let mut shared = self.0.lock();
        shared.threads -= 1;
        if shared.threads == 0 {
            self.0.home.notify_all();
        }
    }
}
