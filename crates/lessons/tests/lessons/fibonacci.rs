//! Lesson 7: the published numbers, the order in which the jobs end, and the floor under the pool.

use crate::predicting::Predicting;
use engine::costs::Costs;
use engine::model::Model;
use engine::work::Computation;

#[test]
fn what_was_published_is_predicted() {
    Predicting::new("fibonacci").bears_out_what_was_published();
}

#[test]
fn one_after_another_each_job_ends_before_the_next_begins() {
    for model in [Model::Sequential, Model::EventLoop] {
        Predicting::new("fibonacci").says(
            model,
            &[],
            &[
                "00:00:00:MainThread:Main started",
                "00:00:00:MainThread:fib(28) started",
                "00:00:00:MainThread:fib(28) = 317811",
                "00:00:00:MainThread:fib(30) started",
                "00:00:00:MainThread:fib(30) = 832040",
                "00:00:00:MainThread:fib(32) started",
                "00:00:01:MainThread:fib(32) = 2178309",
                "00:00:01:MainThread:Main ended",
            ],
        );
    }
}

#[test]
fn a_pool_is_done_with_its_longest_job() {
    Predicting::new("fibonacci").says(
        Model::ProcessPool,
        &[],
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:ForkPoolWorker-1:fib(28) started",
            "00:00:00:ForkPoolWorker-2:fib(30) started",
            "00:00:00:ForkPoolWorker-3:fib(32) started",
            "00:00:00:ForkPoolWorker-1:fib(28) = 317811",
            "00:00:00:ForkPoolWorker-2:fib(30) = 832040",
            "00:00:00:ForkPoolWorker-3:fib(32) = 2178309",
            "00:00:00:MainThread:Main ended",
        ],
    );
}

#[test]
fn threads_under_the_gil_end_in_the_order_of_their_work() {
    let trace = Predicting::new("fibonacci").run(Model::Threads, &[("n", "32,30,28")]);
    let ended: Vec<_> = trace.log().iter().map(|line| line.text).filter(|text| text.contains('=')).collect();
    assert_eq!(ended, ["fib(28) = 317811", "fib(30) = 832040", "fib(32) = 2178309"]);
}

/// Whatever the order and the size of the pool: the longest job is the floor, and with a process a job it is the end.
#[test]
fn no_pool_is_done_before_its_longest_job() {
    let cost = |n| Computation::Fibonacci { n }.cost(&Costs::FREE);
    let free = Predicting::new("fibonacci").free_of_charge();
    let wall = |n: &str, processes: &str| {
        let trace = free.run(Model::ProcessPool, &[("n", n), ("processes", processes)]);
        trace.summary().expect("the run ended").wall
    };
    for n in ["28,30,32", "32,30,28", "30,32,28"] {
        for processes in ["3", "4", "64"] {
            assert_eq!(wall(n, processes), cost(32), "{n} on {processes}");
        }
    }
    assert_eq!(wall("28,30,32", "2"), cost(28) + cost(32), "the longest is taken last");
    assert_eq!(wall("32,30,28", "2"), cost(32), "the longest is taken first");
}
