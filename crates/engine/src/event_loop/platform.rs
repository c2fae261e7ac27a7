//! The loop as the executor's platform: its clock and its park, and what it does before and after each poll.

use std::rc::Rc;
use std::sync::Arc;

use super::{EventLoop, Held, LoopThread};
use crate::executor::{After, Key, Platform, Unpark};
use crate::operation::Reply;
use crate::time::Nanos;
use crate::trace::{Activity, Doing, ReadyFor, WaitFor};

/// An event loop, seen from its executor.
pub struct LoopPlatform<T: LoopThread>(Rc<EventLoop<T>>);

impl<T: LoopThread> LoopPlatform<T> {
    pub(super) fn new(event_loop: &Rc<EventLoop<T>>) -> Self {
        LoopPlatform(Rc::clone(event_loop))
    }
}

impl<T: LoopThread> Platform for LoopPlatform<T> {
    fn now(&self) -> Nanos {
        self.0.thread.now()
    }

    async fn park(&self, deadline: Option<Nanos>) {
        let event_loop = &*self.0;
        let since = event_loop.thread.now();
        event_loop.thread.polling(None);
        event_loop.thread.park(deadline).await;
        if event_loop.thread.now() > since {
            // Whoever goes on after a wait goes on because that is over, and not because somebody made way.
            event_loop.current.set(None);
        }
        event_loop.take_returned();
    }

    fn look(&self) {
        self.0.thread.look();
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        self.0.thread.unparker()
    }

    #[inline]
    fn woken(&self, task: Key, deadline: Option<Nanos>) {
        let event_loop = &*self.0;
        if event_loop.is_broken() {
            return;
        }
        let at = deadline.unwrap_or_else(|| event_loop.thread.now());
        let by = event_loop.current.get().filter(|_| deadline.is_none());
        let task = event_loop.task_of(task);
        event_loop.enter(task, Activity::Ready(ReadyFor::Turn), at, None, by.filter(|by| *by != task));
    }

    /// A task is polled once that is paid for. In a run that was broken off nothing happens any more.
    #[inline]
    fn polling(&self, task: Key) -> bool {
        let event_loop = &*self.0;
        if event_loop.is_broken() {
            return false;
        }
        let (task, before) = (event_loop.task_of(task), event_loop.current.get());
        event_loop.current.set(Some(task));
        event_loop.thread.polling(Some(task));
        let by = before.filter(|before| *before != task);
        event_loop.enter(task, Activity::Running(Doing::Steps), event_loop.thread.now(), None, by);
        let cost = event_loop.thread.poll_cost();
        if cost == Nanos::ZERO || event_loop.is_paid.get() {
            return true;
        }
        let is_paid = event_loop.thread.spend_at_once(cost);
        event_loop.is_paid.set(is_paid);
        if !is_paid {
            *event_loop.held.borrow_mut() = Some(Held::Poll(cost));
        }
        is_paid
    }

    async fn polled(&self, task: Key) -> After {
        let event_loop = &*self.0;
        let after = if event_loop.held.borrow().is_none() {
            event_loop.is_paid.set(false);
            After::Next
        } else {
            event_loop.hold(event_loop.task_of(task)).await;
            After::Again
        };
        event_loop.take_returned();
        after
    }
}

impl<T: LoopThread> EventLoop<T> {
    /// Keeps the thread for a task that is to have it, and leaves the answer in its entry.
    async fn hold(&self, task: crate::trace::TaskId) {
        let Some(held) = self.held.take() else { return };
        let now = self.thread.now();
        let reply = match held {
            Held::Poll(cost) => {
                self.thread.spend(cost, Doing::Steps).await;
                self.is_paid.set(true);
                return;
            }
            Held::Compute(computation, line) => Reply::Value(self.thread.compute(task, &computation, line).await),
            Held::Block(delay, line) => {
                let delay = self.speed.shorten(delay);
                let due = now + delay;
                self.enter(task, Activity::Waiting(WaitFor::BlockingCall(due)), now, Some(line), None);
                self.thread.block(delay).await;
                Reply::Done
            }
            Held::Spend(cost, doing, reply) => {
                self.enter(task, Activity::Running(doing), now, None, None);
                self.thread.spend(cost, doing).await;
                reply
            }
        };
        self.with(task, |entry| entry.answer(reply, Nanos::ZERO));
    }
}
