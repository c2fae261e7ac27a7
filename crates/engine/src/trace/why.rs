//! Why a task was not running at an instant: the chain of causes, from task to task, until one is found that runs, that
//! waits for time or the network, or that was met before.

use std::fmt;

use crate::error::RunError;
use crate::time::Nanos;
use crate::trace::lives::{Holding, Lives, holdings};
use crate::trace::{Activity, Causes, Doing, LaneId, ReadyFor, Span, State, TaskId, Trace, WaitFor};

/// One link of a chain of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub task: TaskId,
    /// Where it was.
    pub lane: LaneId,
    /// Its state.
    pub state: State,
    /// Since when it was in that state.
    pub from: Nanos,
    /// Until when; the end of the trace where it still goes on.
    pub to: Nanos,
    /// What it was doing and why, as a whole sentence or more.
    pub says: String,
}

/// Why there is nothing to explain: the task was not there at that instant. A whole sentence with value, rule and mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotThere(String);

impl Trace {
    /// Why `task` was not running at the instant `at`: what it was doing then, and if another task was the cause, what
    /// that one was doing, and so on.
    ///
    /// # Errors
    /// Where the task is none of this trace, or the instant lies outside of its life.
    pub fn why(&self, task: TaskId, at: Nanos) -> Result<Vec<Step>, NotThere> {
        let lives = Lives::new(self);
        self.check_presence(&lives, task, at)?;
        let why = Why { trace: self, causes: self.causes(self.end()), holdings: holdings(self), lives, at };
        Ok(why.chain(task))
    }

    fn check_presence(&self, lives: &Lives<'_>, task: TaskId, at: Nanos) -> Result<(), NotThere> {
        let count = self.tasks.len();
        let Some(record) = self.tasks.get(task.0 as usize) else {
            let mend = "ask for one that it has";
            return Err(NotThere(format!("Task {} is none of the {count} of this run: {mend}.", task.0)));
        };
        let until = record.ended.unwrap_or(self.end());
        if lives.at(task, at).is_some() && at <= until {
            return Ok(());
        }
        let (name, spawned) = (self.task_name(task), record.spawned);
        let mend =
            format!("ask for an instant from {} to {until}", lives.of(task).first().map_or(spawned, |it| it.start));
        let rule = match record.ended {
            _ if at < spawned => format!("it was spawned only at {spawned}"),
            Some(ended) if at >= ended => format!("it had ended at {ended}"),
            None if at > until => format!("the trace ends at {until}"),
            _ => format!("it was spawned at {spawned}, and no lane had it yet"),
        };
        Err(NotThere(format!("{name} did nothing at {at}, for {rule}: {mend}.")))
    }
}

impl fmt::Display for NotThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotThere {}

/// One question, and what is needed to answer it.
struct Why<'t> {
    trace: &'t Trace,
    causes: Causes<'t>,
    lives: Lives<'t>,
    holdings: Vec<Holding>,
    at: Nanos,
}

impl Why<'_> {
    fn chain(&self, first: TaskId) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut met = vec![false; self.trace.tasks.len()];
        let mut next = Some(first);
        while let Some(task) = next {
            if met.get(task.0 as usize).is_none_or(|met| *met) {
                let circle = steps.iter().position(|step| step.task == task).unwrap_or_default();
                let says = self.circle(&steps[circle..]);
                if let Some(last) = steps.last_mut() {
                    last.says.push_str(&says);
                }
                break;
            }
            let Some(span) = self.lives.at(task, self.at) else { break };
            met[task.0 as usize] = true;
            let (says, cause) = self.explain(span);
            let Span { lane, start: from, end: to, .. } = *span;
            steps.push(Step { task, lane, state: span.activity.state(), from, to, says });
            next = cause.filter(|cause| self.is_there(*cause));
        }
        steps
    }

    /// What a task was doing, and the task that was the cause.
    fn explain(&self, span: &Span) -> (String, Option<TaskId>) {
        let trace = self.trace;
        // Who was in the way at the instant, not who was for most of the wait.
        let then = Span { start: self.at, end: self.at + Nanos(1), activity: self.as_it_was(span), ..*span };
        let in_the_way = self.causes.in_the_way(&then).map(|other| other.task);
        let cause = match then.activity {
            Activity::Running(_) => None,
            Activity::Ready(ReadyFor::Turn | ReadyFor::Core) | Activity::WantsGil => in_the_way,
            Activity::Ready(ReadyFor::LaneStart) => self.starter(span.task),
            Activity::Blocked { holder, .. } => holder.or(span.ended_by),
            Activity::Waiting(WaitFor::Task(task)) => Some(task),
            Activity::Waiting(_) => None,
            Activity::Queued => self.worker(span),
        };
        let name = trace.task_name(span.task);
        let until = match (self.lives.goes_on(span), span.ended_by) {
            (true, _) => "on".to_owned(),
            // Who had the turn right before it is not who kept it waiting.
            (false, _) if then.activity == Activity::Ready(ReadyFor::Turn) => {
                format!("until its turn comes at {}", span.end)
            }
            (false, Some(by)) => format!("until {} let it go on at {}", trace.task_name(by), span.end),
            (false, None) => format!("to {}", span.end),
        };
        let from = format!("from {} {until}", span.start);
        let because = self.causes.of(&then);
        let says = match then.activity {
            Activity::Running(doing) => {
                format!("{name} runs on {} {from}: it {}.", trace.lane_name(span.lane), busy_with(doing))
            }
            Activity::Blocked { holder: Some(holder), .. } if !self.is_there(holder) => {
                format!("{name} is blocked {from}: {because}, which has ended without letting go.")
            }
            Activity::Queued => match cause.map(|worker| (worker, self.lives.at(worker, self.at))) {
                Some((worker, Some(at))) => {
                    let (worker, lane) = (trace.task_name(worker), trace.lane_name(at.lane));
                    format!("{name} stands in the queue {from}: {because}, and {lane} is at {worker}.")
                }
                _ => format!("{name} stands in the queue {from}: {because}."),
            },
            activity => format!("{name} {} {from}: {because}.", verb(activity)),
        };
        (says, cause)
    }

    /// What a span says with the holder of the instant: who held an object when the wait began may have let go since.
    fn as_it_was(&self, span: &Span) -> Activity {
        let Activity::Blocked { object, holder: Some(before) } = span.activity else { return span.activity };
        let holds = |holding: &&Holding| {
            holding.object == object && holding.from <= self.at && holding.to.is_none_or(|to| self.at < to)
        };
        let mut holders = self.holdings.iter().filter(holds).map(|holding| holding.task).peekable();
        let first = holders.peek().copied();
        // Of several who have a permit, the one that gives it back first is the one that is waited for.
        let holder = holders.find(|holder| Some(*holder) == span.ended_by).or(first).unwrap_or(before);
        Activity::Blocked { object, holder: Some(holder) }
    }

    /// The spawner of a task whose lane is being started, if that is what it is busy with.
    fn starter(&self, task: TaskId) -> Option<TaskId> {
        let parent = self.trace.tasks.get(task.0 as usize)?.parent?;
        let span = self.lives.at(parent, self.at)?;
        (span.activity == Activity::Running(Doing::Starting)).then_some(parent)
    }

    /// Of the tasks that had the workers of the pool in whose queue a task stands: the one that made room for it, or else
    /// the one that has had its worker for longest.
    fn worker(&self, queued: &Span) -> Option<TaskId> {
        let workers = self.lives.workers(queued.lane);
        let is_at_work = |task: TaskId| self.lives.at(task, self.at).is_some_and(|span| workers.contains(&span.lane));
        if let Some(made_room) = queued.ended_by.filter(|task| is_at_work(*task)) {
            return Some(made_room);
        }
        let spans = self.lives.all().iter();
        let now = spans.filter(|span| span.start <= self.at && (self.at < span.end || self.lives.goes_on(span)));
        let at_work = now.filter(|span| workers.contains(&span.lane)).map(|span| span.task);
        let since =
            |task: &TaskId| self.lives.of(*task).iter().find(|span| workers.contains(&span.lane)).map(|it| it.start);
        at_work.min_by_key(since)
    }

    fn is_there(&self, task: TaskId) -> bool {
        self.lives.at(task, self.at).is_some()
    }

    /// What a circle of waits comes to.
    fn circle(&self, steps: &[Step]) -> String {
        let names: Vec<&str> = steps.iter().map(|step| self.trace.task_name(step.task)).collect();
        let who = match names.as_slice() {
            [one] => format!("{one} waits for itself"),
            [most @ .., last] => format!("{} and {last} wait for one another", most.join(", ")),
            [] => return String::new(),
        };
        let spans = steps.iter().filter_map(|step| self.lives.at(step.task, self.at));
        // Whoever gives up lets the others go on at the same instant.
        let over = spans.filter(|span| !self.lives.goes_on(span));
        let broken = over.min_by_key(|span| (span.end, span.ended_by.is_some()));
        match (broken, self.trace.failure()) {
            (Some(span), _) => {
                format!(" So {who}, until {} gives up at {}.", self.trace.task_name(span.task), span.end)
            }
            (None, Some(RunError::Deadlock(_))) => format!(" So {who}: a deadlock, which nobody is left to end."),
            (None, _) => format!(" So {who}: a deadlock, unless one of them gives up."),
        }
    }
}

fn verb(activity: Activity) -> &'static str {
    match activity {
        Activity::Running(_) => "runs",
        Activity::Ready(_) => "is ready",
        Activity::WantsGil => "wants the GIL",
        Activity::Blocked { .. } => "is blocked",
        Activity::Waiting(_) => "waits",
        Activity::Queued => "stands in the queue",
    }
}

fn busy_with(doing: Doing) -> &'static str {
    match doing {
        Doing::Steps => "takes the steps of its body",
        Doing::Work => "computes",
        Doing::Starting => "starts or ends a thread or a process",
        Doing::Message => "writes or reads a message between processes",
    }
}
