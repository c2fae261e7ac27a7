//! Lesson 3 as it was published: who reads and writes in which order, and what is left in the counter.

use engine::model::Model;
use engine::simulate::simulate;
use engine::trace::Trace;
use lessons::{Lesson, Values};

#[test]
fn without_a_lock_both_threads_read_before_either_writes() {
    for (model, lanes) in [
        (Model::Threads, ["Thread-1", "Thread-2"]),
        (Model::ThreadPool, ["ThreadPoolExecutor-0_0", "ThreadPoolExecutor-0_1"]),
    ] {
        let [first, second] = lanes;
        let log: Vec<_> = predict(model, &[]).log().iter().map(ToString::to_string).collect();
        assert_eq!(
            log,
            [
                "00:00:00:MainThread:Main started".to_owned(),
                format!("00:00:00:{first}:Update 1 started"),
                format!("00:00:00:{first}:Update 1 pausing"),
                format!("00:00:00:{second}:Update 2 started"),
                format!("00:00:00:{second}:Update 2 pausing"),
                format!("00:00:02:{first}:Update 1 read 0"),
                format!("00:00:02:{second}:Update 2 read 0"),
                format!("00:00:02:{first}:Update 1 wrote 1"),
                format!("00:00:02:{second}:Update 2 wrote 1"),
                "00:00:02:MainThread:The counter is 1".to_owned(),
                "00:00:02:MainThread:Main ended".to_owned(),
            ],
            "{model}"
        );
    }
}

#[test]
fn under_a_lock_and_on_a_loop_each_reads_what_the_other_wrote() {
    let in_turn = ["Update 1 read 0", "Update 1 wrote 1", "Update 2 read 1", "Update 2 wrote 2"];
    for (model, lock) in [(Model::Threads, "on"), (Model::ThreadPool, "on"), (Model::EventLoop, "off")] {
        assert_eq!(accesses(&predict(model, &[("lock", lock)])), in_turn, "{model}");
    }
}

#[test]
fn an_await_in_between_loses_updates_on_a_loop_too() {
    let values = [("await", "on")];
    let lost = ["Update 1 read 0", "Update 2 read 0", "Update 1 wrote 1", "Update 2 wrote 1"];
    assert_eq!(accesses(&predict(Model::EventLoop, &values)), lost);
}

/// However many update, however long they take: a lock lets none be lost, and neither does a task that never gives way.
/// Where every one reads before any writes, one update is left.
#[test]
fn what_is_left_in_the_counter() {
    for updates in ["1", "2", "3", "7", "16"] {
        let all: i64 = updates.parse().expect("it is a number");
        for change in ["0", "0.02", "0.3"] {
            for (model, lock, awaits, gil, expected) in [
                (Model::Sequential, "off", "on", "on", all),
                (Model::Threads, "on", "off", "on", all),
                (Model::Threads, "on", "on", "off", all),
                (Model::ThreadPool, "on", "on", "on", all),
                (Model::EventLoop, "off", "off", "on", all),
                (Model::EventLoop, "on", "on", "on", all),
                (Model::EventLoop, "off", "on", "on", 1),
                (Model::Threads, "off", "on", "on", 1),
                (Model::Threads, "off", "on", "off", 1),
                (Model::ThreadPool, "off", "off", "on", if change == "0" { all } else { 1 }),
            ] {
                let values =
                    [("updates", updates), ("change", change), ("lock", lock), ("await", awaits), ("gil", gil)];
                assert_eq!(left(&predict(model, &values)), Some(expected), "{model}: {values:?}");
            }
        }
    }
}

#[test]
fn the_gil_hides_an_update_that_is_over_within_its_switch_interval() {
    let short = ("change", "0.002");
    assert_eq!(left(&predict(Model::Threads, &[short])), Some(2));
    assert_eq!(left(&predict(Model::Threads, &[short, ("gil", "off")])), Some(1));
}

#[test]
fn published_figures_hold() {
    for row in lesson().published {
        let compared = row.compare(lesson()).expect("the row's values are within their bounds");
        assert!(compared.holds, "{}: {compared:?}", row.of);
    }
}

fn accesses(trace: &Trace) -> Vec<&str> {
    let of_the_counter = |text: &&str| text.contains("read") || text.contains("wrote");
    trace.log().iter().map(|line| line.text).filter(of_the_counter).collect()
}

fn left(trace: &Trace) -> Option<i64> {
    trace.outcome()?.get("final").copied()
}

fn predict(model: Model, values: &[(&str, &str)]) -> Trace {
    let given: Vec<_> = values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let prepared =
        lesson().prepare(&Values::read(lesson().parameters, &given).expect("the values are within their bounds"));
    simulate(&prepared.program, &prepared.settings(model, 0))
}

fn lesson() -> &'static Lesson {
    lessons::find("lost-update").expect("lesson 3 is open")
}
