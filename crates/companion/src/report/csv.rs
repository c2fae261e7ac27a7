//! The report for spreadsheets: a header, and a row a model. What is unknown is empty.

use std::collections::BTreeSet;

use engine::time::Nanos;

use crate::report::json::ending;
use crate::report::{Report, Run};

/// The report as CSV (RFC 4180, but for its line ends).
pub fn render(report: &Report) -> String {
    let outcomes: BTreeSet<&str> = report.runs.iter().flat_map(|run| run.outcomes.names()).collect();
    let parameters = report.request.values().map(|(name, _)| format!("parameter {name}"));
    let mut header: Vec<String> = COLUMNS.iter().map(|(name, _)| name.to_string()).collect();
    header.extend(parameters);
    header.extend(outcomes.iter().flat_map(|name| ["min", "max"].map(|which| format!("outcome {name} {which}"))));
    let row = |run: &Run| {
        let mut row: Vec<String> = COLUMNS.iter().map(|(_, value)| value(report, run).unwrap_or_default()).collect();
        row.extend(report.request.values().map(|(_, value)| value.text()));
        row.extend(outcomes.iter().flat_map(|name| match run.outcomes.range(name) {
            Some((least, most)) => [least.to_string(), most.to_string()],
            None => Default::default(),
        }));
        row
    };
    written([header].into_iter().chain(report.runs.iter().map(row)))
}

type Value = fn(&Report, &Run) -> Option<String>;

/// The columns that every report has. Their names are those of the JSON.
const COLUMNS: [(&str, Value); 33] = [
    ("lesson", |report, _| Some(report.request.lesson.id.to_owned())),
    ("model", |_, run| Some(run.model.id().to_owned())),
    ("clock", |report, _| Some(report.request.clock.id().to_owned())),
    ("seed", |report, _| Some(report.request.seed.to_string())),
    ("speed", |report, _| Some(report.request.true_speed().to_string())),
    ("costs", |report, _| Some(report.request.charges.name.clone())),
    ("runs", |_, run| Some(run.runs.to_string())),
    ("unended", |_, run| Some(run.unended.to_string())),
    ("wall_s", |_, run| run.wall().map(seconds)),
    ("wall_s_min", |_, run| run.wall().map(|_| seconds(run.figures.wall_min))),
    ("wall_s_max", |_, run| run.wall().map(|_| seconds(run.figures.wall_max))),
    ("cpu_s", |_, run| run.figures.cpu.map(seconds)),
    ("user_s", |_, run| run.figures.parts.map(|cpu| seconds(cpu.user))),
    ("system_s", |_, run| run.figures.parts.map(|cpu| seconds(cpu.system))),
    ("voluntary_switches", |_, run| run.figures.switches.map(|switches| switches.voluntary.to_string())),
    ("involuntary_switches", |_, run| run.figures.switches.map(|switches| switches.involuntary.to_string())),
    ("peak_memory_bytes", |_, run| run.figures.peak_memory.map(|bytes| bytes.to_string())),
    ("speedup", |report, run| report.speedup(run).map(rounded)),
    ("efficiency", |report, run| report.efficiency(run).map(rounded)),
    ("workers", |_, run| Some(run.alive.workers.to_string())),
    ("most_threads", |_, run| Some(run.alive.threads.to_string())),
    ("most_processes", |_, run| Some(run.alive.processes.to_string())),
    ("answered", |_, run| run.requests.map(|requests| requests.answered.to_string())),
    ("p50_s", |_, run| run.requests.map(|requests| seconds(requests.p50))),
    ("p95_s", |_, run| run.requests.map(|requests| seconds(requests.p95))),
    ("p99_s", |_, run| run.requests.map(|requests| seconds(requests.p99))),
    ("per_s", |_, run| run.requests?.per_second.map(rounded)),
    ("messages", |_, run| run.messages.map(|messages| messages.count.to_string())),
    ("message_bytes", |_, run| run.messages.map(|messages| messages.bytes.to_string())),
    ("message_s", |_, run| run.messages.map(|messages| seconds(messages.took))),
    ("lost_jobs", |_, run| run.messages.map(|messages| messages.lost.to_string())),
    ("ending", |_, run| Some(ending(&run.trace))),
    ("gil", |report, _| Some(report.request.has_gil().to_string())),
];

fn seconds(time: Nanos) -> String {
    time.as_secs_f64().to_string()
}

fn rounded(number: f64) -> String {
    ((number * 1e3).round() / 1e3).to_string()
}

/// Rows as CSV: a cell with a comma, a quote or a line's end in it stands in quotes.
fn written(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Memory takes every row, and all have as many cells.
        let _ = writer.write_record(&row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_would_be_read_as_something_else() {
        let rows = [["a,b", "say \"a\""], ["two\nlines", "plain"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(written(rows.into_iter()), "\"a,b\",\"say \"\"a\"\"\"\n\"two\nlines\",plain\n");
    }
}
