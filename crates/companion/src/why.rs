//! `interleave why`: why a task was not running at an instant of a predicted run, from cause to cause.

use std::collections::BTreeMap;

use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Step, TaskId, Trace};
use lessons::{Diagnostic, Lesson, Values};
use serde::Serialize;

use crate::arguments::WhyArguments;
use crate::failure::Failure;
use crate::report::json::{Scalar, VERSION, print_line};
use crate::report::style::{DIM, HEADING};
use crate::report::text::wrapped;
use crate::report::{print_text, terminal_width};
use crate::words::{self, Charges, keep};

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, a task or an instant that the run has not among them, and where standard output cannot be
/// written.
pub fn why(arguments: &WhyArguments) -> Result<(), Failure> {
    let request = Request::read(arguments).map_err(Failure::WrongWords)?;
    let prepared = request.lesson.prepare_on(&request.values, request.charges.costs);
    request.charges.note_whose_gil(&prepared);
    let trace = simulate(&prepared.program, &prepared.settings(request.model, request.seed));
    let at = request.at.unwrap_or(trace.end());
    let steps = explain(&request, &trace, at).map_err(|complaint| Failure::WrongWords(vec![complaint]))?;
    match arguments.prediction.json {
        true => print_line(&Object::new(&request, &trace, at, &steps)),
        false => print_text(&for_people(&request, &trace, at, &steps, terminal_width())),
    }
}

/// The word for the instant at which a run ended.
const END: &str = "end";

/// A question about a run, every word of it understood that can be without the run.
struct Request {
    lesson: &'static Lesson,
    values: Values,
    model: Model,
    task: String,
    /// The instant; `None` for the end of the run.
    at: Option<Nanos>,
    /// The instant as it was typed.
    typed_at: String,
    seed: u64,
    charges: Charges,
}

impl Request {
    fn read(arguments: &WhyArguments) -> Result<Request, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let lesson = keep(lessons::find(&arguments.lesson), &mut wrong);
        let values = words::read_values(&arguments.prediction.set, lesson, &mut wrong).map(|(_, values)| values);
        let model = words::read_models(std::slice::from_ref(&arguments.model), lesson, &mut wrong).first().copied();
        let at = keep(read_instant(&arguments.at), &mut wrong);
        let seed = keep(words::seed(&arguments.prediction.seed), &mut wrong);
        let charges = keep(words::charges(&arguments.prediction.costs), &mut wrong);
        match (lesson, values, model, at, seed, charges) {
            (Some(lesson), Some(values), Some(model), Some(at), Some(seed), Some(charges)) if wrong.is_empty() => {
                let (task, typed_at) = (arguments.task.clone(), arguments.at.clone());
                Ok(Request { lesson, values, model, task, at, typed_at, seed, charges })
            }
            _ => Err(wrong),
        }
    }
}

fn read_instant(text: &str) -> Result<Option<Nanos>, Diagnostic> {
    if text.trim() == END {
        return Ok(None);
    }
    let or_the_end =
        |complaint: Diagnostic| Diagnostic { allowed: format!("{}, or {END}", complaint.allowed), ..complaint };
    words::time("--at", text).map(Some).map_err(or_the_end)
}

/// The chain of causes. Of tasks that share a name the first is taken that was there at the instant.
fn explain(request: &Request, trace: &Trace, at: Nanos) -> Result<Vec<Step>, Diagnostic> {
    let tasks = (0..trace.tasks.len() as u32).map(TaskId);
    let named: Vec<TaskId> = tasks.filter(|task| trace.task_name(*task) == request.task).collect();
    let mut answers = named.iter().map(|task| trace.why(*task, at));
    let first = answers.next().ok_or_else(|| unknown_task(&request.task, trace))?;
    let not_there = match first {
        Ok(steps) => return Ok(steps),
        Err(not_there) => not_there,
    };
    answers.find_map(Result::ok).ok_or_else(|| {
        let rule = not_there.to_string();
        let allowed = format!("an instant at which {} is there. {}", request.task, rule.trim_end_matches('.'));
        Diagnostic::new("--at", &request.typed_at, allowed, None)
    })
}

/// That no task has this name, and which names there are.
fn unknown_task(name: &str, trace: &Trace) -> Diagnostic {
    const MOST: usize = 12;
    let tasks = (0..trace.tasks.len() as u32).map(TaskId);
    let mut names: Vec<&str> = tasks.map(|task| trace.task_name(task)).collect();
    names.dedup();
    let complaint = Diagnostic::unknown_name("--task", name, names.iter().copied());
    if names.len() <= MOST {
        return complaint;
    }
    let allowed = format!("one of {} and {} more", names[..MOST].join(", "), names.len() - MOST);
    Diagnostic { allowed, ..complaint }
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    lesson: &'a str,
    params: BTreeMap<&'a str, Scalar>,
    model: &'a str,
    seed: u64,
    costs: &'a str,
    task: &'a str,
    at_s: f64,
    steps: Vec<StepObject<'a>>,
}

#[derive(Serialize)]
struct StepObject<'a> {
    task: &'a str,
    lane: &'a str,
    state: &'static str,
    from_s: f64,
    to_s: f64,
    says: &'a str,
}

impl<'a> Object<'a> {
    fn new(request: &'a Request, trace: &'a Trace, at: Nanos, steps: &'a [Step]) -> Object<'a> {
        let step = |step: &'a Step| StepObject {
            task: trace.task_name(step.task),
            lane: trace.lane_name(step.lane),
            state: step.state.word(),
            from_s: step.from.as_secs_f64(),
            to_s: step.to.as_secs_f64(),
            says: &step.says,
        };
        let values = words::in_order(request.lesson, &request.values);
        Object {
            version: VERSION,
            lesson: request.lesson.id,
            params: values.map(|(name, value)| (name, value.into())).collect(),
            model: request.model.id(),
            seed: request.seed,
            costs: &request.charges.name,
            task: &request.task,
            at_s: at.as_secs_f64(),
            steps: steps.iter().map(step).collect(),
        }
    }
}

fn for_people(request: &Request, trace: &Trace, at: Nanos, steps: &[Step], width: usize) -> String {
    let Request { lesson, model, task, charges, .. } = request;
    let mut text = format!("{HEADING}{}: {task} at {at}{HEADING:#}\n", lesson.title);
    for (name, value) in words::in_order(lesson, &request.values) {
        text += &format!("  {DIM}{name}: {}{DIM:#}\n", value.text());
    }
    text +=
        &format!("\n{HEADING}{}, predicted (virtual clock, costs of {}){HEADING:#}\n", model.title(), charges.title);
    for (number, step) in steps.iter().enumerate() {
        let (name, lane) = (trace.task_name(step.task), trace.lane_name(step.lane));
        let when = format!("{name} on {lane}, {}, {} to {}", step.state.word(), step.from, step.to);
        text += &wrapped(&format!("  {}. ", number + 1), &step.says, width);
        text += &format!("     {DIM}{when}{DIM:#}\n");
    }
    text
}
