//! One run of a lesson on one model, predicted or measured.

use std::sync::{Arc, Mutex, PoisonError};

use engine::measure::native::OsThreads;
use engine::measure::{Plan, Recorder};
use engine::model::Model;
use engine::simulate::simulate;
use engine::trace::{Clock, Event, Trace};
use engine::work::calibrate_spin;

use crate::cpu_time;
use crate::process_pool::Pool;
use crate::request::Request;

/// Predicts the run of `model` on the virtual clock.
pub fn predict(request: &Request, model: Model) -> Trace {
    simulate(&request.prepared.program, &request.settings(model))
}

/// Measures one run of `model` on this machine. The jobs of its processes are done by `pool`.
pub fn measure(request: &Request, model: Model, pool: Option<&Pool>) -> Trace {
    let trace = Arc::new(Mutex::new(Some(Trace::new(model, Clock::Machine, request.speed))));
    // Done once a process, and no part of the first run's CPU time.
    calibrate_spin();
    let before = cpu_time::used();
    let recorder = {
        let trace = Arc::clone(&trace);
        Arc::new(Recorder::new(move |event| {
            if let Some(trace) = &mut *trace.lock().unwrap_or_else(PoisonError::into_inner) {
                trace.apply(event);
            }
        }))
    };
    let (workers, jobs_cpu) = pool.map(|pool| pool.workers(&recorder)).unzip();
    let (at, ending) = engine::measure::run(Plan {
        program: request.prepared.program.clone(),
        settings: request.settings(model),
        speed: request.speed,
        recorder,
        threads: Arc::new(OsThreads),
        workers: workers.unwrap_or_default(),
    });
    let cpu = cpu_time::since(before);
    let cpu = jobs_cpu.map_or(cpu, |jobs| cpu.zip(jobs.total()).map(|(own, jobs)| own + jobs));
    let taken = trace.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut trace = taken.unwrap_or_else(|| Trace::new(model, Clock::Machine, request.speed));
    trace.apply(Event::Finish { at, cpu, switches: None, ending });
    trace
}
