//! What the tests of single lessons share: running one as a person would, and its published figures.

use engine::costs::{Costs, Preset};
use engine::model::Model;
use engine::simulate::simulate;
use engine::trace::Trace;
use lessons::{Lesson, Values};

/// A lesson, and what its machine charges.
#[derive(Clone, Copy)]
pub struct Predicting {
    lesson: &'static Lesson,
    costs: Costs,
}

impl Predicting {
    /// The lesson of this id on CPython.
    pub fn new(id: &str) -> Predicting {
        Predicting { lesson: lessons::find(id).expect("the lesson is open"), costs: Preset::CPython.costs() }
    }

    /// The same where only work and waiting cost anything, so that closed forms hold to the nanosecond.
    pub fn free_of_charge(self) -> Predicting {
        Predicting { costs: Costs::FREE, ..self }
    }

    /// A run with these values, which reaches its end.
    pub fn run(&self, model: Model, values: &[(&str, &str)]) -> Trace {
        let given: Vec<_> = values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(self.lesson.parameters, &given).expect("the values are within their bounds");
        let prepared = self.lesson.prepare_on(&values, self.costs);
        let trace = simulate(&prepared.program, &prepared.settings(model, 0));
        assert_eq!(trace.failure(), None, "{model} with {given:?}");
        trace
    }

    /// Checks the log of a run, line by line.
    pub fn says(&self, model: Model, values: &[(&str, &str)], expected: &[&str]) {
        let trace = self.run(model, values);
        let log: Vec<_> = trace.log().iter().map(ToString::to_string).collect();
        assert_eq!(log, expected, "{model} with {values:?}");
    }

    /// Checks that every published figure is predicted.
    pub fn bears_out_what_was_published(&self) {
        assert!(!self.lesson.published.is_empty());
        for row in self.lesson.published {
            let compared = row.compare(self.lesson).expect("the row's values are within their bounds");
            assert!(compared.holds, "{} on {}: {compared:?}", row.of, row.model);
        }
    }
}

/// The wall time of a run in seconds.
pub fn wall_s(trace: &Trace) -> f64 {
    trace.summary().expect("the run ended").wall.as_secs_f64()
}

/// When the last of these jobs ends, each begun in its turn by whichever of so many workers is free first.
pub fn list_scheduling(jobs: &[u64], workers: usize) -> u64 {
    let mut free_at = vec![0; workers];
    for job in jobs {
        *free_at.iter_mut().min().expect("there is a worker") += job;
    }
    free_at.into_iter().max().expect("there is a worker")
}
