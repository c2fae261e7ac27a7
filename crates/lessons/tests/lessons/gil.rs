//! Lesson 13: under the GIL threads compute one at a time, and nobody who waits is in anybody's way.

use crate::predicting::{Predicting, wall_s};
use engine::model::Model;
use engine::trace::{Activity, Doing, Trace};

#[test]
fn closed_forms_hold_where_nothing_else_costs() {
    let at_most_a_slice = 0.01;
    for (values, model, seconds) in [
        (&[][..], Model::Sequential, 4.0),
        (&[], Model::Threads, 4.0),
        (&[], Model::ThreadPool, 4.0),
        (&[], Model::EventLoop, 4.0),
        (&[], Model::ProcessPool, 1.0),
        (&[("gil", "off")], Model::Threads, 1.0),
        (&[("gil", "off"), ("cores", "2")], Model::Threads, 2.0),
        (&[("gil", "off"), ("cores", "2")], Model::EventLoop, 4.0),
        (&[("cores", "2")], Model::ProcessPool, 2.0),
        (&[("waiting", "1")], Model::Threads, 1.0),
        (&[("waiting", "1")], Model::EventLoop, 1.0),
        (&[("waiting", "1")], Model::Sequential, 4.0),
        (&[("threads", "1"), ("waiting", "0.5")], Model::Threads, 1.0),
        (&[("work", "0")], Model::Threads, 0.0),
    ] {
        let wall = wall_s(&Predicting::new("gil").free_of_charge().run(model, values));
        assert!((wall - seconds).abs() <= at_most_a_slice, "{model} with {values:?}: {wall} s");
    }
}

#[test]
fn as_many_compute_at_once_as_the_gil_and_the_cores_allow() {
    for (values, model, most) in [
        (&[][..], Model::Threads, 1),
        (&[("interval", "0.05"), ("threads", "7")], Model::Threads, 1),
        (&[("waiting", "0.3")], Model::ThreadPool, 1),
        (&[], Model::ProcessPool, 4),
        (&[("gil", "off"), ("threads", "9"), ("cores", "3")], Model::Threads, 3),
        (&[("threads", "9"), ("cores", "3")], Model::ProcessPool, 3),
    ] {
        let trace = Predicting::new("gil").run(model, values);
        assert_eq!(most_at_work(&trace), most, "{model} with {values:?}");
    }
}

/// A thread that goes on computing keeps the GIL for a switch interval while others want it.
#[test]
fn turns_last_a_switch_interval() {
    let turns = |interval| {
        let trace = Predicting::new("gil").free_of_charge().run(Model::Threads, &[("interval", interval)]);
        trace.spans.iter().filter(|span| span.activity == Activity::WantsGil).count()
    };
    let (short, long) = (turns("0.005"), turns("0.05"));
    assert!((8..=12).contains(&(short / long)), "{short} turns of 5 ms, {long} of 50 ms");
}

#[test]
fn the_published_figures_hold() {
    Predicting::new("gil").bears_out_what_was_published();
}

fn most_at_work(trace: &Trace) -> i32 {
    let spans = trace.spans.iter().filter(|span| span.activity == Activity::Running(Doing::Work));
    let mut edges: Vec<_> = spans.flat_map(|span| [(span.start, 1), (span.end, -1)]).collect();
    // At one instant whoever stops makes room before another starts.
    edges.sort_unstable();
    let mut at_work = 0;
    edges.into_iter().fold(0, |most, (_, change)| {
        at_work += change;
        most.max(at_work)
    })
}
