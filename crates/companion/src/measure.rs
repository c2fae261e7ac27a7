//! One run of a lesson on one model, predicted or measured.

use std::sync::{Arc, Mutex, PoisonError};

use engine::error::RunError;
use engine::measure::{Plan, Recorder};
use engine::model::Model;
use engine::program::Outcome;
use engine::simulate::simulate;
use engine::trace::{Clock, Event, Trace};
use engine::work::calibrate_spin;

use crate::cpu_time;
use crate::process_pool::Source;
use crate::request::Request;
use crate::service::Service;
use crate::threads::BoundedThreads;

/// Predicts the run of `model` on the virtual clock.
pub fn predict(request: &Request, model: Model) -> Trace {
    simulate(&request.prepared.program, &request.settings(model))
}

/// What measured runs on one model have beside this process.
pub struct Surroundings {
    /// Where their processes come from.
    pub source: Source,
    /// What their requests go to, unless a timer stands in for it.
    pub service: Option<Service>,
}

impl Surroundings {
    /// Starts what the runs of `request` on `model` need.
    ///
    /// # Errors
    /// Why that cannot be had, as the end of a sentence.
    pub fn start(request: &Request, model: Model) -> Result<Surroundings, String> {
        let service = Service::start(request)?;
        let source = Source::start(request, model, service.as_ref().map(Service::address))?;
        Ok(Surroundings { source, service })
    }
}

/// Measures one run of `model` on this machine, and returns what happened in it.
///
/// # Errors
/// Why it could not begin, as the end of a sentence.
pub fn measure(request: &Request, model: Model, surroundings: &Surroundings) -> Result<Vec<Event>, String> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&events);
    let tell = move |event| into.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    measure_into(request, model, surroundings, tell, |_| {})?;
    // Threads that were cut off may hold the other end yet.
    Ok(std::mem::take(&mut *events.lock().unwrap_or_else(PoisonError::into_inner)))
}

/// The trace of a measured run in which this happened.
pub fn traced(request: &Request, model: Model, events: &[Event]) -> Trace {
    let mut trace = Trace::new(model, Clock::Machine, request.speed);
    events.iter().cloned().for_each(|event| trace.apply(event));
    trace
}

/// Measures one run of `model` on this machine and tells what happens in it, its end last; `judge` is shown the end first.
///
/// # Errors
/// Why it could not begin, as the end of a sentence.
pub fn measure_into(
    request: &Request,
    model: Model,
    surroundings: &Surroundings,
    tell: impl FnMut(Event) + Send + 'static,
    judge: impl FnOnce(&Result<Outcome, RunError>),
) -> Result<(), String> {
    let transport = surroundings.service.as_ref().map(Service::transport).transpose()?;
    // Done once a process, and no part of the first run's CPU time.
    calibrate_spin();
    let before = cpu_time::used();
    let recorder = Arc::new(Recorder::new(tell));
    let children = surroundings.source.for_run(&recorder);
    let (at, ending) = engine::measure::run(Plan {
        program: request.prepared.program.clone(),
        settings: request.settings(model),
        speed: request.speed,
        recorder: Arc::clone(&recorder),
        threads: Arc::new(BoundedThreads::default()),
        transport,
        processes: children.processes(),
    });
    // Whoever looks out for an answer waits, as its program does.
    let cpu = cpu_time::since(before).map(|own| own.since(children.looked_out()));
    let cpu = cpu.zip(children.cpu()).map(|(own, theirs)| own + theirs);
    judge(&ending);
    recorder.record(Event::Finish { at, cpu, switches: None, ending });
    Ok(())
}
