//! The commands that answer a question: sweep, advise, why, published and calibrate.

use std::process::Output;

use crate::companion::interleave;
use crate::contract::{Advice, Calibrations, Load, Point, Published, Sweep, SweptRun, Why};
use crate::refusals::check_refused_call;
use crate::{output, parse, succeed, text};

#[test]
fn every_published_figure_holds() {
    let published: Published = parse("published --json");
    assert_eq!(published.version, 1);
    let row = |lesson: &str, model: &str| {
        published.rows.iter().find(|row| row.lesson == lesson && row.model == model && !row.of.is_empty())
    };
    let paged = row("paged-api", "event-loop").unwrap();
    assert_eq!((paged.published_s, paged.ratio), (360.0, (paged.predicted_s / 360.0 * 1e3).round() / 1e3));
    assert!(published.rows.iter().all(|row| (0.9..=1.1).contains(&row.ratio)), "{published:?}");
    let fib = published
        .outcomes
        .iter()
        .find(|outcome| (outcome.name.as_str(), outcome.model.as_str()) == ("fib_32", "process-pool"));
    let fib = fib.unwrap();
    assert_eq!((fib.lesson.as_str(), fib.published, fib.predicted), ("fibonacci", 2_178_309, Some(2_178_309)));
    assert!(!fib.of.is_empty());
    let figures = published.rows.len() + published.outcomes.len();
    let text = succeed("published");
    assert!(text.ends_with(&format!("\n{figures} of {figures} figures are within their bounds.\n")), "{text}");
}

#[test]
fn a_sweep_tries_whole_numbers_once_and_both_ends() {
    let words = "sweep delay-messages --over workers=1..3 --model thread-pool --model sequential --seed 4 --json";
    let sweep: Sweep = parse(words);
    assert_eq!(
        (sweep.version, sweep.lesson.as_str(), sweep.seed, sweep.costs.as_str()),
        (1, "delay-messages", 4, "cpython")
    );
    assert_eq!((sweep.over.name.as_str(), sweep.over.unit.as_str()), ("workers", ""));
    assert_eq!(sweep.params.into_iter().collect::<Vec<_>>(), [("messages".to_owned(), "TWO=2,THREE=3".into())]);
    let point = |point: &Point| {
        let run = |run: &SweptRun| (run.model.clone(), hundredths(run.wall_s.unwrap()), run.ending.clone());
        (point.value, point.runs.iter().map(run).collect::<Vec<_>>())
    };
    let found: Vec<_> = sweep.points.iter().map(point).collect();
    let run = |model: &str, wall: f64| (model.to_owned(), wall, "completed".to_owned());
    let both = |pool: f64| vec![run("sequential", 5.0), run("thread-pool", pool)];
    assert_eq!(found, [(1.0, both(5.0)), (2.0, both(3.0)), (3.0, both(3.0))]);
}

#[test]
fn a_swept_latency_is_constant_and_a_swept_list_has_one_number() {
    let fan: Sweep = parse("sweep fan-out --over latency=0..2 --steps 3 --model sequential --costs native --json");
    assert_eq!((fan.over.name.as_str(), fan.over.unit.as_str()), ("latency", "s"));
    let walls = |sweep: &Sweep| -> Vec<_> {
        sweep.points.iter().map(|point| (point.value, hundredths(point.runs[0].wall_s.unwrap()))).collect()
    };
    assert_eq!(walls(&fan), [(0.0, 0.0), (1.0, 3.0), (2.0, 6.0)]);
    let table = succeed("sweep fan-out --over latency=0.25..500ms --steps 2 --model sequential --costs native");
    assert!(table.contains("\n  latency, s   ● sequential\n  0.25"), "{table}");
    let list: Sweep = parse("sweep fibonacci --over n=1..3 --model sequential --json");
    let values: Vec<f64> = list.points.iter().map(|point| point.value).collect();
    assert_eq!(values, [1.0, 2.0, 3.0]);
}

#[test]
fn a_sweep_shows_a_table_and_a_chart_and_a_time_without_end() {
    let words = "sweep delay-messages --over workers=1..3 --model thread-pool --model sequential --costs native";
    insta::assert_snapshot!(succeed(words), @r"
    Waiting in turn, waiting together
      messages: TWO=2,THREE=3

    Predicted wall times (virtual clock, costs of Native Rust)
      workers   ● sequential   ▲ thread-pool
      1              5.000 s         5.000 s
      2              5.000 s         3.000 s
      3              5.000 s         3.000 s

      wall time, s
      6.0 ┤
          │
      5.0 ┤2                                   ●                                  ●
          │
      4.0 ┤
          │
      3.0 ┤                                    ▲                                  ▲
          │
      2.0 ┤
          │
      1.0 ┤
          │
      0.0 ┤
          └────────────────────────────────────────────────────────────────────────
           1                               workers                                3
      ● sequential  ▲ thread-pool  2 … 9: so many models on one spot
    ");
    let sweep = output("sweep deadlock --over pause=0..1 --steps 2 --model threads --json");
    let json: Sweep = serde_json::from_slice(&sweep.stdout).unwrap();
    assert!(json.points.iter().all(|point| point.runs[0].wall_s.is_none()));
    assert!(json.points[0].runs[0].ending.starts_with("deadlock: "), "{json:?}");
    assert_eq!(sweep.status.code(), Some(1));
    let said = text(&sweep.stderr);
    assert!(said.contains("error: The run on threads comes to no end with pause=0, nor with 1 other value: deadlock:"));
}

#[test]
fn a_wrong_sweep_is_answered_word_by_word() {
    let sweep = "sweep delay-messages --over";
    let shape = "but it must be a parameter and a range, written NAME=FROM..TO. Did you mean workers=1..64?";
    check_refused_call(&format!("{sweep} workers"), &[&format!("--over: got “workers”, {shape}")]);
    check_refused_call(&format!("{sweep} workers=1-3"), &[&format!("--over: got “workers=1-3”, {shape}")]);
    let number = "--over: got “messages”, but it must be a parameter that one number is enough for: workers.";
    check_refused_call(&format!("{sweep} messages=1..3"), &[number]);
    let time = "latency: got “61”, but it must be a time from 0 to 60 seconds. Did you mean 60?";
    check_refused_call("sweep fan-out --over latency=0..61", &[time]);
    let turned = "--over: got “latency=2..1”, but it must be a range whose first number is less than its last. \
                  Did you mean latency=1..2?";
    check_refused_call("sweep fan-out --over latency=2..1", &[turned]);
    let name = "--over: got “worker”, but it must be workers. Did you mean workers?";
    check_refused_call(&format!("{sweep} worker=1..3"), &[name]);
    let workers = "but it must be a whole number from 1 to 64.";
    check_refused_call(
        &format!("{sweep} workers=0..65 --steps 1 --seed x --set workers=2 --model thread-pol --costs cpythn"),
        &[
            "--model: got “thread-pol”, but it must be one of sequential, threads, thread-pool, event-loop, process-pool. \
             Did you mean thread-pool?",
            &format!("workers: got “0”, {workers} Did you mean 1?"),
            &format!("workers: got “65”, {workers} Did you mean 64?"),
            "--steps: got “1”, but it must be a whole number from 2 to 200. Did you mean 2?",
            "--seed: got “x”, but it must be a whole number from 0 to 18446744073709551615.",
            "--costs: got “cpythn”, but it must be one of cpython, cpython-no-gil, browser, native, or a file that \
             `interleave calibrate --out` wrote. Did you mean cpython?",
        ],
    );
    let order = "but it must be a range whose first number is less than its last.";
    let turned = format!("--over: got “workers=3..1”, {order} Did you mean workers=1..3?");
    check_refused_call(&format!("{sweep} workers=3..1"), &[&turned]);
    check_refused_call(&format!("{sweep} workers=3..3"), &[&format!("--over: got “workers=3..3”, {order}")]);
    let steps = "--steps: got “201”, but it must be a whole number from 2 to 200. Did you mean 200?";
    let twice = "--set: got “workers=2”, but it must be another parameter than the one that --over changes.";
    check_refused_call(&format!("{sweep} workers=1..3 --steps 201 --set workers=2"), &[steps, twice]);
}

#[test]
fn advice_names_the_models_in_order_and_the_rule() {
    let advice: Advice = parse("advise --wait 3s --cpu 5ms --tasks 500 --limit 200 --cores 4 --json");
    let load = Load { wait_s: 3.0, cpu_s: 0.005, tasks: 500, limit: Some(200), cores: 4 };
    assert_eq!((advice.version, advice.load), (1, load));
    let first = &advice.ranking[0];
    let fastest = advice.ranking.iter().map(|ranked| ranked.wall_s).fold(f64::INFINITY, f64::min);
    assert!(first.ties && first.wall_s <= fastest * 1.02 && first.speedup.unwrap() > 1.0, "{first:?}");
    let sequential = advice.ranking.last().unwrap();
    assert_eq!((sequential.model.as_str(), sequential.speedup), ("sequential", Some(1.0)));
    assert!(!advice.reason.is_empty() && advice.rule.contains("event loop"), "{}", advice.rule);
    let said = succeed("advise --wait 0 --cpu 0.3s --tasks 16 --cores 4");
    let first = said.lines().find(|line| line.trim_start().starts_with("1.")).unwrap();
    assert!(first.contains("process-pool"), "{said}");
    assert!(said.ends_with("The prediction confirms the rule of thumb: CPU-bound work goes to processes.\n"), "{said}");
    let unlimited: Advice = parse("advise --wait 0.1 --cpu 0 --tasks 1 --limit 0 --json");
    // That what the rule names is as fast says nothing for it.
    assert_eq!((unlimited.load.limit, unlimited.confirms), (None, false));
    assert_eq!(unlimited.verdict, "simpler-leads");
    let said = succeed("advise --wait 0.5 --cpu 0.1 --tasks 1 --cores 4");
    let single = "What the rule of thumb names is as fast here, but not as simple: I/O-bound work that is fast";
    assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(single), "{said}");
    let said = succeed("advise --wait 1s --cpu 10ms --tasks 1 --cores 4");
    assert!(!said.contains("confirms"), "{said}");
}

#[test]
fn a_wrong_load_is_answered_word_by_word() {
    check_refused_call(
        "advise --wait soon --cpu -1s --tasks 0 --limit -1 --cores 0",
        &[
            "--wait: got “soon”, but it must be a time such as 200ms, 0.2s, 3s or 2m.",
            "--cpu: got “-1s”, but it must be a time from 0 to 0.5 seconds. Did you mean 0?",
            "--tasks: got “0”, but it must be a whole number from 1 to 10000. Did you mean 1?",
            "--limit: got “-1”, but it must be a whole number from 0 to 1000. Did you mean 0?",
            "--cores: got “0”, but it must be a whole number from 1 to 64. Did you mean 1?",
        ],
    );
    check_refused_call(
        "advise --wait 2m --cpu 501ms --tasks 10001 --limit 1001 --cores 65",
        &[
            "--wait: got “2m”, but it must be a time from 0 to 60 seconds. Did you mean 60?",
            "--cpu: got “501ms”, but it must be a time from 0 to 0.5 seconds. Did you mean 0.5?",
            "--tasks: got “10001”, but it must be a whole number from 1 to 10000. Did you mean 10000?",
            "--limit: got “1001”, but it must be a whole number from 0 to 1000. Did you mean 1000?",
            "--cores: got “65”, but it must be a whole number from 1 to 64. Did you mean 64?",
        ],
    );
    assert_eq!(output("advise --wait 1").status.code(), Some(2));
}

#[test]
fn why_follows_the_causes_to_the_first() {
    let why: Why = parse("why blocking-call --model event-loop --task ONE --at 2500ms --seed 3 --json");
    assert_eq!((why.version, why.lesson.as_str(), why.model.as_str(), why.seed), (1, "blocking-call", "event-loop", 3));
    assert_eq!((why.task.as_str(), why.at_s, why.costs.as_str()), ("ONE", 2.5, "cpython"));
    assert_eq!(why.params["blocking"], "THREE");
    let chain: Vec<(&str, &str)> = why.steps.iter().map(|step| (step.task.as_str(), step.state.as_str())).collect();
    assert_eq!(chain, [("ONE", "ready"), ("THREE", "waiting")]);
    for step in &why.steps {
        assert!(step.from_s <= why.at_s && why.at_s < step.to_s && step.lane == "MainThread", "{step:?}");
        assert!(step.says.starts_with(&step.task) && step.says.ends_with('.'), "{step:?}");
    }
    let said = succeed("why deadlock --model threads --task LEFT --at end");
    assert!(said.contains("  1. LEFT ") && said.contains("\n  2. RIGHT ") && said.contains("a deadlock"), "{said}");
}

#[test]
fn a_wrong_question_is_answered_with_what_there_is() {
    let why = "why delay-messages --model sequential";
    let at = "--at: got “9s”, but it must be an instant at which TWO is there. TWO did nothing at 9.000 s, for";
    let said = refused(&format!("{why} --task TWO --at 9s"));
    assert!(said.starts_with(&format!("error: {at}")) && said.lines().count() == 1, "{said}");
    let task = "--task: got “TOW”, but it must be one of main, TWO, THREE.";
    let said = refused(&format!("{why} --task TOW --at 1"));
    assert!(said.starts_with(&format!("error: {task}")), "{said}");
    let said = refused("why paged-api --model event-loop --task nobody --at 1");
    assert!(said.contains("one of main, page 1, page 2,") && said.contains(" more."), "{said}");
    check_refused_call(
        "why deadlock --model process-pool --task LEFT --at -1 --seed -1",
        &[
            "--model: got “process-pool”, but it must be one of sequential, threads, thread-pool, event-loop. The two \
             locks stand for memory that both tasks change, and processes share none: these locks reach no further than \
             one process.",
            "--at: got “-1”, but it must be a time such as 200ms, 0.2s, 3s or 2m, or end. Did you mean 0s?",
            "--seed: got “-1”, but it must be a whole number from 0 to 18446744073709551615. Did you mean 0?",
        ],
    );
}

#[test]
fn what_was_measured_can_be_predicted_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.json");
    let calibrated = interleave("calibrate --json --out").arg(&path).output().unwrap();
    assert_eq!(calibrated.status.code(), Some(0), "{}", text(&calibrated.stderr));
    let calibrations: Calibrations = serde_json::from_slice(&calibrated.stdout).unwrap();
    assert_eq!(calibrations.version, 1);
    let native = calibrations.native.unwrap();
    assert_eq!((native.preset.as_str(), native.about.as_str()), ("native", ""));
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(written, native.costs);
    for figure in native.figures.iter().chain(calibrations.cpython.iter().flat_map(|cpython| &cpython.figures)) {
        assert!(
            figure.value.is_none_or(|value| value >= 0.0) && ["ns", ""].contains(&figure.unit.as_str()),
            "{figure:?}"
        );
        let asked = ["cores", "gil-switch-interval"].contains(&figure.name.as_str());
        assert_eq!(figure.runs.is_none(), asked, "{figure:?}");
    }
    if let Some(cpython) = calibrations.cpython {
        assert!(cpython.preset.starts_with("cpython") && cpython.about.contains('('), "{}", cpython.about);
    }
    for command in [
        "run delay-messages --clock virtual",
        "sweep delay-messages --over workers=1..2",
        "why delay-messages --model threads --task TWO --at 1",
    ] {
        let predicted = interleave(&format!("{command} --json --costs")).arg(&path).output().unwrap();
        assert!(predicted.status.success(), "{command}: {}", text(&predicted.stderr));
        let json: serde_json::Value = serde_json::from_slice(&predicted.stdout).unwrap();
        assert_eq!(json["costs"], path.to_str().unwrap(), "{command}");
    }
}

#[test]
fn costs_that_cannot_be_used_are_refused_with_the_field() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.json");
    let usable = include_str!("free_costs.json");
    for (wrong, rule) in [
        (
            usable.replace("\"cores\": 4", "\"cores\": 0"),
            "The cost cores is 0, but has to be a whole number from 1 to 65535",
        ),
        (
            usable.replace("\"loop_turn_ns\": 0", "\"loop_turn_ns\": 18446744073709551615"),
            "The cost loop_turn_ns is 18446744073709551615, but has to be a whole number from 0 to 60000000000 (a minute)",
        ),
        (usable.replace("\"cores\": 4,", ""), "The costs have no field cores, but need one"),
        (String::new(), "The costs are not one JSON object"),
    ] {
        std::fs::write(&path, wrong).unwrap();
        let refused = interleave("run delay-messages --clock virtual --costs").arg(&path).output().unwrap();
        let said = text(&refused.stderr);
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.contains(rule) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn a_wrong_calibration_is_refused_before_anything_is_measured() {
    let whose = "--for: got “cpythn”, but it must be one of native, cpython. Did you mean cpython?";
    let python = "--python: got “/no/python”, but it must be the path of a CPython, 3.6 or later.";
    check_refused_call("calibrate --for cpythn --python /no/python", &[whose, python]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("costs.json");
    let output = interleave("calibrate --out").arg(&path).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(said.starts_with(&format!("error: The costs file {} cannot be written: ", path.display())), "{said}");
}

#[cfg(unix)]
#[test]
fn a_python_that_prints_without_end_is_ended() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python");
    std::fs::write(&python, "#!/bin/sh\nexec yes\n").unwrap();
    std::fs::set_permissions(&python, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = interleave("calibrate --python").arg(&python).output().unwrap();
    let said = text(&output.stderr);
    let ended = format!(
        "error: {} cannot be measured: it prints more than 64 KiB, so it was ended. Name a CPython, 3.6 or later, with \
         --python.\n",
        python.display()
    );
    assert!(output.status.code() == Some(1) && said.ends_with(&ended), "{said}");
}

/// What is said on standard error to words that are wrong.
#[track_caller]
fn refused(words: &str) -> String {
    let Output { status, stdout, stderr } = output(words);
    assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{words}: {}", text(&stderr));
    text(&stderr)
}

fn hundredths(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}
