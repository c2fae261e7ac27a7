//! What a link carries, as the query of an address: a lesson, its parameters, the machine and the models that are chosen, what
//! was predicted, and where somebody looks.

use std::collections::BTreeSet;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use form_urlencoded::Serializer;
use lessons::{Diagnostic, Lesson, Values};

use crate::state::machine::{self, Machine};
use crate::state::said::Answers;
use crate::timeline::viewport::Window;

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
    /// What runs.
    pub settings: Settings,
    /// Where somebody looks.
    pub look: Look,
    /// What was said to its questions.
    pub answers: Answers,
}

/// What runs: all that undo takes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The lesson's parameters.
    pub values: Values,
    /// By how much the delays of a measured run are divided.
    pub speed: Speed,
    /// The machine of the predictions.
    pub machine: Machine,
    /// The models that are shown, at least one, in the lesson's order.
    pub models: Vec<Model>,
}

/// Where somebody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// The playhead.
    pub at: Nanos,
    /// The stretch of time that is seen, where that is not all of it.
    pub window: Option<Window>,
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
const MODELS: &str = "models";
const AT: &str = "at";
const SEEN: &str = "seen";
const SAID: &str = "said";
const VERSION_NAME: &str = "v";

/// What links have beside the lesson's own parameters; of a machine what the lesson does not decide itself.
const OWN: [&str; 6] = [SPEED, MODELS, AT, SEEN, SAID, VERSION_NAME];

/// The version in which links are written. A link without one is of the first, which knew only parameters and the speed: it
/// still means the same.
pub const VERSION: u32 = 2;

/// The longest link that every program passes on whole.
pub const LONGEST: usize = 2_000;

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
    let values = match Values::read(lesson.parameters, &[]) {
        Ok(values) => values,
        Err(more) => {
            complaints.extend(more);
            return Reading { place: Place::Home, complaints };
        }
    };
    let settings = Settings { values, speed: Speed::REAL, machine: Machine::USUAL, models: lesson.models.to_vec() };
    let mut place = LessonPlace { lesson, settings, look: Look::default(), answers: Answers::default() };
    for (name, text) in pairs.iter().filter(|(name, _)| name != LESSON) {
        if let Err(complaint) = take(&mut place, name, text) {
            complaints.push(complaint);
        }
    }
    Reading { place: Place::Lesson(place), complaints }
}

/// Takes one part of a link.
fn take(place: &mut LessonPlace, name: &str, text: &str) -> Result<(), Diagnostic> {
    let lesson = place.lesson;
    if let Some(parameter) = lesson.parameters.iter().find(|parameter| parameter.name == name) {
        place.settings.values = place.settings.values.with(parameter, parameter.read(text)?);
        return Ok(());
    }
    let wrong = |allowed: &str| Diagnostic::new(name, text, allowed, None);
    match name {
        VERSION_NAME => return read_version(text),
        SPEED => place.settings.speed = read_speed(text)?,
        MODELS => place.settings.models = read_models(lesson, text)?,
        AT => place.look.at = read_instant(text).ok_or_else(|| wrong("a number of seconds, such as 2.5"))?,
        SEEN => {
            let window =
                read_window(text).ok_or_else(|| wrong("two numbers of seconds, the later one last, such as 1_2.5"))?;
            place.look.window = Some(window);
        }
        SAID => {
            let answers = Answers::read(lesson, text);
            place.answers = answers.ok_or_else(|| wrong("answers to this lesson's questions, such as 1_2.5_c"))?;
        }
        _ if machine::NAMES.contains(&name) => return place.settings.machine.read(name, text),
        _ => {
            let parameters = lesson.parameters.iter().map(|parameter| parameter.name);
            let names: Vec<&str> = parameters.chain(OWN).chain(machine::NAMES).collect();
            return Err(unknown_parameter(name, &names));
        }
    }
    Ok(())
}

fn read_instant(text: &str) -> Option<Nanos> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=1e9).contains(seconds))?;
    Some(Nanos((seconds * 1e9).round() as u64))
}

fn read_window(text: &str) -> Option<Window> {
    let (start, end) = text.split_once('_')?;
    let window = Window { start: read_instant(start)?, end: read_instant(end)? };
    (window.start < window.end).then_some(window)
}

/// A link of a later version says so; what of it is known is taken all the same.
fn read_version(text: &str) -> Result<(), Diagnostic> {
    match text.parse::<u32>() {
        Ok(version) if (1..=VERSION).contains(&version) => Ok(()),
        Ok(_) => Err(Diagnostic::new(
            "version of the link",
            text,
            format!("at most {VERSION} for this page, which may be an old one in the browser’s cache: reload it"),
            None,
        )),
        Err(_) => Err(Diagnostic::new("version of the link", text, format!("1 to {VERSION}"), None)),
    }
}

fn read_models(lesson: &Lesson, text: &str) -> Result<Vec<Model>, Diagnostic> {
    let known = lesson.models.iter().map(|model| model.id());
    let named = text.split('.').map(|id| {
        let found = lesson.models.iter().copied().find(|model| model.id() == id);
        found.ok_or_else(|| Diagnostic::unknown_name(MODELS, id, known.clone()))
    });
    let named = named.collect::<Result<Vec<_>, _>>()?;
    Ok(lesson.models.iter().copied().filter(|model| named.contains(model)).collect())
}

/// The address of a place, relative to the page's own folder. It names every parameter, and of all else what is not usual.
pub fn write(place: &Place) -> String {
    let Place::Lesson(place) = place else { return "./".to_owned() };
    let LessonPlace { lesson, settings, look, answers } = place;
    let mut query = query();
    query.append_pair(LESSON, lesson.id);
    for (name, text) in settings.values.texts() {
        query.append_pair(&name, &text);
    }
    query.append_pair(SPEED, &settings.speed.factor().to_string());
    for (name, text) in settings.machine.texts() {
        // A lesson's own parameter of this name speaks for it.
        if !machine::is_lessons_own(lesson, name) {
            query.append_pair(name, &text);
        }
    }
    if settings.models != lesson.models {
        let ids: Vec<&str> = settings.models.iter().map(|model| model.id()).collect();
        query.append_pair(MODELS, &ids.join("."));
    }
    if look.at > Nanos::ZERO {
        query.append_pair(AT, &look.at.as_secs_f64().to_string());
    }
    if let Some(Window { start, end }) = look.window {
        query.append_pair(SEEN, &format!("{}_{}", start.as_secs_f64(), end.as_secs_f64()));
    }
    if !answers.is_empty() {
        query.append_pair(SAID, &answers.text());
    }
    query.append_pair(VERSION_NAME, &VERSION.to_string());
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
    use engine::costs::Preset;
    use lessons::{Kind, Parameter, catalogue};
    use proptest::prelude::*;

    use super::*;
    use crate::state::said::{Guess, Said, Sure, fits};

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

    const DEFAULTS: &str = "?lesson=delay-messages&messages=TWO%3D2%2CTHREE%3D3&workers=2&speed=1&v=2";

    #[test]
    fn an_address_comes_back_as_it_was_written() {
        let other = "?lesson=delay-messages&messages=%C3%84_1%3D0.5%2CB%3D60&workers=64&speed=10&costs=native&cores=2\
                     &gil=off&seed=7&models=threads.event-loop&at=2.25&seen=1.5_2.75&said=1_3_c*2_x&v=2";
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
    fn a_link_of_the_first_version_means_what_it_meant_and_one_of_a_later_says_so() {
        check("?lesson=delay-messages&messages=TWO%3D2%2CTHREE%3D3&workers=2&speed=1", DEFAULTS, &[]);
        check("?lesson=delay-messages&v=1", DEFAULTS, &[]);
        check("?lesson=delay-messages&v=3", DEFAULTS, &["version of the link: got “3”, but it must be at most 2"]);
        check("?lesson=delay-messages&v=x", DEFAULTS, &["version of the link: got “x”"]);
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_is_kept() {
        let given = "?lesson=delay-messages&workers=10000&messages=A%3D1&speed=3&wokers=3&utm=x&workers=4";
        check(
            given,
            "?lesson=delay-messages&messages=A%3D1&workers=2&speed=1&v=2",
            &["given once", "workers: got “10000”", "speed: got “3”", "Did you mean workers?", "got “utm”"],
        );
        for text in ["-1", "1e9", "NaN", "abc", "", "%00", "%FF"] {
            check(&format!("?lesson=delay-messages&messages=TWO%3D{text}"), DEFAULTS, &["messages: got"]);
        }
        for (name, text) in [
            ("costs", "cpyhton"),
            ("cores", "0"),
            ("gil", "maybe"),
            ("seed", "-1"),
            ("models", "thread"),
            ("models", ""),
            ("at", "NaN"),
            ("seen", "2_1"),
            ("said", "1_o1_c"),
        ] {
            check(&format!("?lesson=delay-messages&{name}={text}"), DEFAULTS, &[&format!("{name}: got")]);
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

    /// A text that a parameter takes, chosen by a number.
    fn some_text(parameter: &Parameter, choice: u32) -> String {
        let share = f64::from(choice) / f64::from(u32::MAX);
        match parameter.kind {
            Kind::Count { least, most } => (least + (share * f64::from(most - least)) as u32).to_string(),
            Kind::Seconds { least, most } => (least + share * (most - least)).to_string(),
            Kind::Share => share.to_string(),
            Kind::Switch => if share < 0.5 { "on" } else { "off" }.to_owned(),
            Kind::Choice(choices) => choices[choice as usize % choices.len()].0.to_owned(),
            Kind::Counts { longest, least, .. } => vec![least.to_string(); 1 + choice as usize % longest].join(","),
            Kind::Messages { most, .. } => {
                let count = 1 + choice as usize % most;
                (0..count).map(|index| format!("MESSAGE_{index:02}={share:.2}")).collect::<Vec<_>>().join(",")
            }
            Kind::Latency { .. } => format!("log-normal {share} 0.5"),
        }
    }

    proptest! {
        /// Whatever a page can show, its link brings back, and is short enough to be passed on.
        #[test]
        fn every_place_comes_back_from_its_link(
            lesson in 0..catalogue().len(),
            choices in proptest::collection::vec(any::<u32>(), 16),
            preset in 0..Preset::ALL.len(),
            (keeps_gil, cores, seed) in (any::<bool>(), 0_u16..=64, any::<u64>()),
            (models, at, seen) in (1_usize..512, 0_u64..1 << 50, proptest::option::of((0_u64..1 << 49, 2_u64..1 << 49))),
        ) {
            let lesson = catalogue()[lesson];
            let texts: Vec<_> = lesson
                .parameters
                .iter()
                .zip(&choices)
                .map(|(parameter, choice)| (parameter.name.to_owned(), some_text(parameter, *choice)))
                .collect();
            let is_own = |name| machine::is_lessons_own(lesson, name);
            let mut chosen: Vec<Model> = lesson.models.to_vec();
            let kept = models % (1 << chosen.len());
            let mut place = 0;
            chosen.retain(|_| { place += 1; kept & (1 << (place - 1)) != 0 });
            let machine = Machine {
                preset: Preset::ALL[preset],
                cores: None,
                keeps_gil: keeps_gil || is_own(machine::GIL),
                seed,
            };
            let settings = Settings {
                values: Values::read(lesson.parameters, &texts).expect("the values are right"),
                speed: Speed::new(f64::from(SPEEDS[choices[0] as usize % 4])).expect("a speed"),
                machine: if is_own(machine::CORES) || cores == 0 { machine } else { machine.with_cores(cores) },
                models: if chosen.is_empty() { lesson.models.to_vec() } else { chosen },
            };
            let mut answers = Answers::default();
            for (place, question) in lesson.questions.iter().enumerate() {
                let guess = Guess::Number(f64::from(choices[place]) / 64.0);
                let said = [Said::Guessed(guess, Sure::Fairly), Said::Guessed(Guess::Option(1), Sure::Certain), Said::Skipped];
                answers.say(place, said.into_iter().find(|said| fits(question, *said)).expect("one fits"));
            }
            let window = seen.map(|(start, length)| Window { start: Nanos(start), end: Nanos(start + length) });
            let there = LessonPlace { lesson, settings, look: Look { at: Nanos(at), window }, answers };
            let link = write(&Place::Lesson(there.clone()));
            let Reading { place, complaints } = read(&link);
            prop_assert!(complaints.is_empty(), "{complaints:?}");
            let Place::Lesson(back) = place else { panic!("{link} leads home") };
            prop_assert_eq!(&back.settings, &there.settings);
            let differ = |a: Nanos, b: Nanos| a.since(b).max(b.since(a)) > Nanos(1);
            prop_assert!(!differ(back.look.at, there.look.at));
            match (back.look.window, there.look.window) {
                (Some(back), Some(there)) => prop_assert!(!differ(back.start, there.start) && !differ(back.end, there.end)),
                (back, there) => prop_assert_eq!(back, there),
            }
            prop_assert_eq!(&back.answers, &there.answers);
            prop_assert!(link.len() < LONGEST, "{} characters", link.len());
        }
    }
}
