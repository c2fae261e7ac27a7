//! What the server is to be like, read from typed words.

use engine::model::Speed;
use engine::network::{FailureRate, Latency, Network};
use engine::time::Nanos;
use lessons::{Diagnostic, Kind, Parameter, Value};
use serde::{Deserialize, Serialize};

use crate::arguments::ApiArguments;
use crate::words::{self, keep, whole};

/// What a server serves, and how well.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ApiConfig {
    /// The port on 127.0.0.1, or 0 for any that is free.
    pub port: u16,
    /// How many pages there are: their numbers are 1 to this.
    pub pages: u64,
    /// How long answers take and how often they are failures.
    pub network: Network,
    /// The most requests that are answered at once; no limit where there is none.
    pub limit: Option<u64>,
    /// The most connections at once; as many as the system allows where there is none.
    pub connections: Option<u64>,
    /// Whether a connection stays open after an answer.
    pub keep_alive: bool,
    /// By how much latencies are divided.
    pub speed: Speed,
    /// Where draws and employees begin.
    pub seed: u64,
}

/// The most pages: a seed's employees have numbers to spare, but nobody asks for more.
const MOST_PAGES: u64 = 1_000_000;

/// The most requests or connections that a limit can name: an address has no more ports to connect from.
const MOST_AT_ONCE: u64 = 65_535;

static LATENCY: Parameter = Parameter {
    name: "--latency",
    title: "Latency",
    explanation: "how long an answer takes",
    unit: "s",
    default: "uniform 2 4",
    kind: Kind::Latency { longest_s: 60.0 },
};

static FAILURES: Parameter = Parameter {
    name: "--failures",
    title: "Failures",
    explanation: "the share of requests that are answered with 500, 502 or 504",
    unit: "",
    default: "0.01",
    kind: Kind::Share,
};

impl ApiConfig {
    /// A server on any port that has every page and takes whoever comes.
    pub fn unlimited(network: Network, speed: Speed, seed: u64) -> ApiConfig {
        ApiConfig { port: 0, pages: MOST_PAGES, network, limit: None, connections: None, keep_alive: true, speed, seed }
    }

    /// Reads the typed words.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(arguments: &ApiArguments) -> Result<ApiConfig, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let pages = keep(whole("--pages", &arguments.pages, 1, MOST_PAGES), &mut wrong);
        let latency = keep(read_latency(&arguments.latency), &mut wrong);
        let failure_rate = keep(read_failures(&arguments.failures), &mut wrong);
        let mut most = |option, text: &Option<String>| match text {
            Some(text) => keep(whole(option, text, 1, MOST_AT_ONCE), &mut wrong).map(Some),
            None => Some(None),
        };
        let limit = most("--limit", &arguments.limit);
        let connections = most("--connections", &arguments.connections);
        let speed = keep(words::speed(&arguments.speed), &mut wrong);
        let seed = keep(words::seed(&arguments.seed), &mut wrong);
        match (pages, latency, failure_rate, limit, connections, speed, seed) {
            (
                Some(pages),
                Some(latency),
                Some(failure_rate),
                Some(limit),
                Some(connections),
                Some(speed),
                Some(seed),
            ) => {
                let network = Network { latency, failure_rate, handling: Nanos::ZERO };
                let keep_alive = !arguments.no_keep_alive;
                Ok(ApiConfig { port: arguments.port, pages, network, limit, connections, keep_alive, speed, seed })
            }
            _ => Err(wrong),
        }
    }
}

fn read_latency(text: &str) -> Result<Latency, Diagnostic> {
    match LATENCY.read(text)? {
        Value::Latency(latency) => Ok(latency),
        _ => Err(Diagnostic::new(LATENCY.name, text, LATENCY.allowed(), None)),
    }
}

fn read_failures(text: &str) -> Result<FailureRate, Diagnostic> {
    let refuse = || Diagnostic::new(FAILURES.name, text, FAILURES.allowed(), None);
    match FAILURES.read(text)? {
        Value::Share(share) => FailureRate::new(share).map_err(|_| refuse()),
        _ => Err(refuse()),
    }
}

#[cfg(test)]
impl ApiConfig {
    /// A server of 600 pages on any port that answers at once and never fails.
    pub fn immediate() -> ApiConfig {
        ApiConfig {
            port: 0,
            pages: 600,
            network: Network {
                latency: Latency::Constant(Nanos::ZERO),
                failure_rate: FailureRate::NONE,
                handling: Nanos::ZERO,
            },
            limit: None,
            connections: None,
            keep_alive: true,
            speed: Speed::REAL,
            seed: 7,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn read(words: &[&str]) -> Result<ApiConfig, Vec<String>> {
        let words = ["interleave", "api"].iter().chain(words);
        let Command::Api(arguments) = Arguments::try_parse_from(words).unwrap().command else { panic!("not api") };
        ApiConfig::read(&arguments).map_err(|wrong| wrong.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn both_ends_of_each_field_are_understood_and_a_pipe_carries_them() {
        let least = ["--pages=1", "--limit=1", "--connections=1", "--speed=0.01", "--seed=0", "--failures=0"];
        let least = read(&[&least[..], &["--latency=constant 0", "--port=0", "--no-keep-alive"]].concat()).unwrap();
        let speed = Speed::new(0.01).unwrap();
        let (limit, connections) = (Some(1), Some(1));
        let expected =
            ApiConfig { pages: 1, limit, connections, keep_alive: false, speed, seed: 0, ..ApiConfig::immediate() };
        assert_eq!(least, expected);
        let most = ["--pages=1000000", "--limit=65535", "--connections=65535", "--speed=1000", "--failures=1"];
        let most = read(&[&most[..], &["--seed=18446744073709551615", "--latency=log-normal 60 3"]].concat()).unwrap();
        assert_eq!((most.pages, most.limit, most.seed), (1_000_000, Some(65_535), u64::MAX));
        for config in [least, most, read(&[]).unwrap()] {
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<ApiConfig>(&json).unwrap(), config, "{json}");
        }
    }

    #[test]
    fn all_complaints_come_together() {
        let wrong = ["--pages=0", "--limit=0", "--connections=65536", "--speed=0", "--seed=-1", "--failures=1.5"];
        let complaints = read(&[&wrong[..], &["--latency=61"]].concat()).unwrap_err();
        let latency = "“constant 3”, “uniform 1 5”, “exponential 3” or “log-normal 3 0.5”, with times from 0 to 60 s";
        assert_eq!(
            complaints,
            [
                "--pages: got “0”, but it must be a whole number from 1 to 1000000. Did you mean 1?".to_owned(),
                format!("--latency: got “61”, but it must be {latency}. Did you mean constant 60?"),
                "--failures: got “1.5”, but it must be a share from 0 to 1. Did you mean 1?".to_owned(),
                "--limit: got “0”, but it must be a whole number from 1 to 65535. Did you mean 1?".to_owned(),
                "--connections: got “65536”, but it must be a whole number from 1 to 65535. Did you mean 65535?"
                    .to_owned(),
                "--speed: got “0”, but it must be a number from 0.01 to 1000. Did you mean 0.01?".to_owned(),
                "--seed: got “-1”, but it must be a whole number from 0 to 18446744073709551615. Did you mean 0?"
                    .to_owned(),
            ]
        );
    }
}
