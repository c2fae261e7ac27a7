//! What a page asks for, read by the same words as a command line, and how much of it this machine gives.

use std::time::Duration;

use engine::model::Model;
use engine::protocol::Command;
use lessons::{Diagnostic, Prepared};

use crate::arguments::RunArguments;
use crate::request::{Clock, Request};
use crate::service::Network;
use crate::words::USUAL_COSTS;

/// A page's run may make so many tasks.
pub const MOST_TASKS: usize = 20_000;

/// A page's run may keep so many threads busy, in all of its processes together.
pub const MOST_THREADS: usize = 1_000;

/// A page's run may have so many processes at once.
pub const MOST_PROCESSES: usize = 64;

/// A page's run may take so long.
pub const LONGEST: Duration = Duration::from_secs(600);

/// Reads what a page asks for.
///
/// # Errors
/// What is wrong with it or too much about it, as sentences.
pub fn read(command: &Command) -> Result<(Request, Model), String> {
    let Command::Run { lesson, parameters, model, seed, speed, .. } = command;
    let arguments = RunArguments {
        lesson: lesson.clone(),
        models: vec![model.id().to_owned()],
        clock: Clock::Real.id().to_owned(),
        set: parameters.iter().map(|(name, text)| format!("{name}={text}")).collect(),
        seed: seed.to_string(),
        speed: speed.factor().to_string(),
        repeat: "1".to_owned(),
        network: Network::Sockets.id().to_owned(),
        costs: USUAL_COSTS.to_owned(),
        json: false,
        log: false,
        trace: None,
        result: None,
        warm_up: None,
        retry_lost: false,
        out: None,
        reports: Vec::new(),
    };
    let request = Request::read(&arguments).map_err(|wrong| in_one_line(&wrong))?;
    match too_much(&request.prepared, *model) {
        Some(sentence) => Err(sentence),
        None => Ok((request, *model)),
    }
}

/// That a run has made more tasks than it may.
pub fn too_many_tasks() -> String {
    format!("A run from the page may make {MOST_TASKS} tasks, and this one made more: {INSTEAD}.")
}

/// That a run has taken longer than it may.
pub fn too_long(longest: Duration) -> String {
    format!("A run from the page may take {} s, and this one was ended there: {INSTEAD}.", longest.as_secs())
}

const INSTEAD: &str = "make it smaller, or measure it by `interleave run`";

/// What of a run is more than a page may ask for.
fn too_much(prepared: &Prepared, model: Model) -> Option<String> {
    let (processes, threads) = size(prepared, model);
    let over = |what: &str, given: usize, most: usize| {
        (given > most).then(|| {
            format!("A run from the page may have {most} {what} at once, and this one has {given}: {INSTEAD}.")
        })
    };
    over("processes", processes, MOST_PROCESSES)
        .or_else(|| over("threads", threads, MOST_THREADS))
        .or_else(|| over("tasks", prepared.tasks, MOST_TASKS))
}

/// The most processes that a run has beside its own, and the most threads in all of them together.
fn size(prepared: &Prepared, model: Model) -> (usize, usize) {
    let (threads, processes) = (usize::from(prepared.threads.get()), usize::from(prepared.processes.get()));
    match model {
        Model::Sequential | Model::Threads | Model::ThreadPool | Model::EventLoop | Model::LoopAndThreads => {
            (0, prepared.busy_threads(model))
        }
        Model::ProcessPool | Model::LoopAndProcesses => (processes, processes),
        Model::Processes => (prepared.tasks, prepared.tasks),
        Model::ProcessesOfThreads => (processes, processes * threads),
    }
}

fn in_one_line(wrong: &[Diagnostic]) -> String {
    wrong.iter().map(Diagnostic::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use engine::model::Speed;
    use engine::protocol::RunId;

    use super::*;

    fn wish(lesson: &str, parameters: &[(&str, &str)], model: Model) -> Result<(), String> {
        let parameters = parameters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let lesson = lesson.to_owned();
        read(&Command::Run { run: RunId(1), lesson, parameters, model, seed: 0, speed: Speed::REAL }).map(drop)
    }

    #[test]
    fn a_wish_is_read_by_the_words_of_the_command_line() {
        assert_eq!(wish("delay-messages", &[("messages", "A=1,B=2")], Model::Threads), Ok(()));
        for (lesson, parameters, model, said) in [
            ("delay-mesages", &[][..], Model::Threads, "Did you mean delay-messages?"),
            ("delay-messages", &[("workers", "10000")], Model::Threads, "workers: got “10000”"),
            ("delay-messages", &[("wokers", "1")], Model::Threads, "Did you mean workers?"),
            ("deadlock", &[], Model::ProcessPool, "process-pool"),
        ] {
            let refused = wish(lesson, parameters, model).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused_with_its_number() {
        let lesson = lessons::find("delay-messages").unwrap();
        let prepared = lesson.prepare(&lessons::Values::read(lesson.parameters, &[]).unwrap());
        let many = |tasks, threads, processes| Prepared {
            tasks,
            threads: NonZeroU16::new(threads).unwrap(),
            processes: NonZeroU16::new(processes).unwrap(),
            ..prepared.clone()
        };
        let said = |prepared, model| too_much(&prepared, model).unwrap_or_default();
        assert_eq!(said(many(999, 64, 64), Model::Threads), "");
        assert!(said(many(1000, 64, 64), Model::Threads).contains("1000 threads at once, and this one has 1001:"));
        assert!(said(many(9, 9, 65), Model::ProcessPool).contains("64 processes at once, and this one has 65:"));
        assert!(said(many(65, 9, 9), Model::Processes).contains("this one has 65:"));
        assert!(said(many(9, 16, 64), Model::ProcessesOfThreads).contains("this one has 1024:"));
        assert!(said(many(20_001, 9, 9), Model::EventLoop).contains("20000 tasks at once"));
    }
}
