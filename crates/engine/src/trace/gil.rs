//! Who had the GIL: a row for each process in which threads ever had to wait for it.

use std::collections::BTreeSet;

use crate::time::Nanos;
use crate::trace::{Activity, Process, Row, RowKind, Shows, Span, State, Stretch, Trace, sort_by_numbers};

impl Trace {
    /// A row for each process in which anybody ever wanted the GIL, with whoever ran there and so had it. What still goes on
    /// is drawn out to `now`.
    pub fn gil_rows(&self, now: Nanos) -> Vec<Row> {
        let wants = self.spans_until(now).filter(|span| span.activity == Activity::WantsGil);
        let processes: BTreeSet<Process> = wants.map(|span| self.process(span.lane)).collect();
        let row = |process: &Process| {
            let is_held = |span: &Span| span.activity.is_running() && self.process(span.lane) == *process;
            let mut spans: Vec<Span> =
                self.spans_until(now).filter(|span| is_held(span) && span.end > span.start).collect();
            sort_by_numbers(&mut spans, |span| [span.start.0, span.end.0]);
            let name = if processes.len() == 1 { "GIL".to_owned() } else { format!("GIL, process {}", process.0) };
            Row { name, kind: RowKind::Gil(*process), stretches: held(&spans) }
        };
        processes.iter().map(row).collect()
    }
}

/// Stretches that do not overlap, even where a clock's steps make two holders meet: the later one has it.
fn held(spans: &[Span]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::with_capacity(spans.len());
    for span in spans {
        if let Some(last) = stretches.last_mut().filter(|last| last.to > span.start) {
            last.to = span.start;
        }
        let shows = Shows::Task { task: span.task, activity: span.activity, state: State::Running };
        stretches.push(Stretch { from: span.start, to: span.end, shows });
    }
    stretches.retain(|stretch| stretch.from < stretch.to);
    stretches
}
