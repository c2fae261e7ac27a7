//! A timeline as a table, for whoever cannot see a canvas or wants the exact figures.

use engine::time::Nanos;
use engine::trace::{Trace, sort_by_numbers};

/// One span in words. Times are those of the trace's own clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Who.
    pub task: String,
    /// Where.
    pub lane: String,
    /// In which state.
    pub state: &'static str,
    /// From when.
    pub from: Nanos,
    /// Until when; `None` where a run that stands still has it wait for ever.
    pub to: Option<Nanos>,
    /// Why the task did not run; empty where it did.
    pub because: String,
}

/// The most spans that are told one by one.
const MOST_ROWS: usize = 500;

/// The spans of `trace` in the order of time, those that go on drawn out to `now`; beyond the first 500, only how many more
/// there are.
pub fn table(trace: &Trace, now: Nanos) -> (Vec<TableRow>, usize) {
    let stands_still = trace.stands_still();
    // Drawn out a little further, what has no end is told from what ended last.
    let until = if stands_still { trace.end() + Nanos(1) } else { now };
    let mut spans: Vec<_> = trace.spans_until(until).collect();
    sort_by_numbers(&mut spans, |span| [span.start.0, span.end.0, span.task.0.into()]);
    let more = spans.len().saturating_sub(MOST_ROWS);
    spans.truncate(MOST_ROWS);
    let causes = trace.causes(until);
    let row = |span: &engine::trace::Span| TableRow {
        task: trace.task_name(span.task).to_owned(),
        lane: trace.lane_name(span.lane).to_owned(),
        state: span.activity.state().word(),
        from: span.start,
        to: (!stands_still || span.end <= trace.end()).then_some(span.end),
        because: causes.of(span),
    };
    (spans.iter().map(row).collect(), more)
}

#[cfg(test)]
mod tests {
    use engine::model::Model;
    use lessons::Values;

    use super::*;

    #[test]
    fn whatever_does_not_run_has_a_reason() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let given = [("messages".to_owned(), "A=1,B=2,C=3".to_owned())];
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the messages are right"));
        for model in Model::ALL {
            let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0));
            let (rows, more) = table(&trace, trace.end());
            assert_eq!(more, 0, "{model}");
            assert!(rows.is_sorted_by_key(|row| row.from), "{model}");
            for row in rows {
                assert_eq!(row.because.is_empty(), row.state == "running", "{model}: {row:?}");
            }
        }
    }

    #[test]
    fn what_waits_for_ever_has_no_end() {
        let lesson = lessons::find("deadlock").expect("the lesson is there");
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &[]).expect("defaults are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(Model::Threads, 0));
        let (rows, _) = table(&trace, trace.end());
        let endless: Vec<&str> = rows.iter().filter(|row| row.to.is_none()).map(|row| row.task.as_str()).collect();
        assert_eq!(endless, ["main", "LEFT", "RIGHT"]);
        assert!(rows.iter().any(|row| row.to == Some(trace.end())), "the last lock was asked for then");
    }
}
