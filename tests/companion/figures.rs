//! What a report says of runs beside their times.

use crate::report;

#[test]
fn a_prediction_says_how_its_work_was_shared_and_what_its_requests_were_like() {
    let report = report("run paged-api --clock virtual --set pages=40 --set limit=4 --json");
    assert!(report.warnings.is_empty() && report.gil, "{report:?}");
    for (run, (workers, threads)) in report.runs.iter().zip([(1, 1), (4, 5), (1, 1)]) {
        assert_eq!((run.workers, run.most_threads, run.most_processes), (workers, threads, 1), "{}", run.model);
        assert_eq!((run.runs, run.unended, run.user_s, run.system_s), (1, 0, None, None), "{}", run.model);
        assert_eq!(run.peak_memory_bytes, None, "{}", run.model);
        let efficiency = run.speedup.unwrap() / workers as f64;
        assert!((run.efficiency.unwrap() - efficiency).abs() <= 0.001, "{}", run.model);
        let requests = run.requests.as_ref().unwrap();
        assert_eq!(requests.answered as i64, run.outcome["attempts"], "{}", run.model);
        let [found] = &run.outcomes[..] else { panic!("there is one run: {run:?}") };
        assert_eq!((found.runs, &found.outcome), (1, &run.outcome));
        // The network takes two to four seconds, and an event loop little to notice.
        let [p50, p95, p99] = [requests.p50_s, requests.p95_s, requests.p99_s];
        assert!(p50 >= 2.0 && p50 <= p95 && p95 <= p99 && p99 < 4.1, "{requests:?}");
        let rate = requests.answered as f64 / run.wall_s;
        assert!((requests.per_s.unwrap() - rate).abs() <= 0.001, "{requests:?}");
    }
}

#[test]
fn a_measurement_says_what_it_took_and_what_to_keep_in_mind() {
    let report = report("run delay-messages --speed 1000 --repeat 2 --set messages=A=0,B=0 --json");
    for warning in &report.warnings {
        let kinds = ["too-short", "scatter", "busy", "few-cores", "quota"];
        assert!(kinds.contains(&warning.kind.as_str()), "{warning:?}");
        assert_eq!(warning.cores.is_some(), ["few-cores", "quota"].contains(&warning.kind.as_str()), "{warning:?}");
        let about = format!(": {} (", warning.model);
        assert!(warning.text.contains(&about) && warning.text.ends_with('.'), "{warning:?}");
    }
    for run in &report.runs {
        assert_eq!((run.runs, run.unended, run.requests.is_none()), (2, 0, true), "{run:?}");
        let parts = run.user_s.zip(run.system_s).map(|(user, system)| user + system);
        // Medians of two runs are means, and so add up.
        assert!(parts.is_none_or(|sum| (sum - run.cpu_s.unwrap()).abs() < 1e-8), "{run:?}");
        if cfg!(target_os = "linux") {
            let switches = run.switches.as_ref().unwrap();
            // Starting a thread or a job takes at least one.
            assert!(run.model == "sequential" || run.workers == 1 || switches.voluntary + switches.involuntary > 0);
            assert!(run.peak_memory_bytes.unwrap() > 1 << 20, "{run:?}");
        }
    }
}
