//! Explanations: why a task was not running at an instant, step by step to whoever ends it.

use engine::model::Model;
use engine::trace::{State, TaskId, Trace};

use super::plan::Do::*;
use super::plan::{many, milliseconds, named, run};

#[test]
fn why_names_who_keeps_the_loop() {
    let plan = named([vec![Sleep(1000)], vec![Block(3000)]], ["ONE", "THREE"]);
    let trace = run(plan, Model::EventLoop);
    let chain = why(&trace, "ONE", 2000);
    assert_eq!(chain.len(), 2, "{chain:?}");
    let first = "ONE is ready from 1.000 s until its turn comes at 3.000 s: the event loop is busy with THREE.";
    assert_eq!(chain[0], (State::Ready, first.to_owned()));
    assert!(chain[1].1.starts_with("THREE waits from 0.000 s to 3.000 s: a call that does not give way"), "{chain:?}");
}

#[test]
fn why_follows_joins_and_locks_to_whoever_sleeps() {
    let first = vec![Acquire, Sleep(1000), Release];
    let second = vec![Sleep(100), Acquire, Sleep(1000), Release];
    let third = vec![Sleep(200), Acquire, Release];
    let trace = run(named([first, second, third], ["A", "B", "C"]), Model::Threads);
    let names = |task, at| -> Vec<String> {
        let said = why(&trace, task, at).into_iter();
        said.map(|(_, says)| says.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(names("main", 500), ["main", "A"]);
    assert_eq!(names("C", 500), ["C", "A"]);
    // A has let go by then, and B was first in line: whoever held it when the wait began is not whoever holds it now.
    assert_eq!(names("C", 1500), ["C", "B"]);
    assert_eq!(names("main", 1500), ["main", "B"]);
    let chain = why(&trace, "C", 1500);
    assert_eq!(chain[0].1, "C is blocked from 0.200 s until B let it go on at 2.000 s: lock is held by B.");
}

#[test]
fn why_names_a_holder_who_has_not_given_its_permit_back() {
    let first = vec![Permit, Sleep(500), GiveBack, Sleep(5000)];
    let keeps = vec![Permit, Sleep(3000)];
    let jobs = [first, keeps.clone(), [vec![Sleep(100)], keeps].concat(), vec![Sleep(200), Permit]];
    let trace = run(named(jobs, ["A", "B", "C", "D"]), Model::Threads);
    assert_eq!(why(&trace, "D", 1000)[0].1, "D is blocked from 0.200 s on: permits is held by B.");
    // In the end nobody is there who could give it back.
    let chain = why(&trace, "main", 5400);
    assert_eq!(
        chain.last().map(|(_, says)| says.as_str()),
        Some("A waits from 0.500 s to 5.500 s: a timer is due at 5.500 s.")
    );
    let said = "D is blocked from 0.200 s on: permits is held by B, which has ended without letting go.";
    assert_eq!(why(&trace, "D", 5400), [(State::Blocked, said.to_owned())]);
}

#[test]
fn why_names_a_deadlock() {
    let left = vec![Acquire, Sleep(100), AcquireOther, ReleaseOther, Release];
    let right = vec![AcquireOther, Sleep(100), Acquire, Release, ReleaseOther];
    for model in [Model::Threads, Model::EventLoop] {
        let trace = run(named([left.clone(), right.clone()], ["A", "B"]), model);
        let chain = why(&trace, "A", 100);
        assert_eq!(chain.len(), 2, "{model}: {chain:?}");
        let said = &chain[1].1;
        let deadlock = "B is blocked from 0.100 s on: lock is held by A. So A and B wait for one another: a deadlock, which nobody \
                        is left to end.";
        assert_eq!(said, deadlock, "{model}");
    }
    // Whoever gives up ends the circle.
    let patient = vec![Acquire, Sleep(100), TryOther(400), Release];
    let trace = run(named([patient, right], ["A", "B"]), Model::Threads);
    let chain = why(&trace, "B", 300);
    assert!(chain[1].1.ends_with("So B and A wait for one another, until A gives up at 0.500 s."), "{chain:?}");
}

#[test]
fn why_names_the_holder_of_the_gil() {
    let trace = run(many(2, &[Spin(1000)]), Model::Threads);
    let waiting = trace.spans.iter().find(|span| span.activity.state() == State::Gil).expect("two want one GIL");
    let steps = trace.why(waiting.task, waiting.start).expect("it is there");
    let states: Vec<_> = steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [State::Gil, State::Running], "{steps:?}");
    assert!(steps[0].says.contains(": T0 holds the GIL."), "{steps:?}");
    assert!(steps[1].says.ends_with("it computes."), "{steps:?}");
}

#[test]
fn why_names_who_has_the_worker() {
    let jobs = [vec![Sleep(3000)], vec![Sleep(1000)], vec![Sleep(1000)], vec![Sleep(1000)]];
    let trace = run(named(jobs, ["A", "B", "C", "D"]), Model::ThreadPool);
    let chain = why(&trace, "C", 500);
    let said = "C stands in the queue from 0.000 s until B let it go on at 1.000 s: every worker is busy, and \
                ThreadPoolExecutor-0_1 is at B.";
    assert_eq!(chain[0], (State::Queued, said.to_owned()));
    assert_eq!(chain[1], (State::Waiting, "B waits from 0.000 s to 1.000 s: a timer is due at 1.000 s.".to_owned()));
    // C, which is to make room for D, has no worker yet: A is the one that has had its worker for longest.
    assert!(why(&trace, "D", 500)[0].1.ends_with("and ThreadPoolExecutor-0_0 is at A."));
}

#[test]
fn why_says_from_when_to_when_a_task_lived() {
    let trace = run(named([vec![Sleep(1000)], vec![Sleep(2000)]], ["A", "B"]), Model::Sequential);
    let at = |task, ms| trace.why(TaskId(task), milliseconds(ms)).map_err(|error| error.to_string());
    let early =
        "B did nothing at 0.500 s, for it was spawned only at 1.000 s: ask for an instant from 1.000 s to 3.000 s.";
    assert_eq!(at(2, 500), Err(early.to_owned()));
    let late = "A did nothing at 1.500 s, for it had ended at 1.000 s: ask for an instant from 0.000 s to 1.000 s.";
    assert_eq!(at(1, 1500), Err(late.to_owned()));
    assert_eq!(at(9, 0), Err("Task 9 is none of the 3 of this run: ask for one that it has.".to_owned()));
    assert!(at(1, 999).is_ok());
}

fn why(trace: &Trace, task: &str, at: u64) -> Vec<(State, String)> {
    let number = (0..trace.tasks.len() as u32).find(|number| trace.task_name(TaskId(*number)) == task);
    let task = TaskId(number.expect("the plan names it"));
    let steps = trace.why(task, milliseconds(at)).expect("it lives at that instant");
    steps.into_iter().map(|step| (step.state, step.says)).collect()
}
