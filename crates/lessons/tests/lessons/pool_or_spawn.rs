//! Lesson 15: what is started for every job is paid for every job, and a message is paid by its bytes.

use crate::predicting::{Predicting, list_scheduling, wall_s};
use engine::costs::Preset;
use engine::model::Model;
use engine::trace::LaneKind;

const NO_WORK: [(&str, &str); 2] = [("work", "0"), ("payload", "0")];

#[test]
fn workers_are_kept_or_started_for_each_job() {
    for (model, kind, workers) in [
        (Model::Threads, LaneKind::Thread, 200),
        (Model::ThreadPool, LaneKind::PoolThread, 4),
        (Model::ProcessPool, LaneKind::PoolProcess, 4),
    ] {
        let trace = Predicting::new("pool-or-spawn").run(model, &[]);
        assert_eq!(trace.lanes.iter().filter(|lane| lane.kind == kind).count(), workers, "{model}");
    }
    let trace = Predicting::new("pool-or-spawn").run(Model::Processes, &[]);
    let names: std::collections::BTreeSet<_> = trace.lanes.iter().map(|lane| trace.text(lane.name)).collect();
    assert_eq!(names.len(), 201, "a lane for each process and the first");
}

/// Who starts a worker waits until it runs, so starting is paid in turn.
#[test]
fn jobs_without_work_cost_what_their_workers_cost() {
    let costs = Preset::CPython.costs();
    let wall = |model| wall_s(&Predicting::new("pool-or-spawn").run(model, &NO_WORK));
    for (model, start) in [(Model::Threads, costs.thread_start), (Model::Processes, costs.process_start)] {
        assert!(wall(model) >= 200.0 * start.as_secs_f64(), "{model}: {} s", wall(model));
    }
    let dearer = [Model::EventLoop, Model::Threads, Model::Processes];
    assert!(dearer.is_sorted_by(|a, b| wall(*a) < wall(*b)), "{:?}", dearer.map(wall));
    for (kept, started) in [(Model::ThreadPool, Model::Threads), (Model::ProcessPool, Model::Processes)] {
        assert!(wall(kept) < wall(started), "{kept}: {} s, {started}: {} s", wall(kept), wall(started));
    }
}

/// Where nothing but the work costs anything, keeping workers gains nothing over starting them, and what is left is how many of
/// them can compute at once: all that fit the four cores where each is a process, one under a GIL or one by one.
#[test]
fn without_costs_only_the_number_of_workers_counts() {
    let free = Predicting::new("pool-or-spawn").free_of_charge();
    for (jobs, chunk) in [(200_usize, 1_usize), (10, 3), (7, 7), (1, 1)] {
        let all: Vec<usize> = (0..jobs).collect();
        let chunks: Vec<u64> = all.chunks(chunk).map(|jobs| jobs.len() as u64 * 500_000).collect();
        for (model, one_by_one, at_once) in [
            (Model::Sequential, "off", 1),
            (Model::Threads, "off", 1),
            (Model::ThreadPool, "off", 1),
            (Model::EventLoop, "off", 1),
            (Model::ProcessPool, "off", 3),
            (Model::Processes, "off", 4),
            (Model::ProcessPool, "on", 1),
            (Model::Processes, "on", 1),
        ] {
            let (jobs, chunk) = (jobs.to_string(), chunk.to_string());
            let values = [
                ("jobs", &*jobs),
                ("chunk", &*chunk),
                ("work", "0.0005"),
                ("one-by-one", one_by_one),
                ("processes", "3"),
            ];
            let wall = free.run(model, &values).summary().expect("the run ended").wall;
            assert_eq!(wall.0, list_scheduling(&chunks, at_once), "{model}: {jobs} by {chunk}, {one_by_one}");
        }
    }
}

#[test]
fn only_processes_pay_for_the_payload() {
    for model in lesson().models {
        let wall = |payload| wall_s(&Predicting::new("pool-or-spawn").run(*model, &[("payload", payload)]));
        if model.spawns_processes() {
            assert!(wall("5000000") > 2.0 * wall("1000"), "{model}");
        } else {
            assert_eq!(wall("5000000"), wall("1000"), "{model}");
        }
    }
}

/// As `Pool.map(chunksize=…)` has it: a chunk is one message there and one back, and as large as its jobs together.
#[test]
fn a_chunk_is_one_message_there_and_one_back() {
    for (jobs, chunk, tasks) in [("200", "1", 200), ("200", "7", 29), ("200", "1000", 1), ("3", "2", 2)] {
        for (model, one_by_one) in [(Model::ProcessPool, "off"), (Model::ProcessPool, "on"), (Model::Processes, "off")]
        {
            let values = [("jobs", jobs), ("chunk", chunk), ("payload", "1000"), ("one-by-one", one_by_one)];
            let trace = Predicting::new("pool-or-spawn").run(model, &values);
            let messages = trace.messages().expect("processes are sent their jobs");
            let all: u64 = jobs.parse().expect("it is a number");
            assert_eq!((messages.count, messages.bytes), (2 * tasks, 1000 * all), "{model}: {jobs} by {chunk}");
            let costs = Preset::CPython.costs();
            let ends = 2 * (tasks * costs.message.0 * 2) + 2 * costs.message_per_kib.scaled(all as f64 / 1.024).0;
            assert!(messages.took.0.abs_diff(ends) <= 4 * tasks, "{model}: {:?}, not {ends}", messages.took);
        }
    }
    assert_eq!(Predicting::new("pool-or-spawn").run(Model::ThreadPool, &[]).messages(), None);
}

#[test]
fn the_questions_have_the_answers_that_their_reasons_give() {
    let lesson = lesson();
    let answers: Vec<_> = lesson.questions.iter().map(|question| question.answer(lesson)).collect();
    let expected = ["a process a job", "a process a job", "all in turn", "over thirty times"];
    assert_eq!(answers, expected.map(|choice| Ok(lessons::Answered::Choice(choice))));
}

fn lesson() -> &'static lessons::Lesson {
    lessons::find("pool-or-spawn").expect("the lesson is open")
}
