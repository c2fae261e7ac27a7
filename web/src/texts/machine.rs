//! The texts about the machine that predictions are made for, and about measuring what it costs.

use engine::time::Nanos;
use lessons::Lesson;
use lessons::calibration::{ENDS, TRIALS};
use lessons::parameter::{CORES, GIL};

use crate::state::calibrating::Standing;
use crate::state::machine::{Machine, is_lessons_own};

/// Above what predictions are made for.
pub const MACHINE: &str = "Predicted for";
/// The name of costs that were measured, here or for a file.
pub const MEASURED_COSTS: &str = "Measured costs";
/// Where a file of them is given.
pub const COSTS_DROP: &str =
    "Costs of a machine of your own: choose or drop what interleave calibrate --out FILE has written";
/// What came of it.
pub const COSTS_TAKEN: &str =
    "This lesson’s predictions are made with these costs from now on, and its link carries them.";
/// The button that calibrates the browser.
pub const CALIBRATE: &str = "Measure this browser’s costs";

/// What came of it where it was cancelled.
pub const CALIBRATION_CANCELLED: &str = "Cancelled. Predictions are made with the costs of before.";

/// What came of it where all runs ended, and one of them told nothing.
pub const NOT_TOLD: &str = "This browser’s clock is too coarse to tell what it costs, which some browsers do against being recognised: \
                            allow it a finer one, or go on with the costs that there are.";

/// What came of it where a run of this lesson broke off, maybe for a known reason.
pub fn trial_failed(lesson: &Lesson, reason: Option<&str>) -> String {
    let reason = reason.unwrap_or("it came to no end").trim_end_matches('.');
    format!("A run of “{}” broke off: {reason}. Try again, and close other pages first.", lesson.title)
}

/// How that goes, or what it came to.
pub fn calibrating(standing: &Standing) -> String {
    match standing {
        Standing::Idle => String::new(),
        Standing::Running(number) => format!("Short runs in Web Workers: {number} of {} …", TRIALS.len()),
        Standing::Lost(sentence) => sentence.clone(),
        Standing::Told(costs) => {
            let ms = |time: Nanos| format!("{:.2} ms", time.as_secs_f64() * 1e3);
            format!(
                "Measured: a thread starts in {} and ends in {}; an isolated Worker starts in {}; a job is there and back in {}; a turn \
                 of the loop takes {:.1} µs; work takes {:.2} of CPython’s time. {COSTS_TAKEN}",
                ms(costs.thread_start),
                ms(costs.thread_end),
                ms(costs.process_start),
                ms(costs.message.scaled(ENDS)),
                costs.loop_turn.as_secs_f64() * 1e6,
                costs.work.get()
            )
        }
    }
}

/// Above the choice of whose costs are charged.
pub const COSTS: &str = "Costs";
/// The seed.
pub const SEED: &str = "Seed";
/// What the seed is.
pub const SEED_IS: &str = "another seed, another network";
/// What the machine has to do with measuring.
pub const MACHINE_NOTE: &str = "These are for predictions. A measured run has the cores and the costs of where it runs; of these it takes \
                                no more than the seed, where there is one.";

/// The machine in a few words; what the lesson decides itself is left out.
pub fn machine(lesson: &Lesson, machine: Machine) -> String {
    let mut parts = vec![machine.charges.title().to_owned()];
    if !is_lessons_own(lesson, CORES) {
        let count = machine.core_count();
        parts.push(if count == 1 { "1 core".to_owned() } else { format!("{count} cores") });
    }
    if !is_lessons_own(lesson, GIL) && !machine.keeps_gil && machine.charges.costs().gil.is_some() {
        parts.push("no GIL".to_owned());
    }
    parts.join(", ")
}
