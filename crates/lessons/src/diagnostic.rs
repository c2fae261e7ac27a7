//! What is wrong with something that a person typed: the value, the rule and the mend.

use std::fmt;

/// One complaint about one thing that a person gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The name of the parameter, or of what else was named wrongly.
    pub about: String,
    /// What was given, cut short where it is long.
    pub given: String,
    /// What is allowed, as a clause such as "a whole number from 1 to 64".
    pub allowed: String,
    /// The nearest thing that is right, where there is one.
    pub nearest: Option<String>,
}

impl Diagnostic {
    /// A complaint that `given` is not `allowed` for `about`.
    pub fn new(about: &str, given: &str, allowed: impl Into<String>, nearest: Option<String>) -> Diagnostic {
        Diagnostic { about: about.to_owned(), given: shortened(given), allowed: allowed.into(), nearest }
    }

    /// A complaint that `given` names none of `names`; the nearest of them is offered.
    pub fn unknown_name<'a>(about: &str, given: &str, names: impl IntoIterator<Item = &'a str>) -> Diagnostic {
        // One body for all kinds of names: a page carries what it carries once.
        Diagnostic::none_of(about, given, &names.into_iter().collect::<Vec<_>>())
    }

    fn none_of(about: &str, given: &str, names: &[&str]) -> Diagnostic {
        let nearest = nearest_name(given, names).map(str::to_owned);
        let allowed = match names {
            [only] => (*only).to_owned(),
            names => format!("one of {}", names.join(", ")),
        };
        Diagnostic::new(about, given, allowed, nearest)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: got “{}”, but it must be {}.", self.about, self.given, self.allowed)?;
        match &self.nearest {
            Some(nearest) => write!(f, " Did you mean {nearest}?"),
            None => Ok(()),
        }
    }
}

/// The name that takes the fewest changed letters to become `given`, unless all are far from it. Whether letters are capitals
/// decides only between names that are otherwise as near.
fn nearest_name<'a>(given: &str, names: &[&'a str]) -> Option<&'a str> {
    let given = shortened(given);
    let lower = given.to_ascii_lowercase();
    let far = |name: &str| distance(&lower, &name.to_ascii_lowercase());
    let close = |name: &&str| far(name) <= name.chars().count().max(3) / 2;
    names.iter().copied().filter(close).min_by_key(|name| (far(name), distance(&given, name)))
}

/// The Levenshtein distance: how many letters must be put in, taken out or changed (Wagner and Fischer 1974).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
