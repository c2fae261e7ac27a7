//! What went wrong in predicted runs, and what mends it: found by trying, in the simulator.

use std::sync::Arc;

use engine::hints::{Check, hints};
use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use lessons::parameter::GIL;
use lessons::{Kind, Lesson, Parameter, Value, Values};

use crate::state::link::Settings;
use crate::state::machine::{Machine, is_lessons_own};
use crate::state::words;

/// Something to look out for in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// In the run of this model.
    pub model: Model,
    /// On this clock.
    pub clock: Clock,
    /// What it is.
    pub kind: TroubleKind,
    /// What happened, as sentences.
    pub says: String,
    /// What to change, as a sentence in Python's words; nothing where the engine knows none.
    pub mend: Option<String>,
    /// When it began, in the program's own time.
    pub at: Nanos,
}

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// A check found it.
    Hint(Check),
    /// The run came to no end.
    NoEnd,
}

/// A change after which the trouble is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// What runs then.
    pub settings: Settings,
    /// What is another then, by its title, and as what.
    pub change: (&'static str, String),
    /// The model to look at.
    pub model: Model,
    /// How long the run took; `None` where it came to no end.
    pub before: Option<Nanos>,
    /// How long the run takes then.
    pub after: Nanos,
    /// What the run found out, and what it finds out then, where that is what is mended.
    pub outcomes: Option<[String; 2]>,
}

impl TroubleKind {
    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            TroubleKind::Hint(check) => check.title(),
            TroubleKind::NoEnd => "No end",
        }
    }

    /// Whether a run has it.
    fn is_in(self, trace: &Trace) -> bool {
        match self {
            TroubleKind::Hint(check) => hints(trace).iter().any(|hint| hint.check == check),
            TroubleKind::NoEnd => trace.outcome().is_none(),
        }
    }

    /// The parameters that can mend it, the best first.
    pub fn mended_by(self) -> &'static [&'static str] {
        match self {
            TroubleKind::Hint(check) => match check {
                Check::BlockingCall => &["repair", "blocking"],
                Check::LostUpdate => &["lock"],
                Check::ThreadsUnderTheGil => &[GIL],
                Check::PoolTooSmall => &["workers", "pool", "threads", "processes", "limit"],
                Check::UnboundedGather => &["limit", "connections"],
                Check::CostlyMessages => &["chunk"],
                Check::LockAcrossAwait => &["await"],
                Check::LongestJob => &["n", "messages"],
                Check::AwaitedInTurn => &["start"],
            },
            TroubleKind::NoEnd => &["order", "timeout"],
        }
    }
}

/// What is wrong in `traces`, at most one for each kind: what the lesson is about first, and in the run that comes first.
pub fn troubles<'t>(lesson: &Lesson, traces: impl Iterator<Item = &'t Trace>) -> Vec<Trouble> {
    let mut found: Vec<Trouble> = Vec::new();
    for trace in traces {
        let (model, clock) = (trace.model, trace.clock);
        if let Some((_, says)) = words::failure(trace) {
            found.push(Trouble {
                model,
                clock,
                kind: TroubleKind::NoEnd,
                says,
                mend: None,
                at: trace.program_time(trace.end()),
            });
        }
        found.extend(hints(trace).into_iter().map(|hint| Trouble {
            model,
            clock,
            kind: TroubleKind::Hint(hint.check),
            says: hint.says,
            mend: Some(hint.mend),
            at: trace.program_time(hint.at),
        }));
    }
    let is_lessons = |trouble: &Trouble| match trouble.kind {
        TroubleKind::NoEnd => true,
        TroubleKind::Hint(check) => lesson.hints.contains(&check),
    };
    found.sort_by_key(|trouble| !is_lessons(trouble));
    let mut kinds = Vec::new();
    found.retain(|trouble| {
        let is_new = !kinds.contains(&trouble.kind);
        kinds.push(trouble.kind);
        is_new
    });
    found
}

/// The change that is known to mend a trouble best and that does: first of the parameters, then of the machine, then another model.
/// `run` predicts a model with other settings.
pub async fn mend(
    lesson: &'static Lesson,
    settings: &Settings,
    model: Model,
    kind: TroubleKind,
    run: impl AsyncFn(&Settings, Model) -> Arc<Trace>,
) -> Option<Mend> {
    let first = run(settings, model).await;
    let before = words::wall(&first);
    let mends = async |settings: Settings, change, model| {
        let trace = run(&settings, model).await;
        // A wrong result is mended by what takes longer, too; else it is to be quicker, or there was no end.
        let is_better =
            |after: Nanos| kind == TroubleKind::Hint(Check::LostUpdate) || before.is_none_or(|before| after < before);
        let after = words::wall(&trace).filter(|after| is_better(*after))?;
        let outcomes = || Some([words::outcome(&first)?, words::outcome(&trace)?]);
        let outcomes = (kind == TroubleKind::Hint(Check::LostUpdate)).then(outcomes).flatten();
        (!kind.is_in(&trace)).then_some(Mend { settings, change, model, before, after, outcomes })
    };
    for (settings, change) in changes(lesson, settings, kind) {
        if let Some(mend) = mends(settings, change, model).await {
            return Some(mend);
        }
    }
    let mut found = Vec::new();
    for other in lesson.models.iter().copied().filter(|other| *other != model && *other != Model::Sequential) {
        found.extend(mends(settings.clone(), ("Model", other.title().to_owned()), other).await);
    }
    found.into_iter().min_by_key(|mend| mend.after)
}

/// Settings in which one thing is changed that could mend a trouble, the likeliest first, each with what that is and its new value.
fn changes(
    lesson: &'static Lesson,
    settings: &Settings,
    kind: TroubleKind,
) -> impl Iterator<Item = (Settings, (&'static str, String))> {
    let tasks = settings.machine.prepare(lesson, &settings.values).tasks;
    let parameters = kind.mended_by().iter().filter_map(|name| lesson.parameters.iter().find(|one| one.name == *name));
    let of_parameter = move |parameter: &'static Parameter| {
        let other = move |value: Value| {
            let change = (parameter.title, words::value(parameter, &value));
            (Settings { values: settings.values.with(parameter, value), ..settings.clone() }, change)
        };
        others(parameter, &settings.values, tasks).into_iter().map(other)
    };
    let has_gil = kind.mended_by().contains(&GIL) && !is_lessons_own(lesson, GIL) && settings.machine.keeps_gil;
    let of_machine = has_gil.then(|| {
        let machine = Machine { keeps_gil: false, ..settings.machine };
        (Settings { machine, ..settings.clone() }, ("GIL", "off".to_owned()))
    });
    parameters.flat_map(of_parameter).chain(of_machine)
}

/// The other values of a parameter that are worth a try, the nearest first: of a number the doubles, and as many as there are
/// `tasks` at once.
fn others(parameter: &Parameter, values: &Values, tasks: usize) -> Vec<Value> {
    let Some(now) = values.get(parameter.name) else { return Vec::new() };
    match (parameter.kind, now) {
        (Kind::Choice(choices), now) => {
            choices.iter().map(|(word, _)| Value::Choice(word)).filter(|value| value != now).collect()
        }
        (_, Value::NameIn(Some(_))) => vec![Value::NameIn(None)],
        (Kind::Switch, Value::Switch(is_on)) => vec![Value::Switch(!is_on)],
        (Kind::Count { most, .. }, Value::Count(count)) => {
            let doubled = std::iter::successors(Some(*count), |count| count.checked_mul(2));
            let mut counts: Vec<u32> = doubled.skip(1).take_while(|count| *count < most).take(8).collect();
            counts.extend([most, u32::try_from(tasks).unwrap_or(most)]);
            counts.sort_unstable();
            counts.into_iter().filter(|other| (*count + 1..=most).contains(other)).map(Value::Count).collect()
        }
        (Kind::Counts { .. }, Value::Counts(counts)) => {
            let mut sorted = counts.clone();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            vec![Value::Counts(sorted)]
        }
        (Kind::Messages { .. }, Value::Messages(messages)) => {
            let mut sorted = messages.clone();
            sorted.sort_by_key(|message| std::cmp::Reverse(message.delay));
            vec![Value::Messages(sorted)]
        }
        (Kind::Seconds { .. }, Value::Seconds(time)) if time.is_zero() => {
            vec![Value::Seconds(std::time::Duration::from_secs(1))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Job;
    use crate::backend::foresight::testing::now;
    use crate::state::link::{self, Place};

    /// The troubles of a lesson, each with what mends it.
    fn found(query: &str) -> Vec<(Trouble, Option<Mend>)> {
        let Place::Lesson(place) = link::read(query).place else { panic!("the lesson is there") };
        let settings = place.settings;
        let run =
            |settings: &Settings, model: Model| Arc::new(Job::prediction(place.lesson, settings, model).predict(model));
        let traces: Vec<_> = settings.models.iter().map(|model| run(&settings, *model)).collect();
        let with_mend = |trouble: Trouble| {
            let run = async |settings: &Settings, model: Model| run(settings, model);
            let mend = now(mend(place.lesson, &settings, trouble.model, trouble.kind, run));
            (trouble, mend)
        };
        troubles(place.lesson, traces.iter().map(|trace| &**trace)).into_iter().map(with_mend).collect()
    }

    #[track_caller]
    fn check(query: &str, kind: TroubleKind, change: (&str, &str)) {
        let found = found(query);
        let (trouble, mend) =
            found.iter().find(|(trouble, _)| trouble.kind == kind).unwrap_or_else(|| panic!("{query}: {found:?}"));
        let mend = mend.as_ref().unwrap_or_else(|| panic!("{query}: nothing mends {trouble:?}"));
        assert_eq!((mend.change.0, mend.change.1.as_str()), change, "{query}");
    }

    #[test]
    fn each_trouble_is_mended_by_what_the_lesson_teaches() {
        check("?lesson=blocking-call", TroubleKind::Hint(Check::BlockingCall), ("Repair", "asyncio.to_thread"));
        check("?lesson=lost-update", TroubleKind::Hint(Check::LostUpdate), ("Lock", "on"));
        let in_turn = "?lesson=await-or-task&start=await";
        check(in_turn, TroubleKind::Hint(Check::AwaitedInTurn), ("The request is", "made a task"));
        check("?lesson=deadlock", TroubleKind::NoEnd, ("Order of the locks", "the same"));
        check("?lesson=gil", TroubleKind::Hint(Check::ThreadsUnderTheGil), ("GIL", "off"));
        let five = "?lesson=delay-messages&messages=A%3D1%2CB%3D2%2CC%3D3%2CD%3D4%2CE%3D5";
        check(five, TroubleKind::Hint(Check::PoolTooSmall), ("Workers in a pool", "5"));
    }

    #[test]
    fn whatever_is_offered_as_a_mend_does_mend() {
        for lesson in lessons::catalogue().iter().filter(|lesson| lesson.id != "paged-api") {
            for (trouble, mend) in found(&format!("?lesson={}", lesson.id)) {
                let Some(mend) = mend else { continue };
                let trace = Job::prediction(lesson, &mend.settings, mend.model).predict(mend.model);
                assert!(!trouble.kind.is_in(&trace), "{}: {trouble:?}", lesson.id);
            }
        }
    }
}
