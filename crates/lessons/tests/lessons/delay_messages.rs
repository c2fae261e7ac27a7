//! Lesson 1 as it was published: what each model's log says, in which order.

use engine::costs::Costs;
use engine::model::Model;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::Trace;
use lessons::{Prepared, Values};

#[test]
fn sequential_delivers_one_message_after_the_other() {
    check(
        Model::Sequential,
        "TWO=2,THREE=3",
        2,
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:MainThread:TWO received",
            "00:00:02:MainThread:TWO printed",
            "00:00:02:MainThread:THREE received",
            "00:00:05:MainThread:THREE printed",
            "00:00:05:MainThread:Main ended",
        ],
    );
}

#[test]
fn threads_wait_together() {
    check(
        Model::Threads,
        "TWO=2,THREE=3",
        2,
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:Thread-1:TWO received",
            "00:00:00:Thread-2:THREE received",
            "00:00:02:Thread-1:TWO printed",
            "00:00:03:Thread-2:THREE printed",
            "00:00:03:MainThread:Main ended",
        ],
    );
}

#[test]
fn a_pool_reports_each_message_that_is_done() {
    for (model, lane) in [(Model::ThreadPool, "ThreadPoolExecutor-0_"), (Model::ProcessPool, "ForkPoolWorker-")] {
        let number = |worker: u8| format!("{lane}{}", if model == Model::ThreadPool { worker } else { worker + 1 });
        let (first, second) = (number(0), number(1));
        check(
            model,
            "TWO=2,THREE=3",
            2,
            &[
                "00:00:00:MainThread:Main started",
                &format!("00:00:00:{first}:TWO received"),
                &format!("00:00:00:{second}:THREE received"),
                &format!("00:00:02:{first}:TWO printed"),
                "00:00:02:MainThread:TWO done",
                &format!("00:00:03:{second}:THREE printed"),
                "00:00:03:MainThread:THREE done",
                "00:00:03:MainThread:Main ended",
            ],
        );
    }
}

#[test]
fn the_loop_registers_tasks_and_runs_all_on_one_thread() {
    check(
        Model::EventLoop,
        "TWO=2,THREE=3",
        2,
        &[
            "00:00:00:MainThread:Main started",
            "00:00:00:MainThread:1 task registered",
            "00:00:00:MainThread:3 tasks registered",
            "00:00:00:MainThread:TWO received",
            "00:00:00:MainThread:THREE received",
            "00:00:02:MainThread:TWO printed",
            "00:00:03:MainThread:THREE printed",
            "00:00:03:MainThread:Main ended",
        ],
    );
}

#[test]
fn five_gathered_are_received_in_order_and_printed_by_their_delays() {
    let trace = predict(&prepare("ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5", 2), Model::EventLoop);
    let printed: Vec<_> = trace.log().iter().map(ToString::to_string).filter(|line| line.contains("printed")).collect();
    let expected: Vec<_> = ["ONE", "TWO", "THREE", "FOUR", "FIVE"]
        .iter()
        .enumerate()
        .map(|(index, name)| format!("00:00:0{}:MainThread:{name} printed", index + 1))
        .collect();
    assert_eq!(printed, expected);
    let received: Vec<_> = trace.log().iter().map(|line| line.text).filter(|text| text.contains("received")).collect();
    assert_eq!(received, ["ONE received", "TWO received", "THREE received", "FOUR received", "FIVE received"]);
}

/// A pool of `w` workers that take the next message when they are free ends when its last worker does: computed here by
/// hand, without the engine.
#[test]
fn a_pool_of_any_size_ends_when_list_scheduling_does() {
    let delays = [5, 1, 4, 2, 3, 3, 7, 1];
    let names: Vec<_> = delays.iter().enumerate().map(|(index, delay)| format!("M{index}={delay}")).collect();
    for workers in 1..=10 {
        let mut free_at = vec![0; workers];
        for delay in delays {
            let earliest = free_at.iter_mut().min().expect("there is a worker");
            *earliest += delay;
        }
        let makespan = free_at.into_iter().max().expect("there is a worker");
        for model in [Model::ThreadPool, Model::ProcessPool] {
            let trace = predict(&prepare(&names.join(","), workers as u16), model);
            let wall = trace.summary().expect("the run ended").wall;
            assert_eq!(wall, Nanos(makespan * 1_000_000_000), "{model} of {workers}");
        }
    }
}

#[test]
fn equal_inputs_give_equal_traces() {
    for model in Model::ALL {
        let predict = || predict(&prepare("A=1,B=1,C=1,D=0", 2), model);
        assert_eq!(predict(), predict(), "{model}");
    }
}

fn check(model: Model, messages: &str, workers: u16, expected: &[&str]) {
    let log: Vec<_> = predict(&prepare(messages, workers), model).log().iter().map(ToString::to_string).collect();
    assert_eq!(log, expected, "{model}");
}

fn prepare(messages: &str, workers: u16) -> Prepared {
    let lesson = lessons::find("delay-messages").expect("lesson 1 is open");
    let given = [("messages".to_owned(), messages.to_owned()), ("workers".to_owned(), workers.to_string())];
    let values = Values::read(lesson.parameters, &given).expect("the values are within their bounds");
    // What threads and messages cost is not the matter here, and would blur the closed forms.
    lesson.prepare_on(&values, Costs::FREE)
}

fn predict(prepared: &Prepared, model: Model) -> Trace {
    simulate(&prepared.program, &prepared.settings(model, 0))
}
