//! One run in the lab, from the page's wish to its last event.

use std::sync::Arc;

use engine::error::RunError;
use engine::measure::{Plan, Recorder};
use engine::model::{Model, Speed};
use engine::trace::Event;
use lessons::{Diagnostic, Prepared, Values};
use serde::{Deserialize, Serialize};

use crate::isolates::Isolates;
use crate::mailbox::{Mailbox, Told, Trouble};
use crate::processes::Processes;
use crate::threads::WebWorkers;

/// What is to be run.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

/// Runs what is wished for, and calls `tell` with what happened since it was last called.
///
/// # Errors
/// Why the run could not begin, or how it went wrong.
pub async fn run(wish: Wish, mailbox: &Mailbox, tell: impl Fn(Vec<Event>)) -> Result<(), Trouble> {
    let prepared = prepare(&wish).map_err(Trouble::Run)?;
    let (needed, there) = (prepared.busy_threads(wish.model), rayon::current_num_threads());
    if needed > there {
        return Err(Trouble::Run(format!("This run needs {needed} threads, and the lab was started with {there}.")));
    }
    let recorder = {
        let mailbox = mailbox.clone();
        Arc::new(Recorder::new(move |event| mailbox.put(Told::Event(event))))
    };
    let isolates = isolates(&wish, &prepared, &recorder, mailbox).await?;
    start(prepared, &wish, recorder, mailbox.clone());
    loop {
        if let Some(result) = forward(mailbox.next().await, &isolates, &tell) {
            // Lanes that still wait for their jobs go home.
            mailbox.close();
            return result;
        }
    }
}

/// Checks the wish against the catalogue.
///
/// # Errors
/// What is wrong with it, in sentences.
pub fn prepare(wish: &Wish) -> Result<Prepared, String> {
    let lesson = lessons::find(&wish.lesson).map_err(|diagnostic| diagnostic.to_string())?;
    let values = Values::read(lesson.parameters, &wish.parameters).map_err(|wrong| in_one_line(&wrong))?;
    Ok(lesson.prepare(&values))
}

/// The processes of the run; a pool's are ready.
async fn isolates(
    wish: &Wish,
    prepared: &Prepared,
    recorder: &Arc<Recorder>,
    mailbox: &Mailbox,
) -> Result<Isolates, Trouble> {
    let threads = if wish.model == Model::ProcessesOfThreads { prepared.threads.get() } else { 1 };
    let kept = match wish.model {
        Model::ProcessPool | Model::LoopAndProcesses | Model::ProcessesOfThreads => prepared.processes.get(),
        _ => 0,
    };
    let isolates = Isolates::new(wish, threads.into(), kept > 0, recorder, mailbox);
    // All are started before the first is waited for: they get ready side by side.
    (1..=kept).for_each(|process| isolates.start(process.into()));
    let mut ready = 0;
    while ready < kept {
        for told in mailbox.next().await {
            match told {
                Told::Ready(_, Ok(())) => ready += 1,
                Told::Ready(process, Err(reason)) => {
                    return Err(Trouble::Run(format!("Process {process} of {kept} cannot be had: {reason}.")));
                }
                Told::Over(result) => result?,
                Told::Event(_) | Told::Asked(_) => {}
            }
        }
    }
    Ok(isolates)
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
        processes: Arc::new(Processes::new(wish.model, &mailbox, &recorder)),
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

/// Tells all events, does what lanes ask for, and returns how the run ended if it has.
fn forward(
    told: impl IntoIterator<Item = Told>,
    isolates: &Isolates,
    tell: &impl Fn(Vec<Event>),
) -> Option<Result<(), Trouble>> {
    let mut events = Vec::new();
    let mut over = None;
    for told in told {
        match told {
            Told::Event(event) => events.push(event),
            Told::Asked(request) => isolates.answer(request),
            Told::Ready(..) => {}
            Told::Over(result) => over = Some(result),
        }
    }
    if !events.is_empty() {
        tell(events);
    }
    over
}
