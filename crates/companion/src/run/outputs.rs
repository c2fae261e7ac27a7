//! Where a call's report goes: files, and standard output.

use engine::model::Model;
use engine::trace::{Event, Trace, chrome_json};
use lessons::result_file::ResultFile;

use crate::arguments::RunArguments;
use crate::failure::Failure;
use crate::machine;
use crate::output_file::{OutputFile, Series};
use crate::report::format::Format;
use crate::report::{self, Report, lines};
use crate::request::Request;

/// All of them, open.
pub struct Outputs {
    /// A file to which each run is added as soon as it is over.
    pub series: Option<Series>,
    trace: Option<OutputFile>,
    result: Option<OutputFile>,
    reports: Vec<(OutputFile, Format)>,
    is_json: bool,
    with_log: bool,
}

impl Outputs {
    /// Those that `arguments` name, with reports in these formats.
    ///
    /// # Errors
    /// A file that cannot be written, before anything is measured for it.
    pub fn open(arguments: &RunArguments, formats: Vec<Format>, request: &Request) -> Result<Outputs, Failure> {
        let trace = arguments.trace.as_deref().map(|path| OutputFile::open("trace", path)).transpose()?;
        let result = arguments.result.as_deref().map(|path| OutputFile::open("result", path)).transpose()?;
        let out = arguments.out.as_deref().map(|path| OutputFile::open("output", path)).transpose()?;
        let reports = arguments.reports.iter().map(|path| OutputFile::open("report", path));
        let reports = reports.zip(formats).map(|(file, format)| Ok((file?, format)));
        let reports = reports.collect::<Result<Vec<_>, Failure>>()?;
        // Last: it takes the place of what was there.
        let series = out.map(|file| file.series(&lines::head(request)));
        Ok(Outputs { series, trace, result, reports, is_json: arguments.json, with_log: arguments.log })
    }

    /// Tells all of them; `last` is what happened in the last run of each model. Where no run was over only programs are told
    /// so: people hear it as an error, and what is in the files is better than nothing.
    ///
    /// # Errors
    /// Where standard output cannot be written. What is wrong with files goes to `wrong`.
    pub fn tell(self, report: &Report, last: Vec<(Model, Vec<Event>)>, wrong: &mut Vec<String>) -> Result<(), Failure> {
        wrong.extend(self.series.and_then(Series::wrong));
        if report.runs.is_empty() {
            return if self.is_json { report::json::print(report) } else { Ok(()) };
        }
        if let Some(file) = self.trace {
            wrong.extend(file.write(&chrome(report)).err());
        }
        if let Some(file) = self.result {
            wrong.extend(file.write(&result(report.request, last)).err());
        }
        for (file, format) in self.reports {
            wrong.extend(file.write(format.render(report).as_bytes()).err());
        }
        if self.is_json { report::json::print(report) } else { report::print(report, self.with_log) }
    }
}

/// The runs as a Chrome trace.
fn chrome(report: &Report) -> Vec<u8> {
    let traces: Vec<&Trace> = report.runs.iter().map(|run| &run.trace).collect();
    format!("{}\n", chrome_json(&traces)).into_bytes()
}

/// Runs as the page opens them.
fn result(request: &Request, runs: Vec<(Model, Vec<Event>)>) -> Vec<u8> {
    let (lesson, parameters) = (request.lesson.id.to_owned(), request.values.texts());
    ResultFile { lesson, parameters, seed: request.seed, speed: request.speed, machine: machine::in_words(), runs }
        .to_bytes()
}
