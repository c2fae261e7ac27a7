//! Where the answer to a question is decided: the run, and the instant in it at which a person would point.

use std::cmp::Reverse;

use engine::hints::{Check, hints};
use engine::network::FAILURES;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Marked, Post, ReadyFor, Trace, Used, WaitFor};

use crate::question::{Answer, Question};

/// Where the answer to a question is decided.
#[derive(Clone, Copy, Debug)]
pub enum Decided {
    /// By the answer itself: at the time that it gives, or where the first thing comes otherwise than it was offered.
    ByAnswer,
    /// At an instant that the runs show.
    At(Moment),
    /// Where this hint about one of the runs points, whose words say why.
    Hint(Check),
}

/// An instant of the runs at which a person would point. It is named and not pointed to by a function: who reads a lesson's texts
/// must not lead to whatever looks through its runs.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// The end of the run that ended first.
    QuickestEnd,
    /// The end of the run that ended last.
    SlowestEnd,
    /// The first line of the first run's log in which this stands.
    FirstLine(&'static str),
    /// The last such line.
    LastLine(&'static str),
    /// The last time in the first run that a shared variable was written.
    LastWrite,
    /// The first time that one was read after the first line in which this stands.
    FirstReadAfter(&'static str),
    /// The first run's last message that takes a job to a process.
    LastJobSent,
    /// The first answer of the first run after which nothing was tried again, and that was a failure.
    FirstGivenUp,
    /// When the first run's circle of waits was closed.
    CycleClosed,
    /// The start of the longest stretch of a kind in the run of this place; of equally long ones, that of the first.
    Longest(usize, Stretch),
    /// The first time in the first run that a task has to wait for the shared object of this name.
    FirstBlocked(&'static str),
}

/// A kind of stretch in the life of a task.
#[derive(Clone, Copy, Debug)]
pub enum Stretch {
    /// It computes.
    Work,
    /// It is ready, and waits for its turn on the loop.
    Turn,
    /// It is in a call that blocks.
    BlockingCall,
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
            Decided::At(moment) => moment.of(traces).map(silently),
            Decided::Hint(check) => traces.iter().enumerate().find_map(|(run, trace)| {
                let hint = hints(trace).into_iter().find(|hint| hint.check == check)?;
                Some(Deciding { run, at: hint.at, says: Some(hint.says) })
            }),
        }
    }
}

impl Moment {
    /// In which of the runs it is, by its place, and when.
    fn of(self, traces: &[Trace]) -> Option<(usize, Nanos)> {
        let ends = || traces.iter().map(Trace::end).enumerate();
        let first = traces.first()?;
        let lines = |text: &'static str| {
            first.log().into_iter().filter(move |line| line.text.contains(text)).map(|line| line.at)
        };
        let is_read = |kind: &Marked| matches!(kind, Marked::Used(_, Used::Read(_)));
        let of_first = match self {
            Moment::QuickestEnd => return ends().min_by_key(|(_, end)| *end),
            Moment::SlowestEnd => return ends().max_by_key(|(_, end)| *end),
            Moment::Longest(run, stretch) => return longest(traces.get(run)?, stretch).map(|at| (run, at)),
            Moment::FirstLine(text) => lines(text).next(),
            Moment::LastLine(text) => lines(text).next_back(),
            Moment::LastWrite => marks(first, |kind| matches!(kind, Marked::Used(_, Used::Wrote(_)))).max(),
            Moment::FirstReadAfter(text) => {
                let from = lines(text).next()?;
                marks(first, is_read).filter(|at| *at > from).min()
            }
            Moment::LastJobSent => {
                marks(first, |kind| matches!(kind, Marked::Message { post: Post::JobWritten, .. })).max()
            }
            Moment::FirstGivenUp => first_given_up(first),
            Moment::CycleClosed => marks(first, |kind| matches!(kind, Marked::Cycle(_))).min(),
            Moment::FirstBlocked(name) => first_blocked(first, name),
        };
        of_first.map(|at| (0, at))
    }
}

fn longest(trace: &Trace, stretch: Stretch) -> Option<Nanos> {
    let is_it = |activity| match stretch {
        Stretch::Work => activity == Activity::Running(Doing::Work),
        Stretch::Turn => activity == Activity::Ready(ReadyFor::Turn),
        Stretch::BlockingCall => matches!(activity, Activity::Waiting(WaitFor::BlockingCall(_))),
    };
    let spans = trace.spans_until(trace.end()).filter(|span| is_it(span.activity));
    spans.max_by_key(|span| (span.end.since(span.start), Reverse(span.start))).map(|span| span.start)
}

/// The last try that a request has is the highest that there is in the run.
fn first_given_up(trace: &Trace) -> Option<Nanos> {
    let answers = || {
        trace.marks.iter().filter_map(|mark| match mark.kind {
            Marked::Answered { attempt, status, .. } => Some((mark.at, attempt, status)),
            _ => None,
        })
    };
    let last = answers().map(|(_, attempt, _)| attempt).max()?;
    answers().filter(|(_, attempt, status)| *attempt == last && FAILURES.contains(status)).map(|(at, ..)| at).min()
}

fn first_blocked(trace: &Trace, name: &str) -> Option<Nanos> {
    let is_it = |activity| matches!(activity, Activity::Blocked { object, .. } if trace.object_name(object) == name);
    let spans = trace.spans_until(trace.end()).filter(|span| is_it(span.activity) && span.start < span.end);
    spans.map(|span| span.start).min()
}

fn marks(trace: &Trace, is_it: fn(&Marked) -> bool) -> impl Iterator<Item = Nanos> {
    trace.marks.iter().filter(move |mark| is_it(&mark.kind)).map(|mark| mark.at)
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
