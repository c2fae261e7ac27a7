//! Lesson 6: what was published, what the sums come to, and who computes beside whom.

use crate::predicting::{Predicting, list_scheduling};
use engine::costs::{Costs, Preset};
use engine::model::Model;
use engine::work::Computation;

#[test]
fn what_was_published_is_predicted() {
    Predicting::new("sum-squares").bears_out_what_was_published();
}

#[test]
fn every_model_finds_the_same_sums() {
    let naive: u64 = (1_000..1_005_u64).map(|below| (0..below).map(|i| i * i).sum::<u64>()).sum();
    let said = format!("00:00:00:MainThread:5 sums, checksum {}", naive % (1 << 32));
    let expected = ["00:00:00:MainThread:Main started", &said, "00:00:00:MainThread:Main ended"];
    for model in *Model::COMMON.first_chunk::<5>().expect("there are five") {
        for chunk in ["1", "2", "64"] {
            let values = [("numbers", "5"), ("from", "1000"), ("chunk", chunk)];
            Predicting::new("sum-squares").says(model, &values, &expected);
        }
    }
}

/// As many jobs run at once as have an interpreter and a core: one under one GIL, one a process or thread without it. The
/// end is list scheduling's, computed here by hand.
#[test]
fn the_end_is_that_of_list_scheduling_on_as_many_cores_as_can_be_used() {
    let cost = |below: u64| Computation::SumOfSquares { below }.cost(&Costs::FREE).0;
    let jobs: Vec<u64> = (3_000_000..3_000_020).map(cost).collect();
    let free = Predicting::new("sum-squares").free_of_charge();
    let check = |model, gil, workers: usize, at_once: usize| {
        let values =
            [("from", "3000000"), ("gil", gil), ("threads", &workers.to_string()), ("processes", &workers.to_string())];
        let wall = free.run(model, &values).summary().expect("the run ended").wall;
        assert_eq!(wall.0, list_scheduling(&jobs, at_once), "{model} of {workers}, GIL {gil}");
    };
    for workers in 1..=4 {
        check(Model::ProcessPool, "on", workers, workers);
        check(Model::ThreadPool, "on", workers, 1);
        check(Model::ThreadPool, "off", workers, workers);
    }
    check(Model::Sequential, "on", 4, 1);
    check(Model::Threads, "on", 4, 1);
    check(Model::EventLoop, "off", 4, 1);
}

#[test]
fn the_gil_is_switched_off_by_the_parameter_and_never_on() {
    let lesson = lessons::find("sum-squares").expect("lesson 6 is open");
    let gil = |preset: Preset, text: &str| {
        let values = lessons::Values::read(lesson.parameters, &[("gil".to_owned(), text.to_owned())]);
        lesson.prepare_on(&values.expect("on and off are allowed"), preset.costs()).costs.gil
    };
    assert_eq!(gil(Preset::CPython, "on"), Preset::CPython.costs().gil);
    assert_eq!(gil(Preset::CPython, "off"), None);
    assert_eq!(gil(Preset::Native, "on"), None);
}
