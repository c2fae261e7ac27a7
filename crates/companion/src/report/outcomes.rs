//! What a model's runs found out, counted: two runs of one program may well find different things.

use std::collections::{BTreeMap, BTreeSet};

use engine::program::Outcome;
use engine::trace::Trace;

/// Each outcome with something in it that there was, and how many of the runs that came to an end had it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(BTreeMap<Outcome, usize>);

impl Outcomes {
    /// Those of `traces`.
    pub fn of<'t>(traces: impl Iterator<Item = &'t Trace>) -> Outcomes {
        let mut counts = BTreeMap::new();
        for outcome in traces.filter_map(Trace::outcome).filter(|outcome| !outcome.is_empty()) {
            *counts.entry(outcome.clone()).or_default() += 1;
        }
        Outcomes(counts)
    }

    /// Each of them with its runs.
    pub fn counts(&self) -> impl Iterator<Item = (&Outcome, usize)> {
        self.0.iter().map(|(outcome, runs)| (outcome, *runs))
    }

    /// The runs of all of them.
    pub fn runs(&self) -> usize {
        self.0.values().sum()
    }

    /// The names of what was found.
    pub fn names(&self) -> BTreeSet<&str> {
        self.0.keys().flat_map(|outcome| outcome.keys().map(String::as_str)).collect()
    }

    /// The names of what was not the same in all runs.
    pub fn differing(&self) -> impl Iterator<Item = &str> {
        self.names().into_iter().filter(|name| self.of_name(name).len() > 1)
    }

    /// What was found under `name`: `1` where that was the same in all runs, `1 in 4, 2 in 8` where it was not, and of
    /// many values from where to where they lie. `None` where nothing was.
    pub fn in_words(&self, name: &str) -> Option<String> {
        const MOST_VALUES: usize = 3;
        let (values, (least, most)) = (self.of_name(name), self.range(name)?);
        Some(match values.len() {
            1 => least.to_string(),
            2..=MOST_VALUES => {
                let counted = |(value, runs): (&i64, &usize)| format!("{value} in {runs}");
                values.iter().map(counted).collect::<Vec<_>>().join(", ")
            }
            _ => format!("{least} … {most}"),
        })
    }

    /// The least and the most that was found under `name`; `None` where nothing was.
    pub fn range(&self, name: &str) -> Option<(i64, i64)> {
        let values = self.of_name(name);
        Some((*values.first_key_value()?.0, *values.last_key_value()?.0))
    }

    fn of_name(&self, name: &str) -> BTreeMap<i64, usize> {
        let mut values = BTreeMap::new();
        for (outcome, runs) in &self.0 {
            if let Some(value) = outcome.get(name) {
                *values.entry(*value).or_default() += runs;
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_counted_and_what_does_not_is_told_once() {
        let outcomes = |values: &[(i64, usize)]| {
            let outcome = |value| Outcome::from([("final".to_owned(), value), ("same".to_owned(), 7)]);
            Outcomes(values.iter().map(|(value, runs)| (outcome(*value), *runs)).collect())
        };
        for (values, words, differs) in [
            (&[(2, 12)][..], "2", false),
            (&[(1, 4), (2, 8)], "1 in 4, 2 in 8", true),
            (&[(-1, 1), (1, 1), (2, 1), (40, 9)], "-1 … 40", true),
        ] {
            let outcomes = outcomes(values);
            assert_eq!(outcomes.in_words("final").as_deref(), Some(words));
            assert_eq!(outcomes.in_words("same").as_deref(), Some("7"));
            assert_eq!(outcomes.in_words("nothing"), None);
            assert_eq!(outcomes.differing().collect::<Vec<_>>(), if differs { vec!["final"] } else { vec![] });
            assert_eq!(outcomes.runs(), values.iter().map(|(_, runs)| runs).sum::<usize>());
        }
    }
}
