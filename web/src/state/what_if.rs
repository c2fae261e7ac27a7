//! What if: a value of the lesson changed, and predicted then and there. Only what a program is given to do its work with
//! is changed, such as a limit, a lock or a repair; how much work there is, is not.

use engine::time::Nanos;
use engine::trace::Trace;
use lessons::{Kind, Lesson, Parameter, Value, Values};

use crate::state::words;

/// A change to be tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Of which parameter.
    pub parameter: &'static Parameter,
    /// To what, as text.
    pub text: String,
    /// Such as `Limit 4 → 8`.
    pub title: String,
    /// All values of the lesson with it.
    pub values: Values,
}

/// A change that would end the run sooner.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIf {
    /// The change.
    pub change: Change,
    /// What it comes to, such as `310 ms sooner`.
    pub says: String,
    /// How much sooner; all the time that there is where the run had no end.
    pub gain: Nanos,
}

/// A gain below this share of the run is none.
const LEAST_GAIN: f64 = 0.005;

/// The changes of `values` that are worth a try.
pub fn changes(lesson: &'static Lesson, values: &Values) -> Vec<Change> {
    let tasks = lesson.prepare(values).tasks;
    let of_parameter = |parameter: &'static Parameter| {
        let value = values.get(parameter.name);
        let others: Vec<(Value, String)> = match (parameter.kind, value) {
            (Kind::Count { most, .. }, Some(&Value::Count(count))) if count < most => {
                let twice = count.saturating_mul(2).clamp(1, most);
                vec![(Value::Count(twice), format!("{count} → {twice}"))]
            }
            (Kind::Switch, Some(&Value::Switch(is_on))) => {
                let words = if is_on { "on → off" } else { "off → on" };
                vec![(Value::Switch(!is_on), words.to_owned())]
            }
            (Kind::Choice(choices), Some(&Value::Choice(chosen))) => {
                let title =
                    |word: &str| choices.iter().find(|(other, _)| *other == word).map_or("", |(_, title)| title);
                let others = choices.iter().filter(|(word, _)| *word != chosen);
                others.map(|(word, other)| (Value::Choice(word), format!("{} → {other}", title(chosen)))).collect()
            }
            (Kind::NameIn { nobody, .. }, Some(Value::NameIn(Some(name)))) => {
                vec![(Value::NameIn(None), format!("{name} → {nobody}"))]
            }
            _ => Vec::new(),
        };
        others.into_iter().map(move |(value, words)| Change {
            parameter,
            text: value.text(),
            title: format!("{} {words}", parameter.title),
            values: values.with(parameter, value),
        })
    };
    let all = lesson.parameters.iter().flat_map(of_parameter);
    all.filter(|change| lesson.prepare(&change.values).tasks == tasks).collect()
}

/// What a change comes to: `after` is predicted with it. `None` where it would end no sooner than `before`.
pub fn found(before: &Trace, after: &Trace, change: Change) -> Option<WhatIf> {
    let wall = words::wall(after)?;
    let (gain, says) = match words::wall(before) {
        Some(before) => {
            let gain = before.since(wall);
            (gain, format!("{} sooner", short(gain)))
        }
        None => (Nanos(u64::MAX), format!("it comes to an end, after {}", short(wall))),
    };
    (gain.0 as f64 > before.end().0 as f64 * LEAST_GAIN).then_some(WhatIf { change, says, gain })
}

/// The most changes that are offered.
const MOST_OFFERED: usize = 3;

/// Adds a change to those that are offered: the best first, and of each parameter only the best.
pub fn offer(offered: &mut Vec<WhatIf>, better: WhatIf) {
    offered.push(better);
    offered.sort_by_key(|found| std::cmp::Reverse(found.gain));
    let mut names: Vec<&str> = Vec::new();
    offered.retain(|found| {
        let is_first = !names.contains(&found.change.parameter.name);
        names.push(found.change.parameter.name);
        is_first
    });
    offered.truncate(MOST_OFFERED);
}

/// A time in the unit in which it is short, such as `310 ms`.
fn short(time: Nanos) -> String {
    match time.0 {
        0..1_000_000 => format!("{} µs", time.0 / 1_000),
        1_000_000..1_000_000_000 => format!("{} ms", time.0 / 1_000_000),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use engine::model::Model;

    use super::*;
    use crate::backend::Job;

    fn found(id: &str, model: Model, given: &[(&str, &str)]) -> Vec<String> {
        let lesson = lessons::find(id).expect("the lesson is there");
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(lesson.parameters, &given).expect("the values are right");
        let run = |values: &Values| Job::usual(lesson, values.clone()).predict(model);
        let before = run(&values);
        let mut offered = Vec::new();
        let better = changes(lesson, &values).into_iter().filter_map(|change| {
            let after = run(&change.values);
            super::found(&before, &after, change)
        });
        better.for_each(|better| offer(&mut offered, better));
        offered.into_iter().map(|found| format!("{}: {}", found.change.title, found.says)).collect()
    }

    #[test]
    fn more_workers_a_repair_and_an_order_are_found_and_less_work_is_not_offered() {
        let given = [("messages", "A=1,B=1,C=1,D=1"), ("workers", "2")];
        let pool = found("delay-messages", Model::ThreadPool, &given);
        assert_eq!(pool.len(), 1, "{pool:?}");
        assert!(pool[0].starts_with("Workers in a pool 2 → 4: "), "{pool:?}");
        assert_eq!(found("delay-messages", Model::EventLoop, &given), [""; 0], "it waits for timers alone");
        let blocked = found("blocking-call", Model::EventLoop, &[("blocking", "THREE"), ("repair", "none")]);
        assert!(
            blocked.iter().any(|found| found.contains("asyncio.to_thread") && found.contains("sooner")),
            "{blocked:?}"
        );
        let locked = found("deadlock", Model::Threads, &[]);
        assert!(locked[0].contains("opposite → the same: it comes to an end"), "{locked:?}");
    }
}
