//! What tasks share: step by step as CPython does it, against a naive model, and what must hold whatever tasks do.

#[path = "sync/naive.rs"]
mod naive;
#[path = "sync/program.rs"]
mod program;

use engine::sync::{Answer, Misuse, ObjectId, ObjectKind, Objects, Step, Use, Wait, Woken};
use engine::trace::TaskId;
use naive::Naive;
use program::{CONDITION, Deed, LOCK, REENTRANT, Run, TASKS, count, programs};
use proptest::prelude::*;

/// CPython 3.13 gives these answers to threads that take these steps one at a time. `late` is the end of a timeout. Where
/// two tasks go on in one step, their order is ours.
#[test]
fn tasks_get_the_answers_that_cpython_gives_to_threads() {
    // Anyone may let a plain lock go, but not a free one; who gives up leaves the order as it is.
    check(
        &[LOCK],
        "A acquire 0: A done | B acquire 0: | C acquire 0: | D acquire 0: | C late: C timed out
        Z release 0: Z done, B done | E acquire 0: | B release 0: B done, D done | D release 0: D done, E done
        E release 0: E done | A release 0: A refused",
    );
    check(&[LOCK], "A acquire 0: A done | A acquire 0: | B release 0: B done, A done");
    check(
        &[REENTRANT],
        "A acquire 0: A done | A acquire 0: A done | B acquire 0: | Z release 0: Z refused | A release 0: A done
        A release 0: A done, B done | A release 0: A refused | B release 0: B done",
    );
    // A's count comes back with the lock; B is late for the condition and still waits for the lock.
    check(
        &[REENTRANT, CONDITION],
        "A wait 1: A refused | A notify 1 1: A refused | A acquire 0: A done | A acquire 0: A done | A wait 1:
        B acquire 0: B done | B wait 1: | C acquire 0: C done | C notify 1 1: C done | B late:
        C release 0: C done, A done | A release 0: A done | A release 0: A done, B timed out
        B release 0: B done | B release 0: B refused
        D acquire 0: D done | D notify 1 5: D done | D wait 1: | D late: D timed out | D release 0: D done",
    );
    // Who was notified in time is not late.
    check(
        &[LOCK, CONDITION],
        "A acquire 0: A done | A wait 1: | B acquire 0: B done | B notify 1 1: B done | A late:
        B release 0: B done, A done | A release 0: A done | B wait 1: B refused",
    );
    // Who is notified queues up behind who waits for the lock already.
    check(
        &[LOCK, CONDITION],
        "A acquire 0: A done | A wait 1: | B acquire 0: B done | B wait 1: | C acquire 0: C done | D acquire 0:
        C notify 1 9: C done | C release 0: C done, D done | D release 0: D done, A done
        A release 0: A done, B done | B release 0: B done",
    );
    check(
        &[ObjectKind::Semaphore(2)],
        "A acquire 0: A done | B acquire 0: B done | C acquire 0: | D acquire 0: | E acquire 0: | D late: D timed out
        Z release 0: Z done, C done | Z release 0: Z done, E done | Z release 0: Z done | Z acquire 0: Z done
        Z acquire 0:",
    );
    check(
        &[ObjectKind::Event],
        "A wait 0: | B wait 0: | C wait 0: | B late: B timed out | D set 0: D done, A done, C done | D wait 0: D done
        D set 0: D done | D clear 0: D done | D wait 0:",
    );
    check(&[ObjectKind::Barrier(count(3))], "A wait 0: | B wait 0: | C wait 0: C 2, A 0, B 1 | D wait 0: | A wait 0:");
    check(
        &[ObjectKind::Queue(Some(count(2)))],
        "A put 0 1: A done | A put 0 2: A done | A put 0 3: | B put 0 4: | C put 0 5: | B late: B timed out
        D get 0: D 1, A done | D get 0: D 2, C done | D get 0: D 3 | D get 0: D 5 | D get 0: | E get 0: | F get 0:
        E late: E timed out | G put 0 6: G done, D 6 | G put 0 7: G done, F 7",
    );
}

/// As a task that is cancelled at an `asyncio.Barrier`, but that the places stay different.
#[test]
fn a_barrier_waits_for_one_more_where_one_has_left() {
    check(
        &[ObjectKind::Barrier(count(3))],
        "A wait 0: | B wait 0: | A late: A timed out | C wait 0: | D wait 0: D 2, B 0, C 1",
    );
}

#[test]
fn a_misuse_is_told_as_the_end_of_a_sentence() {
    let mut objects = Objects::default();
    let kinds = [LOCK, REENTRANT, CONDITION, ObjectKind::Event];
    let [lock, reentrant, condition, event] = kinds.map(|kind| objects.make(kind).expect("object 0 is a lock"));
    let told = |result| match result {
        Step::Refused(misuse) => Misuse::to_string(&misuse),
        other => panic!("{other:?} is no refusal"),
    };
    let mut ask = |object, what| told(objects.apply(TaskId(0), object, what, &mut Vec::new()));
    assert_eq!(ask(lock, Use::Release), "it let go of lock 0, which nobody holds: acquire it before");
    assert_eq!(
        ask(reentrant, Use::Release),
        "it let go of reentrant lock 1, which it does not hold: only its holder can"
    );
    assert_eq!(ask(condition, Use::Notify(1)), "it used condition 2 without holding lock 0: acquire the lock before");
    assert_eq!(ask(event, Use::Put(1)), "it asked event 3 to put, and can only ask it to set, clear or wait");
    assert_eq!(ask(ObjectId(9), Use::Read), "it used object 9, which was never made: make it before");
    assert_eq!(
        objects.make(ObjectKind::Condition(event)).map_err(|misuse| misuse.to_string()),
        Err("it made a condition of object 3, which is no lock: make it of a lock".to_owned())
    );
    objects.apply(TaskId(0), event, Use::Wait, &mut Vec::new());
    assert_eq!(
        told(objects.apply(TaskId(0), lock, Use::Acquire, &mut Vec::new())),
        "it used an object while it still waits for object 3: let it wait for one thing at a time"
    );
}

const CASES: u32 = if cfg!(miri) { 3 } else { 1000 };

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_is_that_of_a_model_which_searches_one_list((kinds, acts) in programs()) {
        let mut run = Run::new(&kinds);
        let mut naive = Naive::new(&kinds);
        for act in acts {
            let (deed, step, woken) = run.take(act);
            let expected = match deed {
                Deed::Use(task, object, what) => naive.apply(task, object, what),
                Deed::GiveUp(task) => naive.give_up(task),
                Deed::Forget(task) => naive.forget(task),
            };
            let told = (step.filter(|step| !matches!(step, Step::Refused(_))), woken);
            prop_assert_eq!(&told, &expected, "{:?}", deed);
            for (number, kind) in (0..).zip(&kinds) {
                let object = ObjectId(number);
                prop_assert_eq!(run.objects.line(object).collect::<Vec<_>>(), naive.line(object), "{:?}", deed);
                if matches!(*kind, LOCK | REENTRANT) {
                    prop_assert_eq!(run.objects.holders(object), naive.holders(object), "{:?}", deed);
                }
            }
            for task in (0..TASKS).map(TaskId) {
                prop_assert_eq!(run.objects.waits_on(task), naive.waits_on(task), "{:?}", deed);
            }
        }
    }

    #[test]
    fn nobody_shares_a_lock_and_nothing_is_lost_in_a_queue((kinds, acts) in programs()) {
        let mut run = Run::new(&kinds);
        let mut asked = vec![(ObjectId(0), Use::Read); TASKS as usize];
        let (mut put, mut got) = (vec![Vec::new(); kinds.len()], vec![Vec::new(); kinds.len()]);
        for act in acts {
            let (deed, step, woken) = run.take(act);
            let mut answered = woken.clone();
            match deed {
                Deed::Use(task, object, what) => {
                    if !matches!(step, Some(Step::Refused(_))) {
                        asked[task.0 as usize] = (object, what);
                    }
                    if let Some(Step::Answered(answer)) = step {
                        answered.insert(0, Woken { task, answer });
                    }
                }
                Deed::GiveUp(task) => {
                    prop_assert_eq!(&woken, &[]);
                    if let Some(Step::Answered(answer)) = step {
                        answered.push(Woken { task, answer });
                    }
                }
                Deed::Forget(_) => prop_assert_eq!(&woken, &[]),
            }
            let mut passed = 0;
            for Woken { task, answer } in answered {
                prop_assert_eq!(run.objects.waits_on(task), None);
                let (object, what) = asked[task.0 as usize];
                match (kinds[object.0 as usize], what, answer) {
                    (ObjectKind::Queue(_), Use::Put(item), Answer::Done) => put[object.0 as usize].push(item),
                    (ObjectKind::Queue(_), Use::Get, Answer::Value(item)) => got[object.0 as usize].push(item),
                    (LOCK | REENTRANT, Use::Acquire, Answer::Done) => {
                        prop_assert_eq!(run.objects.holders(object), &[task])
                    }
                    (ObjectKind::Condition(lock), Use::Wait, _) => {
                        prop_assert_eq!(run.objects.holders(lock), &[task])
                    }
                    (ObjectKind::Barrier(_), Use::Wait, Answer::Value(_)) => passed += 1,
                    _ => {}
                }
                if let ObjectKind::Barrier(parties) = kinds[object.0 as usize] {
                    prop_assert!(passed == 0 || passed <= parties.get());
                }
            }
            if let Deed::Use(_, object, Use::Wait) = deed
                && let ObjectKind::Barrier(parties) = kinds[object.0 as usize]
            {
                prop_assert!(passed == 0 || passed == parties.get());
            }
            for (number, kind) in (0..).zip(&kinds) {
                let (object, items) = (ObjectId(number), number as usize);
                match *kind {
                    ObjectKind::Semaphore(permits) => {
                        prop_assert!(run.objects.holders(object).len() <= permits as usize)
                    }
                    ObjectKind::Queue(capacity) => {
                        prop_assert!(put[items].starts_with(&got[items]));
                        let inside = put[items].len() - got[items].len();
                        prop_assert!(capacity.is_none_or(|capacity| inside <= capacity.get() as usize));
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn whoever_is_not_served_in_the_end_waits_for_a_deadlock((kinds, acts) in programs()) {
        let mut run = Run::new(&kinds);
        for act in acts {
            run.take(act);
        }
        for helper in (TASKS..TASKS + 200).map(TaskId) {
            for (number, kind) in (0..).zip(&kinds) {
                run.let_go(ObjectId(number), *kind, helper);
            }
        }
        let waiting: Vec<_> = (0..TASKS).map(TaskId).filter(|task| run.objects.waits_on(*task).is_some()).collect();
        let in_deadlock = |task: &TaskId| run.objects.cycle(*task, |_| None).is_some();
        prop_assert!(waiting.is_empty() || waiting.iter().any(in_deadlock), "{waiting:?} wait for nobody");
    }

    /// Each task holds one object and then waits for another one's object, joins another one, or does nothing.
    #[test]
    fn a_cycle_is_found_where_the_wait_for_graph_has_one(
        holds in prop::collection::vec(prop::sample::select(vec![LOCK, REENTRANT, ObjectKind::Semaphore(1)]), 1..12),
        waits in prop::collection::vec((0..3, any::<prop::sample::Index>()), 12),
    ) {
        let mut run = Run::new(&holds);
        let tasks: Vec<_> = (0..holds.len() as u32).map(TaskId).collect();
        for task in &tasks {
            run.apply(*task, ObjectId(task.0), Use::Acquire);
        }
        let (mut arrows, mut joins) = (vec![None; tasks.len()], vec![None; tasks.len()]);
        for (task, (how, whom)) in tasks.iter().zip(&waits) {
            let (this, other) = (task.0 as usize, whom.index(tasks.len()));
            match how {
                0 => continue,
                1 => joins[this] = Some(tasks[other]),
                // Who takes its own reentrant lock again does not wait.
                _ if run.apply(*task, ObjectId(other as u32), Use::Acquire) != Step::Waits => continue,
                _ => {}
            }
            arrows[this] = Some(other);
        }
        for task in &tasks {
            let mut at = Some(task.0 as usize);
            let comes_back = tasks.iter().any(|_| {
                at = at.and_then(|at| arrows[at]);
                at == Some(task.0 as usize)
            });
            let cycle = run.objects.cycle(*task, |task| joins[task.0 as usize]);
            prop_assert_eq!(cycle.is_some(), comes_back);
            let mut next = *task;
            for Wait { task, object, holder } in cycle.iter().flatten() {
                prop_assert_eq!(*task, next);
                prop_assert_eq!(Some(holder.0 as usize), arrows[task.0 as usize]);
                prop_assert_eq!(*object, run.objects.waits_on(*task));
                next = *holder;
            }
            prop_assert_eq!(next, *task);
        }
    }
}

/// Takes the steps `TASK VERB OBJECT [NUMBER]: ANSWERS`, which stand in lines or between bars, and compares the answers.
#[track_caller]
fn check(kinds: &[ObjectKind], steps: &str) {
    let mut objects = Run::new(kinds).objects;
    for step in steps.split(['\n', '|']).map(str::trim) {
        let (asked, expected) = step.split_once(':').expect("a step has a colon");
        let words: Vec<_> = asked.split(' ').collect();
        let task = TaskId(u32::from(words[0].as_bytes()[0] - b'A'));
        let number = |at: usize| words[at].parse::<u32>().expect("a number");
        let mut woken = Vec::new();
        let what = match words[1] {
            "late" => None,
            "acquire" => Some(Use::Acquire),
            "release" => Some(Use::Release),
            "set" => Some(Use::Set),
            "clear" => Some(Use::Clear),
            "wait" => Some(Use::Wait),
            "notify" => Some(Use::Notify(number(3))),
            "put" => Some(Use::Put(number(3).into())),
            "get" => Some(Use::Get),
            other => panic!("{other} is no verb"),
        };
        let came = match what {
            Some(what) => objects.apply(task, ObjectId(number(2)), what, &mut woken),
            None => objects.give_up(task).expect("who is late waits"),
        };
        let mut answers = Vec::new();
        match came {
            Step::Answered(answer) => answers.push(told(task, answer)),
            Step::Waits => {}
            Step::Refused(_) => answers.push(format!("{} refused", words[0])),
        }
        answers.extend(woken.iter().map(|woken| told(woken.task, woken.answer)));
        assert_eq!(answers.join(", "), expected.trim(), "{step}");
    }
}

fn told(task: TaskId, answer: Answer) -> String {
    let name = char::from(b'A' + task.0 as u8);
    match answer {
        Answer::Done => format!("{name} done"),
        Answer::Value(value) => format!("{name} {value}"),
        Answer::TimedOut => format!("{name} timed out"),
    }
}
