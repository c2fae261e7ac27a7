//! Figures and runs in words.

use std::fmt::Write;

use engine::costs::Preset;
use engine::error::RunError;
use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Clock, Trace, speedup};
use lessons::shell::setting;
use lessons::{Kind, Lesson, Parameter, Prepared, Value};

use crate::state::charges::Charges;
use crate::state::link::Settings;
use crate::state::machine::Machine;

use crate::texts;

/// A duration as a figure, such as `3.00 s`.
pub fn seconds(time: Nanos) -> String {
    let decimals = if (1..100_000_000).contains(&time.0) { 3 } else { 2 };
    format!("{:.decimals$} s", time.as_secs_f64())
}

/// A duration where there is little room, such as `61 s`.
pub fn brief_seconds(time: Nanos) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        0.0 => "0 s".to_owned(),
        _ if seconds < 0.001 => format!("{:.0} µs", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.0} ms", seconds * 1e3),
        _ if seconds < 100.0 => format!("{seconds:.1} s"),
        _ => format!("{seconds:.0} s"),
    }
}

/// How many times faster than `sequential`, such as `1.67×`; a dash where that has no answer.
pub fn times_faster(sequential: Option<Nanos>, wall: Option<Nanos>) -> String {
    let ratio = sequential.zip(wall).and_then(|(sequential, wall)| speedup(sequential, wall));
    ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}×"))
}

/// What a figure of this clock is headed, such as `browser at 10×`.
pub fn heading(clock: Clock, speed: Speed) -> String {
    let name = name(clock);
    if speed == Speed::REAL { name.to_owned() } else { format!("{name} at {}×", speed.factor()) }
}

/// What a model is here, in a few words.
pub fn subtitle(model: Model, prepared: &Prepared) -> String {
    let counted =
        |count: u16, one: &str, many: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") };
    let (threads, processes) = (prepared.threads.get(), prepared.processes.get());
    match model {
        Model::Sequential => "one task after another".to_owned(),
        Model::Threads => "one thread a task".to_owned(),
        Model::ThreadPool => counted(threads, "worker", "workers"),
        Model::EventLoop => "one thread, tasks take turns".to_owned(),
        Model::ProcessPool => counted(processes, "process", "processes"),
        Model::Processes => "one process a task".to_owned(),
        Model::LoopAndThreads => format!("a loop beside {}", counted(threads, "thread", "threads")),
        Model::LoopAndProcesses => format!("a loop beside {}", counted(processes, "process", "processes")),
        Model::ProcessesOfThreads => {
            format!("{} of {}", counted(processes, "process", "processes"), counted(threads, "thread", "threads"))
        }
    }
}

/// How long a run took; `None` while it goes on, and where it came to no end.
pub fn wall(trace: &Trace) -> Option<Nanos> {
    trace.outcome().and(trace.summary()).map(|summary| summary.wall)
}

/// How a run went wrong, in one word or two and as a sentence.
pub fn failure(trace: &Trace) -> Option<(&'static str, String)> {
    let failure = trace.failure()?;
    let short = match failure {
        RunError::Task(_) => "failed",
        RunError::Deadlock(_) => "deadlock",
        RunError::Stalled { .. } => "stands still",
        RunError::Endless { .. } => "no end in sight",
    };
    Some((short, sentence(&failure.to_string())))
}

/// How a run ended, in a word or two: its wall time, or why it has none.
pub fn ended(trace: &Trace) -> String {
    let end = wall(trace).map(seconds).or_else(|| failure(trace).map(|(short, _)| short.to_owned()));
    end.unwrap_or_else(|| "cut off".to_owned())
}

/// A run in a line, such as `Threads · predicted · 3.00 s`.
pub fn in_short(trace: &Trace) -> String {
    format!("{} · {} · {}", trace.model.title(), trace.clock.label(), ended(trace))
}

/// What a run found out, such as `final 173 · lost 27`; `None` where that is nothing.
pub fn outcome(trace: &Trace) -> Option<String> {
    let found = trace.outcome().filter(|outcome| !outcome.is_empty())?;
    let found = found.iter().map(|(name, value)| format!("{} {value}", name.replace('_', " ")));
    Some(found.collect::<Vec<_>>().join(" · "))
}

/// The command that measures a model natively with these settings, as a shell takes it.
pub fn native_command(lesson: &Lesson, model: Model, settings: &Settings) -> String {
    command(lesson, &format!(" --model {model}"), settings)
}

/// The command that measures every model natively and writes a result that the page opens.
pub fn result_command(lesson: &Lesson, settings: &Settings) -> String {
    format!("{} --result interleave.result", command(lesson, "", settings))
}

/// Names what is not as usual, beside the parameters.
fn command(lesson: &Lesson, options: &str, settings: &Settings) -> String {
    let Settings { values, speed, machine, .. } = settings;
    let mut command = format!("cargo run --release -p interleave -- run {}{options}", lesson.id);
    for (name, text) in values.texts() {
        command.push_str(&setting(&name, &text));
    }
    // Writing into memory does not fail.
    if machine.seed != Machine::USUAL.seed {
        let _ = write!(command, " --seed {}", machine.seed);
    }
    if let Some(costs) = costs_to_name(*machine) {
        let _ = write!(command, " --costs {costs}");
    }
    if *speed != Speed::REAL {
        let _ = write!(command, " --speed {}", speed.factor());
    }
    command
}

/// The preset that a command is to name for a machine, if any. A measured run takes nothing from it but whether there is a GIL.
fn costs_to_name(machine: Machine) -> Option<Preset> {
    let has_gil = machine.costs().gil.is_some();
    let preset = machine.charges.preset().filter(|preset| preset.costs().gil.is_some() == has_gil);
    let preset = preset.unwrap_or(if has_gil { Preset::CPython } else { Preset::CPythonNoGil });
    (Charges::Preset(preset) != Machine::USUAL.charges).then_some(preset)
}

/// Whether the command cannot take all of the machine: cores, and what things cost, are those of wherever it runs.
pub fn is_more_than_a_command_takes(machine: Machine) -> bool {
    let names_costs = !matches!(machine.charges, Charges::Preset(Preset::CPython | Preset::CPythonNoGil));
    machine.cores.is_some() || names_costs
}

/// A value as people read it.
pub fn value(parameter: &Parameter, value: &Value) -> String {
    match (parameter.kind, value) {
        (Kind::Choice(choices), Value::Choice(word)) => {
            choices.iter().find(|(other, _)| other == word).map_or(*word, |(_, title)| title).to_owned()
        }
        (Kind::NameIn { nobody, .. }, Value::NameIn(None)) => nobody.to_owned(),
        (_, value) => format!("{} {}", value.text(), parameter.unit).trim_end().to_owned(),
    }
}

/// What figures of a clock rest on, for runs on these models. `step` tells in which steps the browser's moves, if that is known.
pub fn measured_note(
    clock: Clock,
    models: impl IntoIterator<Item = Model>,
    step: impl FnOnce() -> Option<Nanos>,
) -> String {
    let steps = |step: Option<Nanos>| match step {
        Some(step) => format!("{} µs long", step.0 as f64 / 1e3),
        None => "too long to be measured in a moment".to_owned(),
    };
    match clock {
        Clock::Virtual => "Predicted: read from the simulator’s virtual clock.".to_owned(),
        Clock::Browser => {
            let isolated = if models.into_iter().any(Model::has_processes) { texts::ISOLATED } else { "" };
            let steps = steps(step());
            format!("Browser: 1 run · read from performance.now(), whose steps in this browser are {steps}.{isolated}")
        }
        Clock::Machine => "Machine: 1 run · real threads and processes, read from this machine’s own clock.".to_owned(),
        Clock::File => {
            "File: 1 run · real threads and processes of the machine that wrote it, read from its clock.".to_owned()
        }
    }
}

/// The word for a clock where there is little room.
pub fn name(clock: Clock) -> &'static str {
    if clock == Clock::File { "file" } else { short(clock) }
}

/// The word for a clock in ids and style sheets: a file's runs stand where those of this machine do.
pub fn short(clock: Clock) -> &'static str {
    match clock {
        Clock::Virtual => "predicted",
        Clock::Browser => "browser",
        Clock::Machine | Clock::File => "machine",
    }
}

/// The clock in whose place the runs of this one stand.
pub fn of_clock(clock: Clock) -> Clock {
    if clock == Clock::File { Clock::Machine } else { clock }
}

fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use lessons::Values;

    use super::*;

    #[test]
    fn figures_say_no_more_than_they_know() {
        let said: Vec<String> =
            [0, 1_500_000, 3_000_000_000, 60_004_000_000].map(|nanos| seconds(Nanos(nanos))).to_vec();
        assert_eq!(said, ["0.00 s", "0.002 s", "3.00 s", "60.00 s"]);
        assert_eq!(times_faster(Some(Nanos(5)), Some(Nanos(3))), "1.67×");
        assert_eq!(times_faster(Some(Nanos(0)), Some(Nanos(0))), "–");
        let note = |step: Option<u64>| measured_note(Clock::Browser, [Model::Threads], || step.map(Nanos));
        assert!(note(Some(5_000)).ends_with("are 5 µs long."));
        assert!(note(Some(100)).ends_with("are 0.1 µs long."));
        assert!(note(None).ends_with("are too long to be measured in a moment."));
        let of_processes = |clock| measured_note(clock, [Model::Threads, Model::LoopAndProcesses], || None);
        assert!(of_processes(Clock::Browser).ends_with(texts::ISOLATED));
        assert!(!of_processes(Clock::Machine).contains("isolated"));
    }

    #[test]
    fn the_command_names_every_parameter_what_is_unusual_and_survives_a_shell() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let given = [("messages".to_owned(), "TWO=2,Ä=3".to_owned())];
        let values = Values::read(lesson.parameters, &given).expect("the messages are right");
        let usual = Settings { values, speed: Speed::REAL, machine: Machine::USUAL, models: lesson.models.to_vec() };
        let run = "cargo run --release -p interleave -- run delay-messages";
        let set = "--set 'messages=TWO=2,Ä=3' --set workers=2";
        assert_eq!(native_command(lesson, Model::ProcessPool, &usual), format!("{run} --model process-pool {set}"));
        let machine = Machine { keeps_gil: false, seed: 7, ..Machine::USUAL };
        let other = Settings { speed: Speed::new(10.0).expect("a speed"), machine, ..usual.clone() };
        assert_eq!(
            result_command(lesson, &other),
            format!("{run} {set} --seed 7 --costs cpython-no-gil --speed 10 --result interleave.result")
        );
        for preset in Preset::ALL {
            let machine = Machine { charges: Charges::Preset(preset), ..Machine::USUAL };
            let named = format!(" --costs {}", preset.id());
            let settings = Settings { machine, ..usual.clone() };
            let command = native_command(lesson, Model::Threads, &settings);
            assert_eq!(command.ends_with(&named), preset != Preset::CPython, "{command}");
            // With a GIL or without: that much of it reaches a measured run.
            let without = Machine { keeps_gil: false, ..machine };
            assert!(costs_to_name(without).is_some_and(|preset| preset.costs().gil.is_none()), "{preset}");
        }
        let is_more = |machine| is_more_than_a_command_takes(machine);
        assert!(!is_more(Machine::USUAL) && !is_more(machine));
        assert!(
            is_more(Machine::USUAL.with_cores(64))
                && is_more(Machine { charges: Charges::Preset(Preset::Native), ..machine })
        );
    }

    #[test]
    fn a_deadlock_is_called_one_and_has_no_wall_time() {
        let lesson = lessons::find("deadlock").expect("the lesson is there");
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &[]).expect("defaults are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(Model::Threads, 0));
        let (short, sentence) = failure(&trace).expect("it fails");
        assert_eq!((short, wall(&trace)), ("deadlock", None));
        assert!(
            sentence.starts_with("Deadlock: ") && sentence.contains("LEFT waits for B, which RIGHT holds"),
            "{sentence}"
        );
    }
}
