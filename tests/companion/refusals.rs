//! What is said to words that are wrong: the value, the rule and the mend, all complaints together.

use crate::companion::interleave;
use crate::{output, text};

#[test]
fn a_wrong_value_is_answered_with_what_is_allowed_and_what_is_near() {
    let delay = "but it must be a delay from 0 to 60 seconds.";
    check_refused("delay-messages --set messages=A=-1", &[&format!("messages: got “A=-1”, {delay} Did you mean A=0?")]);
    check_refused(
        "delay-messages --set messages=A=1e9",
        &[&format!("messages: got “A=1e9”, {delay} Did you mean A=60?")],
    );
    check_refused("delay-messages --set messages=A=NaN", &[&format!("messages: got “A=NaN”, {delay}")]);
    check_refused("delay-messages --set messages=A=abc", &[&format!("messages: got “A=abc”, {delay}")]);
    let list = "but it must be 1 to 32 messages written NAME=SECONDS with commas between, each from 0 to 60 s.";
    check_refused(
        "delay-messages --set messages=",
        &[&format!("messages: got “”, {list} Did you mean TWO=2,THREE=3?")],
    );
    let long: Vec<String> = (0..100_000).map(|number| format!("M{number}=1")).collect();
    // Longer than a command line may be on some systems as one word, so not all of it.
    let long = format!("messages={}", long[..5000].join(","));
    check_refused_words(&["delay-messages", "--set", &long], &[&format!("messages: got “5000 messages”, {list}")]);
    let own = "blocking-call --set messages=X=1,main=2 --set blocking=x";
    let name = "messages: got “main”, but it must be a name other than main, the first task, and none, which stands for nobody.";
    check_refused(own, &[&format!("{name} Did you mean MAIN=2?")]);
    let blocking = "blocking: got “x”, but it must be one of none, X, Y. Did you mean X?";
    check_refused("blocking-call --set messages=X=1,Y=2 --set blocking=x", &[blocking]);
    let workers = "but it must be a whole number from 1 to 64.";
    check_refused("delay-messages --set workers=0", &[&format!("workers: got “0”, {workers} Did you mean 1?")]);
    check_refused(
        "delay-messages --set workers=10000",
        &[&format!("workers: got “10000”, {workers} Did you mean 64?")],
    );
}

#[test]
fn a_wrong_option_is_answered_in_the_same_way() {
    let speed = "but it must be a number from 0.01 to 1000.";
    for (given, near) in [("0", " Did you mean 0.01?"), ("-1", " Did you mean 0.01?"), ("inf", " Did you mean 1000?")] {
        check_refused(&format!("delay-messages --speed {given}"), &[&format!("--speed: got “{given}”, {speed}{near}")]);
    }
    for given in ["nan", "abc"] {
        check_refused(&format!("delay-messages --speed {given}"), &[&format!("--speed: got “{given}”, {speed}")]);
    }
    for (given, near) in [("0", "1"), ("1001", "1000")] {
        let repeat =
            format!("--repeat: got “{given}”, but it must be a whole number from 1 to 1000. Did you mean {near}?");
        check_refused(&format!("delay-messages --repeat {given}"), &[&repeat]);
    }
    for (given, near) in [("-1", "0"), ("18446744073709551616", "18446744073709551615")] {
        let seed = "but it must be a whole number from 0 to 18446744073709551615.";
        let seed = format!("--seed: got “{given}”, {seed} Did you mean {near}?");
        check_refused(&format!("delay-messages --seed {given}"), &[&seed]);
    }
    let costs = "--costs: got “cpythn”, but it must be one of cpython, cpython-no-gil, browser, native, or a file that \
                 `interleave calibrate --out` wrote. Did you mean cpython?";
    check_refused("delay-messages --costs cpythn", &[costs]);
}

#[test]
fn a_wrong_name_is_answered_with_the_nearest_and_all_complaints_come_together() {
    let unknown = interleave("run delay-mesages").output().unwrap();
    let said = text(&unknown.stderr);
    assert_eq!((unknown.status.code(), said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.starts_with("error: lesson: got “delay-mesages”, but it must be one of delay-messages, "), "{said}");
    assert!(said.ends_with(" Did you mean delay-messages?\n"), "{said}");
    check_refused(
        "delay-messages --model thread-pol --set worker=2 --set workers --set workers=1 --set workers=2",
        &[
            "--set: got “workers”, but it must be a name and a value, written NAME=VALUE. Did you mean workers=2?",
            "parameter: got “worker”, but it must be one of messages, workers. Did you mean workers?",
            "workers: got “2”, but it must be given once.",
            "--model: got “thread-pol”, but it must be one of sequential, threads, thread-pool, event-loop, process-pool. \
             Did you mean thread-pool?",
        ],
    );
    check_refused(
        "lost-update --model process-pool",
        &[
            "--model: got “process-pool”, but it must be one of sequential, threads, thread-pool, event-loop. Processes \
           share no memory: each would count in a copy of its own, and the counter would stay what it was.",
        ],
    );
    check_refused_call(
        "lessons fan-out --python thread",
        &["--python: got “thread”, but it must be one of sequential, threads, thread-pool, event-loop, process-pool. \
           Did you mean threads?"],
    );
    check_refused_call(
        "lessons lost-update --python process-pool",
        &[
            "--python: got “process-pool”, but it must be one of sequential, threads, thread-pool, event-loop. Processes \
           share no memory: each would count in a copy of its own, and the counter would stay what it was.",
        ],
    );
    // A word that clap itself does not know has the same exit code.
    assert_eq!(output("run delay-messages --modl threads").status.code(), Some(2));
    assert_eq!(output("rum").status.code(), Some(2));
}

#[track_caller]
fn check_refused(words: &str, complaint: &[&str]) {
    check_refused_words(&words.split(' ').collect::<Vec<_>>(), complaint);
}

#[track_caller]
fn check_refused_words(words: &[&str], complaint: &[&str]) {
    check_refused_by("run --clock virtual", words, complaint);
}

/// That a whole call is refused, with these complaints and nothing else.
#[track_caller]
pub fn check_refused_call(words: &str, complaint: &[&str]) {
    check_refused_by("", &words.split(' ').collect::<Vec<_>>(), complaint);
}

#[track_caller]
fn check_refused_by(command: &str, words: &[&str], complaint: &[&str]) {
    let output = interleave(command).args(words).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
    assert!(output.stdout.is_empty(), "{words:?}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), complaint.len(), "{words:?}: {said}");
    for (line, complaint) in lines.iter().zip(complaint) {
        assert_eq!(line, &format!("error: {complaint}"), "{words:?}");
    }
}
