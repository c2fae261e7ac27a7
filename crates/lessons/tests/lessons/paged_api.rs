//! Lesson 8: what was published, the limit that nobody exceeds, and the pages that are lost.

use crate::predicting::Predicting;
use engine::model::Model;
use engine::network::{FAILURES, FailureRate, Latency, Network, Retries};
use engine::time::Nanos;
use engine::trace::{Activity, Trace, WaitFor};

const WITHIN_A_LIMIT: [Model; 2] = [Model::ThreadPool, Model::EventLoop];

#[test]
fn what_was_published_is_predicted() {
    Predicting::new("paged-api").bears_out_what_was_published();
}

#[test]
fn the_limit_is_used_to_the_full_and_never_exceeded() {
    for model in WITHIN_A_LIMIT {
        let trace =
            Predicting::new("paged-api").run(model, &[("pages", "200"), ("limit", "7"), ("failure-rate", "0.2")]);
        assert_eq!(most_under_way(&trace), 7, "{model}");
    }
}

#[test]
fn the_limit_of_a_pool_is_its_size() {
    let waits_for_a_permit = |model| {
        let trace = Predicting::new("paged-api").run(model, &[("pages", "200"), ("limit", "7")]);
        trace.spans.iter().any(|span| matches!(span.activity, Activity::Blocked { .. }))
    };
    assert!(!waits_for_a_permit(Model::ThreadPool));
    assert!(waits_for_a_permit(Model::EventLoop));
}

#[test]
fn pages_of_one_latency_come_in_rounds() {
    for model in WITHIN_A_LIMIT {
        for (pages, limit, rounds) in [("1", "500", 1), ("100", "10", 10), ("101", "10", 11), ("5", "1", 5)] {
            let values = [("pages", pages), ("limit", limit), ("latency", "constant 2"), ("failure-rate", "0")];
            let trace = Predicting::new("paged-api").free_of_charge().run(model, &values);
            assert_eq!(
                trace.summary().expect("the run ended").wall,
                Nanos(rounds * 2_000_000_000),
                "{model}: {values:?}"
            );
        }
    }
}

/// The network answers by seed, page and attempt, so who asks in which order changes nothing: here it is asked directly.
#[test]
fn every_model_gets_and_loses_the_same_pages() {
    let network = Network {
        latency: Latency::Constant(Nanos::ZERO),
        failure_rate: FailureRate::new(0.5).expect("a half is a share"),
        handling: Nanos::ZERO,
    };
    let retries = Retries { most: 2, on: FAILURES, backoff: Nanos::ZERO };
    let (mut ok, mut attempts) = (0, 0);
    for page in 1..=300 {
        let tried = (1..=1 + u32::from(retries.most)).find(|attempt| network.respond(0, page, *attempt).status == 200);
        ok += i64::from(tried.is_some());
        attempts += i64::from(tried.unwrap_or(3));
    }
    let found = [("attempts", attempts), ("failed", 300 - ok), ("ok", ok)];
    let said = format!("00:00:00:MainThread:{ok} ok, {} failed, {attempts} attempts", 300 - ok);
    let log = ["00:00:00:MainThread:Main started", &said, "00:00:00:MainThread:Main ended"];
    let values =
        [("pages", "300"), ("failure-rate", "0.5"), ("retries", "2"), ("backoff", "0"), ("latency", "constant 0")];
    for model in [Model::Sequential, Model::ThreadPool, Model::EventLoop] {
        let trace = Predicting::new("paged-api").run(model, &values);
        let outcome: Vec<_> = trace.outcome().expect("it ended").iter().map(|(name, n)| (name.as_str(), *n)).collect();
        assert_eq!(outcome, found, "{model}");
        Predicting::new("paged-api").says(model, &values, &log);
    }
}

/// The most requests that were on their way at one instant.
fn most_under_way(trace: &Trace) -> usize {
    let mut steps: Vec<(Nanos, i32)> = Vec::new();
    for span in &trace.spans {
        if let Activity::Waiting(WaitFor::Request(_)) = span.activity {
            steps.extend([(span.start, 1), (span.end, -1)]);
        }
    }
    steps.sort_unstable();
    let under_way = steps.iter().scan(0, |sum, (_, step)| {
        *sum += step;
        Some(*sum)
    });
    under_way.max().unwrap_or(0) as usize
}
