//! Lesson 10: one latency and not three, and who sends when.

use crate::predicting::Predicting;
use engine::model::Model;
use engine::time::Nanos;

#[test]
fn what_was_published_is_predicted() {
    Predicting::new("fan-out").bears_out_what_was_published();
}

#[test]
fn gathered_requests_are_all_sent_before_the_first_is_answered() {
    Predicting::new("fan-out").says(
        Model::EventLoop,
        &[],
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:MainThread:request 1 sent",
            "00:00:00:MainThread:request 2 sent",
            "00:00:00:MainThread:request 3 sent",
            "00:00:01:MainThread:request 1 answered",
            "00:00:01:MainThread:request 2 answered",
            "00:00:01:MainThread:request 3 answered",
            "00:00:01:MainThread:Main ended",
        ],
    );
}

#[test]
fn a_pool_of_two_sends_the_third_when_the_first_is_answered() {
    Predicting::new("fan-out").says(
        Model::ThreadPool,
        &[("workers", "2")],
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:ThreadPoolExecutor-0_0:request 1 sent",
            "00:00:00:ThreadPoolExecutor-0_1:request 2 sent",
            "00:00:01:ThreadPoolExecutor-0_0:request 1 answered",
            "00:00:01:ThreadPoolExecutor-0_0:request 3 sent",
            "00:00:01:ThreadPoolExecutor-0_1:request 2 answered",
            "00:00:02:ThreadPoolExecutor-0_0:request 3 answered",
            "00:00:02:MainThread:Main ended",
        ],
    );
}

#[test]
fn the_end_is_one_latency_for_each_round() {
    for (requests, workers) in [(1, 1), (3, 3), (12, 3), (13, 3), (50, 64)] {
        for model in Model::COMMON.iter().copied() {
            let rounds = match model {
                Model::Sequential => requests,
                Model::ThreadPool | Model::ProcessPool => u64::div_ceil(requests, workers),
                _ => 1,
            };
            let values = [("requests", &*requests.to_string()), ("workers", &*workers.to_string())];
            let wall =
                Predicting::new("fan-out").free_of_charge().run(model, &values).summary().expect("it ended").wall;
            assert_eq!(wall, Nanos(rounds * 1_000_000_000), "{model}: {values:?}");
        }
    }
}
