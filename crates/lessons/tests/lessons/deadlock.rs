//! Lesson 4: the circle is found and named, and gone where the order is the same or patience has an end.

use engine::error::RunError;
use engine::model::Model;
use engine::trace::Trace;

const CONCURRENT: [Model; 3] = [Model::Threads, Model::ThreadPool, Model::EventLoop];

#[test]
fn opposite_orders_end_in_a_deadlock_that_names_its_cycle() {
    for model in CONCURRENT {
        let trace = predict(model, &[]);
        let texts: Vec<_> = trace.log().iter().map(|line| line.text).collect();
        assert_eq!(texts, ["Main started", "LEFT has A", "RIGHT has B", "LEFT wants B", "RIGHT wants A"], "{model}");
        let ending = trace.finished.expect("a deadlock ends the run").ending;
        let Err(RunError::Deadlock(links)) = ending else { panic!("{model} ended with {ending:?}") };
        let mut said: Vec<_> = links.iter().map(ToString::to_string).collect();
        said.sort();
        assert_eq!(said, ["LEFT waits for B, which RIGHT holds", "RIGHT waits for A, which LEFT holds"], "{model}");
    }
}

#[test]
fn in_the_same_order_the_second_waits_until_the_first_is_done() {
    for model in CONCURRENT {
        for pause in ["0", "0.5", "10"] {
            assert_eq!(
                texts(&predict(model, &[("order", "same"), ("pause", pause)])),
                [
                    "Main started",
                    "LEFT has A",
                    "LEFT wants B",
                    "LEFT has both",
                    "RIGHT has A",
                    "RIGHT wants B",
                    "RIGHT has both",
                    "Main ended"
                ],
                "{model}"
            );
        }
    }
}

#[test]
fn one_after_the_other_never_deadlocks() {
    let trace = predict(Model::Sequential, &[]);
    let done: Vec<_> = texts(&trace).into_iter().filter(|text| text.ends_with("both")).collect();
    assert_eq!(done, ["LEFT has both", "RIGHT has both"]);
}

#[test]
fn who_gives_up_lets_the_other_go_on_and_tries_again() {
    for model in CONCURRENT {
        let trace = predict(model, &[("timeout", "1")]);
        assert_eq!(
            texts(&trace),
            [
                "Main started",
                "LEFT has A",
                "RIGHT has B",
                "LEFT wants B",
                "RIGHT wants A",
                "LEFT gives up",
                "RIGHT has both",
                "LEFT has A",
                "LEFT wants B",
                "LEFT has both",
                "Main ended"
            ],
            "{model}"
        );
    }
}

#[test]
fn with_any_patience_both_are_done_in_the_end() {
    for model in CONCURRENT {
        for pause in ["0", "0.00005", "0.5", "10"] {
            for timeout in ["0.000000001", "0.000001", "0.001", "0.3", "0.5", "10"] {
                let trace = predict(model, &[("pause", pause), ("timeout", timeout)]);
                let done = texts(&trace).into_iter().filter(|text| text.ends_with("both")).count();
                assert_eq!(done, 2, "{model}, pause {pause}, patience {timeout}");
                let given_up = trace.outcome().and_then(|outcome| outcome.get("given_up").copied());
                assert!(given_up.is_some_and(|times| times <= 50), "{model}, {pause}, {timeout}: {given_up:?}");
            }
        }
    }
}

fn texts(trace: &Trace) -> Vec<&str> {
    trace.log().iter().map(|line| line.text).collect()
}

fn predict(model: Model, values: &[(&str, &str)]) -> Trace {
    let lesson = lessons::find("deadlock").expect("the lesson is open");
    let given: Vec<_> = values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let traces = lesson.predict(&given, &[model]).expect("the values are within their bounds");
    traces.into_iter().next().expect("one model was asked for")
}
