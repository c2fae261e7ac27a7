//! `interleave run`: read the words, run each model, report, export.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Trace, chrome_json};

use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::measure::{measure, predict};
use crate::notice;
use crate::process_pool::Pool;
use crate::report::{self, Report, Run};
use crate::request::{Clock, Request};

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, runs that failed, and outputs that cannot be written. The runs that went well are reported
/// even so.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let request = Request::read(arguments).map_err(Failure::WrongWords)?;
    let trace_file = arguments.trace.as_deref().map(TraceFile::open).transpose()?;
    if request.clock == Clock::Virtual && arguments.speed.trim() != "1" {
        notice::note("a predicted run takes no time, so --speed changes nothing about it.");
    }
    let (runs, mut wrong) = run_all(&request);
    let report = Report::new(&request, runs);
    let printed = match arguments.json {
        true => report::json::print(&report),
        false => report::print(&report, arguments.log),
    };
    if let Some(file) = trace_file {
        wrong.extend(file.write(&report).err());
    }
    match printed {
        Err(Failure::Failed(sentences)) => wrong.extend(sentences),
        Err(failure) if wrong.is_empty() => return Err(failure),
        Ok(()) | Err(_) => {}
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Failed(wrong)) }
}

/// The runs of every model that went well, and a sentence for each that did not.
fn run_all(request: &Request) -> (Vec<Run>, Vec<String>) {
    let mut wrong = Vec::new();
    let mut runs = Vec::new();
    for &model in &request.models {
        let traces = match request.clock {
            // A prediction is the same every time.
            Clock::Virtual => predict(request, model).map(|trace| vec![trace]).map_err(|error| error.to_string()),
            Clock::Real => measure_repeatedly(request, model),
        };
        match traces {
            Ok(traces) => runs.extend(Run::new(model, traces)),
            Err(reason) => {
                wrong.push(format!("The run on {model} failed: {reason}.\nTo repeat it: {}", request.command(model)));
            }
        }
    }
    (runs, wrong)
}

fn measure_repeatedly(request: &Request, model: Model) -> Result<Vec<Trace>, String> {
    let pool = match model {
        Model::ProcessPool => Some(start_pool(request)?),
        Model::Sequential | Model::Threads | Model::ThreadPool | Model::EventLoop => None,
    };
    let _progress = notice::progress(announcement(request, model));
    let runs = (0..request.repeat).map(|_| measure(request, model, pool.as_ref()));
    runs.collect()
}

/// The pool is up before the clock starts: what its processes cost to start is another lesson's matter, and told here.
fn start_pool(request: &Request) -> Result<Pool, String> {
    const MOST_IDS: usize = 8;
    let start = Instant::now();
    let pool = Pool::start(request).map_err(|sentence| sentence.trim_end_matches('.').to_owned())?;
    let took_ms = start.elapsed().as_secs_f64() * 1e3;
    let ids = pool.ids();
    let shown = ids.iter().take(MOST_IDS).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let more = if ids.len() > MOST_IDS { ", …" } else { "" };
    let processes = if ids.len() == 1 { "process was" } else { "processes were" };
    notice::note(format_args!(
        "{} {processes} started for the pool in {took_ms:.1} ms, before its clock: {shown}{more}",
        ids.len()
    ));
    Ok(pool)
}

/// What is about to be measured, and how long that will take: the prediction knows.
fn announcement(request: &Request, model: Model) -> String {
    let mut text = format!("measuring {model}");
    let summary = predict(request, model).ok().and_then(|trace| trace.summary());
    let time = summary.map(|summary| about(request.speed.shorten(summary.wall)));
    match (request.repeat, time) {
        (1, Some(time)) => text += &format!(", about {time}"),
        (runs, Some(time)) => text += &format!(", {runs} runs of about {time} each"),
        (_, None) => {}
    }
    text
}

fn about(time: Nanos) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.1 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}

/// The file that traces go to, opened before anything is measured, so that a wrong path loses no measurement.
struct TraceFile<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> TraceFile<'a> {
    fn open(path: &'a Path) -> Result<TraceFile<'a>, Failure> {
        // Not cut short yet: an older trace stays until there is a new one.
        let file = File::options().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| Failure::because(unwritable(path, &error)))?;
        Ok(TraceFile { path, file })
    }

    fn write(mut self, report: &Report) -> Result<(), String> {
        self.try_write(report).map_err(|error| unwritable(self.path, &error))
    }

    fn try_write(&mut self, report: &Report) -> io::Result<()> {
        let traces: Vec<&Trace> = report.runs.iter().map(|run| &run.trace).collect();
        let mut bytes = serde_json::to_vec(&chrome_json(&traces))?;
        bytes.push(b'\n');
        if self.file.metadata()?.is_file() {
            self.file.seek(SeekFrom::Start(0))?;
            self.file.set_len(0)?;
        }
        self.file.write_all(&bytes)
    }
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("The trace file {} cannot be written: {error}.", path.display())
}
