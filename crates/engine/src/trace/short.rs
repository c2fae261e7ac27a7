//! A chain of causes as one sentence: "C waits for lock, held by B, which sleeps until 2.000 s."

use crate::time::Nanos;
use crate::trace::{Activity, Doing, History, ReadyFor, Step, Trace, WaitFor};

impl Trace {
    /// What `steps`, the causes at the instant `at`, come to in one sentence; times are the program's own.
    pub fn in_one_sentence(&self, history: &History, steps: &[Step], at: Nanos) -> String {
        let Some(first) = steps.first() else { return String::new() };
        let mut sentence = self.task_name(first.task).to_owned();
        for (index, step) in steps.iter().enumerate() {
            let Some(span) = history.span_at(step.task, at) else { break };
            let next = steps.get(index + 1).map(|next| self.task_name(next.task));
            sentence.push_str(if index == 0 { " " } else { ", which " });
            sentence.push_str(&self.clause(span.activity, step, next));
        }
        let is_circle = steps.len() > 1 && steps.last().is_some_and(|last| last.says.contains("wait for one another"));
        if is_circle {
            sentence.push_str(": each waits for the other");
        }
        sentence.push('.');
        sentence
    }

    fn clause(&self, activity: Activity, step: &Step, next: Option<&str>) -> String {
        let with = |alone: &str, joined: &str| match next {
            Some(next) => format!("{alone}{joined}{next}"),
            None => alone.to_owned(),
        };
        let lasts = self.program_time(step.to.since(step.from));
        match activity {
            Activity::Running(Doing::Steps) => "runs".to_owned(),
            Activity::Running(Doing::Work) => "computes".to_owned(),
            Activity::Running(Doing::Starting) => "starts or ends a lane".to_owned(),
            Activity::Running(Doing::Message) => "passes a message between processes".to_owned(),
            Activity::Ready(ReadyFor::Turn) => with("is ready, but the loop is busy", " with "),
            Activity::Ready(ReadyFor::Core) => with("could run, but no core is free", ": one runs "),
            Activity::Ready(ReadyFor::LaneStart) => with("has a lane that is not up yet", ", started by "),
            Activity::WantsGil => with("wants the GIL", ", held by "),
            Activity::Blocked { object, .. } => with(&format!("waits for {}", self.object_name(object)), ", held by "),
            Activity::Waiting(WaitFor::Timer(due)) => {
                // The whole of its sleep, also while it goes on.
                let sleeps = self.program_time(due.since(step.from));
                format!("sleeps for {sleeps}, until {}", self.program_time(due))
            }
            Activity::Waiting(WaitFor::BlockingCall(due)) => {
                format!("is inside a call that does not give way until {}", self.program_time(due))
            }
            Activity::Waiting(WaitFor::Task(task)) => match next {
                Some(next) => format!("waits for the end of {next}"),
                None => format!("waits for the end of {}", self.task_name(task)),
            },
            Activity::Waiting(WaitFor::Request(number) | WaitFor::Socket(number)) => {
                format!("waits {lasts} for the answer to request {number}")
            }
            Activity::Queued => with("stands in the queue, for every worker is busy", ", one with "),
        }
    }
}
