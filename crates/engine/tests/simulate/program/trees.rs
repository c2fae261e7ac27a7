//! Which programs there may be, and under which settings they run.

use std::num::NonZeroU16;

use engine::costs::{Costs, Interval};
use engine::model::{Model, Settings};
use engine::time::Nanos;
use proptest::prelude::*;

use super::{MILLISECOND, Step, Tree};

/// Trees of some dozen steps. Some of them come to no end: they use locks in any order, and wait for what nobody may do.
pub fn trees() -> impl Strategy<Value = Tree> {
    let parts = prop::collection::vec(steps(2, true), 2..6);
    let unruly = (steps(1, true), parts, steps(2, true)).prop_map(|(before, parts, after)| {
        Tree(before.into_iter().chain([Step::Together(parts)]).chain(after).collect())
    });
    prop_oneof![3 => unruly, 1 => orderly_trees()]
}

/// Trees that come to an end on every model, because nobody waits for what is not sure to come: all take locks in one order and
/// spawn nobody while they hold one, all meet equally often, and the news comes.
pub fn orderly_trees() -> impl Strategy<Value = Tree> {
    let parts = (1..4usize).prop_flat_map(|meetings| {
        let rounds = prop::collection::vec(orderly_steps(0), meetings);
        let part = rounds.prop_map(|rounds| rounds.join(&Step::Meet));
        prop::collection::vec(part, 1..6)
    });
    parts.prop_map(|parts| Tree(vec![Step::Meeting(parts)]))
}

/// Trees whose first task does nothing but spawn tasks that spawn none, and join them.
pub fn flat_trees() -> impl Strategy<Value = Tree> {
    prop::collection::vec(steps(0, false), 1..6).prop_map(|parts| Tree(vec![Step::Together(parts)]))
}

fn simple_step() -> BoxedStrategy<Step> {
    let step = prop_oneof![
        Just(Step::Log),
        (0..4u64).prop_map(Step::Sleep),
        (0..4u64).prop_map(Step::Block),
        (0..20u64).prop_map(Step::Compute),
        Just(Step::Yield),
        (0..9u64).prop_map(Step::Request),
        (0..9u64).prop_map(Step::Retried),
    ];
    step.boxed()
}

/// Steps of one who holds no lock from number `free` on, in the order in which all take them: the locks, a permit, the reentrant
/// one, the one that guards the news.
fn orderly_steps(free: usize) -> BoxedStrategy<Vec<Step>> {
    let news = prop_oneof![Just(Step::WaitForNews), (0..9u64).prop_map(Step::WaitForNewsWithin), Just(Step::Announce)];
    let mut step = prop_oneof![4 => simple_step(), 1 => news].boxed();
    for lock in free..2 {
        let locked = orderly_steps(lock + 1).prop_map(move |steps| Step::Locked(lock, steps));
        let within = (0..9u64, orderly_steps(lock + 1));
        let within = within.prop_map(move |(most, steps)| Step::LockedWithin(lock, most, steps));
        step = prop_oneof![6 => step, 2 => locked, 1 => within].boxed();
    }
    if free < 3 {
        step = prop_oneof![6 => step, 1 => orderly_steps(3).prop_map(Step::Permitted)].boxed();
    }
    if free < 4 {
        step = prop_oneof![6 => step, 1 => orderly_steps(4).prop_map(Step::Twice)].boxed();
    }
    prop::collection::vec(step, 1..5).boxed()
}

fn steps(depth: u32, shares: bool) -> BoxedStrategy<Vec<Step>> {
    let mut step = simple_step();
    if shares {
        let shared = prop_oneof![
            Just(Step::Put),
            Just(Step::Get),
            Just(Step::Set),
            Just(Step::WaitForFlag),
            Just(Step::Announce),
            Just(Step::WaitForNews),
            (0..9u64).prop_map(Step::WaitForNewsWithin),
            Just(Step::Meet),
        ];
        step = prop_oneof![30 => step, 1 => shared].boxed();
    }
    if depth > 0 {
        let inner = || steps(depth - 1, shares);
        let nested = prop_oneof![
            3 => prop::collection::vec(inner(), 1..4).prop_map(Step::Together),
            4 => (0..2usize, inner()).prop_map(|(lock, steps)| Step::Locked(lock, steps)),
            2 => (0..2usize, 0..9u64, inner()).prop_map(|(lock, most, steps)| Step::LockedWithin(lock, most, steps)),
            1 => inner().prop_map(Step::Permitted),
            1 => inner().prop_map(Step::Twice),
            1 => inner().prop_map(Step::ToThread),
            1 => inner().prop_map(Step::Offload),
        ];
        step = prop_oneof![1 => step, 1 => nested].boxed();
    }
    prop::collection::vec(step, 1..5).boxed()
}

pub fn settings() -> impl Strategy<Value = Settings> {
    let costs = (1..5u16, prop_oneof![Just(None), Just(Some(1)), Just(Some(5))], 1..4u64, any::<bool>());
    let costs = costs.prop_map(|(cores, gil, slice, is_free)| {
        let interval = |milliseconds: u64| Interval::new(Nanos(milliseconds * MILLISECOND)).unwrap();
        let cores = NonZeroU16::new(cores).unwrap();
        let costs = Costs { cores, gil: gil.map(interval), time_slice: interval(slice), ..Costs::FREE };
        let cost = |nanos| Nanos(if is_free { 0 } else { nanos });
        Costs {
            context_switch: cost(4_000),
            thread_start: cost(100_000),
            thread_end: cost(40_000),
            process_start: cost(2_000_000),
            process_end: cost(800_000),
            loop_turn: cost(3_000),
            message: cost(100_000),
            message_per_kib: cost(1_000),
            ..costs
        }
    });
    (prop::sample::select(Model::ALL.to_vec()), 1..4u16, 1..4u16, 0..9u64, costs).prop_map(
        |(model, threads, processes, seed, costs)| Settings {
            model,
            threads: NonZeroU16::new(threads).unwrap(),
            processes: NonZeroU16::new(processes).unwrap(),
            seed,
            costs,
        },
    )
}
