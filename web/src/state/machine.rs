//! The machine that a prediction is made for: whose costs, how many cores, whether there is a GIL, and the seed.

use std::num::NonZeroU16;

use engine::costs::{Costs, Preset};
use lessons::parameter::{CORES, GIL};
use lessons::{Diagnostic, Lesson, Prepared, Values};

use crate::state::charges::Charges;

/// The machine of a prediction. What a lesson has a parameter for is the lesson's own affair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// Whose costs it has.
    pub charges: Charges,
    /// How many cores; `None` for as many as those costs say.
    pub cores: Option<NonZeroU16>,
    /// Whether the GIL stays that is among the costs.
    pub keeps_gil: bool,
    /// Where random draws begin.
    pub seed: u64,
}

/// The names that links use for the parts of a machine.
pub const NAMES: [&str; 4] = [COSTS, CORES, GIL, SEED];

const COSTS: &str = "costs";
/// The name of the seed, in links.
pub const SEED: &str = "seed";

/// As many cores as a lesson's own parameter allows.
pub const MOST_CORES: u16 = 64;

impl Machine {
    /// The one that predictions are made for unless somebody asks for another.
    pub const USUAL: Machine =
        Machine { charges: Charges::Preset(Preset::CPython), cores: None, keeps_gil: true, seed: 0 };

    /// What it charges.
    pub fn costs(&self) -> Costs {
        let costs = self.charges.costs();
        Costs { cores: self.cores.unwrap_or(costs.cores), gil: costs.gil.filter(|_| self.keeps_gil), ..costs }
    }

    /// The lesson with `values` filled in, on this machine.
    pub fn prepare(&self, lesson: &Lesson, values: &Values) -> Prepared {
        lesson.prepare_on(values, self.costs())
    }

    /// How many cores it has.
    pub fn core_count(&self) -> u16 {
        self.costs().cores.get()
    }

    /// This machine with so many cores: what the costs say themselves is not written down.
    pub fn with_cores(self, count: u16) -> Machine {
        let cores = NonZeroU16::new(count.clamp(1, MOST_CORES));
        Machine { cores: cores.filter(|cores| *cores != self.charges.costs().cores), ..self }
    }

    /// What a link has to say about it: only what is not usual.
    pub fn texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = Vec::new();
        if self.charges != Machine::USUAL.charges {
            texts.push((COSTS, self.charges.text()));
        }
        if let Some(cores) = self.cores {
            texts.push((CORES, cores.to_string()));
        }
        if !self.keeps_gil {
            texts.push((GIL, "off".to_owned()));
        }
        if self.seed != 0 {
            texts.push((SEED, self.seed.to_string()));
        }
        texts
    }

    /// Takes what a link says under one of [`NAMES`].
    ///
    /// # Errors
    /// Where the text cannot be taken.
    pub fn read(&mut self, name: &str, text: &str) -> Result<(), Diagnostic> {
        let wrong = |allowed: String| Diagnostic::new(name, text, allowed, None);
        match name {
            COSTS => self.charges = Charges::read(COSTS, text)?,
            CORES => {
                let count = text.parse::<u16>().ok().filter(|count| (1..=MOST_CORES).contains(count));
                let count = count.ok_or_else(|| wrong(format!("a whole number from 1 to {MOST_CORES}")))?;
                self.cores = NonZeroU16::new(count);
            }
            GIL => {
                self.keeps_gil = match text {
                    "on" => true,
                    "off" => false,
                    _ => return Err(wrong("on or off".to_owned())),
                }
            }
            _ => self.seed = text.parse().map_err(|_| wrong("a whole number from 0 upwards".to_owned()))?,
        }
        Ok(())
    }
}

/// Whether a lesson has a parameter of this name, and so decides that for itself.
pub fn is_lessons_own(lesson: &Lesson, name: &str) -> bool {
    lesson.parameters.iter().any(|parameter| parameter.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_machine_is_what_lessons_are_prepared_on_anyway() {
        for lesson in lessons::catalogue() {
            let values = Values::read(lesson.parameters, &[]).expect("defaults are right");
            assert_eq!(Machine::USUAL.prepare(lesson, &values).costs, lesson.prepare(&values).costs, "{}", lesson.id);
        }
        assert_eq!(Machine::USUAL.with_cores(4), Machine::USUAL, "as many cores as the preset has");
        assert_eq!(Machine::USUAL.with_cores(400).core_count(), MOST_CORES);
        let without = Machine { keeps_gil: false, ..Machine::USUAL };
        assert_eq!(without.costs().gil, None);
    }
}
