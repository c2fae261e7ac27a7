//! What runs tell of their machine: a simulated machine's costs come back.

use engine::costs::{Costs, Preset};
use engine::model::Speed;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Clock, Trace};
use lessons::calibration::{COUNT, TRIALS, costs};

#[test]
fn the_costs_of_a_simulated_machine_come_back_from_its_runs() {
    for preset in Preset::ALL {
        // Whose thread has to make way is not asked, and neither is what a switch costs.
        let charged = Costs { gil: None, context_switch: Nanos::ZERO, ..preset.costs() };
        let told =
            costs(&runs(charged), charged.cores, Costs { gil: None, context_switch: Nanos::ZERO, ..Costs::FREE });
        let told = told.expect("every run tells what it is for");
        for (name, told, charged) in [
            ("thread start", told.thread_start, charged.thread_start),
            ("thread end", told.thread_end, charged.thread_end),
            ("process start", told.process_start, charged.process_start),
            ("process end", told.process_end, charged.process_end),
            ("loop turn", told.loop_turn, charged.loop_turn),
            ("message", told.message, charged.message),
            ("message per KiB", told.message_per_kib, charged.message_per_kib),
        ] {
            let ratio = told.as_secs_f64() / charged.as_secs_f64();
            assert!((0.98..1.02).contains(&ratio), "{preset}, {name}: told {told:?}, charged {charged:?}");
        }
        let ratio = told.work.get() / charged.work.get();
        assert!((0.999..1.001).contains(&ratio), "{preset}: work {ratio}");
    }
}

/// Nothing is called measured that is not.
#[test]
fn where_one_run_tells_nothing_there_are_no_costs() {
    let usual = Preset::Browser.costs();
    let all = runs(usual);
    assert!(costs(&all, usual.cores, usual).is_some());
    for missing in 0..all.len() {
        let mut runs = all.clone();
        runs[missing] = Trace::new(TRIALS[missing].model, Clock::Browser, Speed::REAL);
        assert_eq!(costs(&runs, usual.cores, usual), None, "run {missing}");
    }
}

fn runs(charged: Costs) -> [Trace; COUNT] {
    let run = |trial: &lessons::calibration::Trial| {
        let mut prepared = trial.lesson().prepare_on(&trial.values(), charged);
        prepared.costs = charged;
        simulate(&prepared.program, &prepared.settings(trial.model, 0))
    };
    TRIALS.each_ref().map(run)
}
