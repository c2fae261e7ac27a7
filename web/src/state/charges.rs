//! Whose costs a prediction charges: those of a preset, or what was measured of a machine, by `interleave calibrate` or in this
//! browser.

use engine::costs::{Costs, Preset};
use lessons::Diagnostic;

use crate::state::machine::MOST_CORES;
use crate::texts;

/// Whose costs are charged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Charges {
    /// Those of a well-known interpreter.
    Preset(Preset),
    /// Those that were measured.
    Measured(Costs),
}

impl Charges {
    /// Those that were measured.
    ///
    /// # Errors
    /// Where they are of more cores than the page can show, as a sentence.
    pub fn measured(costs: Costs) -> Result<Charges, String> {
        match costs.cores.get() {
            1..=MOST_CORES => Ok(Charges::Measured(costs)),
            cores => {
                Err(format!("The cost cores is {cores}, but has to be 1 to {MOST_CORES} on this page: give fewer."))
            }
        }
    }

    /// What is charged.
    pub fn costs(self) -> Costs {
        match self {
            Charges::Preset(preset) => preset.costs(),
            Charges::Measured(costs) => costs,
        }
    }

    /// The preset, where it is one.
    pub fn preset(self) -> Option<Preset> {
        match self {
            Charges::Preset(preset) => Some(preset),
            Charges::Measured(_) => None,
        }
    }

    /// The name that people read.
    pub fn title(self) -> &'static str {
        self.preset().map_or(texts::machine::MEASURED_COSTS, Preset::title)
    }

    /// What a link says of it.
    pub fn text(self) -> String {
        match self {
            Charges::Preset(preset) => preset.id().to_owned(),
            Charges::Measured(costs) => costs.to_numbers(),
        }
    }

    /// Reads what a link says under `name`.
    ///
    /// # Errors
    /// Where that is neither the name of a preset nor costs in numbers.
    pub fn read(name: &str, text: &str) -> Result<Charges, Diagnostic> {
        let is_measured = text.starts_with(|first: char| first.is_ascii_digit());
        if is_measured {
            let wrong = |reason: String| {
                Diagnostic::new(
                    name,
                    text,
                    format!("costs as this page writes them ({})", reason.trim_end_matches('.')),
                    None,
                )
            };
            return Costs::from_numbers(text)
                .map_err(|reason| reason.to_string())
                .and_then(Charges::measured)
                .map_err(wrong);
        }
        let names = || Preset::ALL.iter().map(|preset| preset.id());
        let preset = Preset::with_id(text).ok_or_else(|| Diagnostic::unknown_name(name, text, names()))?;
        Ok(Charges::Preset(preset))
    }
}
