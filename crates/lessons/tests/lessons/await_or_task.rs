//! Lesson 11: the longer of two waits as a task, their sum where the request is awaited first, and the order of the lines.

use crate::predicting::Predicting;
use engine::model::Model;
use engine::time::Nanos;

#[test]
fn what_was_published_is_predicted() {
    Predicting::new("await-or-task").bears_out_what_was_published();
}

#[test]
fn a_task_runs_once_the_main_task_waits() {
    Predicting::new("await-or-task").says(
        Model::EventLoop,
        &[],
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:MainThread:other work started",
            "00:00:00:MainThread:request sent",
            "00:00:01:MainThread:answer received",
            "00:00:05:MainThread:other work ended",
            "00:00:05:MainThread:Main ended",
        ],
    );
}

#[test]
fn what_is_awaited_first_ends_before_the_next_line() {
    for (model, lane) in [(Model::EventLoop, "MainThread"), (Model::Threads, "Thread-1")] {
        Predicting::new("await-or-task").says(
            model,
            &[("start", "await")],
            &[
                "00:00:00:MainThread:Main started",
                &format!("00:00:00:{lane}:request sent"),
                &format!("00:00:01:{lane}:answer received"),
                "00:00:01:MainThread:other work started",
                "00:00:06:MainThread:other work ended",
                "00:00:06:MainThread:Main ended",
            ],
        );
    }
}

#[test]
fn the_end_is_the_longer_of_two_waits_or_their_sum() {
    let free = Predicting::new("await-or-task").free_of_charge();
    for (request, other) in [(1, 5), (5, 1), (3, 3), (0, 4), (4, 0)] {
        for start in ["task", "await"] {
            for model in Model::COMMON.iter().copied() {
                let overlaps = start == "task" && model != Model::Sequential;
                let seconds: u64 = if overlaps { request.max(other) } else { request + other };
                let values = [("start", start), ("request", &*request.to_string()), ("other", &*other.to_string())];
                let wall = free.run(model, &values).summary().expect("the run ended").wall;
                assert_eq!(wall, Nanos(seconds * 1_000_000_000), "{model}: {values:?}");
            }
        }
    }
}
