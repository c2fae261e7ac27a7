//! A list of messages as rows of an editor. The text is the truth and the rows are a view of it, even while it is wrong.

use std::collections::BTreeSet;

use lessons::{Kind, Parameter};

/// One message as it is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Its name.
    pub name: String,
    /// Its delay in seconds.
    pub delay: String,
}

/// The ends of a delay's slider, in seconds: the lower one serves most lists, the upper one is the longest delay there is.
const SHORT_SLIDER_S: f64 = 10.0;

const NAMES: [&str; 12] =
    ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE"];

/// The rows of a text such as `TWO=2,THREE=3`; never none.
pub fn rows(text: &str) -> Vec<MessageRow> {
    let row = |part: &str| {
        let (name, delay) = part.split_once('=').unwrap_or((part, ""));
        MessageRow { name: name.trim().to_owned(), delay: delay.trim().to_owned() }
    };
    text.split(',').map(row).collect()
}

/// The text of rows.
pub fn text(rows: &[MessageRow]) -> String {
    rows.iter().map(MessageRow::text).collect::<Vec<_>>().join(",")
}

/// `rows` and one more, under a name that is free.
pub fn with_one_more(mut rows: Vec<MessageRow>) -> Vec<MessageRow> {
    let taken: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    let words = NAMES.into_iter().map(str::to_owned);
    let numbers = (NAMES.len() + 1..).map(|number| format!("M{number}"));
    let after = words.clone().position(|word| rows.last().is_some_and(|row| row.name == word)).map_or(0, |at| at + 1);
    let free = |name: &String| !taken.contains(name);
    let name = words.clone().skip(after).find(free).or_else(|| words.chain(numbers).find(free)).unwrap_or_default();
    rows.push(MessageRow { name, delay: "1".to_owned() });
    rows
}

/// What may stand in a row's name: a comma or an equals sign would make another row or field of it.
pub fn in_name(typed: &str) -> String {
    typed.chars().filter(|letter| !matches!(letter, ',' | '=')).collect()
}

/// What may stand in a row's delay. A comma is a decimal point to many people: dropped, it would make 25 of 2,5.
pub fn in_delay(typed: &str) -> String {
    in_name(&typed.replace(',', "."))
}

/// Whether the row at `index` is at fault: wrong in itself, or under a name that a row above has.
pub fn is_wrong(parameter: &Parameter, rows: &[MessageRow], index: usize) -> bool {
    rows.get(index).is_some_and(|row| {
        parameter.read(&row.text()).is_err() || rows[..index].iter().any(|other| other.name == row.name)
    })
}

/// How many messages there may be.
pub fn most(parameter: &Parameter) -> usize {
    match parameter.kind {
        Kind::Messages { most, .. } => most,
        _ => 0,
    }
}

/// The end of the sliders for `rows`, in seconds.
pub fn slider_end_s(parameter: &Parameter, rows: &[MessageRow]) -> f64 {
    let longest_s = match parameter.kind {
        Kind::Messages { longest_s, .. } => longest_s,
        _ => 0.0,
    };
    let fits = rows.iter().filter_map(|row| row.delay.parse::<f64>().ok()).all(|delay| delay <= SHORT_SLIDER_S);
    if fits { longest_s.min(SHORT_SLIDER_S) } else { longest_s }
}

impl MessageRow {
    fn text(&self) -> String {
        format!("{}={}", self.name, self.delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_text_are_two_views_of_one_thing_even_if_it_is_wrong() {
        for given in ["TWO=2,THREE=3", "=,A=", "ÄÖ=0.5", "=abc,=1=2"] {
            assert_eq!(text(&rows(given)), given);
        }
        assert_eq!(rows("").len(), 1);
        assert_eq!(in_name("A=1,B"), "A1B");
        assert_eq!(in_delay("2,5"), "2.5");
    }

    #[test]
    fn a_new_row_goes_on_counting_and_never_takes_a_name_twice() {
        let mut list = rows("TWO=2,THREE=3");
        for _ in 0..40 {
            list = with_one_more(list);
        }
        let names: Vec<&str> = list.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names[2..5], ["FOUR", "FIVE", "SIX"]);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 42);
    }

    #[test]
    fn the_row_that_is_wrong_says_so() {
        let parameter = &lessons::find("delay-messages").expect("the lesson is there").parameters[0];
        let list = rows("A=1,B=-1,A=2");
        let faults: Vec<bool> = (0..4).map(|index| is_wrong(parameter, &list, index)).collect();
        assert_eq!(faults, [false, true, true, false]);
        assert_eq!(slider_end_s(parameter, &list), 10.0);
        assert_eq!(slider_end_s(parameter, &rows("A=11")), 60.0);
    }
}
