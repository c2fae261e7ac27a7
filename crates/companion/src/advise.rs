//! `interleave advise`: which model for a load of one's own, predicted on every one of them.

use std::num::NonZeroU16;
use std::thread::available_parallelism;
use std::time::Duration;

use lessons::advice::{self, Advice, Load, TIE, Verdict};
use lessons::parameter::{CORES, time_s};
use lessons::{Diagnostic, Parameter, Value};
use serde::Serialize;

use crate::arguments::AdviseArguments;
use crate::failure::Failure;
use crate::report::json::{VERSION, print_line};
use crate::report::style::{DIM, HEADING};
use crate::report::table::{drawn_with_names, short};
use crate::report::text::wrapped;
use crate::report::{print_text, terminal_width};
use crate::words::{counted, keep, time};

/// The lesson that the loads are runs of, and whose bounds they keep.
const LESSON: &str = "advise";

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, and where standard output cannot be written.
pub fn advise(arguments: &AdviseArguments) -> Result<(), Failure> {
    let load = read(arguments).map_err(Failure::WrongWords)?;
    let advice = advice::advise(&load).map_err(Failure::WrongWords)?;
    match arguments.json {
        true => print_line(&Object::new(&load, &advice)),
        false => print_text(&for_people(&load, &advice, terminal_width())),
    }
}

/// The load that the typed words tell of.
///
/// # Errors
/// Everything that is wrong with them.
fn read(arguments: &AdviseArguments) -> Result<Load, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let parameters = lessons::find(LESSON).map_err(|complaint| vec![complaint])?.parameters;
    let wait = read_time("wait", &arguments.wait, parameters, &mut wrong);
    let cpu = read_time("cpu", &arguments.cpu, parameters, &mut wrong);
    let tasks = read_count("tasks", &arguments.tasks, parameters, &mut wrong);
    let limit = read_count("limit", arguments.limit.as_deref().unwrap_or("0"), parameters, &mut wrong);
    let here = available_parallelism().map_or(1, |cores| cores.get().min(64)).to_string();
    let cores = read_count(CORES, arguments.cores.as_ref().unwrap_or(&here), parameters, &mut wrong);
    match (wait, cpu, tasks, limit, cores) {
        (Some(wait), Some(cpu), Some(tasks), Some(limit), Some(cores)) if wrong.is_empty() => {
            let at_most = |count: u32| u16::try_from(count).ok().and_then(NonZeroU16::new);
            Ok(Load { wait, cpu, tasks, limit: at_most(limit), cores: at_most(cores).unwrap_or(NonZeroU16::MIN) })
        }
        _ => Err(wrong),
    }
}

fn read_time(name: &str, text: &str, parameters: &[Parameter], wrong: &mut Vec<Diagnostic>) -> Option<Duration> {
    // Of a time that is too long for any, the lesson's own bound is told.
    let Some(given_s) = time_s(text) else {
        wrong.extend(time(&format!("--{name}"), text).err());
        return None;
    };
    match read_as(name, text, &given_s.to_string(), parameters, wrong)? {
        Value::Seconds(time) => Some(time),
        _ => None,
    }
}

fn read_count(name: &str, text: &str, parameters: &[Parameter], wrong: &mut Vec<Diagnostic>) -> Option<u32> {
    match read_as(name, text, text, parameters, wrong)? {
        Value::Count(count) => Some(count),
        _ => None,
    }
}

/// The value of the lesson's parameter, complaints about it put in the words that were typed.
fn read_as(
    name: &str,
    typed: &str,
    value: &str,
    parameters: &[Parameter],
    wrong: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let parameter = parameters.iter().find(|parameter| parameter.name == name)?;
    let in_typed_words =
        |complaint: Diagnostic| Diagnostic::new(&format!("--{name}"), typed, complaint.allowed, complaint.nearest);
    keep(parameter.read(value).map_err(in_typed_words), wrong)
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    load: LoadObject,
    ranking: Vec<RankedObject>,
    reason: &'a str,
    rule: &'a str,
    confirms: bool,
    verdict: &'static str,
}

#[derive(Serialize)]
struct LoadObject {
    wait_s: f64,
    cpu_s: f64,
    tasks: u32,
    limit: Option<u16>,
    cores: u16,
}

#[derive(Serialize)]
struct RankedObject {
    model: &'static str,
    wall_s: f64,
    speedup: Option<f64>,
    ties: bool,
}

impl<'a> Object<'a> {
    fn new(load: &Load, advice: &'a Advice) -> Object<'a> {
        let ranked = advice.ranking.iter().map(|ranked| RankedObject {
            model: ranked.model.id(),
            wall_s: ranked.wall.as_secs_f64(),
            speedup: ranked.speedup.map(|factor| (factor * 1e3).round() / 1e3),
            ties: ranked.ties,
        });
        Object {
            version: VERSION,
            load: LoadObject {
                wait_s: load.wait.as_secs_f64(),
                cpu_s: load.cpu.as_secs_f64(),
                tasks: load.tasks,
                limit: load.limit.map(NonZeroU16::get),
                cores: load.cores.get(),
            },
            ranking: ranked.collect(),
            reason: &advice.reason,
            rule: advice.rule.says(),
            confirms: advice.verdict == Verdict::Confirms,
            verdict: advice.verdict.id(),
        }
    }
}

fn for_people(load: &Load, advice: &Advice, width: usize) -> String {
    let mut text = wrapped("", &said(load), width);
    text += &format!("\n{HEADING}{}{HEADING:#}", wrapped("", "Predicted (virtual clock, costs of CPython)", width));
    let mut rows = vec![["", "model", "wall", "speed-up", ""].map(str::to_owned).to_vec()];
    for (place, ranked) in advice.ranking.iter().enumerate() {
        rows.push(vec![
            format!("{}.", place + 1),
            ranked.model.id().to_owned(),
            short(ranked.wall),
            ranked.speedup.map_or_else(|| "–".to_owned(), |factor| format!("{factor:.2}×")),
            if ranked.ties { "=" } else { "" }.to_owned(),
        ]);
    }
    text += &drawn_with_names(&rows, 2, width);
    let tie = format!("within {:.0} % of the fastest: among these the simplest leads", TIE * 100.0);
    text += &format!("{DIM}{}{DIM:#}\n", wrapped("  = ", &tie, width));
    text += &wrapped("", &advice.reason, width);
    text + &wrapped("", &format!("{}: {}", advice.verdict.says(), advice.rule.says()), width)
}

fn said(load: &Load) -> String {
    let tasks = if load.tasks == 1 {
        "1 task that waits".to_owned()
    } else {
        format!("{} tasks, each of which waits", load.tasks)
    };
    let at_once = load.limit.map_or_else(|| "all at once".to_owned(), |limit| format!("at most {limit} at once"));
    let cores = counted(load.cores.get().into(), "core");
    let seconds = |time: Duration| format!("{} s", time.as_secs_f64());
    format!("{tasks} {} and then computes {}: {at_once}, on {cores}.", seconds(load.wait), seconds(load.cpu))
}
