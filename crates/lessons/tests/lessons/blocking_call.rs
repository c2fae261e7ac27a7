//! Lesson 2 as it was published: who is printed when, with a call that does not give way and with its repair.

use std::time::Duration;

use engine::model::Model;
use engine::simulate::simulate;
use engine::trace::Trace;
use lessons::{Lesson, Values};

#[test]
fn whoever_is_ready_goes_before_those_whose_timers_came_due_meanwhile() {
    let log: Vec<_> = predict(Model::EventLoop, &[]).log().iter().map(ToString::to_string).collect();
    assert_eq!(
        log,
        [
            "00:00:00:MainThread:Main started",
            "00:00:00:MainThread:1 task registered",
            "00:00:00:MainThread:6 tasks registered",
            "00:00:00:MainThread:ONE received",
            "00:00:00:MainThread:TWO received",
            "00:00:00:MainThread:THREE received",
            "00:00:03:MainThread:THREE printed",
            "00:00:03:MainThread:FOUR received",
            "00:00:03:MainThread:FIVE received",
            "00:00:03:MainThread:ONE printed",
            "00:00:03:MainThread:TWO printed",
            "00:00:07:MainThread:FOUR printed",
            "00:00:08:MainThread:FIVE printed",
            "00:00:08:MainThread:Main ended",
        ]
    );
}

/// Who stands before the call waits for the longer of the two, who stands behind it waits for both in turn.
#[test]
fn a_blocking_call_delays_each_message_by_its_place_in_the_queue() {
    for delays in [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [2, 5, 1, 4, 3]] {
        let names = ["one", "Ä", "THREE", "4", "FIVE"];
        let messages: Vec<_> = names.iter().zip(delays).map(|(name, delay)| format!("{name}={delay}")).collect();
        for (blocking, call) in delays.into_iter().enumerate() {
            let values = [("messages", messages.join(",")), ("blocking", names[blocking].to_owned())];
            let values: Vec<_> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let trace = predict(Model::EventLoop, &values);
            for (place, (name, delay)) in names.iter().zip(delays).enumerate() {
                let expected =
                    if place < blocking { delay.max(call) } else { call + if place > blocking { delay } else { 0 } };
                assert_eq!(printed_s(&trace, name), expected, "{name} of {values:?}");
            }
        }
    }
}

#[test]
fn handed_to_a_thread_the_call_holds_nobody_up() {
    let log = |values: &[(&str, &str)]| -> Vec<String> {
        predict(Model::EventLoop, values).log().iter().map(ToString::to_string).collect()
    };
    for blocking in ["ONE", "THREE", "FIVE"] {
        assert_eq!(log(&[("blocking", blocking), ("repair", "to-thread")]), log(&[("blocking", "none")]));
    }
}

#[test]
fn on_threads_and_processes_a_blocking_call_is_a_wait_like_any_other() {
    for model in [Model::Sequential, Model::Threads, Model::ThreadPool, Model::ProcessPool] {
        for repair in ["none", "to-thread"] {
            let blocked = predict(model, &[("repair", repair)]);
            assert_eq!(blocked.log(), predict(model, &[("blocking", "none")]).log(), "{model}, repair {repair}");
        }
    }
}

#[test]
fn published_figures_hold() {
    for row in lesson().published {
        let compared = row.compare(lesson()).expect("the row's values are within their bounds");
        assert!(compared.holds, "{}: {compared:?}", row.of);
    }
}

/// The second in which the message was printed.
fn printed_s(trace: &Trace, name: &str) -> u64 {
    let text = format!("{name} printed");
    let log = trace.log();
    let line = log.iter().find(|line| line.text == text).expect("every message is printed");
    Duration::from(line.at).as_secs()
}

fn predict(model: Model, values: &[(&str, &str)]) -> Trace {
    let given: Vec<_> = values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let prepared =
        lesson().prepare(&Values::read(lesson().parameters, &given).expect("the values are within their bounds"));
    simulate(&prepared.program, &prepared.settings(model, 0))
}

fn lesson() -> &'static Lesson {
    lessons::find("blocking-call").expect("lesson 2 is open")
}
