//! Causes in words: why a task is not running.

use crate::trace::{Activity, ReadyFor, Span, Trace, WaitFor};

impl Trace {
    /// Why the task of `span` is not running, as a clause such as "a timer is due at 2.000 s"; empty where it runs.
    pub fn cause(&self, span: &Span) -> String {
        match span.activity {
            Activity::Running => String::new(),
            Activity::Ready(ReadyFor::Turn) => match self.runs_instead(span) {
                Some(other) => {
                    format!("the event loop is busy with {}", self.task_name(other.task))
                }
                None => "the event loop is waking up".to_owned(),
            },
            Activity::Ready(ReadyFor::LaneStart) => {
                format!("{} has yet to begin it", self.lane_name(span.lane))
            }
            Activity::Waiting(WaitFor::Timer(due)) => format!("a timer is due at {due}"),
            Activity::Waiting(WaitFor::Task(task)) => {
                format!("{} has not ended", self.task_name(task))
            }
            Activity::Queued => "every worker is busy".to_owned(),
        }
    }

    /// The running span of the same lane that takes most of the time of `span`.
    fn runs_instead(&self, span: &Span) -> Option<&Span> {
        let overlap = |other: &Span| other.end.min(span.end).since(other.start.max(span.start));
        self.spans
            .iter()
            .filter(|other| other.lane == span.lane && other.activity == Activity::Running)
            .filter(|other| overlap(other).0 > 0)
            .max_by_key(|other| overlap(other))
    }
}
