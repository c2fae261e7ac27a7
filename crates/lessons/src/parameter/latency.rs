//! The parameter that says how long a network takes.

use engine::network::{Latency, Sigma};
use engine::time::Nanos;

use crate::diagnostic::Diagnostic;
use crate::parameter::Parameter;
use crate::parameter::number::number;

const WORDS: [&str; 4] = ["constant", "uniform", "exponential", "log-normal"];

pub(super) fn latency(parameter: &Parameter, text: &str, longest_s: f64) -> Result<Latency, Diagnostic> {
    let refuse = |nearest| Err(Diagnostic::new(parameter.name, text, parameter.allowed(), nearest));
    let mut words = text.split_whitespace();
    let word = words.next().unwrap_or_default();
    let numbers: Vec<Option<f64>> = words.map(number).collect();
    if numbers.contains(&None) {
        return refuse(None);
    }
    let numbers: Vec<f64> = numbers.into_iter().flatten().collect();
    if let (Some(seconds), []) = (number(word), &numbers[..]) {
        return refuse(Some(format!("constant {}", seconds.clamp(0.0, longest_s))));
    }
    if !WORDS.contains(&word) {
        return Err(Diagnostic::unknown_name(parameter.name, word, WORDS));
    }
    let nearest = |numbers: &[f64]| {
        let mut kept: Vec<f64> = numbers.iter().map(|seconds| seconds.clamp(0.0, longest_s)).collect();
        kept.sort_by(f64::total_cmp);
        let kept: Vec<String> = kept.iter().map(f64::to_string).collect();
        Some(format!("{word} {}", kept.join(" ")))
    };
    let nanos = |seconds: f64| Nanos((seconds * 1e9).round() as u64);
    let in_bounds = |seconds: &f64| (0.0..=longest_s).contains(seconds);
    match (word, &numbers[..]) {
        ("constant", [time]) if in_bounds(time) => Ok(Latency::Constant(nanos(*time))),
        ("exponential", [mean]) if in_bounds(mean) => Ok(Latency::Exponential { mean: nanos(*mean) }),
        ("uniform", [from, to]) if in_bounds(from) && in_bounds(to) => {
            Latency::uniform(nanos(*from), nanos(*to)).or_else(|_| refuse(nearest(&numbers)))
        }
        ("log-normal", [median, sigma]) => {
            let latency = Latency::log_normal(nanos(*median), *sigma).ok().filter(|_| in_bounds(median));
            let (median, sigma) = (median.clamp(0.0, longest_s), sigma.clamp(0.0, Sigma::MAX));
            latency.map_or_else(|| refuse(Some(format!("log-normal {median} {sigma}"))), Ok)
        }
        ("constant" | "exponential", [_]) | ("uniform", [_, _]) => refuse(nearest(&numbers)),
        _ => refuse(None),
    }
}

/// A latency as text, which [`latency`] reads back.
pub(super) fn text(latency: &Latency) -> String {
    let seconds = |nanos: Nanos| nanos.as_secs_f64();
    match latency {
        Latency::Constant(time) => format!("constant {}", seconds(*time)),
        Latency::Uniform(range) => format!("uniform {} {}", seconds(range.from()), seconds(range.to())),
        Latency::Exponential { mean } => format!("exponential {}", seconds(*mean)),
        Latency::LogNormal { median, sigma } => format!("log-normal {} {}", seconds(*median), sigma.get()),
    }
}
