//! What a link carries: a lesson, its parameters and the speed, as the query of an address.

use std::collections::BTreeSet;

use engine::model::Speed;
use form_urlencoded::Serializer;
use lessons::{Diagnostic, Lesson, Values};

/// What a page shows.
#[derive(Clone, Debug)]
pub enum Place {
    /// The list of lessons.
    Home,
    /// A lesson with its values.
    Lesson(LessonPlace),
}

/// A lesson with all that can be changed about it.
#[derive(Clone, Debug)]
pub struct LessonPlace {
    /// Which lesson.
    pub lesson: &'static Lesson,
    /// Its parameters.
    pub values: Values,
    /// By how much the delays of a measured run are divided.
    pub speed: Speed,
}

/// What a link says, and what in it could not be understood.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The place; defaults stand for what was missing or wrong.
    pub place: Place,
    /// Everything that was wrong.
    pub complaints: Vec<Diagnostic>,
}

/// The speeds that a person can choose.
pub const SPEEDS: [u32; 4] = [1, 2, 5, 10];

/// A longer query is not looked at. The longest that the page writes, 32 long names in a far script, is a tenth of it.
const LONGEST_QUERY: usize = 65_536;
const LESSON: &str = "lesson";
const SPEED: &str = "speed";

/// Reads the query of an address, with or without its question mark.
pub fn read(query: &str) -> Reading {
    let query = query.strip_prefix('?').unwrap_or(query);
    if query.len() > LONGEST_QUERY {
        let given = format!("{} characters", query.len());
        let allowed = format!("at most {LONGEST_QUERY} characters long");
        return Reading { place: Place::Home, complaints: vec![Diagnostic::new("link", &given, allowed, None)] };
    }
    let mut complaints = Vec::new();
    let pairs = once_each(query, &mut complaints);
    let named = pairs.iter().find(|(name, _)| name == LESSON);
    let lesson = match named.map(|(_, id)| lessons::find(id)) {
        Some(Ok(lesson)) => lesson,
        other => {
            complaints.extend(other.and_then(Result::err));
            if named.is_none() {
                let foreign = pairs.iter().map(|(name, _)| name);
                complaints.extend(foreign.map(|name| unknown_parameter(name, &[LESSON])));
            }
            return Reading { place: Place::Home, complaints };
        }
    };
    let mut speed = Speed::REAL;
    let mut given = Vec::new();
    for (name, text) in pairs {
        match name.as_str() {
            LESSON => {}
            SPEED => match read_speed(&text) {
                Ok(read) => speed = read,
                Err(complaint) => complaints.push(complaint),
            },
            _ => match lesson.parameters.iter().find(|parameter| parameter.name == name) {
                Some(parameter) => match parameter.read(&text) {
                    Ok(_) => given.push((name, text)),
                    Err(complaint) => complaints.push(complaint),
                },
                None => {
                    let mut names: Vec<&str> = lesson.parameters.iter().map(|parameter| parameter.name).collect();
                    names.push(SPEED);
                    complaints.push(unknown_parameter(&name, &names));
                }
            },
        }
    }
    match Values::read(lesson.parameters, &given) {
        Ok(values) => Reading { place: Place::Lesson(LessonPlace { lesson, values, speed }), complaints },
        Err(more) => {
            complaints.extend(more);
            Reading { place: Place::Home, complaints }
        }
    }
}

/// The address of a place, relative to the page's own folder. It names every parameter.
pub fn write(place: &Place) -> String {
    let Place::Lesson(LessonPlace { lesson, values, speed }) = place else { return "./".to_owned() };
    let mut query = query();
    query.append_pair(LESSON, lesson.id);
    for (name, text) in values.texts() {
        query.append_pair(&name, &text);
    }
    query.append_pair(SPEED, &speed.factor().to_string());
    query.finish()
}

/// The address of a lesson with its defaults.
pub fn to_lesson(id: &str) -> String {
    query().append_pair(LESSON, id).finish()
}

fn query() -> Serializer<'static, String> {
    Serializer::for_suffix("?".to_owned(), 1)
}

/// The names and texts of a query; a name that comes again is left out and complained of.
fn once_each(query: &str, complaints: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        if seen.insert(name.clone()) {
            pairs.push((name.into_owned(), text.into_owned()));
        } else {
            complaints.push(Diagnostic::new(&name, &text, "given once", None));
        }
    }
    pairs
}

fn read_speed(text: &str) -> Result<Speed, Diagnostic> {
    let chosen = text.trim().parse::<u32>().ok().filter(|factor| SPEEDS.contains(factor));
    chosen.and_then(|factor| Speed::new(factor.into())).ok_or_else(|| {
        let all: Vec<String> = SPEEDS.iter().map(u32::to_string).collect();
        Diagnostic::new(SPEED, text, format!("one of {}", all.join(", ")), None)
    })
}

fn unknown_parameter(name: &str, names: &[&str]) -> Diagnostic {
    Diagnostic::unknown_name("parameter", name, names.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of what is read, and the complaints as sentences.
    fn check(query: &str, address: &str, complaints: &[&str]) {
        let reading = read(query);
        assert_eq!(write(&reading.place), address, "{query}");
        let said: Vec<String> = reading.complaints.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), complaints.len(), "{query}: {said:?}");
        for (said, expected) in said.iter().zip(complaints) {
            assert!(said.contains(expected), "{query}: {said:?} should hold {expected:?}");
        }
    }

    const DEFAULTS: &str = "?lesson=delay-messages&messages=TWO%3D2%2CTHREE%3D3&workers=2&speed=1";

    #[test]
    fn an_address_comes_back_as_it_was_written() {
        let other = "?lesson=delay-messages&messages=%C3%84_1%3D0.5%2CB%3D60&workers=64&speed=10";
        for address in ["./", DEFAULTS, other] {
            check(address.strip_prefix("./").unwrap_or(address), address, &[]);
        }
    }

    #[test]
    fn what_is_missing_takes_its_default_in_silence() {
        check("?lesson=delay-messages", DEFAULTS, &[]);
        check("lesson=delay-messages&", DEFAULTS, &[]);
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_is_kept() {
        let given = "?lesson=delay-messages&workers=10000&messages=A%3D1&speed=3&wokers=3&utm=x&workers=4";
        check(
            given,
            "?lesson=delay-messages&messages=A%3D1&workers=2&speed=1",
            &["given once", "workers: got “10000”", "speed: got “3”", "Did you mean workers?", "got “utm”"],
        );
        for text in ["-1", "1e9", "NaN", "abc", "", "%00", "%FF"] {
            check(&format!("?lesson=delay-messages&messages=TWO%3D{text}"), DEFAULTS, &["messages: got"]);
        }
    }

    #[test]
    fn a_link_to_nowhere_leads_home_with_a_word() {
        check("?lesson=delay-mesages", "./", &["Did you mean delay-messages?"]);
        check("?lesson=blocking", "./", &["lesson: got “blocking”"]);
        check("?workers=3", "./", &["parameter: got “workers”"]);
        check(&format!("?lesson=delay-messages&messages={}", "A".repeat(100_000)), "./", &["100031 characters"]);
    }

    #[test]
    fn a_list_that_is_far_too_long_is_counted_and_left() {
        let given = format!("?lesson=delay-messages&messages={}", "A%3D1%2C".repeat(5_000));
        check(&given, DEFAULTS, &["messages: got “5001 messages”, but it must be 1 to 32"]);
    }
}
