//! One run in the lab, from the page's wish to its last event.

use std::sync::Arc;
use std::time::Duration;

use engine::error::RunError;
use engine::measure::{NoProcesses, Plan, Recorder};
use engine::model::{Model, Speed};
use engine::trace::Event;
use lessons::{Diagnostic, Prepared, Values};

use crate::mailbox::{Mailbox, Told, Trouble};
use crate::threads::WebWorkers;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The lesson's id.
    pub lesson: String,
    /// Its parameters, as names and texts.
    pub parameters: Vec<(String, String)>,
    /// The model.
    pub model: Model,
    /// Where random draws begin.
    pub seed: u64,
    /// By how much delays are divided.
    pub speed: Speed,
}

/// How long a run may be silent before its runner says that it is still there.
const SILENCE: Duration = Duration::from_millis(500);

/// Runs what is wished for, and calls `tell` with what happened since it was last called: at least twice a second.
///
/// # Errors
/// Why the run could not begin, or how it went wrong.
pub fn run(wish: Wish, mailbox: &Mailbox, tell: impl Fn(Vec<Event>)) -> Result<(), Trouble> {
    let prepared = prepare(&wish).map_err(Trouble::Run)?;
    let recorder = {
        let mailbox = mailbox.clone();
        Arc::new(Recorder::new(move |event| mailbox.put(Told::Event(event))))
    };
    start(prepared, &wish, recorder, mailbox.clone());
    loop {
        if let Some(result) = forward(mailbox.wait(SILENCE), &tell) {
            return result;
        }
    }
}

/// Checks the wish against the catalogue and against the threads that there are.
fn prepare(wish: &Wish) -> Result<Prepared, String> {
    let lesson = lessons::find(&wish.lesson).map_err(|diagnostic| diagnostic.to_string())?;
    let values = Values::read(lesson.parameters, &wish.parameters).map_err(|wrong| in_one_line(&wrong))?;
    if wish.model.spawns_processes() || wish.model == Model::LoopAndProcesses {
        return Err("A browser has no processes: this model is measured by the command line.".to_owned());
    }
    let prepared = lesson.prepare(&values);
    let (needed, there) = (prepared.busy_threads(wish.model), rayon::current_num_threads());
    if needed > there {
        return Err(format!("This run needs {needed} threads, and the lab was started with {there}."));
    }
    Ok(prepared)
}

fn in_one_line(wrong: &[Diagnostic]) -> String {
    wrong.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join(" ")
}

/// Hands the run to the pool: its first task, or its event loop, takes a Worker too, so the coordinator is free to tell.
fn start(prepared: Prepared, wish: &Wish, recorder: Arc<Recorder>, mailbox: Mailbox) {
    let plan = Plan {
        settings: prepared.settings(wish.model, wish.seed),
        program: prepared.program,
        speed: wish.speed,
        recorder: Arc::clone(&recorder),
        threads: Arc::new(WebWorkers),
        transport: None,
        processes: Arc::new(NoProcesses),
    };
    rayon::spawn(move || {
        let (at, ending) = engine::measure::run(plan);
        let result = match &ending {
            Err(RunError::Task(failed)) => Err(Trouble::Run(format!("The run failed: {failed}."))),
            Ok(_) | Err(RunError::Deadlock(_) | RunError::Stalled { .. } | RunError::Endless { .. }) => Ok(()),
        };
        // A browser tells neither how much CPU time a Worker used nor how often it was switched.
        recorder.record(Event::Finish { at, cpu: None, switches: None, ending });
        mailbox.put(Told::Over(result));
    });
}

/// Tells all events, and returns how the run ended if it has.
fn forward(told: impl IntoIterator<Item = Told>, tell: &impl Fn(Vec<Event>)) -> Option<Result<(), Trouble>> {
    let mut events = Vec::new();
    let mut over = None;
    for told in told {
        match told {
            Told::Event(event) => events.push(event),
            Told::Over(result) => over = Some(result),
        }
    }
    tell(events);
    over
}
