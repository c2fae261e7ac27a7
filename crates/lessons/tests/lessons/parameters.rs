//! What people type, read and answered: bounds, words, and that what was read can be written and read again.

use lessons::{Diagnostic, Parameter, Value, Values};

fn parameter(name: &str) -> &'static Parameter {
    let lesson = lessons::find("delay-messages").expect("lesson 1 is open");
    lesson.parameters.iter().find(|parameter| parameter.name == name).expect("the lesson has this parameter")
}

#[test]
fn what_is_in_bounds_is_read_and_written_back() {
    for (name, text, written) in [
        ("messages", "TWO=2,THREE=3", "TWO=2,THREE=3"),
        ("messages", " A = 0 , ünï-c_1=59.999 ", "A=0,ünï-c_1=59.999"),
        ("messages", "A=1e1,B=60,C=0.000000001", "A=10,B=60,C=0.000000001"),
        ("workers", "1", "1"),
        ("workers", " 64 ", "64"),
    ] {
        let value = parameter(name).read(text).unwrap_or_else(|diagnostic| panic!("{diagnostic}"));
        assert_eq!(value.text(), written);
        assert_eq!(parameter(name).read(written), Ok(value));
    }
}

#[test]
fn a_time_may_have_a_unit() {
    let wait = &lessons::advice::LOADS.parameters[0];
    for (text, written) in [("200ms", "0.2"), ("0.2 s", "0.2"), ("7us", "0.000007"), ("1m", "60"), (" 3 ", "3")] {
        assert_eq!(wait.read(text).map(|value| value.text()), Ok(written.to_owned()), "{text}");
    }
    for (text, said) in [
        ("61s", "wait: got “61s”, but it must be a time from 0 to 60 seconds. Did you mean 60?"),
        ("3h", "wait: got “3h”"),
        ("s", "wait: got “s”"),
        ("", "wait: got “”"),
    ] {
        let diagnostic = wait.read(text).expect_err("it is out of bounds").to_string();
        assert!(diagnostic.starts_with(said), "{text}: {diagnostic}");
    }
}

#[test]
fn what_is_out_of_bounds_is_answered_with_the_value_the_rule_and_the_mend() {
    let longer_than_allowed = vec!["A=1"; 33].join(",");
    for (name, text, said) in [
        (
            "messages",
            "TWO=-1",
            "messages: got “TWO=-1”, but it must be a delay from 0 to 60 seconds. Did you mean TWO=0?",
        ),
        ("messages", "TWO=1e9", "got “TWO=1e9”, but it must be a delay from 0 to 60 seconds. Did you mean TWO=60?"),
        ("messages", "TWO=NaN", "got “TWO=NaN”, but it must be a delay from 0 to 60 seconds."),
        ("messages", "TWO=inf", "Did you mean TWO=60?"),
        ("messages", "TWO=abc", "got “TWO=abc”, but it must be a delay from 0 to 60 seconds."),
        ("messages", "TWO", "a name and a delay in seconds, written NAME=SECONDS. Did you mean TWO=1?"),
        ("messages", "", "got “”, but it must be 1 to 32 messages"),
        ("messages", "A=1,,B=2", "got “”"),
        ("messages", "a b=1", "got “a b”, but it must be a name of 1 to 12 letters"),
        ("messages", "A=1,A=2", "got “A twice”"),
        (
            "messages",
            "A=1,main=2",
            "got “main”, but it must be a name other than main, the first task, and none, which stands for nobody. Did you mean \
             MAIN=2?",
        ),
        ("messages", "none=1", "Did you mean NONE=1?"),
        ("messages", &longer_than_allowed, "got “33 messages”, but it must be 1 to 32 messages"),
        ("workers", "0", "workers: got “0”, but it must be a whole number from 1 to 64. Did you mean 1?"),
        ("workers", "10000", "Did you mean 64?"),
        ("workers", "2.4", "Did you mean 2?"),
        ("workers", "-1", "Did you mean 1?"),
        ("workers", "NaN", "got “NaN”, but it must be a whole number from 1 to 64."),
        ("workers", "two", "got “two”"),
    ] {
        let diagnostic = parameter(name).read(text).expect_err("it is out of bounds").to_string();
        assert!(diagnostic.contains(said), "{text}: {diagnostic}");
    }
}

#[test]
fn all_complaints_come_at_once_and_huge_ones_are_cut_short() {
    let given = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let huge = "9".repeat(100_000);
    let parameters = lessons::find("delay-messages").expect("lesson 1 is open").parameters;
    let wrong = Values::read(
        parameters,
        &given(&[("wrokers", "3"), ("workers", &huge), ("messages", "A=1"), ("messages", "B=1")]),
    )
    .expect_err("three things are wrong");
    let said: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("Did you mean workers?"), "{said:?}");
    assert!(said[1].chars().count() < 200, "{said:?}");
    assert!(said[2].contains("given once"), "{said:?}");
}

/// A name out of a list is looked for in the list as it is given, in whichever order the two come.
#[test]
fn a_name_out_of_a_list_is_in_it_or_nobodys() {
    let lesson = lessons::find("blocking-call").expect("lesson 2 is open");
    let read = |pairs: &[(&str, &str)]| {
        let given: Vec<_> = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(lesson.parameters, &given);
        let said = |wrong: Vec<Diagnostic>| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        values.map(|values| values.get("blocking").map(Value::text)).map_err(said)
    };
    let messages = ("messages", "X=1,Y=2");
    for (given, expected) in [
        (&[("blocking", "X"), messages][..], "X"),
        (&[messages, ("blocking", " Y ")], "Y"),
        (&[messages, ("blocking", "none")], "none"),
        (&[("blocking", "FIVE")], "FIVE"),
        (&[], "THREE"),
    ] {
        assert_eq!(read(given), Ok(Some(expected.to_owned())), "{given:?}");
    }
    for (given, said) in [
        (&[("blocking", "x"), messages][..], "blocking: got “x”, but it must be one of none, X, Y. Did you mean X?"),
        (
            &[("blocking", "one")],
            "blocking: got “one”, but it must be one of none, ONE, TWO, THREE, FOUR, FIVE. Did you mean ONE?",
        ),
        (&[("blocking", "None")], "Did you mean none?"),
        (
            &[messages],
            "blocking: got “THREE”, but it must be one of none, X, Y: THREE is only its default, so give one of these.",
        ),
        (&[("blocking", "a b")], "blocking: got “a b”, but it must be none or a name out of messages."),
        (&[("blocking", "")], "blocking: got “”, but it must be none or a name out of messages."),
    ] {
        let wrong = read(given).expect_err("it is in no list");
        assert!(wrong.contains(said) && !wrong.contains('\n'), "{given:?}: {wrong}");
    }
    let both = read(&[("blocking", "X"), ("messages", "X=1,X=2")]).expect_err("the list is wrong");
    assert!(
        both.starts_with("messages: ") && !both.contains('\n'),
        "of a list that is wrong nothing is missing: {both}"
    );
}

#[test]
fn a_latency_that_is_offered_would_be_taken() {
    let lesson = lessons::find("downloads").expect("the lesson is there");
    let latency = lesson.parameters.iter().find(|parameter| parameter.name == "latency").expect("it has one");
    for (text, offered) in [
        ("-1", "constant 0"),
        ("3", "constant 3"),
        ("inf", "constant 10"),
        ("constant 11", "constant 10"),
        ("uniform 5 1", "uniform 1 5"),
        ("uniform 5 -1", "uniform 0 5"),
        ("uniform -1 99", "uniform 0 10"),
        ("exponential -0.5", "exponential 0"),
        ("log-normal -1 1000", ""),
    ] {
        let nearest = latency.read(text).expect_err(text).nearest.expect("something is near");
        assert!(latency.read(&nearest).is_ok(), "{text}: {nearest} would be refused too");
        if !text.starts_with("log-normal") {
            assert_eq!(nearest, offered, "{text}");
        }
    }
}

#[test]
fn an_unknown_lesson_is_answered_with_the_nearest() {
    let said = lessons::find("delay-mesages").map(|_| ()).expect_err("no lesson is called so").to_string();
    assert!(said.contains("Did you mean delay-messages?"), "{said}");
    assert!(lessons::find("zzz").is_err_and(|diagnostic| diagnostic.nearest.is_none()));
}
