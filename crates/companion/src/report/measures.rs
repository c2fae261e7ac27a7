//! What a run took beside its time, and what its requests were like: tables for people, a row a model.

use engine::trace::Messages;

use crate::report::style::HEADING;
use crate::report::table::{drawn, share, short, side_by_side_drawn};
use crate::report::{Report, Run, captioned, captions};
use crate::request::Clock;

/// A table as texts: the first row is the header, the first column the models.
pub type Cells = Vec<Vec<String>>;

/// What is written where nothing is known.
const UNKNOWN: &str = "–";

/// The tables as a terminal shows them, side by side where `width` has room. Of a prediction only what its requests
/// were like: the rest is about machines.
pub fn draw(report: &Report, width: usize) -> String {
    let mut text = String::new();
    if report.request.clock == Clock::Real {
        text += &format!("\n{HEADING}What it took{HEADING:#}\n");
        text += &side_by_side_drawn(&workers(report), &system(report), width);
        text += &captioned(Some(note(report)), width);
    }
    if let Some(requests) = requests(report) {
        text += &format!("\n{HEADING}Requests{HEADING:#}\n{}", drawn(&requests, width));
        text += &captioned(captions::requests(report), width);
    }
    if let Some(messages) = messages(report) {
        text += &format!("\n{HEADING}Messages between processes{HEADING:#}\n{}", drawn(&messages, width));
        text += &captioned(captions::messages(report), width);
    }
    text
}

/// What the words in the tables mean, and of which runs the figures are.
pub fn note(report: &Report) -> String {
    [captions::took(report), Some(NOTE.to_owned())].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

const NOTE: &str = "\
    Efficiency is the speed-up by the workers: over 100 % where one worker has several waits at once. A core leaves a \
    thread that waits (voluntary) or whose turn is over (involuntary). Threads, processes and memory are the most at \
    once. A dash stands where the system does not tell, or tells no more than that it was less than a tick of its clock, and for \
    an efficiency without a sequential run beside it.";

/// How the work was shared: workers, and how much of them became speed; the most threads and processes at once.
pub fn workers(report: &Report) -> Cells {
    let row = |run: &Run| {
        vec![
            run.model.id().to_owned(),
            run.alive.workers.to_string(),
            told(report.efficiency(run), share),
            run.alive.threads.to_string(),
            run.alive.processes.to_string(),
        ]
    };
    cells(report, ["model", "workers", "efficiency", "threads", "processes"], row)
}

/// What the operating system told.
pub fn system(report: &Report) -> Cells {
    let row = |run: &Run| {
        let figures = &run.figures;
        vec![
            run.model.id().to_owned(),
            told(figures.parts, |cpu| short(cpu.user)),
            told(figures.parts, |cpu| short(cpu.system)),
            told(figures.switches, |switches| switches.voluntary.to_string()),
            told(figures.switches, |switches| switches.involuntary.to_string()),
            told(figures.peak_memory, |bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))),
        ]
    };
    cells(report, ["model", "user", "system", "voluntary", "involuntary", "memory"], row)
}

/// What the requests were like; `None` where none was answered.
pub fn requests(report: &Report) -> Option<Cells> {
    report.runs.iter().any(|run| run.requests.is_some()).then(|| {
        let row = |run: &Run| {
            let requests = run.requests.as_ref();
            vec![
                run.model.id().to_owned(),
                told(requests, |requests| requests.answered.to_string()),
                told(requests, |requests| short(requests.p50)),
                told(requests, |requests| short(requests.p95)),
                told(requests, |requests| short(requests.p99)),
                told(requests.and_then(|requests| requests.per_second), |rate| format!("{rate:.1}")),
            ]
        };
        cells(report, ["model", "answered", "p50", "p95", "p99", "per second"], row)
    })
}

/// What went between processes, in the run of each model whose timeline is shown; `None` where nothing did.
pub fn messages(report: &Report) -> Option<Cells> {
    let header = ["model", "messages", "bytes", "time", "time each", "jobs lost"].map(str::to_owned).to_vec();
    let row = |run: &Run| {
        let Messages { count, bytes: sent, took, lost } = run.messages?;
        let each = if count > 0 { took.as_secs_f64() * 1e6 / count as f64 } else { 0.0 };
        let model = run.model.id().to_owned();
        Some(vec![model, count.to_string(), bytes(sent), short(took), format!("{each:.1} µs"), lost.to_string()])
    };
    let rows: Cells = report.runs.iter().filter_map(row).collect();
    (!rows.is_empty()).then(|| [vec![header], rows].concat())
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn cells<const N: usize>(report: &Report, header: [&str; N], row: impl Fn(&Run) -> Vec<String>) -> Cells {
    [header.map(str::to_owned).to_vec()].into_iter().chain(report.runs.iter().map(row)).collect()
}

fn told<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), text)
}
