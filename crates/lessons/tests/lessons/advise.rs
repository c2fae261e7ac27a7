//! Lesson 16: the advice for a load, the rule of thumb beside it, and the comparison matrix.

use std::num::NonZeroU16;
use std::time::Duration;

use crate::predicting::{Predicting, wall_s};
use engine::model::Model;
use engine::trace::LaneKind;
use lessons::Values;
use lessons::advice::{DECISIONS, LOADS, Load, MANY, Rule, SLOW, TIE, Verdict, advise};
use lessons::matrix::matrix;

#[test]
fn the_advice_is_what_the_prediction_says() {
    for (load, best, rule, verdict) in [
        (load(0.0, 0.1, 100, 0), Model::ProcessPool, Rule::Processes, Verdict::Confirms),
        (load(1.0, 0.0, 2000, 0), Model::EventLoop, Rule::EventLoop, Verdict::Confirms),
        (load(0.05, 0.0001, 5, 0), Model::ThreadPool, Rule::Threads, Verdict::Confirms),
        // Long waits and much computing: the rule of thumb leaves the cores idle.
        (load(1.0, 0.1, 100, 0), Model::LoopAndProcesses, Rule::EventLoop, Verdict::Contradicts),
        // What is simpler is as fast.
        (load(1.0, 0.0, 100, 0), Model::Threads, Rule::EventLoop, Verdict::SimplerLeads),
        // Alone, a task has nobody to wait beside.
        (load(0.5, 0.1, 1, 0), Model::Sequential, Rule::Threads, Verdict::SimplerLeads),
    ] {
        let advice = advise(&load).expect("the load is within the lesson's bounds");
        let found = (advice.ranking[0].model, advice.rule, advice.verdict);
        assert_eq!(found, (best, rule, verdict), "{load:?}: {:#?}", advice.ranking);
        let shows_why = lessons::find(advice.shown_by()).expect("the lesson is there");
        assert!(shows_why.models.contains(&best), "{}", shows_why.id);
        let title = best.title();
        assert!(advice.reason.starts_with(title) && advice.reason.ends_with('.'), "{}", advice.reason);
    }
}

/// A load at a bound of the rule and one just beside it: where the way to the rule ends, and with which figures.
#[test]
fn the_way_to_the_rule_ends_with_the_first_yes() {
    for (load, rule, answers, figures) in [
        (load(0.1, 0.101, 9, 0), Rule::Processes, &[true][..], "computes 0.101 s, waits 0.1 s"),
        (load(0.1, 0.1, 9, 0), Rule::Threads, &[false, false, false], "9 at once"),
        (load(1.0, 0.1, 9, 0), Rule::EventLoop, &[false, true], "waits 1 s"),
        (load(0.999, 0.1, 200, 100), Rule::EventLoop, &[false, false, true], "100 at once"),
        (load(0.999, 0.1, 200, 99), Rule::Threads, &[false, false, false], "99 at once"),
    ] {
        let path = Rule::path(&load);
        let said: Vec<bool> = path.iter().map(|asked| asked.is_so).collect();
        assert_eq!((Rule::of(&load), &said[..]), (rule, answers), "{load:?}");
        assert_eq!(path.last().map(|asked| asked.figures.as_str()), Some(figures));
        let values = Values::read(LOADS.parameters, &load.texts()).expect("the load is within the lesson's bounds");
        assert_eq!(Load::of(&values), load);
    }
}

#[test]
fn what_is_asked_names_the_bounds_that_decide() {
    let asks = |bound: String| DECISIONS.iter().any(|decision| decision.ask.contains(&bound));
    assert!(asks(format!(" {} s ", SLOW.as_secs_f64())) && asks(format!(" {MANY} ")));
}

#[test]
fn who_ties_with_the_fastest_leads_and_the_others_follow_by_their_times() {
    for load in [load(0.05, 0.0, 5, 0), load(1.0, 0.01, 100, 0), load(0.2, 0.0, 60, 7), load(0.0, 0.0, 10, 0)] {
        let ranking = advise(&load).expect("the load is within the lesson's bounds").ranking;
        assert_eq!(ranking.len(), lesson().models.len());
        let fastest = ranking.iter().map(|ranked| ranked.wall).min().expect("there are models");
        assert!(ranking.iter().all(|ranked| ranked.ties == (ranked.wall <= fastest.scaled(1.0 + TIE))));
        let ties = ranking.iter().take_while(|ranked| ranked.ties).count();
        assert!(ranking[ties..].is_sorted_by_key(|ranked| ranked.wall), "{ranking:#?}");
        assert!(ranking[ties..].iter().all(|ranked| !ranked.ties), "{ranking:#?}");
    }
}

#[test]
fn a_load_that_cannot_be_predicted_is_refused_whole() {
    let wrong = advise(&load(1e6, 0.1, 1_000_000, 0)).expect_err("two figures are out of bounds");
    let said: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(said.len() == 2 && said[0].contains("wait") && said[1].contains("Did you mean 10000?"), "{said:?}");
}

#[test]
fn no_more_tasks_are_under_way_than_the_limit_allows() {
    let values = [("tasks", "60"), ("limit", "7"), ("wait", "0.5"), ("cpu", "0.003")];
    for model in lesson().models {
        let trace = Predicting::new("advise").run(*model, &values);
        let tasks = trace.tasks.iter().skip(1).filter(|task| trace.text(task.name).starts_with('T'));
        let mut edges: Vec<_> =
            tasks.flat_map(|task| [(task.spawned, 1), (task.ended.expect("it ended"), -1)]).collect();
        edges.sort_unstable();
        let mut under_way = 0;
        let most = edges.into_iter().fold(0, |most, (_, change)| {
            under_way += change;
            most.max(under_way)
        });
        assert_eq!(most, if *model == Model::Sequential { 1 } else { 7 }, "{model}");
    }
}

/// Workers that the limit would leave idle are not there.
#[test]
fn a_pool_is_no_larger_than_the_limit() {
    for (model, kind) in [(Model::ThreadPool, LaneKind::PoolThread), (Model::ProcessPool, LaneKind::PoolProcess)] {
        let trace = Predicting::new("advise").run(model, &[("tasks", "9"), ("limit", "2")]);
        assert_eq!(trace.lanes.iter().filter(|lane| lane.kind == kind).count(), 2, "{model}");
    }
}

#[test]
fn a_limit_makes_rounds() {
    let values = [("tasks", "100"), ("limit", "30"), ("wait", "1"), ("cpu", "0")];
    for (model, seconds) in [
        (Model::Sequential, 100.0),
        (Model::Threads, 4.0),
        (Model::ThreadPool, 4.0),
        (Model::EventLoop, 4.0),
        (Model::ProcessPool, 25.0),
        (Model::LoopAndProcesses, 4.0),
    ] {
        assert_eq!(wall_s(&Predicting::new("advise").free_of_charge().run(model, &values)), seconds, "{model}");
    }
}

#[test]
fn every_cell_of_the_matrix_has_a_figure_that_bears_it_out() {
    let figure = |row: &str, column: usize| {
        let row = matrix().iter().find(|candidate| candidate.title == row).expect("there is such a row");
        row.cells[column].predict().unwrap_or_else(|wrong| panic!("{}: {wrong:?}", row.cells[column].words))
    };
    for column in [0, 1] {
        assert!(figure("parallelism", column) < 1.05, "one thread computes at a time");
    }
    assert!(figure("parallelism", 2) > 3.5);
    for row in ["overhead", "scaling"] {
        assert!(figure(row, 0) < figure(row, 1) && figure(row, 1) < figure(row, 2), "{row} rises from cell to cell");
    }
    assert!(figure("speed", 0) > 1.9 && figure("speed", 1) > 3.5 && figure("speed", 2) > 3.5);
    assert!(figure("state", 2) > 0.0);
    assert_eq!((figure("state", 0), figure("state", 1)), (2.0, 1.0));
}

fn lesson() -> &'static lessons::Lesson {
    lessons::find("advise").expect("the lesson is open")
}

fn load(wait: f64, cpu: f64, tasks: u32, limit: u16) -> Load {
    Load {
        wait: Duration::from_secs_f64(wait),
        cpu: Duration::from_secs_f64(cpu),
        tasks,
        limit: NonZeroU16::new(limit),
        cores: const { NonZeroU16::new(4).unwrap() },
    }
}
