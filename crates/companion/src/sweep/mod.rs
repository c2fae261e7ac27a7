//! `interleave sweep`: the predicted wall time of each model as one number of the lesson changes.

mod chart;
mod request;

use std::collections::BTreeMap;

use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use lessons::Value;
use serde::Serialize;

use crate::arguments::SweepArguments;
use crate::failure::Failure;
use crate::notice;
use crate::report::json::{Scalar, VERSION, ending, print_line};
use crate::report::style::{DIM, HEADING};
use crate::report::text::wrapped;
use crate::report::{print_text, table, terminal_width};
use crate::words::in_order;
use chart::{Line, symbol};
use request::Request;

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, runs that came to no end, and where standard output cannot be written.
pub fn sweep(arguments: &SweepArguments) -> Result<(), Failure> {
    let request = Request::read(arguments).map_err(Failure::WrongWords)?;
    request.charges.note_whose_gil(&request.lesson.prepare_on(&request.values, request.charges.costs));
    let progress = notice::progress(format_args!(
        "predicting {} runs of {}",
        request.points.len() * request.models.len(),
        request.lesson.id
    ));
    let points: Vec<Point> = request.points.iter().map(|value| Point::predict(&request, value)).collect();
    drop(progress);
    let printed = match arguments.prediction.json {
        true => print_line(&Object::new(&request, &points)),
        false => print_text(&for_people(&request, &points, terminal_width())),
    };
    let wrong = no_ends(&request, &points);
    printed.and(if wrong.is_empty() { Ok(()) } else { Err(Failure::Failed(wrong)) })
}

/// What is predicted where the number has one value.
struct Point {
    /// The number itself.
    value: Value,
    runs: Vec<Run>,
}

/// One predicted run.
struct Run {
    model: Model,
    /// `None` where it came to no end.
    wall: Option<Nanos>,
    ending: String,
}

impl Point {
    fn predict(request: &Request, value: &Value) -> Point {
        let values = request.values.with(request.over, request.value(value));
        let prepared = request.lesson.prepare_on(&values, request.charges.costs);
        let run = |&model: &Model| {
            let trace = simulate(&prepared.program, &prepared.settings(model, request.seed));
            let wall = trace.summary().filter(|_| trace.failure().is_none()).map(|summary| summary.wall);
            Run { model, wall, ending: ending(&trace) }
        };
        Point { value: value.clone(), runs: request.models.iter().map(run).collect() }
    }

    /// The number on the axis.
    fn number(&self) -> f64 {
        match &self.value {
            Value::Count(count) => f64::from(*count),
            Value::Seconds(time) => time.as_secs_f64(),
            Value::Share(share) => *share,
            _ => 0.0,
        }
    }
}

/// A sentence for each model that came to no end somewhere.
fn no_ends(request: &Request, points: &[Point]) -> Vec<String> {
    let no_end = |(index, model): (usize, &Model)| {
        let ends = points.iter().map(|point| (request.value(&point.value).text(), &point.runs[index]));
        let mut without = ends.filter(|(_, run)| run.wall.is_none());
        let (value, run) = without.next()?;
        let more = match without.count() {
            0 => String::new(),
            1 => ", nor with 1 other value".to_owned(),
            more => format!(", nor with {more} other values"),
        };
        let name = request.over.name;
        Some(format!("The run on {model} comes to no end with {name}={value}{more}: {}.", run.ending))
    };
    request.models.iter().enumerate().filter_map(no_end).collect()
}

#[derive(Serialize)]
struct Object<'a> {
    version: u32,
    lesson: &'a str,
    /// Those that stay as they are.
    params: BTreeMap<&'a str, Scalar>,
    seed: u64,
    costs: &'a str,
    over: OverObject<'a>,
    points: Vec<PointObject<'a>>,
}

#[derive(Serialize)]
struct OverObject<'a> {
    name: &'a str,
    unit: &'a str,
}

#[derive(Serialize)]
struct PointObject<'a> {
    value: Scalar,
    runs: Vec<RunObject<'a>>,
}

#[derive(Serialize)]
struct RunObject<'a> {
    model: &'a str,
    wall_s: Option<f64>,
    ending: &'a str,
}

impl<'a> Object<'a> {
    fn new(request: &'a Request, points: &'a [Point]) -> Object<'a> {
        let fixed = in_order(request.lesson, &request.values).filter(|(name, _)| *name != request.over.name);
        let run = |run: &'a Run| RunObject {
            model: run.model.id(),
            wall_s: run.wall.map(Nanos::as_secs_f64),
            ending: &run.ending,
        };
        let point =
            |point: &'a Point| PointObject { value: (&point.value).into(), runs: point.runs.iter().map(run).collect() };
        Object {
            version: VERSION,
            lesson: request.lesson.id,
            params: fixed.map(|(name, value)| (name, value.into())).collect(),
            seed: request.seed,
            costs: &request.charges.name,
            over: OverObject { name: request.over.name, unit: request.over.unit },
            points: points.iter().map(point).collect(),
        }
    }
}

fn for_people(request: &Request, points: &[Point], width: usize) -> String {
    let mut text = format!("{HEADING}{}{HEADING:#}\n", request.lesson.title);
    for (name, value) in in_order(request.lesson, &request.values).filter(|(name, _)| *name != request.over.name) {
        text += &format!("  {DIM}{name}: {}{DIM:#}\n", value.text());
    }
    let clock = format!("Predicted wall times (virtual clock, costs of {})", request.charges.title);
    text += &format!("\n{HEADING}{}{HEADING:#}", wrapped("", &clock, width));
    text += &table(request, points, width);
    let lines = request.models.iter().enumerate().map(|(index, model)| Line {
        symbol: symbol(index),
        name: model.id(),
        points: points
            .iter()
            .filter_map(|point| Some((point.number(), point.runs[index].wall?.as_secs_f64())))
            .collect(),
    });
    text += "\n";
    let (name, unit) = (request.over.name, request.over.unit);
    let label = if unit.is_empty() { name.to_owned() } else { format!("{name}, {unit}") };
    text + &chart::draw(&lines.collect::<Vec<_>>(), &label, width)
}

/// The table: a row a value and a column a model.
fn table(request: &Request, points: &[Point], width: usize) -> String {
    let unit = if request.over.unit.is_empty() { String::new() } else { format!(", {}", request.over.unit) };
    let heads = request.models.iter().enumerate().map(|(index, model)| format!("{} {model}", symbol(index)));
    let head = [format!("{}{unit}", request.over.name)].into_iter().chain(heads).collect();
    let row = |point: &Point| {
        let walls = point.runs.iter().map(|run| run.wall.map_or_else(|| "no end".to_owned(), |wall| wall.to_string()));
        [point.value.text()].into_iter().chain(walls).collect()
    };
    let rows: Vec<Vec<String>> = [head].into_iter().chain(points.iter().map(row)).collect();
    table::drawn(&rows, width)
}
