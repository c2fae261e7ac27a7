//! The events of a run one after the other, as a person steps through them, each as a clause.

use crate::time::Nanos;
use crate::trace::{
    Activity, Doing, LaneKind, Marked, Post, ReadyFor, Span, TaskId, Trace, Used, WaitFor, sort_by_numbers,
};

/// The events of a run in the order of time.
#[derive(Clone, Debug)]
pub struct Moments(Vec<(Nanos, What)>);

/// Something that happened. Of one instant the last is the one that tells most.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    /// A span began, by its place in the trace.
    Begins(usize),
    /// What a task still does began.
    GoesOn(TaskId),
    Ends(TaskId),
    /// A call that did not give way came back.
    GivesBack(TaskId),
    /// A mark, by its place in the trace.
    Mark(usize),
}

impl Trace {
    /// What happened in this run, so that one can step through it.
    pub fn moments(&self) -> Moments {
        let mut moments: Vec<(Nanos, What)> =
            Vec::with_capacity(self.spans.len() + self.marks.len() + 2 * self.tasks.len());
        let over = self.spans.iter().copied().enumerate().map(|(place, span)| (What::Begins(place), span));
        let ongoing = self.open_until(self.end()).map(|span| (What::GoesOn(span.task), span));
        for (what, span) in over.chain(ongoing) {
            moments.push((span.start, what));
            if matches!(span.activity, Activity::Waiting(WaitFor::BlockingCall(_))) && span.end < self.end() {
                moments.push((span.end, What::GivesBack(span.task)));
            }
        }
        let ended =
            (0..).map(TaskId).zip(&self.tasks).filter_map(|(task, record)| Some((record.ended?, What::Ends(task))));
        moments.extend(ended);
        moments.extend(self.marks.iter().enumerate().map(|(index, mark)| (mark.at, What::Mark(index))));
        sort_by_numbers(&mut moments, |(at, what)| [at.0, self.weight(what)]);
        Moments(moments)
    }

    /// How much an event tells beside others of its instant.
    fn weight(&self, what: &What) -> u64 {
        let of_beginning = |activity| match activity {
            Activity::Running(_) => 1,
            Activity::Blocked { .. } => 5,
            Activity::WantsGil => 4,
            Activity::Queued => 2,
            _ => 3,
        };
        match what {
            What::Begins(place) => of_beginning(self.spans[*place].activity),
            What::GoesOn(task) => self.ongoing(*task).map_or(0, |span| of_beginning(span.activity)),
            What::Ends(_) => 6,
            What::GivesBack(_) => 8,
            What::Mark(index) => match self.marks[*index].kind {
                Marked::Cycle(_) | Marked::Lost { .. } => 10,
                Marked::Log(_) => 9,
                Marked::Used(..) | Marked::Answered { .. } => 7,
                Marked::Message { .. } => 4,
                Marked::Spawned(_) => 2,
            },
        }
    }
}

impl Moments {
    /// The instant of the next event after `at`, on the run's own clock.
    pub fn after(&self, at: Nanos) -> Option<Nanos> {
        self.0.get(self.0.partition_point(|(when, _)| *when <= at)).map(|(when, _)| *when)
    }

    /// The instant of the last event before `at`.
    pub fn before(&self, at: Nanos) -> Option<Nanos> {
        self.0[..self.0.partition_point(|(when, _)| *when < at)].last().map(|(when, _)| *when)
    }

    /// What happened last by `at`, when that was, and how much else happened at the same instant.
    pub fn last_by(&self, trace: &Trace, at: Nanos) -> Option<(Nanos, String, usize)> {
        let by = self.0.partition_point(|(when, _)| *when <= at);
        let (when, what) = self.0[..by].last()?;
        let others = by - 1 - self.0.partition_point(|(earlier, _)| earlier < when);
        Some((*when, says(trace, what), others))
    }
}

fn says(trace: &Trace, what: &What) -> String {
    match what {
        What::Begins(place) => begins(trace, &trace.spans[*place]),
        What::GoesOn(task) => trace.ongoing(*task).map_or_else(String::new, |span| begins(trace, &span)),
        What::Ends(task) => format!("{} ends", trace.task_name(*task)),
        What::GivesBack(task) => format!("{} gives the loop back", trace.task_name(*task)),
        What::Mark(index) => {
            let mark = &trace.marks[*index];
            let name = trace.task_name(mark.task);
            match mark.kind {
                Marked::Log(text) => format!("{} writes “{}”", trace.lane_name(mark.lane), trace.text(text)),
                Marked::Spawned(child) => format!("{name} spawns {}", trace.task_name(child)),
                Marked::Used(object, used) => {
                    let object = trace.object_name(object);
                    match used {
                        Used::Read(value) => format!("{name} reads {value} from {object}"),
                        Used::Wrote(value) => format!("{name} writes {value} to {object}"),
                        Used::Acquired => format!("{name} acquires {object}"),
                        Used::Released => format!("{name} releases {object}"),
                        Used::TimedOut => format!("{name} gives up waiting for {object}"),
                        Used::Other => format!("{name} uses {object}"),
                    }
                }
                Marked::Answered { request, status, .. } => {
                    format!("request {request} of {name} is answered with {status}")
                }
                Marked::Cycle(_) => format!("{name} closes a circle of tasks that wait for one another"),
                Marked::Message { post, bytes, .. } => {
                    let end = match post {
                        Post::JobWritten => "job is sent",
                        Post::JobRead => "job is read",
                        Post::ResultWritten => "result is sent",
                        Post::ResultRead => "result is read",
                    };
                    format!("{name}’s {end}, {bytes} bytes")
                }
                Marked::Lost { again: true } => {
                    format!("the process that had {name} dies, and another begins it again")
                }
                Marked::Lost { again: false } => format!("{name} is lost with its process"),
            }
        }
    }
}

fn begins(trace: &Trace, span: &Span) -> String {
    let name = trace.task_name(span.task);
    let is_on_loop = trace.lanes.get(span.lane.0 as usize).is_some_and(|lane| lane.kind == LaneKind::EventLoop);
    match span.activity {
        Activity::Running(Doing::Steps) if is_on_loop => format!("{name} has its turn on the loop"),
        Activity::Running(Doing::Steps) => format!("{name} runs"),
        Activity::Running(Doing::Work) => format!("{name} computes"),
        Activity::Running(Doing::Starting) => format!("{name} starts or ends a lane"),
        Activity::Running(Doing::Message) => format!("{name} passes a message between processes"),
        Activity::Ready(ReadyFor::Turn) => format!("{name} is ready for its turn"),
        Activity::Ready(ReadyFor::LaneStart) => format!("{} is to begin {name}", trace.lane_name(span.lane)),
        Activity::Ready(ReadyFor::Core) => format!("{name} wants a core"),
        Activity::WantsGil => format!("{name} wants the GIL"),
        Activity::Blocked { object, holder: Some(holder) } => {
            format!("{name} waits for {}, which {} holds", trace.object_name(object), trace.task_name(holder))
        }
        Activity::Blocked { object, holder: None } => format!("{name} waits for {}", trace.object_name(object)),
        Activity::Waiting(WaitFor::Timer(due)) => format!("{name} sleeps until {}", trace.program_time(due)),
        Activity::Waiting(WaitFor::BlockingCall(due)) => {
            format!("{name} blocks the loop until {}", trace.program_time(due))
        }
        Activity::Waiting(WaitFor::Task(other)) => format!("{name} waits for the end of {}", trace.task_name(other)),
        Activity::Waiting(WaitFor::Request(number) | WaitFor::Socket(number)) => {
            format!("{name} sends request {number}")
        }
        Activity::Queued => format!("{name} joins the queue"),
    }
}
