//! Predicting a run on a virtual clock.
//!
//! A prediction is a pure function of program and settings: it reads no clock and no global randomness, and equal
//! inputs give equal traces. Time passes only where a task waits.

mod agenda;
mod selector;
mod world;

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::error::RunError;
use crate::event_loop;
use crate::model::{Model, Settings, Speed};
use crate::program::Program;
use crate::trace::{Clock, Event, Trace};
use selector::VirtualSelector;

/// Predicts how `program` runs under `settings`.
///
/// # Errors
/// [`RunError::Task`] where a task fails that the program does not carry on without, [`RunError::Stalled`] where no
/// task can go on.
pub fn simulate(program: &Program, settings: &Settings) -> Result<Trace, RunError> {
    match settings.model {
        Model::EventLoop => simulate_event_loop(program),
        Model::Sequential | Model::Threads | Model::ThreadPool | Model::ProcessPool => world::run(program, settings),
    }
}

fn simulate_event_loop(program: &Program) -> Result<Trace, RunError> {
    let trace = Rc::new(RefCell::new(Trace::new(Model::EventLoop, Clock::Virtual, Speed::REAL)));
    let record = {
        let trace = Rc::clone(&trace);
        move |event| trace.borrow_mut().apply(event)
    };
    let run = pin!(event_loop::run(program.clone(), VirtualSelector::default(), Speed::REAL, record));
    let Poll::Ready(result) = run.poll(&mut Context::from_waker(Waker::noop())) else {
        unreachable!("a virtual selector never waits, so the loop runs to its end in one poll");
    };
    let (at, outcome) = result?;
    let mut trace = trace.borrow().clone();
    trace.apply(Event::Finish { at, cpu: Some(trace.running_time()), outcome });
    Ok(trace)
}
