//! A turn, step by step: select, timers, run. The rules stand at the head of the executor's module.

use super::platform::{After, Platform};
use std::task::Context;

use super::local::Local;
use super::ready::{LentWaker, WakerIdentity};
use super::task::{Ending, Key};
use super::tasks::Step;
use super::{Shared, Unfinished};

impl<P: Platform> Shared<P> {
    /// Turn after turn, until the one after that in which the task `main` has ended.
    pub(super) async fn turns(&self, main: Key) -> Result<(), Unfinished> {
        let mut lent = LentWaker::new(main, &self.outside);
        loop {
            let last = !self.tasks.borrow().is_running(main);
            self.select(last).await?;
            self.wake_due_timers();
            self.run_ready(&mut lent).await;
            if last {
                return Ok(());
            }
        }
    }

    async fn select(&self, last: bool) -> Result<(), Unfinished> {
        self.take_up_outside_wakes();
        if last || self.tasks.borrow().ready() > 0 {
            self.platform.look();
            return Ok(());
        }
        let deadline = self.timers.borrow_mut().earliest();
        if deadline.is_none() && self.outside.is_deserted() {
            return Err(Unfinished::Stalled { waiting: self.tasks.borrow().keys() });
        }
        self.platform.park(deadline).await;
        self.take_up_outside_wakes();
        Ok(())
    }

    fn take_up_outside_wakes(&self) {
        self.outside.take(|task| self.wake(task));
    }

    #[inline]
    fn wake_due_timers(&self) {
        if self.timers.borrow().is_empty() {
            return;
        }
        let now = self.platform.now();
        loop {
            let due = self.timers.borrow_mut().pop_due(now);
            let Some((deadline, sleeper)) = due else { break };
            self.due.set(Some(deadline));
            self.wake_sleeper(sleeper);
            self.due.set(None);
        }
    }

    async fn run_ready(&self, lent: &mut LentWaker) {
        let standing = self.tasks.borrow().ready();
        for _ in 0..standing {
            let Some(task) = self.tasks.borrow_mut().next() else { return };
            // More than once only if the platform says that the task holds the thread.
            while self.take_step(task, lent) && self.platform.polled(task).await == After::Again {}
        }
    }

    /// Polls a task. Returns whether it has not ended.
    #[inline]
    fn take_step(&self, task: Key, lent: &mut LentWaker) -> bool {
        let Some(Step { mut body, is_aborted, has_extras }) = self.tasks.borrow_mut().begin(task) else { return false };
        if is_aborted {
            self.cancel(task, body);
            return false;
        }
        if !self.platform.polling(task) {
            self.tasks.borrow_mut().pause(task, body);
            return true;
        }
        let own = if has_extras { self.tasks.borrow_mut().take_waker(task) } else { None };
        let waker = own.as_ref().unwrap_or_else(|| lent.lend(task));
        self.polled.set(Some((task, WakerIdentity::of(waker))));
        let polled = body.poll(&mut Context::from_waker(waker), &Ending { task, executor: self });
        self.polled.set(None);
        let kept = own.or_else(|| lent.take_kept(task));
        if polled.is_ready() {
            self.settle(task, body);
            return false;
        }
        let mut tasks = self.tasks.borrow_mut();
        tasks.pause(task, body);
        if let Some(kept) = kept {
            tasks.keep_waker(task, kept);
        }
        true
    }
}
