//! Parameters that are one number or one word.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::parameter::{Parameter, words};

pub(super) fn count(parameter: &Parameter, text: &str, least: u32, most: u32) -> Result<u32, Diagnostic> {
    let given = text.trim();
    if let Ok(count) = given.parse::<u32>()
        && (least..=most).contains(&count)
    {
        return Ok(count);
    }
    let nearest = number(given).map(|number| number.round().clamp(least.into(), most.into()).to_string());
    Err(Diagnostic::new(parameter.name, text, parameter.allowed(), nearest))
}

pub(super) fn seconds(parameter: &Parameter, text: &str, least: f64, most: f64) -> Result<Duration, Diagnostic> {
    between(parameter, text, time_s(text), least, most).map(Duration::from_secs_f64)
}

/// The seconds that a text writes, such as `200ms`, `0.2 s` or `2m`; a number alone is in seconds.
pub fn time_s(text: &str) -> Option<f64> {
    let given = text.trim();
    let units = [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1.0), ("m", 60.0), ("", 1.0)];
    let (amount, unit_s) = units.iter().find_map(|(unit, unit_s)| Some((given.strip_suffix(unit)?, unit_s)))?;
    number(amount).map(|amount| amount * unit_s)
}

pub(super) fn share(parameter: &Parameter, text: &str) -> Result<f64, Diagnostic> {
    between(parameter, text, number(text), 0.0, 1.0)
}

pub(super) fn switch(parameter: &Parameter, text: &str) -> Result<bool, Diagnostic> {
    match text.trim() {
        "on" => Ok(true),
        "off" => Ok(false),
        other => {
            let nearest = match other.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" | "on" => Some("on".to_owned()),
                "false" | "no" | "0" | "off" => Some("off".to_owned()),
                _ => None,
            };
            Err(Diagnostic::new(parameter.name, text, parameter.allowed(), nearest))
        }
    }
}

pub(super) fn choice(
    parameter: &Parameter,
    text: &str,
    choices: &'static [(&'static str, &'static str)],
) -> Result<&'static str, Diagnostic> {
    let given = text.trim();
    words(choices)
        .find(|word| *word == given)
        .ok_or_else(|| Diagnostic::unknown_name(parameter.name, given, words(choices)))
}

/// The number that a text writes; `inf` is one, `NaN` is none.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| !number.is_nan())
}

fn between(parameter: &Parameter, text: &str, given: Option<f64>, least: f64, most: f64) -> Result<f64, Diagnostic> {
    match given {
        Some(number) if (least..=most).contains(&number) => Ok(number),
        given => {
            let nearest = given.map(|number| number.clamp(least, most).to_string());
            Err(Diagnostic::new(parameter.name, text, parameter.allowed(), nearest))
        }
    }
}
