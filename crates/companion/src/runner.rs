//! `interleave runner`: measured runs in a process of their own, which speaks the protocol on its pipes.
//!
//! Whoever kills this process has cancelled the run: its threads go with it, and so does its pool, whose pipes it holds.
//! As in a pool's process, a thread of its own reads what the parent sends, and ends the process when the parent is gone.

use std::io::{self, ErrorKind, stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::exit;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use engine::error::RunError;
use engine::program::Outcome;
use engine::protocol::{Command, Report, RunId};
use engine::trace::Event;

use crate::failure::Failure;
use crate::measure::{Surroundings, measure_into};
use crate::process_pool::message::{receive, send};
use crate::wish;

/// How long a run may be silent before its runner says that it is still there.
const SILENCE: Duration = Duration::from_millis(500);

/// Events are gathered for so long before they are told: the telling is not to use the time that is being measured.
const GATHERING: Duration = Duration::from_millis(40);

/// Does what the parent asks until the parent is gone.
///
/// # Errors
/// Where the first thread cannot be joined by a second.
pub fn run() -> Result<(), Failure> {
    let (sender, commands) = channel();
    let reader = thread::Builder::new().name("commands".to_owned()).spawn(move || forward_commands(&sender));
    reader.map_err(|error| Failure::because(format_args!("The system gives no further thread ({error}).")))?;
    for command in commands {
        if answer(command).is_err() {
            // The parent no longer listens: it is gone, or about to be.
            break;
        }
    }
    Ok(())
}

fn forward_commands(to: &Sender<Command>) {
    loop {
        match receive(&mut stdin().lock()) {
            // Where nobody takes commands any more, the process is ending anyway.
            Ok(command) => drop(to.send(command)),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                crate::notice::error("`interleave runner` is for `interleave serve` to call: this is no command.");
                exit(1);
            }
            Err(_) => exit(0),
        }
    }
}

/// What the thread of a run tells.
enum Told {
    /// This happened.
    Event(Event),
    /// The run is over.
    Over(Result<(), String>),
}

fn answer(command: Command) -> io::Result<()> {
    let Command::Run { run, .. } = command;
    let (sender, told) = channel();
    let running = thread::Builder::new().name("run".to_owned()).spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| measured(&command, &sender)));
        let result = result.unwrap_or_else(|_| Err("The run broke down: the fault is in this program.".to_owned()));
        // Not told by the channel's end: threads that a deadlock has stopped hold it open.
        let _ = sender.send(Told::Over(result));
    });
    let result = match running {
        Ok(_) => tell_all(run, &told)?,
        Err(error) => Err(format!("The run cannot begin: the system gives no further thread ({error}).")),
    };
    tell(&match result {
        Ok(()) => Report::Finished { run },
        Err(reason) => Report::Failed { run: Some(run), reason },
    })
}

/// Measures what is asked for; what happens goes to `to`.
fn measured(command: &Command, to: &Sender<Told>) -> Result<(), String> {
    let (request, model) = wish::read(command)?;
    let surroundings =
        Surroundings::start(&request, model).map_err(|reason| format!("The run cannot begin: {reason}."))?;
    let events = to.clone();
    let mut result = Ok(());
    let judge = |ending: &Result<Outcome, RunError>| {
        if let Err(RunError::Task(failed)) = ending {
            result = Err(format!("The run failed: {failed}."));
        }
    };
    measure_into(&request, model, &surroundings, move |event| drop(events.send(Told::Event(event))), judge)
        .map_err(|reason| format!("The run cannot begin: {reason}."))?;
    result
}

/// Tells what happens until the run is over, and how it ended.
fn tell_all(run: RunId, told: &Receiver<Told>) -> io::Result<Result<(), String>> {
    let mut tasks = 0;
    loop {
        let Ok(first) = told.recv_timeout(SILENCE) else {
            tell(&Report::Alive)?;
            continue;
        };
        thread::sleep(GATHERING);
        let mut events = Vec::new();
        let mut over = None;
        for told in std::iter::once(first).chain(told.try_iter()) {
            match told {
                Told::Event(event) => events.push(event),
                Told::Over(result) => over = Some(result),
            }
        }
        tasks += events.iter().filter(|event| matches!(event, Event::Task { .. })).count();
        tell(&Report::Events { run, events })?;
        if tasks > wish::MOST_TASKS {
            return Ok(Err(wish::too_many_tasks()));
        }
        if let Some(result) = over {
            return Ok(result);
        }
    }
}

fn tell(report: &Report) -> io::Result<()> {
    send(&mut stdout().lock(), report)
}
