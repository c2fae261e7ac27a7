//! The slider beside a number's field: where it begins and ends, and in which steps it goes.

use lessons::{Kind, Parameter, Value};

/// A slider has about so many steps from one end to the other.
const STEPS: f64 = 200.0;

/// A slider's scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The least value of the parameter. The slider itself begins at a round number at or below it.
    pub least: f64,
    /// The greatest.
    pub most: f64,
    /// From one stop to the next.
    pub step: f64,
}

impl Scale {
    /// The scale of a parameter that is one number.
    pub fn of(parameter: &Parameter) -> Option<Scale> {
        match parameter.kind {
            Kind::Count { least, most } => Some(Scale::new(least.into(), most.into(), 1.0)),
            Kind::Seconds { least, most } => Some(Scale::new(least, most, 1e-9)),
            Kind::Share => Some(Scale::new(0.0, 1.0, 0.01)),
            _ => None,
        }
    }

    /// Where the slider itself begins.
    pub fn begin(self) -> f64 {
        (self.least / self.step).floor() * self.step
    }

    /// Where the slider itself ends.
    pub fn end(self) -> f64 {
        self.begin() + ((self.most - self.begin()) / self.step).ceil() * self.step
    }

    /// What the slider's own text, at one of its stops, means for the parameter.
    pub fn text(self, stop: &str) -> String {
        match stop.parse::<f64>() {
            Ok(value) if value < self.least => self.least.to_string(),
            Ok(value) if value > self.most => self.most.to_string(),
            _ => stop.to_owned(),
        }
    }

    fn new(least: f64, most: f64, finest: f64) -> Scale {
        Scale { least, most, step: round_step((most - least) / STEPS).max(finest) }
    }
}

/// The number of a value, for a slider.
pub fn number(value: &Value) -> f64 {
    match value {
        Value::Count(count) => f64::from(*count),
        Value::Seconds(time) => time.as_secs_f64(),
        Value::Share(share) => *share,
        _ => 0.0,
    }
}

/// The greatest of 1, 2, 5, 10 … and their decimal parts that is no more than `most`.
fn round_step(most: f64) -> f64 {
    let decade = most.log10().floor() as i32;
    let steps = [1.0, 2.0, 5.0].map(|factor: f64| format!("{factor}e{decade}").parse().unwrap_or(1.0));
    steps.into_iter().filter(|step| *step <= most).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use lessons::catalogue;

    use super::*;

    #[test]
    fn every_stop_of_every_slider_is_a_value_and_both_ends_can_be_reached() {
        for lesson in catalogue() {
            for parameter in lesson.parameters {
                let Some(scale) = Scale::of(parameter) else { continue };
                let about = format!("{} {}", lesson.id, parameter.name);
                let stops = ((scale.end() - scale.begin()) / scale.step).round() as u64;
                assert!((1..=500).contains(&stops), "{about}: {stops} stops");
                for stop in 0..=stops {
                    // A browser writes a stop without what the binary form adds to it.
                    let text = format!("{:.9}", scale.begin() + stop as f64 * scale.step);
                    let text = scale.text(text.trim_end_matches('0').trim_end_matches('.'));
                    let value = parameter.read(&text).unwrap_or_else(|wrong| panic!("{about}: {wrong}"));
                    let end = [(0, scale.least), (stops, scale.most)].into_iter().find(|(at, _)| *at == stop);
                    assert!(end.is_none_or(|(_, end)| number(&value) == end), "{about}: {text} at {stop}");
                }
            }
        }
    }
}
