//! Where the answer to a question is decided: the run, and the instant in it at which a person would point.

use std::cmp::Reverse;

use engine::hints::{Check, hints};
use engine::time::Nanos;
use engine::trace::{Activity, Marked, Post, Trace, Used};

use crate::question::{Answer, Question};

/// Where the answer to a question is decided.
#[derive(Clone, Copy, Debug)]
pub enum Decided {
    /// By the answer itself: at the time that it gives, or where the first thing comes otherwise than it was offered.
    ByAnswer,
    /// At an instant that the runs show: which of them, by its place among the question's models, and when.
    At(fn(&[Trace]) -> Option<(usize, Nanos)>),
    /// Where this hint about one of the runs points, whose words say why.
    Hint(Check),
}

/// The instant that decides an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// In which run, by its place among the question's models.
    pub run: usize,
    /// When, in that run's own time.
    pub at: Nanos,
    /// What the hint says that names the instant, where one does.
    pub says: Option<String>,
}

impl Question {
    /// The instant that decides the answer in these runs of the question's models; `None` where they show none.
    pub fn deciding(&self, traces: &[Trace]) -> Option<Deciding> {
        let silently = |(run, at)| Deciding { run, at, says: None };
        match self.decided {
            Decided::ByAnswer => by_answer(self.answer, traces).map(silently),
            Decided::At(of) => of(traces).map(silently),
            Decided::Hint(check) => traces.iter().enumerate().find_map(|(run, trace)| {
                let hint = hints(trace).into_iter().find(|hint| hint.check == check)?;
                Some(Deciding { run, at: hint.at, says: Some(hint.says) })
            }),
        }
    }
}

/// The end of the run that ended first.
pub(crate) fn quickest_end(traces: &[Trace]) -> Option<(usize, Nanos)> {
    traces.iter().map(Trace::end).enumerate().min_by_key(|(_, end)| *end)
}

/// The end of the run that ended last.
pub(crate) fn slowest_end(traces: &[Trace]) -> Option<(usize, Nanos)> {
    traces.iter().map(Trace::end).enumerate().max_by_key(|(_, end)| *end)
}

/// The first line of the first run's log in which `text` stands.
pub(crate) fn first_line(traces: &[Trace], text: &str) -> Option<(usize, Nanos)> {
    let log = traces.first()?.log();
    log.into_iter().find(|line| line.text.contains(text)).map(|line| (0, line.at))
}

/// The last such line.
pub(crate) fn last_line(traces: &[Trace], text: &str) -> Option<(usize, Nanos)> {
    let log = traces.first()?.log();
    log.into_iter().rfind(|line| line.text.contains(text)).map(|line| (0, line.at))
}

/// The first of the first run's marks of this kind.
pub(crate) fn first_mark(traces: &[Trace], is_it: fn(&Marked) -> bool) -> Option<(usize, Nanos)> {
    marks(traces, is_it).min()
}

/// The last time in the first run that a shared variable was written.
pub(crate) fn last_write(traces: &[Trace]) -> Option<(usize, Nanos)> {
    marks(traces, |kind| matches!(kind, Marked::Used(_, Used::Wrote(_)))).max()
}

/// The first run's last message that takes a job to a process.
pub(crate) fn last_job_sent(traces: &[Trace]) -> Option<(usize, Nanos)> {
    marks(traces, |kind| matches!(kind, Marked::Message { post: Post::JobWritten, .. })).max()
}

/// The start of the longest span of a kind in the run at `run`; of equally long ones, that of the first.
pub(crate) fn longest(traces: &[Trace], run: usize, is_it: impl Fn(Activity) -> bool) -> Option<(usize, Nanos)> {
    let trace = traces.get(run)?;
    let spans = trace.spans_until(trace.end()).filter(|span| is_it(span.activity));
    let longest = spans.max_by_key(|span| (span.end.since(span.start), Reverse(span.start)))?;
    Some((run, longest.start))
}

/// The first time in the first run that a task has to wait for the shared object of this name.
pub(crate) fn first_blocked(traces: &[Trace], name: &str) -> Option<(usize, Nanos)> {
    let trace = traces.first()?;
    let is_it = |activity| matches!(activity, Activity::Blocked { object, .. } if trace.object_name(object) == name);
    let spans = trace.spans_until(trace.end()).filter(|span| is_it(span.activity) && span.start < span.end);
    spans.map(|span| (0, span.start)).min()
}

fn marks(traces: &[Trace], is_it: fn(&Marked) -> bool) -> impl Iterator<Item = (usize, Nanos)> {
    let marks = traces.first().into_iter().flat_map(|trace| &trace.marks);
    marks.filter(move |mark| is_it(&mark.kind)).map(|mark| (0, mark.at))
}

fn by_answer(answer: Answer, traces: &[Trace]) -> Option<(usize, Nanos)> {
    match answer {
        Answer::Seconds(of) => {
            let at = Nanos((of(traces) * 1e9) as u64);
            traces.iter().enumerate().find_map(|(run, trace)| happened_at(trace, at).map(|at| (run, at)))
        }
        Answer::Order(_, of) => {
            let moved = of(traces).into_iter().enumerate().find(|(place, happened)| *place != happened.option);
            moved.map(|(_, happened)| (0, happened.at))
        }
        // Neither a count nor an option is a time.
        Answer::Number(_) | Answer::Choice(..) => None,
    }
}

/// The instant of a run at which something happened just at `at`: a line was written, or the run ended.
fn happened_at(trace: &Trace, at: Nanos) -> Option<Nanos> {
    const NEXT: Nanos = Nanos(1_000);
    let happened = trace.log().into_iter().map(|line| line.at).chain([trace.end()]);
    let near = |other: &Nanos| other.since(at).max(at.since(*other)) <= NEXT;
    happened.into_iter().find(near)
}
