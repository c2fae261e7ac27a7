//! The inside of the machine at an instant, in words: the loop with its ready queue and timers, the pool, the GIL, locks as
//! permits and lines, values, requests.

use engine::sync::{ObjectId, ObjectKind};
use engine::time::Nanos;
use engine::trace::{Instant, LaneKind, Mark, Marked, Standing, State, TaskId, Thing, Trace};

/// A part of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub title: String,
    /// What is in it.
    pub lines: Vec<Line>,
}

/// One line of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub label: String,
    /// Places that are taken one by one: permits, and those at a barrier.
    pub places: Option<Places>,
    /// What stands there, first come first.
    pub items: Vec<Item>,
    /// How many more do.
    pub more: usize,
    /// What to say where nothing does.
    pub empty: &'static str,
}

/// Some places, of which some are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// So many are.
    pub taken: usize,
    /// Of so many.
    pub all: usize,
    /// What has become of those, such as `taken`.
    pub word: &'static str,
}

/// Somebody, or something, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who.
    pub text: String,
    /// In which state; `None` for what is no task.
    pub state: Option<State>,
}

/// So many stand in a line before only the number of the others is told.
const MOST_ITEMS: usize = 12;

/// So many lines of a kind are told.
const MOST_LINES: usize = 16;

/// So many places can be drawn one by one.
pub const MOST_PLACES: usize = 24;

/// The parts of the machine that `trace` has, at the instant `at` of its own clock.
pub fn parts(trace: &Trace, now: &Instant, at: Nanos) -> Vec<Part> {
    let inside = Inside { trace, now, at };
    [
        inside.event_loop(),
        inside.pool(),
        inside.threads(),
        inside.gil(),
        inside.locks(),
        inside.values(),
        inside.requests(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Inside<'t> {
    trace: &'t Trace,
    now: &'t Instant,
    at: Nanos,
}

impl Inside<'_> {
    fn event_loop(&self) -> Option<Part> {
        if !self.has(|kind| kind == LaneKind::EventLoop) {
            return None;
        }
        let on_loop = |standing: &&Standing| self.kind(standing) == Some(LaneKind::EventLoop);
        let runs = self.now.running.iter().filter(on_loop).map(|standing| self.item(standing.task, State::Running));
        let blocks = self.now.blocking.iter().map(|(due, standing)| {
            let (name, left) = (self.name(standing.task), self.own(due.since(self.at)));
            Item { text: format!("{name}, whose call comes back in {left}"), state: Some(State::Blocked) }
        });
        let timers = self.now.timers.iter().filter(|(_, standing)| on_loop(&standing));
        let timer = |(due, standing): &(Nanos, Standing)| {
            let (name, left) = (self.trace.task_name(standing.task), self.own(due.since(self.at)));
            Item { text: format!("{name} in {left}"), state: Some(State::Waiting) }
        };
        let ready = self.now.ready.iter().map(|standing| self.item(standing.task, State::Ready));
        let lines = vec![
            line("current task", runs.chain(blocks), "none: the loop sleeps"),
            line("ready queue", ready, "empty"),
            line("timer heap", timers.map(timer), "empty"),
        ];
        Some(Part { title: "Event loop".to_owned(), lines })
    }

    fn pool(&self) -> Option<Part> {
        if self.now.workers.is_empty() && self.now.queues.is_empty() {
            return None;
        }
        let queue = |(lane, standing): &(engine::trace::LaneId, Vec<Standing>)| {
            let items = standing.iter().map(|standing| self.item(standing.task, State::Queued));
            line(self.trace.lane_name(*lane), items, "empty")
        };
        let worker = |(lane, standing): &(engine::trace::LaneId, Option<Standing>)| {
            let item = standing.map(|standing| self.doing(standing));
            line(self.trace.lane_name(*lane), item.into_iter(), "idle")
        };
        let mut lines: Vec<Line> = self.now.queues.iter().map(queue).collect();
        lines.extend(self.now.workers.iter().take(MOST_LINES).map(worker));
        let hidden = &self.now.workers[self.now.workers.len().min(MOST_LINES)..];
        if !hidden.is_empty() {
            let busy = hidden.iter().filter_map(|(_, standing)| *standing).map(|standing| self.doing(standing));
            lines.push(line(&format!("{} more workers", hidden.len()), busy, "idle"));
        }
        Some(Part { title: "Pool".to_owned(), lines })
    }

    /// Who runs and who wants to, on threads and processes that are no pool's.
    fn threads(&self) -> Option<Part> {
        if !self.has(|kind| matches!(kind, LaneKind::Thread | LaneKind::Process | LaneKind::Main)) {
            return None;
        }
        let runs = self.now.running.iter().map(|standing| self.item(standing.task, State::Running));
        let joins = self.now.joins.iter().filter(|(_, standing)| self.kind(standing) != Some(LaneKind::EventLoop));
        let join = |(other, standing): &(TaskId, Standing)| {
            let (name, other) = (self.trace.task_name(standing.task), self.trace.task_name(*other));
            Item { text: format!("{name} for {other}"), state: Some(State::Waiting) }
        };
        let sleeps = self.now.timers.iter().filter(|(_, standing)| self.kind(standing) != Some(LaneKind::EventLoop));
        let sleep = |(due, standing): &(Nanos, Standing)| {
            let (name, left) = (self.trace.task_name(standing.task), self.own(due.since(self.at)));
            Item { text: format!("{name} for {left}"), state: Some(State::Waiting) }
        };
        let wants = self.now.wants_core.iter().map(|standing| self.item(standing.task, State::Ready));
        let mut lines = vec![line("running", runs, "nobody"), line("asleep", sleeps.map(sleep), "nobody")];
        lines.extend(Some(line("joins", joins.map(join), "")).filter(|line| !line.items.is_empty()));
        lines.extend(Some(line("want a core", wants, "")).filter(|line| !line.items.is_empty()));
        Some(Part { title: "Threads and cores".to_owned(), lines })
    }

    fn gil(&self) -> Option<Part> {
        let lines = self.now.gils.iter().flat_map(|gil| {
            let of = if self.now.gils.len() == 1 { String::new() } else { format!(" of process {}", gil.process.0) };
            let holder = gil.holder.map(|holder| self.item(holder.task, State::Running));
            let wants = gil.wanted_by.iter().map(|standing| self.item(standing.task, State::Gil));
            [
                line(&format!("held{of} by"), holder.into_iter(), "nobody"),
                line(&format!("wanted{of} by"), wants, "nobody"),
            ]
        });
        let lines: Vec<Line> = lines.collect();
        (!lines.is_empty()).then(|| Part { title: "GIL".to_owned(), lines })
    }

    fn locks(&self) -> Option<Part> {
        let things = self.now.objects.iter().filter(|thing| !matches!(thing.kind, ObjectKind::Variable(_)));
        let lines: Vec<Line> = things.take(MOST_LINES).flat_map(|thing| self.thing(thing)).collect();
        (!lines.is_empty()).then(|| Part { title: "Locks and lines".to_owned(), lines })
    }

    fn thing(&self, thing: &Thing) -> Vec<Line> {
        let name = self.trace.object_name(thing.object);
        let in_line = |label: &str, empty| {
            line(label, thing.waiters.iter().map(|standing| self.item(standing.task, State::Blocked)), empty)
        };
        let held = |permits: usize| {
            let holders = thing.holders.iter().map(|task| Item { text: self.name(*task), state: None });
            let places = Places { taken: thing.holders.len(), all: permits, word: "taken" };
            vec![Line { places: Some(places), ..line(name, holders, "free") }, in_line("line", "nobody waits")]
        };
        match thing.kind {
            ObjectKind::Lock | ObjectKind::ReentrantLock => held(1),
            ObjectKind::Semaphore(permits) => held(permits as usize),
            // Whether it is set is not told, but whoever waits for it tells that it is not, as does that nobody used it yet.
            ObjectKind::Event if thing.waiters.is_empty() && self.was_used(thing.object) => {
                vec![in_line(&format!("{name}, an event"), "nobody waits")]
            }
            ObjectKind::Event => vec![in_line(&format!("{name}, an event, not set"), "nobody waits")],
            ObjectKind::Condition(lock) => {
                let lock = self.trace.object_name(lock);
                vec![in_line(&format!("{name}, a condition of {lock}"), "nobody waits to be told")]
            }
            ObjectKind::Barrier(tasks) => {
                let places = Places { taken: thing.waiters.len(), all: tasks.get() as usize, word: "have come" };
                vec![Line { places: Some(places), ..in_line(&format!("{name}, a barrier"), "nobody has come") }]
            }
            // What is in it is not told. Only who takes waits at one that is never full.
            ObjectKind::Queue(None) if !thing.waiters.is_empty() => {
                vec![in_line(&format!("{name}, a queue, empty"), "")]
            }
            ObjectKind::Queue(None) => vec![in_line(&format!("{name}, a queue"), "nobody waits to take")],
            ObjectKind::Queue(Some(most)) => {
                vec![in_line(&format!("{name}, a queue for {most}"), "nobody waits to put or to take")]
            }
            ObjectKind::Variable(_) => Vec::new(),
        }
    }

    /// Whether anything was done with an object so far.
    fn was_used(&self, object: ObjectId) -> bool {
        let is_it = |mark: &Mark| matches!(mark.kind, Marked::Used(of, _) if of == object);
        self.trace.marks.iter().any(|mark| mark.at <= self.at && is_it(mark))
    }

    fn values(&self) -> Option<Part> {
        let shared = self.now.objects.iter().filter_map(|thing| Some((thing.object, thing.value?)));
        let lines: Vec<Line> = shared
            .take(MOST_LINES)
            .flat_map(|(object, value)| {
                let known = Item { text: value.to_string(), state: None };
                let read = self.now.locals.iter().filter(move |(_, of, _)| *of == object);
                let read = read
                    .map(|(task, _, value)| Item { text: format!("{} read {value}", self.name(*task)), state: None });
                let name = self.trace.object_name(object);
                [line(name, std::iter::once(known), ""), line("local copies", read, "none")]
            })
            .collect();
        (!lines.is_empty()).then(|| Part { title: "Values".to_owned(), lines })
    }

    fn requests(&self) -> Option<Part> {
        let ever = self.trace.marks.iter().any(|mark| matches!(mark.kind, Marked::Answered { .. }));
        if !ever && self.now.requests.is_empty() {
            return None;
        }
        let request = |(number, standing): &(u64, Standing)| {
            let since = self.own(self.at.since(standing.since));
            Item { text: format!("{} no. {number}, {since}", self.name(standing.task)), state: Some(State::Waiting) }
        };
        let lines = vec![line("under way", self.now.requests.iter().map(request), "none")];
        Some(Part { title: "Requests".to_owned(), lines })
    }

    fn item(&self, task: TaskId, state: State) -> Item {
        Item { text: self.name(task), state: Some(state) }
    }

    /// Somebody on a worker, in whatever state.
    fn doing(&self, standing: Standing) -> Item {
        let is_in = |list: &[Standing]| list.iter().any(|other| other.task == standing.task);
        let state = match () {
            () if is_in(&self.now.running) => State::Running,
            () if self.now.gils.iter().any(|gil| is_in(&gil.wanted_by)) => State::Gil,
            () if self.now.objects.iter().any(|thing| is_in(&thing.waiters)) => State::Blocked,
            () if is_in(&self.now.ready) || is_in(&self.now.wants_core) => State::Ready,
            () => State::Waiting,
        };
        self.item(standing.task, state)
    }

    fn name(&self, task: TaskId) -> String {
        self.trace.task_name(task).to_owned()
    }

    fn own(&self, time: Nanos) -> Nanos {
        self.trace.program_time(time)
    }

    fn kind(&self, standing: &Standing) -> Option<LaneKind> {
        self.trace.lanes.get(standing.lane.0 as usize).map(|lane| lane.kind)
    }

    fn has(&self, is_it: impl Fn(LaneKind) -> bool) -> bool {
        self.trace.lanes.iter().any(|lane| is_it(lane.kind))
    }
}

fn line(label: &str, items: impl Iterator<Item = Item>, empty: &'static str) -> Line {
    let mut items: Vec<Item> = items.collect();
    let more = items.len().saturating_sub(MOST_ITEMS);
    items.truncate(MOST_ITEMS);
    Line { label: label.to_owned(), places: None, items, more, empty }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use engine::model::{Model, Speed};
    use engine::trace::{Activity, Clock, Event, LaneId, Process};
    use lessons::Values;

    use super::*;

    /// The parts of a lesson's run as text.
    fn told(lesson: &str, model: Model, given: &[(&str, &str)], ms: u64) -> Vec<String> {
        let lesson = lessons::find(lesson).expect("the lesson is there");
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0));
        told_of(&trace, Nanos(ms * 1_000_000))
    }

    /// The parts of a run as text, a line with its places in front.
    fn told_of(trace: &Trace, at: Nanos) -> Vec<String> {
        let text = |part: Part| {
            let line = |line: &Line| {
                let items: Vec<&str> = line.items.iter().map(|item| item.text.as_str()).collect();
                let what = if items.is_empty() { line.empty.to_owned() } else { items.join(", ") };
                let more = if line.more > 0 { format!(" and {} more", line.more) } else { String::new() };
                format!("{}: {what}{more}", line.label)
            };
            format!("{} | {}", part.title, part.lines.iter().map(line).collect::<Vec<_>>().join(" | "))
        };
        parts(trace, &trace.history().at(at), at).into_iter().map(text).collect()
    }

    #[test]
    fn a_blocked_loop_shows_who_blocks_it_who_is_ready_and_whose_timer_is_next() {
        let given = [("messages", "ONE=1,THREE=3,FIVE=5"), ("blocking", "THREE"), ("repair", "none")];
        let told = told("blocking-call", Model::EventLoop, &given, 2_000);
        assert!(told[0].starts_with("Event loop | current task: THREE, whose call comes back in 1.0"), "{told:?}");
        assert!(told[0].contains("FIVE"), "{told:?}");
    }

    #[test]
    fn a_pool_shows_its_queue_its_workers_and_six_thousand_are_told_in_a_line() {
        let given = [("messages", "A=1,B=2,C=1,D=1"), ("workers", "2")];
        let pool = told("delay-messages", Model::ThreadPool, &given, 500);
        let expected = "Pool | queue: C, D | ThreadPoolExecutor-0_0: A | ThreadPoolExecutor-0_1: B";
        assert_eq!(pool[0], expected);
        let many = told("paged-api", Model::EventLoop, &[], 1_000);
        assert!(many.iter().any(|part| part.starts_with("Requests") && part.contains("and 38 more")), "{many:?}");
        assert!(many.iter().any(|part| part.starts_with("Locks") && part.contains("more")), "{many:?}");
    }

    #[test]
    fn a_deadlock_shows_each_lock_with_its_holder_and_whoever_waits() {
        let told = told("deadlock", Model::Threads, &[], 5_000);
        let locks = told.iter().find(|part| part.starts_with("Locks")).expect("there are locks");
        assert_eq!(locks, "Locks and lines | A: LEFT | line: RIGHT | B: RIGHT | line: LEFT");
    }

    #[test]
    fn whoever_waits_stands_at_what_he_waits_for_whichever_kind_it_is() {
        const THREE: NonZeroU32 = NonZeroU32::new(3).unwrap();
        let kinds = [
            ("GO", ObjectKind::Event),
            ("DOOR", ObjectKind::Lock),
            ("OPEN", ObjectKind::Condition(ObjectId(1))),
            ("START", ObjectKind::Barrier(THREE)),
            ("BOX", ObjectKind::Queue(Some(THREE))),
            ("PIPE", ObjectKind::Queue(None)),
        ];
        let mut trace = Trace::new(Model::Threads, Clock::Virtual, Speed::REAL);
        let lane = LaneId(0);
        let (name, process) = ("MainThread".to_owned(), Process(0));
        trace.apply(Event::Lane { lane, name, kind: LaneKind::Main, process });
        for (object, (name, kind)) in (0..).map(ObjectId).zip(kinds) {
            trace.apply(Event::Object { object, name: name.to_owned(), kind });
        }
        let begin = |trace: &mut Trace, number: u32, object: u32| {
            let (task, at) = (TaskId(number), Nanos(u64::from(number)));
            trace.apply(Event::Task { task, name: format!("T{number}"), parent: None, at });
            let activity = Activity::Blocked { object: ObjectId(object), holder: None };
            trace.apply(Event::Enter { task, lane, activity, at, line: None, by: None });
        };
        let idle = told_of(&trace, Nanos(1)).into_iter().find(|part| part.starts_with("Locks"));
        let expected = "Locks and lines | GO, an event, not set: nobody waits | DOOR: free | line: nobody waits | OPEN, a \
                        condition of DOOR: nobody waits to be told | START, a barrier: nobody has come | BOX, a queue for 3: \
                        nobody waits to put or to take | PIPE, a queue: nobody waits to take";
        assert_eq!(idle.as_deref(), Some(expected));
        for (number, object) in [0, 2, 3, 3, 4, 5].into_iter().enumerate() {
            begin(&mut trace, number as u32, object);
        }
        let at = Nanos(100);
        let busy = told_of(&trace, at).into_iter().find(|part| part.starts_with("Locks"));
        let expected = "Locks and lines | GO, an event, not set: T0 | DOOR: free | line: nobody waits | OPEN, a condition of \
                        DOOR: T1 | START, a barrier: T2, T3 | BOX, a queue for 3: T4 | PIPE, a queue, empty: T5";
        assert_eq!(busy.as_deref(), Some(expected));
        let all = parts(&trace, &trace.history().at(at), at);
        let places: Vec<Places> = all.iter().flat_map(|part| &part.lines).filter_map(|line| line.places).collect();
        let come = Places { taken: 2, all: 3, word: "have come" };
        assert_eq!(places, [Places { taken: 0, all: 1, word: "taken" }, come]);
    }
}
