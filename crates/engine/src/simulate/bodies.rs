//! The bodies of tasks on simulated threads: how they are polled, and how they are answered.
//!
//! The world is the host of these tasks. What a task asks for it takes up at once: what can be answered at the present
//! instant is, and otherwise the task is left pending, to be polled again when the answer is there.

use std::cell::RefCell;
use std::mem::replace;
use std::task::{Context, Poll, Waker};

use crate::operation::{Operation, Reply, Request};
use crate::program::{Body, Ended, poll_body, waits_for_nothing};
use crate::simulate::machine::ThreadId;
use crate::simulate::thread::Stage;
use crate::simulate::world::{Shared, World, index};
use crate::task::Host;
use crate::trace::TaskId;

/// Lets a thread run on, at this instant, until what it runs takes time or is over.
pub(super) fn go_on(shared: &Shared, thread: ThreadId) {
    loop {
        let Some((task, mut body)) = shared.borrow_mut().take_body(thread) else { return };
        let name = || shared.borrow().trace.task_name(task).to_owned();
        let polled = poll_body(name, body.as_mut(), &mut Context::from_waker(Waker::noop()));
        if !shared.borrow_mut().polled(thread, task, body, polled) {
            return;
        }
    }
}

impl Host for RefCell<World> {
    fn poll(&self, task: TaskId, request: &mut Request, _: &mut Context<'_>) -> Poll<Reply> {
        self.borrow_mut().ask(task, request)
    }
}

impl World {
    /// Leaves the answer for the task that goes on next.
    pub(super) fn reply(&mut self, reply: Reply) -> bool {
        self.answer = Some(reply);
        true
    }

    /// Takes the body of the task that a thread runs, to be polled.
    fn take_body(&mut self, thread: ThreadId) -> Option<(TaskId, Body)> {
        if !self.begins_a_step() {
            return None;
        }
        let &task = self.threads[thread.0 as usize].tasks.last()?;
        let Stage::Begun(body) = &mut self.tasks[index(task)].stage else { return None };
        Some((task, body.take()?))
    }

    /// The body of a task was polled. Returns whether its thread goes on.
    fn polled(&mut self, thread: ThreadId, task: TaskId, body: Body, polled: Poll<Ended>) -> bool {
        let goes_on = match polled {
            Poll::Ready(result) => return self.end(thread, result),
            Poll::Pending => self.goes_on.take(),
        };
        let Some(goes_on) = goes_on else {
            let failed = waits_for_nothing(self.trace.task_name(task));
            return self.end(thread, Err(failed));
        };
        if let Stage::Begun(place) = &mut self.tasks[index(task)].stage {
            *place = Some(body);
        }
        goes_on
    }

    /// A task that is polled asks for something.
    fn ask(&mut self, task: TaskId, request: &mut Request) -> Poll<Reply> {
        if let Some(reply) = self.answer.take() {
            return Poll::Ready(reply);
        }
        let Some(thread) = self.places[index(task)].thread.filter(|_| !request.has_begun) else { return Poll::Pending };
        request.has_begun = true;
        let operation = replace(&mut request.operation, Operation::Yield);
        let goes_on = self.take_up(thread, task, operation, request.line);
        // Its thread may go on with another task: one that it has spawned there, or that is next because this one has failed.
        let is_answered =
            goes_on && self.answer.is_some() && self.threads[thread.0 as usize].tasks.last() == Some(&task);
        if is_answered
            && self.begins_a_step()
            && let Some(reply) = self.answer.take()
        {
            return Poll::Ready(reply);
        }
        self.goes_on = Some(goes_on);
        Poll::Pending
    }

    /// Counts a step of a thread, unless the run is over.
    fn begins_a_step(&mut self) -> bool {
        let goes_on = self.ending.is_none() && !self.is_endless();
        self.steps += u64::from(goes_on);
        goes_on
    }
}
