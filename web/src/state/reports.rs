//! A report for programs, as `--json` and `--out` write it. It has figures and perhaps a log, and no timelines; what it has is
//! shown as a run in which nothing else is known.

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Clock, Event, LaneId, LaneKind, MarkKind, Process, TaskId, Trace};
use js_sys::{Array, JSON, Object, Reflect};
use lessons::Values;
use lessons::result_file::Opened;
use wasm_bindgen::{JsCast, JsValue};

/// What a report says.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The lesson's id.
    pub lesson: String,
    /// The lesson's parameters, as names and texts.
    pub parameters: Vec<(String, String)>,
    /// By how much delays were divided.
    pub speed: f64,
    /// The runs, the first of each model.
    pub runs: Vec<Run>,
}

/// A run in a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The model's id.
    pub model: String,
    /// How long it took; `None` where it came to no end.
    pub wall_s: Option<f64>,
    /// Its log: when, on which lane, and what.
    pub log: Vec<(f64, String, String)>,
}

/// The report in a file of these bytes; `None` where there is none. Lines that break off are left out.
pub fn read(bytes: &[u8]) -> Option<Report> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.starts_with('{'))?;
    let parsed = text.lines().filter(|line| line.starts_with('{')).map_while(|line| JSON::parse(line).ok());
    let objects: Vec<JsValue> = parsed.collect();
    let (head, lines) = objects.split_first()?;
    let text_of = |value: &JsValue| match value.as_bool() {
        Some(is_on) => if is_on { "on" } else { "off" }.to_owned(),
        None => value.as_string().or_else(|| Some(value.as_f64()?.to_string())).unwrap_or_default(),
    };
    let params: Object = get(head, "params")?.dyn_into().ok()?;
    let parameters = Object::entries(&params).into_iter().map(|entry| {
        let entry: Array = entry.unchecked_into();
        (text_of(&entry.get(0)), text_of(&entry.get(1)))
    });
    let nested = get(head, "runs").and_then(|runs| runs.dyn_into::<Array>().ok()).map(|runs| runs.to_vec());
    let mut runs: Vec<Run> = Vec::new();
    for run in nested.unwrap_or_default().iter().chain(lines) {
        let Some(model) = get(run, "model").and_then(|model| model.as_string()) else { continue };
        let is_ended =
            get(run, "ending").and_then(|ending| ending.as_string()).is_none_or(|ending| ending == "completed");
        let log =
            get(run, "log").and_then(|log| log.dyn_into::<Array>().ok()).map(|log| log.to_vec()).unwrap_or_default();
        let line = |line: &JsValue| {
            let text = |name| get(line, name)?.as_string();
            Some((get(line, "at_s")?.as_f64()?, text("lane")?, text("text")?))
        };
        let wall_s = get(run, "wall_s").and_then(|wall| wall.as_f64()).filter(|_| is_ended);
        if runs.iter().all(|known| known.model != model) {
            runs.push(Run { model, wall_s, log: log.iter().filter_map(line).collect() });
        }
    }
    let speed = get(head, "speed").and_then(|speed| speed.as_f64()).unwrap_or(1.0);
    Some(Report { lesson: get(head, "lesson")?.as_string()?, parameters: parameters.collect(), speed, runs })
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// The report of the file `name` as the page shows it.
///
/// # Errors
/// Where it does not fit the lessons here, as a sentence.
pub fn opened(name: &str, report: &Report) -> Result<Opened, String> {
    let unfit = |why: String| format!("{name} does not fit the lessons here. {why}");
    let lesson = lessons::find(&report.lesson).map_err(|wrong| unfit(wrong.to_string()))?;
    let values = Values::read(lesson.parameters, &report.parameters)
        .map_err(|wrong| unfit(wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")))?;
    let speed = Speed::new(report.speed).unwrap_or(Speed::REAL);
    let trace = |run: &Run| {
        let model = lesson.models.iter().copied().find(|model| model.id() == run.model)?;
        Some(trace(run, model, speed))
    };
    let traces = report.runs.iter().filter_map(trace).collect();
    let missing = format!(
        "{name} is a report: it has figures, perhaps a log, and no timelines. `interleave run LESSON --result FILE` writes those, too."
    );
    Ok(Opened { lesson, values, speed, machine: String::new(), traces, missing: Some(missing) })
}

/// A run of which no more is known than its log and its end.
fn trace(run: &Run, model: Model, speed: Speed) -> Trace {
    let at = |seconds: f64| Nanos((seconds.clamp(0.0, 1e9) * 1e9).round() as u64);
    let mut trace = Trace::new(model, Clock::File, speed);
    let mut lanes: Vec<&str> = Vec::new();
    for (at_s, lane, text) in &run.log {
        let known = lanes.iter().position(|known| known == lane);
        let place = known.unwrap_or(lanes.len()) as u32;
        let (lane_id, task) = (LaneId(place), TaskId(place));
        if known.is_none() {
            lanes.push(lane);
            trace.apply(Event::Lane { lane: lane_id, name: lane.clone(), kind: LaneKind::Thread, process: Process(0) });
            trace.apply(Event::Task { task, name: lane.clone(), parent: None, at: Nanos::ZERO });
        }
        trace.apply(Event::Mark { task, lane: lane_id, at: at(*at_s), mark: MarkKind::Log(text.clone()), line: None });
    }
    if let Some(wall_s) = run.wall_s {
        trace.apply(Event::Finish { at: at(wall_s), cpu: None, switches: None, ending: Ok(Default::default()) });
    }
    trace
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::words;
    use crate::timeline::layout::{Layout, Rows};

    #[test]
    fn a_report_shows_its_figures_and_its_log_and_says_what_it_has_not() {
        let log = vec![
            (0.0, "MainThread".to_owned(), "Main started".to_owned()),
            (2.0, "T-1".to_owned(), "A printed".to_owned()),
        ];
        let run = |model: &str, wall_s, log| Run { model: model.to_owned(), wall_s, log };
        let report = Report {
            lesson: "delay-messages".to_owned(),
            parameters: vec![("workers".to_owned(), "1".to_owned())],
            speed: 1.0,
            runs: vec![
                run("threads", Some(3.0), log),
                run("event-loop", None, Vec::new()),
                run("unheard-of", None, Vec::new()),
            ],
        };
        let found = opened("run.json", &report).expect("it fits");
        assert!(found.missing.expect("timelines are missing").starts_with("run.json is a report"));
        let [threads, stopped] = &found.traces[..] else { panic!("two models are known") };
        assert_eq!((words::ended(threads), words::ended(stopped)), ("3.00 s".to_owned(), "cut off".to_owned()));
        assert_eq!(threads.log().into_iter().map(|line| line.text).collect::<Vec<_>>(), ["Main started", "A printed"]);
        for trace in found.traces {
            // Whatever the page asks of a run has an answer for one of which next to nothing is known.
            let history = trace.history();
            let _ = (trace.moments(), history.at(trace.end()), trace.critical_path(&history), trace.summary());
            let end = trace.end();
            let _ = Layout::of(std::sync::Arc::new(trace), end, Rows::Few);
        }
        let other = Report { lesson: "delay-mesages".to_owned(), ..report };
        assert!(opened("run.json", &other).expect_err("no such lesson").contains("Did you mean delay-messages?"));
    }
}
