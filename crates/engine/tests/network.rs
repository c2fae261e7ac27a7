//! The network draws what its closed forms say, alike for whoever asks and in whatever order.

use engine::network::{FAILURES, FailureRate, Latency, Network, OK, Range, Responded, Retries, Sigma};
use engine::time::Nanos;
use proptest::prelude::*;

const SECOND: Nanos = Nanos(1_000_000_000);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn draws_do_not_depend_on_their_order(network in networks(), seed: u64) {
        let forwards: Vec<_> = (0..50).map(|request| network.respond(seed, request, 0)).collect();
        let mut backwards: Vec<_> = (0..50).rev().map(|request| network.respond(seed, request, 0)).collect();
        backwards.reverse();
        prop_assert_eq!(forwards, backwards);
    }

    /// Whoever moves the failure rate sees the same network, with more or fewer failures in it.
    #[test]
    fn a_failure_rate_changes_failures_alone(network in networks(), higher in 0.0..=1.0, seed: u64, request: u64) {
        let worse = Network { failure_rate: FailureRate::new(higher).expect("a share"), ..network };
        let (before, after) = (network.respond(seed, request, 0), worse.respond(seed, request, 0));
        prop_assert_eq!(before.latency, after.latency);
        if worse.failure_rate >= network.failure_rate && before.status != OK {
            prop_assert_eq!(before.status, after.status);
        }
    }

    #[test]
    fn a_network_survives_json_and_bytes(network in networks()) {
        let text = serde_json::to_string(&network).expect("a network is numbers");
        prop_assert_eq!(serde_json::from_str::<Network>(&text).expect("it was just written"), network);
        let bytes = postcard::to_allocvec(&network).expect("a network is numbers");
        prop_assert_eq!(postcard::from_bytes::<Network>(&bytes).expect("it was just written"), network);
    }

    #[test]
    fn latencies_keep_to_their_range(from in 0_u64..1000, width in 0_u64..1000, seed: u64, request: u64) {
        let (from, to) = (Nanos(from), Nanos(from + width));
        let latency = reliable(Latency::uniform(from, to).expect("it runs forwards")).respond(seed, request, 0).latency;
        prop_assert!((from..=to).contains(&latency));
    }
}

/// Mean and median of 20,000 draws lie within 3 % of the closed forms, which is three standard errors or more; the
/// draws are fixed by their seed, so this holds always or never.
#[test]
fn means_and_medians_are_those_of_the_closed_forms() {
    let half = Nanos(SECOND.0 / 2);
    let sigma = 0.5;
    for (latency, mean, median) in [
        (Latency::Constant(SECOND), 1.0, 1.0),
        (Latency::uniform(half, SECOND).expect("it runs forwards"), 0.75, 0.75),
        (Latency::Exponential { mean: SECOND }, 1.0, std::f64::consts::LN_2),
        (Latency::log_normal(SECOND, sigma).expect("it is in range"), (sigma * sigma / 2.0_f64).exp(), 1.0),
    ] {
        assert!((latency.mean().as_secs_f64() - mean).abs() < 1e-9, "{latency:?}");
        let network = reliable(latency);
        let mut drawn: Vec<_> =
            (0..20_000).map(|request| network.respond(1, request, 0).latency.as_secs_f64()).collect();
        drawn.sort_by(f64::total_cmp);
        assert_near(drawn.iter().sum::<f64>() / drawn.len() as f64, mean, latency);
        assert_near(drawn[drawn.len() / 2], median, latency);
    }
}

#[test]
fn seed_request_and_attempt_each_change_the_draw() {
    let network = reliable(Latency::Exponential { mean: SECOND });
    let draws =
        [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, 1, 1), (1, 0, 1), (u64::MAX, u64::MAX, u32::MAX)];
    let mut latencies = draws.map(|(seed, request, attempt)| network.respond(seed, request, attempt).latency);
    latencies.sort();
    assert!(latencies.windows(2).all(|pair| pair[0] < pair[1]), "{latencies:?}");
}

/// What a page draws and what a machine draws are to be the same bytes: WebAssembly draws these.
#[test]
fn draws_are_the_same_on_every_machine() {
    let failure_rate = FailureRate::new(1.0).expect("a share");
    let drawn = [
        Latency::uniform(Nanos(0), SECOND).expect("it runs forwards"),
        Latency::Exponential { mean: SECOND },
        Latency::log_normal(SECOND, 0.5).expect("it is in range"),
    ]
    .map(|latency| {
        let response = Network { latency, failure_rate, handling: Nanos::ZERO }.respond(7, 3, 1);
        (response.status, response.latency.0)
    });
    assert_eq!(drawn, [(502, 278_685_751), (502, 237_807_292), (502, 796_657_837)]);
}

#[test]
fn failures_are_as_many_as_their_rate_says_and_of_every_kind() {
    let count = |rate, wanted: &dyn Fn(u16) -> bool| {
        let failure_rate = FailureRate::new(rate).expect("a share");
        let network = Network { latency: Latency::Constant(SECOND), failure_rate, handling: Nanos::ZERO };
        (0..20_000).filter(|&request| wanted(network.respond(2, request, 0).status)).count()
    };
    assert_eq!(count(0.0, &|status| status == OK), 20_000);
    assert_eq!(count(1.0, &|status| FAILURES.contains(&status)), 20_000);
    assert_near(count(0.25, &|status| status != OK) as f64, 5_000.0, "a quarter");
    for failure in FAILURES {
        assert_near(count(1.0, &|status| status == failure) as f64, 20_000.0 / 3.0, failure);
    }
}

/// urllib3 1.26.16 waits so, asked with `Retry.get_backoff_time` after one to thirteen failures.
#[test]
fn retries_wait_as_urllib3_does() {
    let retries = Retries { most: 3, on: FAILURES, backoff: Nanos(100_000_000) };
    let waits: Vec<_> = (1..=13).map(|retry| retries.wait(retry).as_secs_f64()).collect();
    assert_eq!(waits, [0.0, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 120.0, 120.0]);
    assert_eq!([64, 65, u8::MAX].map(|retry| retries.wait(retry)), [Retries::LONGEST; 3]);
    assert_eq!(retries.wait(0), Nanos::ZERO);
}

#[test]
fn retries_end_and_are_for_known_failures() {
    let retries = Retries { most: 3, on: FAILURES, backoff: SECOND };
    let after = |status, retry_after, attempt| retries.after(Responded { status, retry_after }, attempt);
    assert_eq!([1, 3, 4, 5].map(|attempt| after(500, None, attempt).is_some()), [true, true, false, false]);
    assert_eq!(
        [OK, 404, 502, 503, 504].map(|status| after(status, None, 1).is_some()),
        [false, false, true, false, true]
    );
}

/// urllib3 2.7.0 does so: `Retry(3, status_forcelist=[500, 502, 504]).is_retry("GET", status, has_retry_after=True)`.
#[test]
fn a_service_that_says_when_is_asked_again_then() {
    let retries = Retries { most: 3, on: FAILURES, backoff: SECOND };
    let asked = Some(Nanos(7));
    let after = |status, attempt| retries.after(Responded { status, retry_after: asked }, attempt);
    assert_eq!([503, 429, 413, 500].map(|status| after(status, 3)), [asked; 4]);
    assert_eq!([OK, 404, 505].map(|status| after(status, 1)), [None; 3]);
    assert_eq!(after(503, 4), None);
}

#[test]
fn what_is_out_of_range_is_told_in_a_sentence() {
    let told = |error: engine::network::OutOfRange| error.to_string();
    assert_eq!(
        told(Range::new(SECOND, Nanos::ZERO).expect_err("it runs backwards")),
        "The range from 1.000 s to 0.000 s runs backwards: give the shorter time first."
    );
    for sigma in [-0.1, 3.1, f64::NAN] {
        assert_eq!(
            told(Sigma::new(sigma).expect_err("it is out of range")),
            format!("Sigma is {sigma}, but has to be from 0 to 3: give one such as 0.5.")
        );
    }
    for rate in [-0.1, 1.1, f64::INFINITY, f64::NAN] {
        assert_eq!(
            told(FailureRate::new(rate).expect_err("it is out of range")),
            format!("The failure rate is {rate}, but has to be from 0 to 1: give a share such as 0.1.")
        );
    }
    assert!(serde_json::from_str::<Range>(r#"{"from": 2, "to": 1}"#).is_err());
    assert!(serde_json::from_str::<Sigma>("4").is_err());
    assert!(serde_json::from_str::<FailureRate>("2").is_err());
}

fn reliable(latency: Latency) -> Network {
    Network { latency, failure_rate: FailureRate::NONE, handling: Nanos::ZERO }
}

fn networks() -> impl Strategy<Value = Network> {
    let time = || (0..SECOND.0).prop_map(Nanos);
    let latency = prop_oneof![
        time().prop_map(Latency::Constant),
        (time(), time()).prop_map(|(one, two)| Latency::uniform(one.min(two), one.max(two)).expect("it runs forwards")),
        time().prop_map(|mean| Latency::Exponential { mean }),
        (time(), 0.0..=Sigma::MAX)
            .prop_map(|(median, sigma)| Latency::log_normal(median, sigma).expect("it is in range")),
    ];
    (latency, 0.0..=1.0, time()).prop_map(|(latency, rate, handling)| Network {
        latency,
        failure_rate: FailureRate::new(rate).expect("a share"),
        handling,
    })
}

fn assert_near(found: f64, expected: f64, what: impl std::fmt::Debug) {
    let ratio = found / expected;
    assert!((0.97..=1.03).contains(&ratio), "{what:?}: {found} is not near {expected}");
}
