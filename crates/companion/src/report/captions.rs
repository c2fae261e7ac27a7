//! What each part of a report is of, where a model has several runs: some figures are of all of them, and some of one.

use crate::report::Report;

/// What the results beside the times are of, which the heading tells; `None` where each model has one run, or found nothing.
pub fn results(report: &Report) -> Option<String> {
    let found = report.runs.iter().any(|run| !run.outcomes.names().is_empty());
    (found && of_several(report)).then(|| "What the program found is counted over all of a model’s runs.".to_owned())
}

/// What the table of workers, processor time and memory is of.
pub fn took(report: &Report) -> Option<String> {
    of_several(report).then(|| {
        format!(
            "Times and switches are medians of a model’s runs, memory is the most of any of them; workers, threads and \
             processes are those of {}.",
            the_one_shown(report)
        )
    })
}

/// What the table of requests is of.
pub fn requests(report: &Report) -> Option<String> {
    of_several(report).then(|| "Counted over all of a model’s runs together.".to_owned())
}

/// What the table of messages is of.
pub fn messages(report: &Report) -> Option<String> {
    of_several(report).then(|| format!("Of {}.", the_one_shown(report)))
}

/// What the timelines, the hints and the logs are of.
pub fn timelines(report: &Report) -> Option<String> {
    of_several(report).then(|| format!("Timelines, hints and logs are of {}.", the_one_shown(report)))
}

fn of_several(report: &Report) -> bool {
    report.runs.iter().any(|run| run.runs > 1)
}

/// The run of which a report has the trace.
fn the_one_shown(report: &Report) -> &'static str {
    match report.runs.iter().any(|run| (1..run.runs).contains(&run.unended)) {
        true => "the last run of each model, or where some came to no end, the last of those",
        false => "the last run of each model",
    }
}
