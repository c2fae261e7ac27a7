//! Every way of showing a report, held as it is: of a prediction, which is the same everywhere, and of a measured run
//! that nobody measured, so that its figures are.

use clap::Parser;
use engine::model::Model;
use engine::program::Outcome;
use engine::time::Nanos;
use engine::trace::{Clock, Event, LaneId, MarkKind, Switches, TaskId, Trace};

use crate::arguments::{Arguments, Command};
use crate::caution::{Bounds, Caution, cautions};
use crate::measure::predict;
use crate::report::format::Format;
use crate::report::{Once, Report, Run, for_people};
use crate::request::Request;
use crate::usage::{Cpu, Others, Usage};

fn request(words: &str) -> Request {
    let words = ["interleave", "run"].into_iter().chain(words.split(' '));
    let Command::Run(arguments) = Arguments::try_parse_from(words).unwrap().command else {
        unreachable!("it says run")
    };
    Request::read(&arguments).unwrap()
}

/// What was predicted, told as if it had been measured three times: as it is, a quarter longer and a tenth longer.
fn report(request: &Request) -> Report<'_> {
    let is_measured = request.clock == crate::request::Clock::Real;
    let run = |&model| {
        let once = |factor: f64| Once { trace: measured(&predict(request, model), factor), usage: usage(factor) };
        let all = match is_measured {
            true => [1.0, 1.25, 1.1].map(once).to_vec(),
            false => vec![Once { trace: predict(request, model), usage: Usage::default() }],
        };
        Run::new(model, all, request.has_gil()).unwrap()
    };
    let bounds = Bounds { cores: Some(1), quota: None, clock_step: Nanos(30) };
    Report::within(request, request.models.iter().map(run).collect(), bounds)
}

fn measured(predicted: &Trace, factor: f64) -> Trace {
    let mut trace = predicted.clone();
    trace.clock = Clock::Machine;
    if let Some(finish) = &mut trace.finished {
        finish.at = finish.at.scaled(factor);
    }
    trace
}

fn usage(factor: f64) -> Usage {
    Usage {
        cpu: Some(Cpu { user: Nanos(1_500_000).scaled(factor), system: Nanos(250_000) }),
        switches: Some(Switches { voluntary: 12, involuntary: 3 }),
        peak_memory: Some(12 << 20),
        others: Some(Others { used_s: 0.5, there_was_s: 2.0 }),
    }
}

/// The text of a terminal without its styles.
fn plain(report: &Report, width: usize) -> String {
    anstream::adapter::strip_str(&for_people(report, false, width)).to_string()
}

const PREDICTED: &str = "paged-api --clock virtual --set pages=6 --set limit=2 --costs native";
const MEASURED: &str = "delay-messages --model sequential --model threads --set messages=A=1,B=2 --repeat 3";

#[test]
fn a_prediction_in_every_form() {
    let request = request(PREDICTED);
    let report = report(&request);
    insta::assert_snapshot!("predicted_terminal", plain(&report, 80));
    insta::assert_snapshot!("predicted_csv", Format::Csv.render(&report));
    insta::assert_snapshot!("predicted_markdown", Format::Markdown.render(&report));
    let json: serde_json::Value = serde_json::from_str(&Format::Json.render(&report)).unwrap();
    insta::assert_snapshot!("predicted_json", serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn a_measurement_in_every_form() {
    let request = request(MEASURED);
    let report = report(&request);
    insta::assert_snapshot!("measured_terminal", plain(&report, 80));
    insta::assert_snapshot!("measured_terminal_wide", plain(&report, 120));
    insta::assert_snapshot!("measured_csv", Format::Csv.render(&report));
    insta::assert_snapshot!("measured_markdown", Format::Markdown.render(&report));
    let json: serde_json::Value = serde_json::from_str(&Format::Json.render(&report)).unwrap();
    insta::assert_snapshot!("measured_json", serde_json::to_string_pretty(&json).unwrap());
    insta::assert_snapshot!("measured_html", body(&Format::Html.render(&report)));
}

/// What is in a page beside its style, an element a line.
fn body(page: &str) -> String {
    let (_, body) = page.split_once("<body>").unwrap();
    body.replace('>', ">\n").replace('<', "\n<").lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check_cautions(words: &str, expected: &[&str]) {
    let request = request(words);
    let report = report(&request);
    let kinds: Vec<&str> = report.cautions.iter().map(Caution::kind).collect();
    assert_eq!(kinds, expected, "{words}");
}

#[test]
fn figures_come_with_what_to_keep_in_mind() {
    check_cautions("delay-messages --model sequential --repeat 3", &["scatter", "busy"]);
    check_cautions(
        "delay-messages --model sequential --set messages=A=0.004 --repeat 3",
        &["scatter", "too-short", "busy"],
    );
    // Three computing threads use one core where there is a GIL, and three where there is none.
    let gil = "gil --model threads --repeat 3 --set threads=3 --set work=0.1 --set gil=";
    check_cautions(&format!("{gil}on"), &["scatter", "busy"]);
    check_cautions(&format!("{gil}off"), &["scatter", "busy", "few-cores"]);
    check_cautions("delay-messages --model sequential --clock virtual", &[]);
    // Half a core of quota is too little for one that computes, where the system counts a whole core.
    let request = request("gil --model sequential --repeat 3 --set threads=1 --set work=0.1");
    let mut report = report(&request);
    for (quota, told) in [(0.5, "0.5"), (0.001, "less than 0.01"), (0.0, "0")] {
        let bounds = Bounds { cores: Some(1), quota: Some(quota), clock_step: Nanos(30) };
        report.cautions = report.runs.iter().flat_map(|run| cautions(run, 3, bounds)).collect();
        let last = report.cautions.last().unwrap();
        assert_eq!((last.kind(), last.cores()), ("quota", Some(quota)));
        let says = format!(
            "than this program has cores of quota ({told}), so that the system stops them in between: sequential (1 worker)."
        );
        assert!(last.to_string().contains(&says), "{last}");
    }
}

#[test]
fn runs_that_differ_are_counted_in_every_form() {
    let request = request("lost-update --model threads --repeat 12");
    let found = |value| {
        let mut trace = measured(&predict(&request, Model::Threads), 1.0);
        if let Some(finish) = &mut trace.finished {
            finish.ending = Ok(Outcome::from([("final".to_owned(), value)]));
        }
        Once { trace, usage: usage(1.0) }
    };
    let all = [2, 1, 2, 2, 1, 2, 2, 2, 1, 2, 1].map(found).to_vec();
    let runs = vec![Run::new(Model::Threads, all, true).unwrap()];
    let report = Report::within(&request, runs, Bounds { cores: None, quota: None, clock_step: Nanos(30) });
    let kinds: Vec<&str> = report.cautions.iter().map(Caution::kind).collect();
    assert_eq!(kinds, ["fewer-runs", "outcomes-differ", "busy"]);
    let says = "threads (final 1 in 4, 2 in 7 of 11 runs)";
    assert!(report.cautions[1].to_string().contains(says), "{}", report.cautions[1]);
    for (form, text) in [
        ("terminal", plain(&report, 240)),
        ("csv", Format::Csv.render(&report)),
        ("markdown", Format::Markdown.render(&report)),
        ("html", Format::Html.render(&report)),
    ] {
        // A spreadsheet reckons with numbers.
        let cell = if form == "csv" { ",1,2\n" } else { "1 in 4, 2 in 7" };
        assert!(text.contains(cell) && (form == "csv" || text.contains(says)), "{form}: {text}");
    }
    let json: serde_json::Value = serde_json::from_str(&Format::Json.render(&report)).unwrap();
    let counted = serde_json::json!([{"runs": 4, "outcome": {"final": 1}}, {"runs": 7, "outcome": {"final": 2}}]);
    assert_eq!(json["runs"][0]["outcomes"], counted);
}

#[test]
fn no_line_for_people_is_wider_than_the_terminal() {
    for words in [MEASURED, PREDICTED, "hybrid --repeat 3", "gil --set threads=4 --repeat 3"] {
        let request = request(words);
        let report = report(&request);
        for width in [80, 120] {
            let text = plain(&report, width);
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{words} at {width}:\n{text}");
        }
    }
}

#[test]
fn a_row_that_nearly_always_waits_is_seen_to_wait() {
    let request = request("paged-api --clock virtual --set pages=3000 --model sequential");
    let report = report(&request);
    let text = plain(&report, 80);
    let row = text.lines().find(|line| line.starts_with("  MainThread")).unwrap();
    assert!(row.ends_with(&"─".repeat(60)), "{text}");
}

#[test]
fn a_name_is_no_mark_in_any_file() {
    // The costs' file may be called anything, and a program may log anything.
    let name = "<b>,&\"x\"|`y`";
    let mut request = request("delay-messages --clock virtual --model threads");
    (request.charges.name, request.charges.title) = (name.to_owned(), name.to_owned());
    let mut report = report(&request);
    let mark = MarkKind::Log(name.to_owned());
    report.runs[0].trace.apply(Event::Mark { task: TaskId(0), lane: LaneId(0), at: Nanos(1), mark, line: None });
    let page = Format::Html.render(&report);
    let escaped = "&lt;b&gt;,&amp;&quot;x&quot;|`y`";
    assert!(!page.contains("<b>"), "{page}");
    assert!(
        page.contains(&format!("costs of {escaped}")) && page.contains(&format!("MainThread:{escaped}\n")),
        "{page}"
    );
    let csv = Format::Csv.render(&report);
    assert!(csv.contains(r#","<b>,&""x""|`y`","#), "{csv}");
    let markdown = Format::Markdown.render(&report);
    assert!(markdown.contains(r#"costs of \<b\>,&"x"\|\`y\`)"#), "{markdown}");
}

#[test]
fn a_page_needs_nothing_from_anywhere() {
    let request = request(MEASURED);
    let page = Format::Html.render(&report(&request));
    for word in ["<script", "http:", "https:", "<link", "<img", "@import", "src="] {
        assert!(!page.contains(word), "{word} is in the page");
    }
}

#[test]
fn a_page_of_a_large_run_stays_small() {
    let request = request("paged-api --clock virtual --set pages=3000 --model event-loop --model thread-pool");
    let report = report(&request);
    let page = Format::Html.render(&report);
    let elements = page.matches("<rect").count();
    // Two models of at most sixteen tasks or lanes, and a queue, with places and gaps between them.
    assert!(elements < 2 * 34 * 2000, "{elements}");
    let (picture, _) = page.split_once("Logs").unwrap();
    assert!(picture.len() < 8 << 20, "{}", picture.len());
}
