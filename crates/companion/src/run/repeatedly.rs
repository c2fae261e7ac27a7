//! The measured runs of one model: what they need is started, and each is announced and watched.

use std::time::Instant;

use engine::costs::{Costs, Preset};
use engine::error::RunError;
use engine::model::Model;
use engine::network::OK;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::Event;
use engine::work::calibrate_spin;

use crate::measure::{Surroundings, measure as measure_once, traced};
use crate::notice;
use crate::process_pool::{Pool, Source};
use crate::report::Once;
use crate::request::Request;
use crate::service::Service;
use crate::usage::Watch;
use crate::words::{counted, left};

/// Measures `model` as often as `request` says, and tells of each run that counts as soon as it is over.
///
/// # Errors
/// Why the runs cannot begin, as the end of a sentence.
pub fn measure(request: &Request, model: Model, mut tell: impl FnMut(Once, Vec<Event>)) -> Result<(), String> {
    let surroundings = start(request, model)?;
    let server = surroundings.service.as_ref().map(Service::process);
    // Done once a process, and no part of what the first run takes.
    calibrate_spin();
    let due = Due::new(request, model);
    let progress = notice::progress(format_args!("measuring {model}"));
    for number in 0..request.warm_up + request.repeat {
        let kept = if let Source::Kept(pool) = &surroundings.source { pool.ids() } else { Vec::new() };
        let once = || {
            let watch = Watch::start(&kept, server);
            let events = measure_once(request, model, &surroundings)?;
            // Before a trace is made of it, which is no part of the run.
            Ok::<_, String>((watch.stop(cpu_of(&events)), events))
        };
        let (usage, events) = progress.saying(due.run, |passed| due.at(number, passed), once)?;
        let trace = traced(request, model, &events);
        // Such a run fails its model, of which what comes after it would tell no more than what came before.
        let is_last = matches!(trace.failure(), Some(RunError::Task(_)));
        if number >= request.warm_up || is_last {
            tell(Once { trace, usage }, events);
        }
        if is_last {
            break;
        }
    }
    tell_what_was_served(&surroundings)
}

/// The CPU time of the run in which this happened.
fn cpu_of(events: &[Event]) -> Option<Nanos> {
    let mut from_the_end = events.iter().rev();
    from_the_end.find_map(|event| if let Event::Finish { cpu, .. } = event { *cpu } else { None })
}

/// A pool is up before the clock starts: what its processes cost to start is another lesson's matter, and told here.
fn start(request: &Request, model: Model) -> Result<Surroundings, String> {
    let start = Instant::now();
    let surroundings = Surroundings::start(request, model)?;
    if let Source::Kept(pool) = &surroundings.source {
        note_processes(pool, start);
    }
    Ok(surroundings)
}

fn note_processes(pool: &Pool, start: Instant) {
    const MOST_IDS: usize = 8;
    let took_ms = start.elapsed().as_secs_f64() * 1e3;
    let ids = pool.ids();
    let shown = ids.iter().take(MOST_IDS).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let more = if ids.len() > MOST_IDS { ", …" } else { "" };
    let processes = if ids.len() == 1 { "process was" } else { "processes were" };
    notice::note(format_args!(
        "{} {processes} started for the pool in {took_ms:.1} ms, before its clock: {shown}{more}",
        ids.len()
    ));
}

/// The server counts for itself, so that a person can see that it really was asked: in the last run.
fn tell_what_was_served(surroundings: &Surroundings) -> Result<(), String> {
    let Some(service) = &surroundings.service else { return Ok(()) };
    let stats = service.stats()?;
    let served: u64 = stats.served.values().sum();
    let failed = served - stats.served.get(&OK).copied().unwrap_or_default();
    let (requests, connections) = (stats.requests.most, stats.connections.most);
    notice::note(format_args!(
        "the server at {} answered {}, {failed} of them with a failure; at most {requests} at once, on {}",
        service.address(),
        counted(served, "request"),
        counted(connections, "connection")
    ));
    Ok(())
}

/// What is about to be measured, and how long a run of it takes: the prediction knows, with the costs of a program like
/// this one and not of an interpreter.
struct Due<'r> {
    request: &'r Request,
    model: Model,
    run: Option<Nanos>,
}

impl<'r> Due<'r> {
    fn new(request: &'r Request, model: Model) -> Due<'r> {
        let gil = request.charges.costs.gil;
        let native = request.lesson.prepare_on(&request.values, Costs { gil, ..Preset::Native.costs() });
        let summary = simulate(&native.program, &native.settings(model, request.seed)).summary();
        Due { request, model, run: summary.map(|summary| request.speed.shorten(summary.wall)) }
    }

    /// What is to be said when so much of run `number` has passed, counted from 0 with those that only warm up: which it is, how long
    /// this model will still take, and how many come after it.
    fn at(&self, number: usize, passed: Nanos) -> String {
        let Request { warm_up, repeat, models, .. } = self.request;
        let mut text = format!("measuring {}", self.model);
        match number.checked_sub(*warm_up) {
            None => text += &format!(", warming up {} of {warm_up}", number + 1),
            Some(_) if *repeat == 1 => {}
            Some(counted) => text += &format!(", run {} of {repeat}", counted + 1),
        }
        if let Some(run) = self.run {
            let time = run.scaled((warm_up + repeat - number - 1) as f64) + run.since(passed);
            text += &format!(", {}", left(time));
        }
        let after = models.iter().skip_while(|model| **model != self.model).count().saturating_sub(1);
        match after {
            0 => text,
            1 => text + ", then 1 more model",
            after => text + &format!(", then {after} more models"),
        }
    }
}
