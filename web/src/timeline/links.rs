//! What leads from row to row: who woke whom; and what stands in a row beside its states: who held what, and log lines.

use engine::time::Nanos;
use engine::trace::{Activity, Marked, WaitFor, sort_by_numbers};

use crate::timeline::layout::Layout;

/// What leads from row to row, and what stands in them. Times are the program's own.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// In the order of time.
    pub arrows: Vec<Arrow>,
    /// By row: what was held there, in the order of time.
    pub holds: Vec<Vec<Hold>>,
    /// By row: when a line was written to the log, in the order of time.
    pub logs: Vec<Vec<Nanos>>,
}

/// A task let another one go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// When.
    pub at: Nanos,
    /// The row of whoever let go.
    pub from: u32,
    /// The row of whoever went on.
    pub to: u32,
}

/// A lock or a permit in somebody's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Since when.
    pub from: Nanos,
    /// Until when.
    pub to: Nanos,
    /// The object's number.
    pub object: u32,
}

impl Links {
    /// The links between the rows of `layout`.
    pub fn of(layout: &Layout) -> Links {
        let trace = &layout.trace;
        let history = trace.history();
        let row = |task, lane| layout.row_of(task, lane);
        let mut links = Links {
            arrows: Vec::new(),
            holds: vec![Vec::new(); layout.rows.len()],
            logs: vec![Vec::new(); layout.rows.len()],
        };
        for span in history.spans() {
            // That a task made way for another is what a loop is: only news is told.
            let is_news = matches!(
                span.activity,
                Activity::Blocked { .. } | Activity::Waiting(WaitFor::Task(_)) | Activity::Queued
            );
            let Some(by) = span.ended_by.filter(|by| is_news && *by != span.task) else { continue };
            let waker = history.span_before(by, span.end).and_then(|by_span| row(by, by_span.lane));
            let goes_on = history.span_at(span.task, span.end).unwrap_or(span);
            if let (Some(from), Some(to)) = (waker, row(span.task, goes_on.lane))
                && from != to
            {
                links.arrows.push(Arrow { at: trace.program_time(span.end), from: from as u32, to: to as u32 });
            }
        }
        // What nobody ever stood in line for explains no wait.
        let mut is_wanted = vec![false; trace.objects.len()];
        for span in history.spans() {
            if let Activity::Blocked { object, .. } = span.activity
                && let Some(is_wanted) = is_wanted.get_mut(object.0 as usize)
            {
                *is_wanted = true;
            }
        }
        for holding in history.holdings().filter(|holding| is_wanted[holding.object.0 as usize]) {
            let lane = history.span_at(holding.task, holding.from).map(|span| span.lane);
            let Some(row) = lane.and_then(|lane| row(holding.task, lane)) else { continue };
            let from = trace.program_time(holding.from);
            let to = holding.to.map_or(layout.until, |to| trace.program_time(to));
            links.holds[row].push(Hold { from, to, object: holding.object.0 });
        }
        for mark in trace.marks.iter().filter(|mark| matches!(mark.kind, Marked::Log(_))) {
            if let Some(row) = row(mark.task, mark.lane) {
                links.logs[row].push(trace.program_time(mark.at));
            }
        }
        sort_by_numbers(&mut links.arrows, |arrow| [arrow.at.0, arrow.from.into(), arrow.to.into()]);
        links.holds.iter_mut().for_each(|holds| sort_by_numbers(holds, |hold| [hold.from.0, hold.to.0]));
        links.logs.iter_mut().for_each(|logs| sort_by_numbers(logs, |at| [at.0]));
        links
    }

    /// The arrows between two instants.
    pub fn arrows_between(&self, from: Nanos, to: Nanos) -> &[Arrow] {
        let first = self.arrows.partition_point(|arrow| arrow.at < from);
        let after = self.arrows.partition_point(|arrow| arrow.at <= to);
        &self.arrows[first..after.max(first)]
    }
}
