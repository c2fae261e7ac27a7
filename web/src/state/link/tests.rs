//! That a link brings back whatever a page can show, and that what is wrong with one is said.

use engine::costs::{Costs, Preset};
use lessons::parameter::{CORES, GIL};
use lessons::{Answer, Kind, NOBODY, Parameter, catalogue};
use proptest::prelude::*;

use super::*;
use crate::state::charges::Charges;
use crate::state::order::Order;
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
    let other = "?lesson=delay-messages&messages=%C3%84_1%3D0.5%2CB%3D60&workers=64&costs=native&cores=2&gil=off\
                 &seed=7&speed=10&models=threads.event-loop&at=2.25&seen=1.5_2.75&said=1_3_c*2_x&v=2";
    for address in ["./", TO_OPEN, DEFAULTS, other] {
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
fn a_way_to_look_at_a_lesson_is_part_of_its_link() {
    for way in ["present", "present=3", "embed"] {
        check(&format!("?lesson=delay-messages&{way}"), &DEFAULTS.replace("&v=2", &format!("&{way}&v=2")), &[]);
    }
    check("?lesson=delay-messages&present=x", DEFAULTS, &["present: got “x”"]);
    let compared = "?compare=delay-messages&a.messages=TWO%3D2%2CTHREE%3D3&a.workers=2&a.cores=2&b.workers=1&v=2";
    check(compared, compared, &[]);
    check("?compare=delay-messages&b.workers=1&a.cores=2&a.at=1&c.x=2", compared, &["got “at”", "got “c.x”"]);
    check("?compare=delay-mesages", "./", &["Did you mean delay-messages?"]);
    check("?lesson=delay-messages&a.workers=1", DEFAULTS, &["got “a.workers”"]);
}

#[test]
fn a_link_to_nowhere_leads_home_with_a_word() {
    check("?lesson=delay-mesages", "./", &["Did you mean delay-messages?"]);
    check("?lesson=blocking", "./", &["lesson: got “blocking”"]);
    check("?workers=3", "./", &["parameter: got “workers”"]);
    check(&format!("?lesson=delay-messages&messages={}", "A".repeat(100_000)), "./", &["100031 characters"]);
}

/// A link names who blocks before it names the messages.
#[test]
fn a_name_is_looked_for_in_the_list_that_the_link_has() {
    let of = |blocking: &str, messages: &str| {
        format!("?lesson=blocking-call&blocking={blocking}&messages={messages}&repair=none&workers=5&speed=1&v=2")
    };
    for blocking in ["X", "none"] {
        check(&of(blocking, "X%3D1%2CY%3D2"), &of(blocking, "X%3D1%2CY%3D2"), &[]);
    }
    let said = "blocking: got “THREE”, but it must be one of none, X.";
    check(&of("THREE", "X%3D1"), &of("none", "X%3D1"), &[said]);
    check("?lesson=blocking-call&messages=X%3D1", &of("none", "X%3D1"), &[said]);
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
        Kind::NameIn { .. } => if share < 0.5 { NOBODY } else { "MESSAGE_00" }.to_owned(),
        Kind::Latency { .. } => format!("log-normal {share} 0.5"),
    }
}

proptest! {
    /// Whatever a page can show, its link brings back, and is short enough to be passed on.
    #[test]
    fn every_place_comes_back_from_its_link(
        lesson in 0..catalogue().len(),
        choices in proptest::collection::vec(any::<u32>(), 16),
        preset in 0..=Preset::ALL.len(),
        (keeps_gil, cores, seed) in (any::<bool>(), 0_u16..=64, any::<u64>()),
        shown in 0_u16..9,
        (models, at, seen) in (1_usize..512, 0_u64..1 << 50, proptest::option::of((0_u64..1 << 49, 2_u64..1 << 49))),
    ) {
        let lesson = catalogue()[lesson];
        let texts = |choices: &mut dyn Iterator<Item = &u32>| -> Vec<_> {
            let named = lesson.parameters.iter().zip(choices);
            named.map(|(parameter, choice)| (parameter.name.to_owned(), some_text(parameter, *choice))).collect()
        };
        let (texts, kept_texts) = (texts(&mut choices.iter()), texts(&mut choices.iter().rev()));
        let is_own = |name| machine::is_lessons_own(lesson, name);
        let mut chosen: Vec<Model> = lesson.models.to_vec();
        let kept = models % (1 << chosen.len());
        let mut place = 0;
        chosen.retain(|_| { place += 1; kept & (1 << (place - 1)) != 0 });
        let machine = Machine {
            charges: match Preset::ALL.get(preset) {
                Some(preset) => Charges::Preset(*preset),
                None => Charges::Measured(Costs { loop_turn: Nanos(seed % 1_000_000), ..Preset::Native.costs() }),
            },
            cores: None,
            keeps_gil: keeps_gil || is_own(GIL),
            seed,
        };
        let settings = Settings {
            values: Values::read(lesson.parameters, &texts).expect("the values are right"),
            speed: Speed::new(f64::from(SPEEDS[choices[0] as usize % 4])).expect("a speed"),
            machine: if is_own(CORES) || cores == 0 { machine } else { machine.with_cores(cores) },
            models: if chosen.is_empty() { lesson.models.to_vec() } else { chosen },
        };
        let mut answers = Answers::default();
        for (place, question) in lesson.questions.iter().enumerate() {
            let guess = Guess::Number(f64::from(choices[place]) / 64.0);
            let order = match question.answer {
                Answer::Order(options, _) => {
                    let mut order: Vec<usize> = (0..options.len()).collect();
                    order.rotate_left(choices[place] as usize % options.len());
                    Order::of(order)
                }
                _ => Order::default(),
            };
            let guesses = [guess, Guess::Option(1), Guess::Order(order)].map(|guess| Said::Guessed(guess, Sure::Certain));
            let mut said = guesses.into_iter().chain([Said::Skipped]);
            answers.say(place, said.find(|said| fits(question, *said)).expect("one fits"));
        }
        let window = seen.map(|(start, length)| Window { start: Nanos(start), end: Nanos(start + length) });
        let kept = Settings {
            values: Values::read(lesson.parameters, &kept_texts).expect("the values are right"),
            machine: Machine { seed: seed / 2, ..Machine::USUAL },
            ..settings.clone()
        };
        // A comparison measures nothing.
        let way = [Way::Page, Way::Embed, Way::Present(shown), Way::Compare(Box::new(Settings { speed: Speed::REAL, ..kept }))];
        let way = way[usize::from(shown) % 4].clone();
        let speed = if way.kept().is_some() { Speed::REAL } else { settings.speed };
        let settings = Settings { speed, ..settings };
        let there = LessonPlace { lesson, settings, look: Look { at: Nanos(at), window }, answers, way };
        let link = write(&Place::Lesson(Box::new(there.clone())));
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
        prop_assert_eq!(&back.way, &there.way);
        prop_assert!(link.len() < LONGEST, "{} characters", link.len());
    }
}
