//! Lesson 9: what was published, the floor that handling is, and how many connections are opened.

use crate::predicting::Predicting;
use engine::model::Model;
use engine::time::Nanos;

const MODELS: [Model; 4] = [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop];

#[test]
fn what_was_published_is_predicted() {
    Predicting::new("downloads").bears_out_what_was_published();
}

#[test]
fn handling_is_the_floor_of_every_model_under_one_gil() {
    for model in MODELS {
        let values = [("handling", "0.01"), ("latency", "constant 0"), ("connect", "0")];
        let trace = Predicting::new("downloads").free_of_charge().run(model, &values);
        assert_eq!(trace.summary().expect("the run ended").wall, Nanos(160 * 10_000_000), "{model}");
    }
}

#[test]
fn requests_without_handling_come_in_rounds_of_as_many_as_may_be_under_way() {
    let free = Predicting::new("downloads").free_of_charge();
    let check = |model, session, rounds: u64| {
        let session = [("session", session), ("connections", "40"), ("pool", "8")];
        let network = [("handling", "0"), ("latency", "constant 1"), ("connect", "0")];
        let trace = free.run(model, &[&session[..], &network].concat());
        assert_eq!(trace.summary().expect("the run ended").wall, Nanos(rounds * 1_000_000_000), "{model} {session:?}");
    };
    for (session, of_a_task_each) in [("shared", 160 / 40), ("thread", 160 / 8)] {
        check(Model::Sequential, session, 160);
        check(Model::ThreadPool, session, 160 / 8);
        check(Model::Threads, session, of_a_task_each);
        check(Model::EventLoop, session, of_a_task_each);
    }
}

/// Forty requests to each of two sites may be under way, or four; the first round opens the connections, and the others
/// find them idle.
#[test]
fn a_connection_is_opened_only_where_none_is_idle() {
    let opened = |model, session, pool| {
        let values = [
            ("session", session),
            ("pool", pool),
            ("connections", "80"),
            ("latency", "constant 0.1"),
            ("handling", "0"),
        ];
        let trace = Predicting::new("downloads").free_of_charge().run(model, &values);
        trace.outcome().expect("it ended")["connections"]
    };
    assert_eq!(opened(Model::Sequential, "shared", "8"), 2);
    assert_eq!(opened(Model::ThreadPool, "shared", "8"), 8);
    assert_eq!(opened(Model::ThreadPool, "thread", "8"), 8);
    assert_eq!(opened(Model::EventLoop, "shared", "8"), 80);
    assert_eq!(opened(Model::EventLoop, "thread", "8"), 8);
    assert_eq!(opened(Model::Threads, "shared", "8"), 80);
}

#[test]
fn the_log_says_when_all_is_there() {
    for model in MODELS {
        let log =
            ["00:00:00:MainThread:Main started", "00:00:00:MainThread:2 downloaded", "00:00:00:MainThread:Main ended"];
        Predicting::new("downloads").says(model, &[("repeats", "1")], &log);
    }
}
