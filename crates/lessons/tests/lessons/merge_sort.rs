//! Lesson 5 as it was published: what sorting costs in turn and with processes, and what threads do not gain.

use engine::costs::Costs;
use engine::hints::{Check, hints};
use engine::model::Model;
use engine::simulate::simulate;
use engine::trace::Trace;
use engine::work::Computation;
use lessons::{Lesson, Values};

use crate::predicting::{Predicting, list_scheduling};

/// A merge of two halves moves every element once, on each level of halving: counted here by that rule alone.
#[test]
fn in_turn_it_takes_what_its_merges_take() {
    fn moved(elements: u64) -> u64 {
        if elements < 2 { 0 } else { moved(elements / 2) + moved(elements.div_ceil(2)) + elements }
    }
    for (lists, elements) in [(1000, 30_000), (7, 1), (3, 1000), (12, 4097)] {
        let (lists_text, elements_text) = (lists.to_string(), elements.to_string());
        let trace = predict(Model::Sequential, &[("lists", &lists_text), ("elements", &elements_text)]);
        let nanos_a_move = 275;
        assert_eq!(wall_ns(&trace), lists * moved(elements) * nanos_a_move, "{lists} lists of {elements}");
    }
}

/// As many jobs are sorted at once as have an interpreter and a core, each job a chunk of lists.
#[test]
fn chunks_are_dealt_out_to_whoever_is_free_first() {
    let list = Computation::MergeSort { elements: 300, seed: 0 }.cost(&Costs::FREE).0;
    let free = Predicting::new("merge-sort").free_of_charge();
    for (lists, chunk) in [(40_usize, 10_usize), (41, 6), (7, 1), (5, 100)] {
        let all: Vec<usize> = (0..lists).collect();
        let jobs: Vec<u64> = all.chunks(chunk).map(|lists| lists.len() as u64 * list).collect();
        for (model, gil, workers, at_once) in [
            (Model::Sequential, "on", 4, 1),
            (Model::EventLoop, "off", 4, 1),
            (Model::Threads, "on", 4, 1),
            (Model::ThreadPool, "on", 3, 1),
            (Model::ThreadPool, "off", 3, 3),
            (Model::ProcessPool, "on", 1, 1),
            (Model::ProcessPool, "on", 4, 4),
        ] {
            let (lists, chunk, workers) = (lists.to_string(), chunk.to_string(), workers.to_string());
            let values = [
                ("lists", &*lists),
                ("elements", "300"),
                ("chunk", &*chunk),
                ("gil", gil),
                ("threads", &*workers),
                ("processes", &*workers),
            ];
            let expected = list_scheduling(&jobs, at_once);
            assert_eq!(wall_ns(&free.run(model, &values)), expected, "{model} of {workers}: {lists} by {chunk}");
        }
    }
}

#[test]
fn only_processes_gain_under_the_gil_and_threads_without_it() {
    let in_turn = wall_ns(&predict(Model::Sequential, &[]));
    for model in [Model::Threads, Model::ThreadPool, Model::EventLoop] {
        let wall = wall_ns(&predict(model, &[]));
        assert!((in_turn..in_turn + in_turn / 20).contains(&wall), "{model}: {wall} against {in_turn}");
    }
    for (model, gil) in [(Model::ProcessPool, "on"), (Model::ThreadPool, "off"), (Model::Threads, "off")] {
        let wall = wall_ns(&predict(model, &[("gil", gil)]));
        let quarter = in_turn / 4;
        assert!((quarter..quarter + quarter / 10).contains(&wall), "{model}: {wall} against {quarter}");
    }
}

/// The main thread wants the GIL, too, to hand out the chunks, and computes nothing.
#[test]
fn no_more_threads_could_have_run_at_once_than_computed() {
    let hints = hints(&predict(Model::ThreadPool, &[]));
    let hint = hints.iter().find(|hint| hint.check == Check::ThreadsUnderTheGil).expect("they computed under the GIL");
    assert!(hint.says.starts_with("4 threads") && hint.says.contains("up to 4 could have run"), "{}", hint.says);
}

#[test]
fn a_single_chunk_stays_with_one_process() {
    let in_turn = wall_ns(&predict(Model::Sequential, &[]));
    assert!(wall_ns(&predict(Model::ProcessPool, &[("chunk", "1000")])) > in_turn);
}

#[test]
fn every_list_is_sorted_however_it_is_dealt_out() {
    for model in Model::COMMON {
        for (lists, chunk) in [("41", "6"), ("1", "10"), ("12", "4"), ("5", "1")] {
            let trace = predict(*model, &[("lists", lists), ("chunk", chunk), ("elements", "100")]);
            let in_order = trace.outcome().and_then(|outcome| outcome.get("in_order").copied());
            let expected = 100 * lists.parse::<i64>().expect("it is a number");
            assert_eq!(in_order, Some(expected), "{model}: {lists} lists by {chunk}");
        }
    }
}

#[test]
fn published_figures_hold() {
    for row in lesson().published {
        let compared = row.compare(lesson()).expect("the row's values are within their bounds");
        assert!(compared.holds, "{}: {compared:?}", row.of);
    }
}

fn wall_ns(trace: &Trace) -> u64 {
    trace.summary().expect("the run has ended").wall.0
}

fn predict(model: Model, values: &[(&str, &str)]) -> Trace {
    let given: Vec<_> = values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let prepared =
        lesson().prepare(&Values::read(lesson().parameters, &given).expect("the values are within their bounds"));
    simulate(&prepared.program, &prepared.settings(model, 0))
}

fn lesson() -> &'static Lesson {
    lessons::find("merge-sort").expect("lesson 5 is open")
}
