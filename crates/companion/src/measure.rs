//! One run of a lesson on one model, predicted or measured.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use engine::error::RunError;
use engine::measure::native::{BlockingSelector, OsThreads};
use engine::measure::{Plan, Recorder, run_on_event_loop, run_on_lanes};
use engine::model::Model;
use engine::program::Outcome;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Clock, Event, Trace};

use crate::cpu_time;
use crate::process_pool::Pool;
use crate::request::Request;

/// Predicts the run of `model` on the virtual clock.
///
/// # Errors
/// As [`simulate`].
pub fn predict(request: &Request, model: Model) -> Result<Trace, RunError> {
    simulate(&request.prepared.program, &request.settings(model))
}

/// Measures one run of `model` on this machine. A process pool's jobs are done by `pool`.
///
/// # Errors
/// A clause, where a task fails that the program does not carry on without.
pub fn measure(request: &Request, model: Model, pool: Option<&Pool>) -> Result<Trace, String> {
    let trace = Arc::new(Mutex::new(Some(Trace::new(model, Clock::Machine, request.speed))));
    let before = cpu_time::used();
    let recorder = {
        let trace = Arc::clone(&trace);
        Arc::new(Recorder::new(move |event| {
            // What a task still does when the program has ended is no part of the run.
            if let Some(trace) = &mut *trace.lock().unwrap_or_else(PoisonError::into_inner) {
                trace.apply(event);
            }
        }))
    };
    let (workers, jobs_cpu) = pool.map(|pool| pool.workers(&recorder)).unzip();
    let (at, outcome) = match model {
        Model::EventLoop => on_event_loop(request, recorder)?,
        Model::Sequential | Model::Threads | Model::ThreadPool | Model::ProcessPool => run_on_lanes(Plan {
            program: request.prepared.program.clone(),
            settings: request.settings(model),
            speed: request.speed,
            recorder,
            threads: Arc::new(OsThreads),
            workers: workers.unwrap_or_default(),
        })
        .map_err(|error| error.to_string())?,
    };
    let cpu = cpu_time::since(before);
    let cpu = jobs_cpu.map_or(cpu, |jobs| cpu.zip(jobs.total()).map(|(own, jobs)| own + jobs));
    let taken = trace.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut trace = taken.unwrap_or_else(|| Trace::new(model, Clock::Machine, request.speed));
    trace.apply(Event::Finish { at, cpu, outcome });
    Ok(trace)
}

fn on_event_loop(request: &Request, recorder: Arc<Recorder>) -> Result<(Nanos, Outcome), String> {
    let selector = BlockingSelector::new(Arc::clone(&recorder));
    polled_once(run_on_event_loop(request.prepared.program.clone(), selector, request.speed, recorder))
}

/// What a run comes to that blocks this thread wherever it waits, so that its first poll is also its last.
fn polled_once<T>(run: impl Future<Output = Result<T, RunError>>) -> Result<T, String> {
    match pin!(run).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(|error| error.to_string()),
        // Nobody would wake it.
        Poll::Pending => Err("its event loop gave way instead of waiting, which is a mistake in Interleave".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::polled_once;

    #[test]
    fn an_event_loop_that_gives_way_is_told_and_not_spun_upon() {
        let told = polled_once::<()>(std::future::pending()).unwrap_err();
        assert_eq!(told, "its event loop gave way instead of waiting, which is a mistake in Interleave");
    }
}
