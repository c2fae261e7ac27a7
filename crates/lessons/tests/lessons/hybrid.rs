//! Lesson 14: each of the three hybrids is the fastest for the load that it is for.

use crate::predicting::{Predicting, wall_s};
use engine::model::Model;

#[test]
fn each_hybrid_beats_every_other_model_on_its_load() {
    let lesson = lessons::find("hybrid").expect("the lesson is open");
    let bests = [Model::LoopAndProcesses, Model::LoopAndThreads, Model::ProcessesOfThreads];
    for ((title, values), best) in lesson.presets.iter().zip(bests) {
        let wall = |model| wall_s(&Predicting::new("hybrid").run(model, values));
        let walls: Vec<_> = lesson.models.iter().map(|&model| (model, wall(model))).collect();
        let others = walls.iter().filter(|(model, _)| *model != best).map(|(_, wall)| *wall);
        let next = others.fold(f64::INFINITY, f64::min);
        assert!(wall(best) < 0.95 * next, "{title}: {best} is not clearly the fastest of {walls:?}");
    }
}

/// With nothing else to pay, fetching overlaps whole and the computing is shared by what can compute.
#[test]
fn closed_forms_hold_where_nothing_else_costs() {
    for (model, seconds) in [
        (Model::Sequential, 40.0 * 2.2),
        (Model::EventLoop, 2.0 + 40.0 * 0.2),
        (Model::Threads, 2.0 + 40.0 * 0.2),
        (Model::ProcessPool, 10.0 * 2.2),
        (Model::LoopAndThreads, 2.0 + 40.0 * 0.2),
        (Model::LoopAndProcesses, 2.0 + 10.0 * 0.2),
    ] {
        let wall = wall_s(&Predicting::new("hybrid").free_of_charge().run(model, &[]));
        assert!((wall - seconds).abs() < 0.02, "{model}: {wall} s, not {seconds} s");
    }
}
