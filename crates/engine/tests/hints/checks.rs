//! Hints: each check speaks where its trouble is, and is silent where it is not.

use engine::costs::{Costs, Preset};
use engine::hints::{Check, Hint, hints};
use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{TaskId, Trace};

use super::plan::Do::{self, *};
use super::plan::{Plan, many, named, run, run_on};

#[test]
fn every_check_has_a_name_of_its_own() {
    let mut ids: Vec<_> = Check::ALL.iter().map(|check| check.id()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 9);
    assert!(Check::ALL.iter().all(|check| check.title().to_lowercase().replace(' ', "-") == check.id()));
}

/// asyncio's loop runs what is ready before the timers that came due, so FOUR, FIVE and `main` wait with ONE and TWO.
#[test]
fn a_blocking_call_is_told_with_whom_it_held_up() {
    let with = |three: Do| {
        let mut jobs = [1000, 2000, 3000, 4000, 5000].map(|delay| vec![Sleep(delay)]);
        jobs[2] = vec![three];
        named(jobs, ["ONE", "TWO", "THREE", "FOUR", "FIVE"])
    };
    let model = Model::EventLoop;
    let found = only(&run(with(Block(3000)), model), Check::BlockingCall);
    let said = "THREE called something that does not give way and kept 4 tasks waiting for up to 3.000 s.";
    assert_eq!((found.says.as_str(), found.task, found.at), (said, Some(TaskId(3)), Nanos::ZERO));
    let found = only(&run(with(Spin(3000)), model), Check::BlockingCall);
    assert!(found.says.starts_with("THREE computed for 3.000 s without giving way and kept 4 tasks"), "{}", found.says);
    // Who was held up before, or comes later, does not count for the worst call.
    let jobs =
        [vec![Block(1000)], vec![Sleep(10)], vec![Sleep(1500), Block(3000)], vec![Sleep(2000)], vec![Sleep(4450)]];
    let found = only(&run(named(jobs, ["A", "B", "C", "D", "E"]), model), Check::BlockingCall);
    let said = "C called something that does not give way and kept 1 task waiting for up to 2.500 s. 1 more turn of this run held \
                up others as well.";
    assert_eq!(found.says, said);
    // Elsewhere it is no trouble, nor is a short call, nor one that nobody waits behind.
    for (plan, model) in [
        (with(Sleep(3000)), model),
        (with(Block(99)), model),
        (with(Block(3000)), Model::Threads),
        (named([vec![Sleep(10), Block(3000)]], ["ALONE"]), model),
    ] {
        assert_eq!(checks(&run(plan, model)), []);
    }
    // Many short turns hold nobody up by themselves, however long the line.
    assert_eq!(checks(&run(many(200, &[Spin(50), Sleep(0)]), model)), []);
}

#[test]
fn a_lost_update_names_both_writers_and_counts_what_is_lost() {
    let lost =
        |jobs: usize| only(&run(many(jobs, &[Read, Sleep(100), WriteOneMore]), Model::Threads), Check::LostUpdate);
    let two = lost(2);
    let said =
        "T1 read counter as 0 at 0.000 s, T0 wrote 1 meanwhile, and T1 undid that with the 1 that it wrote at 0.100 s.";
    assert_eq!((two.says.as_str(), two.task), (said, Some(TaskId(2))));
    // Of five that all write 1, four are undone.
    assert!(lost(5).says.ends_with("In all, 4 of the 5 writes of counter were lost like this."), "{}", lost(5).says);
    let guarded = [Acquire, Read, WriteOneMore, Release, Sleep(100)];
    let in_turns = [Read, WriteOneMore, Sleep(100)];
    let blind = [Sleep(10), Write(7), Sleep(10)];
    for (steps, model) in [(&guarded[..], Model::Threads), (&in_turns, Model::EventLoop), (&blind, Model::Threads)] {
        assert_eq!(checks(&run(many(5, steps), model)), []);
    }
    assert_eq!(checks(&run(many(5, &[Read, Sleep(100), WriteOneMore]), Model::Sequential)), []);
}

#[test]
fn threads_that_compute_under_one_gil_are_counted() {
    let computing = many(4, &[Spin(1000)]);
    let found = only(&run(computing.clone(), Model::Threads), Check::ThreadsUnderTheGil);
    let said = "4 threads of one process computed 4.000 s in all, and the GIL let one of them run at a time: up to 4 could have \
                run at once, and for ";
    assert!(found.says.starts_with(said), "{}", found.says);
    for model in [Model::Sequential, Model::ProcessPool, Model::Processes] {
        assert_eq!(checks(&run(computing.clone(), model)), [], "{model}");
    }
    let no_gil = Costs { gil: None, ..Costs::FREE };
    assert_eq!(checks(&run_on(computing, Model::Threads, no_gil, 4)), []);
    // A little computing beside much waiting.
    assert_eq!(checks(&run(many(4, &[Sleep(1000), Spin(20)]), Model::Threads)), []);
}

#[test]
fn a_pool_that_waits_while_others_queue_is_too_small() {
    let waiting = many(6, &[Sleep(1000)]);
    let found = only(&run(waiting.clone(), Model::ThreadPool), Check::PoolTooSmall);
    let said =
        "Up to 4 tasks stood in the queue, T4 for 2.000 s, while the pool's 2 workers spent 100 % of the time waiting.";
    assert_eq!((found.says.as_str(), found.task), (said, Some(TaskId(5))));
    let of_processes = only(&run(waiting.clone(), Model::ProcessPool), Check::PoolTooSmall);
    assert_ne!(of_processes.mend, found.mend);
    // Enough workers; or they compute; or they are kept apart by a lock, which more of them would not change.
    assert_eq!(checks(&run_on(waiting, Model::ThreadPool, Costs::FREE, 6)), []);
    let computing =
        run_on(many(6, &[Sleep(300), Spin(1000)]), Model::ThreadPool, Costs { gil: None, ..Costs::FREE }, 2);
    assert_eq!(checks(&computing), []);
    let locked = many(6, &[Acquire, Spin(1000), Release]);
    assert_eq!(checks(&run_on(locked, Model::ThreadPool, Costs { gil: None, ..Costs::FREE }, 3)), []);
}

#[test]
fn requests_without_a_bound_are_counted() {
    let asking = |jobs| many(jobs, &[Request]);
    let found = only(&run(asking(150), Model::EventLoop), Check::UnboundedGather);
    assert!(found.says.starts_with("150 requests were under way at once"), "{}", found.says);
    only(&run(asking(150), Model::Threads), Check::UnboundedGather);
    assert_eq!(checks(&run(asking(100), Model::EventLoop)), []);
    assert_eq!(checks(&run(many(150, &[Permit, Request, GiveBack]), Model::EventLoop)), []);
    assert_eq!(checks(&run_on(asking(150), Model::ThreadPool, Costs::FREE, 120)), []);
}

#[test]
fn messages_that_cost_more_than_the_work_are_told() {
    let jobs = |bytes, work| {
        let mut plan = many(8, &[Spin(work)]);
        plan.jobs.iter_mut().for_each(|job| job.bytes = bytes);
        plan
    };
    let cpython = |plan, model| run_on(plan, model, Preset::CPython.costs(), 4);
    let found = only(&cpython(jobs(100 << 20, 10), Model::ProcessPool), Check::CostlyMessages);
    assert!(found.says.starts_with("Writing and reading the messages of 8 jobs took "), "{}", found.says);
    assert!(found.says.ends_with(" of CPU time, and the work itself 0.080 s."), "{}", found.says);
    assert_eq!(checks(&cpython(jobs(1 << 10, 100), Model::ProcessPool)), []);
    assert_eq!(checks(&cpython(jobs(100 << 20, 10), Model::Sequential)), []);
    // Messages cost more than nothing, but it is the waiting that takes the time.
    assert_eq!(checks(&run_on(many(8, &[Sleep(1000)]), Model::ProcessPool, Preset::CPython.costs(), 8)), []);
}

#[test]
fn a_lock_that_is_held_while_its_task_waits_is_named() {
    let found = only(&run(many(3, &[Acquire, Sleep(1000), Release]), Model::EventLoop), Check::LockAcrossAwait);
    let said = "2 tasks held lock while they waited, for 2.000 s in all and T0 for 1.000 s of it, and 2 tasks stood before it.";
    assert_eq!((found.says.as_str(), found.task), (said, Some(TaskId(1))));
    let apart = [Sleep(1000), Acquire, Read, WriteOneMore, Release];
    assert_eq!(checks(&run(many(3, &apart), Model::EventLoop)), []);
    assert_eq!(checks(&run(many(1, &[Acquire, Sleep(1000), Release]), Model::EventLoop)), []);
    // A thread may hold a lock while it waits: that keeps only those who want it.
    assert_eq!(checks(&run(many(3, &[Acquire, Sleep(1000), Release]), Model::Threads)), []);
}

#[test]
fn the_job_that_decides_the_end_is_named() {
    let jobs = |last| named([vec![Spin(1000)], vec![Spin(1000)], vec![Spin(last)]], ["A", "B", "LONG"]);
    let processes = |plan| run_on(plan, Model::Processes, Costs::FREE, 4);
    let found = only(&processes(jobs(4000)), Check::LongestJob);
    let said =
        "LONG ran on alone for 3.000 s, 75 % of the run: when it ended, the 2 other jobs had been done for 3.000 s.";
    assert_eq!((found.says.as_str(), found.task, found.at), (said, Some(TaskId(3)), Nanos(1_000_000_000)));
    assert_eq!(checks(&processes(jobs(1200))), []);
    assert_eq!(checks(&processes(named([vec![Spin(1000)], vec![Spin(4000)]], ["A", "B"]))), []);
    // One after the other, each runs alone anyway; and a wait is not mended by dividing it.
    assert_eq!(checks(&run(jobs(4000), Model::Sequential)), []);
    assert_eq!(checks(&processes(named([vec![Spin(100)], vec![Spin(100)], vec![Sleep(4000)]], ["A", "B", "C"]))), []);
}

#[test]
fn coroutines_that_are_awaited_in_turn_with_nobody_else_there_are_told() {
    let two = named([vec![Sleep(2000)], vec![Request]], ["TWO", "ONE"]);
    let one = named([vec![Spin(10), Request]], ["request"]);
    let in_turn = |plan: &Plan, then_sleeps| Plan { awaits_each: true, then_sleeps, ..plan.clone() };
    let on_loop = |plan: Plan| run_on(plan, Model::EventLoop, Preset::CPython.costs(), 2);
    for (plan, said, at) in [
        (
            in_turn(&two, 0),
            "main awaited 2 coroutines one after another, TWO first, for 3.000 s in all, each in its turn, while nobody else was \
             there: side by side it would have been 1.000 s less.",
            Nanos::ZERO,
        ),
        (
            in_turn(&one, 5000),
            "main awaited request for 1.000 s and waited for 5.000 s itself, each in its turn, while nobody else was there: side \
             by side it would have been 1.000 s less.",
            Nanos::ZERO,
        ),
    ] {
        let found = only(&run(plan.clone(), Model::EventLoop), Check::AwaitedInTurn);
        assert_eq!((found.says.as_str(), found.task, found.at), (said, Some(TaskId(0)), at));
        assert_eq!(checks(&on_loop(plan.clone())), [Check::AwaitedInTurn], "costs change nothing");
        // What each waits for here would be waited for on any other model, and there is a hint for loops only.
        for model in [Model::Sequential, Model::Threads, Model::ThreadPool, Model::Processes] {
            assert_eq!(checks(&run(plan.clone(), model)), [], "{model}");
        }
    }
    // Side by side; a single one; one with nothing to overlap it; short ones; a lock; computing; and others there meanwhile.
    let locked = named([vec![Acquire, Release], vec![Acquire, Sleep(1000), Release]], ["A", "B"]);
    let computing = named([vec![Spin(1000)], vec![Spin(1000)]], ["A", "B"]);
    let short = named([vec![Sleep(100)]], ["A"]);
    for plan in [
        two.clone(),
        Plan { then_sleeps: 5000, ..one.clone() },
        Plan { then_sleeps: 500, ..two },
        in_turn(&one, 0),
        in_turn(&short, 5000),
        in_turn(&locked, 0),
        in_turn(&computing, 0),
        in_turn(&computing, 1000),
    ] {
        assert_eq!(checks(&run(plan.clone(), Model::EventLoop)), [], "{plan:?}");
        assert_eq!(checks(&on_loop(plan.clone())), [], "{plan:?}");
    }
}

#[test]
fn a_wrong_result_comes_before_lost_time() {
    let both = many(3, &[Read, Block(1000), Sleep(1), WriteOneMore]);
    assert_eq!(checks(&run(both, Model::EventLoop)), [Check::LostUpdate, Check::BlockingCall]);
}

#[test]
fn a_program_without_trouble_gives_no_hint_on_any_model() {
    let well_behaved = many(4, &[Request, Acquire, Read, WriteOneMore, Release]);
    let apart = many(4, &[Sleep(500), Spin(20), Request]);
    for model in Model::ALL {
        for costs in [Costs::FREE, Preset::CPython.costs(), Preset::Browser.costs()] {
            assert_eq!(checks(&run_on(apart.clone(), model, costs, 4)), [], "{model}");
            if !model.spawns_processes() {
                assert_eq!(checks(&run_on(well_behaved.clone(), model, costs, 4)), [], "{model}");
            }
        }
    }
}

#[test]
fn a_run_of_thousands_of_tasks_is_looked_through() {
    let trace = run(many(6000, &[Request, Acquire, Read, WriteOneMore, Release, Block(1), Sleep(0)]), Model::EventLoop);
    assert_eq!(checks(&trace), [Check::UnboundedGather]);
}

fn checks(trace: &Trace) -> Vec<Check> {
    assert!(trace.finished.is_some());
    hints(trace).into_iter().map(|hint| hint.check).collect()
}

fn only(trace: &Trace, check: Check) -> Hint {
    let mut found = hints(trace);
    assert_eq!(found.iter().map(|hint| hint.check).collect::<Vec<_>>(), [check], "{found:#?}");
    found.remove(0)
}
