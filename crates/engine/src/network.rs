//! A network to practise on: how long requests take, how often they fail, and when they are tried again.
//!
//! Every draw is a pure function of seed, request and attempt, whoever asks and in whatever order, so that predicted
//! and measured runs meet the same network. The generator is PCG (O'Neill 2014), whose stream is the same on every
//! machine; so are the exponentials and logarithms, which come from `libm` and not from the platform.

use std::fmt;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_pcg::Pcg32;
use serde::{Deserialize, Serialize};

use crate::time::Nanos;

/// The status of a request that succeeded.
pub const OK: u16 = 200;

/// The statuses of requests that failed, each as likely as the others.
pub const FAILURES: [u16; 3] = [500, 502, 504];

/// The statuses with which a service may say when to come back, urllib3's `RETRY_AFTER_STATUS_CODES`.
const RETRY_AFTER: [u16; 3] = [413, 429, 503];

/// A network, and what its answers cost whoever receives them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// How long a response takes.
    pub latency: Latency,
    /// How many of the requests fail.
    pub failure_rate: FailureRate,
    /// The CPU time that handling a response takes.
    pub handling: Nanos,
}

/// How long a response takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Latency {
    /// Always the same.
    Constant(Nanos),
    /// Anything in a range, with equal chances.
    Uniform(Range),
    /// Mostly short, seldom long: the wait for something that may come at any moment.
    Exponential {
        /// The mean.
        mean: Nanos,
    },
    /// Around a median, with a long tail: what real services look like.
    LogNormal {
        /// Half of the responses are faster.
        median: Nanos,
        /// How wide it spreads.
        sigma: Sigma,
    },
}

/// A range of times, both ends included, the shorter first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RangeDraft")]
pub struct Range {
    from: Nanos,
    to: Nanos,
}

/// The standard deviation of a latency's logarithm, from 0 to [`Sigma::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Sigma(f64);

/// The share of requests that fail, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct FailureRate(f64);

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Response {
    /// [`OK`] or one of [`FAILURES`].
    pub status: u16,
    /// How long it took.
    pub latency: Nanos,
}

/// An answer as it came back to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Responded {
    /// The status code.
    pub status: u16,
    /// For how long the service asks to be left alone, where it does: the header `Retry-After`.
    pub retry_after: Option<Nanos>,
}

/// Which failures are tried again, how often, and after which wait, as urllib3's `Retry` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Retries {
    /// The most retries of one request.
    pub most: u8,
    /// The statuses that are tried again, urllib3's `status_forcelist`.
    pub on: [u16; 3],
    /// urllib3's `backoff_factor`.
    pub backoff: Nanos,
}

/// A number that is out of its range: a whole sentence with the value, the rule and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRange(String);

impl Network {
    /// The answer to try number `attempt` of the request number `request`.
    ///
    /// Another failure rate changes which tries fail, but no latency; a higher one lets all fail that failed before.
    pub fn respond(&self, seed: u64, request: u64, attempt: u32) -> Response {
        let mut random = generator([seed, request, u64::from(attempt)]);
        let fails = random.random::<f64>() < self.failure_rate.0;
        let failure = *FAILURES.choose(&mut random).unwrap_or(&FAILURES[0]);
        Response { status: if fails { failure } else { OK }, latency: self.latency.draw(&mut random) }
    }
}

impl From<Response> for Responded {
    fn from(response: Response) -> Self {
        Responded { status: response.status, retry_after: None }
    }
}

impl Latency {
    /// Anything from `from` to `to`.
    ///
    /// # Errors
    /// Where `from` is longer than `to`.
    pub fn uniform(from: Nanos, to: Nanos) -> Result<Latency, OutOfRange> {
        Range::new(from, to).map(Latency::Uniform)
    }

    /// Around `median`, spread by `sigma`.
    ///
    /// # Errors
    /// Where `sigma` is not between 0 and [`Sigma::MAX`].
    pub fn log_normal(median: Nanos, sigma: f64) -> Result<Latency, OutOfRange> {
        Ok(Latency::LogNormal { median, sigma: Sigma::new(sigma)? })
    }

    /// The mean, by its closed form.
    pub fn mean(&self) -> Nanos {
        match *self {
            Latency::Constant(latency) => latency,
            Latency::Uniform(Range { from, to }) => from + Nanos((to - from).0 / 2),
            Latency::Exponential { mean } => mean,
            Latency::LogNormal { median, sigma } => median.scaled(libm::exp(sigma.0 * sigma.0 / 2.0)),
        }
    }

    fn draw(&self, random: &mut Pcg32) -> Nanos {
        match *self {
            Latency::Constant(latency) => latency,
            Latency::Uniform(Range { from, to }) => Nanos(random.random_range(from.0..=to.0)),
            Latency::Exponential { mean } => mean.scaled(Exp1.sample(random)),
            Latency::LogNormal { median, sigma } => {
                let normal: f64 = StandardNormal.sample(random);
                median.scaled(libm::exp(sigma.0 * normal))
            }
        }
    }
}

impl Range {
    /// The times from `from` to `to`.
    ///
    /// # Errors
    /// Where `from` is longer than `to`.
    pub fn new(from: Nanos, to: Nanos) -> Result<Range, OutOfRange> {
        if from > to {
            let sentence = format!("The range from {from} to {to} runs backwards: give the shorter time first.");
            return Err(OutOfRange(sentence));
        }
        Ok(Range { from, to })
    }

    /// The shortest time.
    pub fn from(self) -> Nanos {
        self.from
    }

    /// The longest time.
    pub fn to(self) -> Nanos {
        self.to
    }
}

impl Sigma {
    /// The widest spread: the mean is then 90 times the median.
    pub const MAX: f64 = 3.0;

    /// The spread `sigma`.
    ///
    /// # Errors
    /// Where it is not between 0 and [`Sigma::MAX`].
    pub fn new(sigma: f64) -> Result<Sigma, OutOfRange> {
        if !(0.0..=Sigma::MAX).contains(&sigma) {
            let most = Sigma::MAX;
            return Err(OutOfRange(format!("Sigma is {sigma}, but has to be from 0 to {most}: give one such as 0.5.")));
        }
        Ok(Sigma(sigma))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FailureRate {
    /// No request fails.
    pub const NONE: FailureRate = FailureRate(0.0);

    /// The share `rate`.
    ///
    /// # Errors
    /// Where it is not between 0 and 1.
    pub fn new(rate: f64) -> Result<FailureRate, OutOfRange> {
        if !(0.0..=1.0).contains(&rate) {
            let sentence = format!("The failure rate is {rate}, but has to be from 0 to 1: give a share such as 0.1.");
            return Err(OutOfRange(sentence));
        }
        Ok(FailureRate(rate))
    }
}

impl Retries {
    /// The longest wait before a retry, urllib3's `DEFAULT_BACKOFF_MAX`.
    pub const LONGEST: Nanos = Nanos(120_000_000_000);

    /// The wait before a request is tried again whose attempt of this number, from 1, was answered like this; `None` where it
    /// is not.
    ///
    /// As urllib3's `Retry` does by default, it is tried again as well, and after just that time, where the service says when
    /// (`respect_retry_after_header`, for the statuses in `RETRY_AFTER_STATUS_CODES`).
    pub fn after(&self, responded: Responded, attempt: u32) -> Option<Nanos> {
        let retry = u8::try_from(attempt).ok().filter(|retry| *retry <= self.most)?;
        match responded.retry_after {
            Some(asked) if RETRY_AFTER.contains(&responded.status) || self.on.contains(&responded.status) => {
                Some(asked)
            }
            _ => self.on.contains(&responded.status).then(|| self.wait(retry)),
        }
    }

    /// The wait before a retry, of which the first is number 1.
    ///
    /// None before the first, then `backoff × 2^(retry − 1)`, and never more than [`Retries::LONGEST`], as in
    /// `Retry.get_backoff_time` of urllib3 1.26 and 2. urllib3's documentation: with a factor of 0.1 it "will sleep for
    /// [0.0s, 0.2s, 0.4s, 0.8s, ...] between retries".
    pub fn wait(&self, retry: u8) -> Nanos {
        if retry < 2 {
            return Nanos::ZERO;
        }
        let doubled = 1_u64.checked_shl(u32::from(retry) - 1).unwrap_or(u64::MAX);
        Nanos(self.backoff.0.saturating_mul(doubled)).min(Retries::LONGEST)
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OutOfRange {}

#[derive(Deserialize)]
struct RangeDraft {
    from: Nanos,
    to: Nanos,
}

impl TryFrom<RangeDraft> for Range {
    type Error = OutOfRange;

    fn try_from(draft: RangeDraft) -> Result<Range, OutOfRange> {
        Range::new(draft.from, draft.to)
    }
}

impl TryFrom<f64> for Sigma {
    type Error = OutOfRange;

    fn try_from(sigma: f64) -> Result<Sigma, OutOfRange> {
        Sigma::new(sigma)
    }
}

impl TryFrom<f64> for FailureRate {
    type Error = OutOfRange;

    fn try_from(rate: f64) -> Result<FailureRate, OutOfRange> {
        FailureRate::new(rate)
    }
}

/// A generator for one key. The key is hashed, since PCG's streams from neighbouring states resemble each other.
fn generator(key: [u64; 3]) -> Pcg32 {
    // SplitMix64 (Steele, Lea and Flood 2014): its increment and its finaliser.
    let hash = key.into_iter().fold(0_u64, |hash, part| {
        let mut mixed = hash.wrapping_add(part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    });
    Pcg32::new(hash, 0)
}
