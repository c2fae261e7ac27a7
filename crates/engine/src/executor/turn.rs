//! A turn, step by step: select, timers, run. The rules stand at the head of the executor's module.

use super::platform::{After, Platform};
use super::ready::WakerIdentity;
use super::task::{Key, Step, Turn};
use super::{Local, Shared, Unfinished};

impl<P: Platform> Shared<P> {
    /// Turn after turn, until the one after that in which the task `main` has ended.
    pub(super) async fn turns(&self, main: Key) -> Result<(), Unfinished> {
        loop {
            let last = !self.tasks.borrow().contains(main);
            self.select(last).await?;
            self.wake_due_timers();
            self.run_ready().await;
            if last {
                return Ok(());
            }
        }
    }

    async fn select(&self, last: bool) -> Result<(), Unfinished> {
        self.take_up_outside_wakes();
        if last || !self.ready.borrow().is_empty() {
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

    async fn run_ready(&self) {
        let standing = self.ready.borrow().len();
        for _ in 0..standing {
            let Some(task) = self.ready.borrow_mut().pop() else { break };
            self.run_task(task).await;
        }
    }

    /// Polls one task, more than once only if the platform says that it holds the thread.
    async fn run_task(&self, task: Key) {
        let mut turn = Turn::Next;
        loop {
            let step = self.tasks.borrow_mut().begin(task, turn);
            match step {
                Step::Poll(mut body, waker) => {
                    self.platform.polling(task);
                    self.polled.set(Some((task, WakerIdentity::of(&waker))));
                    let polled = body.poll(&waker);
                    self.polled.set(None);
                    if polled.is_ready() {
                        self.tasks.borrow_mut().release(task);
                        return body.finish();
                    }
                    self.tasks.borrow_mut().pause(task, body, waker);
                }
                Step::Cancel(body) => return body.cancel(),
                Step::Gone => return,
            }
            match self.platform.polled(task).await {
                After::Next => return,
                After::Again => turn = Turn::Again,
            }
        }
    }
}
