//! Work that is really done comes to what is known without doing it, stops when it is told to, and costs what its
//! formula says; the costs are read as they are written.

use std::ops::ControlFlow;

use engine::costs::{Costs, Factor, Interval, Preset};
use engine::model::Speed;
use engine::time::Nanos;
use engine::work::{Computation, merge_sort};
use proptest::prelude::*;

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_work_comes_to_what_is_known_without_it(work in computations()) {
        prop_assert_eq!(work.perform(Speed::REAL, &mut || ControlFlow::Continue(())), Some(work.result()));
    }

    #[test]
    fn a_sorted_list_is_its_elements_in_order(mut list in prop::collection::vec(any::<u32>(), 0..3000)) {
        let mut expected = list.clone();
        expected.sort();
        prop_assert!(merge_sort(&mut list, &mut || ControlFlow::Continue(())).is_continue());
        prop_assert_eq!(list, expected);
    }

    /// The cost counts what a merge sort moves, told by its recurrence and not solved.
    #[test]
    fn a_merge_sort_costs_its_merges(elements in 0_u32..100_000) {
        fn moved(elements: u64) -> u64 {
            if elements < 2 { 0 } else { moved(elements / 2) + moved(elements.div_ceil(2)) + elements }
        }
        let cost = Computation::MergeSort { elements, seed: 0 }.cost(&Costs::FREE);
        prop_assert_eq!(cost, Nanos(275 * moved(u64::from(elements))));
    }

    #[test]
    fn costs_survive_json_and_bytes(costs in costs()) {
        prop_assert_eq!(Costs::from_json(&costs.to_json()), Ok(costs));
        prop_assert_eq!(Costs::from_numbers(&costs.to_numbers()), Ok(costs));
        let bytes = postcard::to_allocvec(&costs).expect("costs are numbers");
        prop_assert_eq!(postcard::from_bytes::<Costs>(&bytes), Ok(costs));
    }
}

#[test]
fn work_stops_where_a_checkpoint_says_so() {
    let second = Nanos(1_000_000_000);
    for work in [
        Computation::MergeSort { elements: 100_000, seed: 1 },
        Computation::SumOfSquares { below: u64::MAX },
        Computation::Fibonacci { n: u8::MAX },
        Computation::Spin(second),
    ] {
        let mut left = 3;
        let result = work.perform(Speed::REAL, &mut || {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((result, left), (None, 0), "{work:?}");
    }
}

#[test]
fn speed_shortens_spinning_alone() {
    let checkpoints = |work: Computation, speed| {
        let mut count = 0;
        work.perform(Speed::new(speed).expect("a speed"), &mut || {
            count += 1;
            ControlFlow::Continue(())
        });
        count
    };
    let spin = Computation::Spin(Nanos(2_000_000));
    assert_eq!((checkpoints(spin, 1.0), checkpoints(spin, 10.0)), (100, 10));
    let sum = Computation::SumOfSquares { below: 50_000 };
    assert_eq!(checkpoints(sum, 1.0), checkpoints(sum, 10.0));
}

/// CPython: `sum(i * i for i in range(n))` modulo 2⁶⁴, as an `i64`; and Fibonacci numbers.
#[test]
fn results_are_cpythons() {
    let sum = |below| Computation::SumOfSquares { below }.result();
    assert_eq!(sum(1_000_000), 333_332_833_333_500_000);
    assert_eq!(sum(5_000_000), 4_773_166_019_248_396_768);
    assert_eq!(sum(u64::MAX), 9_223_372_036_854_775_807);
    let fibonacci = |n| Computation::Fibonacci { n }.result();
    assert_eq!([28, 30, 32].map(fibonacci), [317_811, 832_040, 2_178_309]);
    assert_eq!(fibonacci(92), 7_540_113_804_746_346_429);
}

/// The figures that were published come out of the formulas within a tenth: a thousand lists in turn, and five of
/// twenty numbers on each of four processes.
#[test]
fn costs_are_near_what_was_published() {
    let costs = Preset::CPython.costs();
    let list = Computation::MergeSort { elements: 30_000, seed: 0 }.cost(&costs);
    assert_near(1_000.0 * list.as_secs_f64(), 123.0);
    assert_near(250.0 * list.as_secs_f64(), 30.0);
    let numbers = (0..5).map(|i| Computation::SumOfSquares { below: 5_000_000 + 4 * i }.cost(&costs));
    assert_near(numbers.fold(Nanos::ZERO, |sum, cost| sum + cost).as_secs_f64(), 2.5);
}

#[test]
fn costs_follow_the_interpreter_but_for_spinning() {
    let native = Costs { work: Factor::new(0.5).expect("a factor"), ..Costs::FREE };
    let cost = |work: Computation| (work.cost(&Costs::FREE).0, work.cost(&native).0);
    assert_eq!(cost(Computation::SumOfSquares { below: 10 }), (1_000, 500));
    assert_eq!(cost(Computation::Fibonacci { n: 5 }), (1_500, 750), "F(5) takes 15 calls");
    assert_eq!(cost(Computation::Spin(Nanos(7))), (7, 7));
    assert_eq!(
        cost(Computation::SumOfSquares { below: u64::MAX }).0,
        u64::MAX,
        "a cost too long to count is the longest"
    );
    assert_eq!(cost(Computation::Fibonacci { n: u8::MAX }).0, u64::MAX);
}

#[test]
fn costs_that_break_a_rule_are_told_in_a_sentence() {
    let good = Costs::FREE.to_json();
    for (from, to, sentence) in [
        (
            r#""cores": 4"#,
            r#""cores": 0"#,
            "The cost cores is 0, but has to be a whole number from 1 to 65535: give the number of cores, such as 4.",
        ),
        (
            r#""cores": 4"#,
            r#""cores": "four""#,
            "The cost cores is \"four\", but has to be a whole number from 1 to 65535: give the number of cores, such as 4.",
        ),
        (
            r#""message_ns": 0"#,
            r#""message_ns": -1"#,
            "The cost message_ns is -1, but has to be a whole number from 0 to 3600000000000 (an hour): give nanoseconds such as 100000.",
        ),
        (
            r#""gil_switch_interval_ns": 5000000"#,
            r#""gil_switch_interval_ns": 0"#,
            "The cost gil_switch_interval_ns is 0, but has to be a time that is not zero: give nanoseconds such as 5000000, \
             or null for no GIL.",
        ),
        (
            r#""time_slice_ns": 3000000"#,
            r#""time_slice_ns": 0"#,
            "The cost time_slice_ns is 0, but has to be a time that is not zero: give nanoseconds such as 3000000.",
        ),
        (
            r#""work_factor": 1.0"#,
            r#""work_factor": 0"#,
            "The cost work_factor is 0, but has to be more than 0 and at most 1000000: give 1 for work as in CPython.",
        ),
        (
            r#""thread_end_ns""#,
            r#""thread_ned_ns""#,
            "The costs have a field thread_ned_ns, but there is none beside cores, gil_switch_interval_ns, time_slice_ns, \
             context_switch_ns, thread_start_ns, thread_end_ns, process_start_ns, process_end_ns, loop_turn_ns, message_ns, \
             message_per_kib_ns, work_factor: strike it out, or mend its name.",
        ),
        (
            "\"gil_switch_interval_ns\": 5000000,",
            "",
            "The costs have no field gil_switch_interval_ns, but need one: let `interleave calibrate` write them anew.",
        ),
        (
            "}",
            "",
            "The costs are not one JSON object (EOF while parsing an object at line 14 column 0): let `interleave calibrate` \
             write them anew.",
        ),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from} is not in the costs");
        assert_eq!(Costs::from_json(&text).expect_err("a rule is broken").to_string(), sentence);
    }
    let numbers = Costs::FREE.to_numbers();
    let sentence =
        "The cost cores is four, but has to be a whole number from 1 to 65535: give the number of cores, such as 4.";
    let said = |numbers: &str| Costs::from_numbers(numbers).expect_err("a rule is broken").to_string();
    assert_eq!(said(&numbers.replacen('4', "four", 1)), sentence);
    assert!(said(&numbers.replacen('4', "none", 1)).starts_with("The cost cores is none, but"));
    assert!(said(&numbers[2..]).starts_with("The costs are 11 numbers between underscores, but have to be 12"));
    let without_gil = good.replace("5000000", "null");
    assert_eq!(Costs::from_json(&without_gil), Ok(Costs { gil: None, ..Costs::FREE }));
    // A browser writes numbers in its own way.
    let otherwise = good.replace("5000000", "5e6").replacen("4,", "4.0,", 1);
    assert_eq!(Costs::from_json(&otherwise), Ok(Costs::FREE));
}

/// Each field at the most that it may be, and just above.
#[test]
fn a_cost_has_an_upper_bound() {
    let (hour, minute) = ((HOUR, "an hour"), (MINUTE, "a minute"));
    for (name, (longest, words)) in [
        ("context_switch_ns", minute),
        ("thread_start_ns", hour),
        ("thread_end_ns", hour),
        ("process_start_ns", hour),
        ("process_end_ns", hour),
        ("loop_turn_ns", minute),
        ("message_ns", hour),
        ("message_per_kib_ns", (SECOND, "a second")),
        ("time_slice_ns", hour),
        ("gil_switch_interval_ns", hour),
    ] {
        let with = |nanos: u64| {
            let mut fields: serde_json::Value = serde_json::from_str(&Costs::FREE.to_json()).expect("it is JSON");
            // A long switch needs long slices.
            fields["time_slice_ns"] = HOUR.into();
            fields["gil_switch_interval_ns"] = HOUR.into();
            fields[name] = nanos.into();
            Costs::from_json(&fields.to_string()).map_err(|bad| bad.to_string())
        };
        let has_least = ["time_slice_ns", "gil_switch_interval_ns"].contains(&name);
        assert!(
            with(longest).is_ok() && with(if has_least { 50_000 } else { 0 }).is_ok(),
            "{name}: {:?}",
            with(longest)
        );
        for nanos in [longest + 1, u64::MAX] {
            let rule = if has_least { "at most" } else { "a whole number from 0 to" };
            let said = format!(
                "The cost {name} is {nanos}, but has to be {rule} {longest} ({words}): give nanoseconds such as "
            );
            assert!(with(nanos).is_err_and(|sentence| sentence.starts_with(&said)), "{name}: {:?}", with(nanos));
        }
    }
    let factor = |number: f64| Costs::from_json(&Costs::FREE.to_json().replace("1.0", &number.to_string()));
    assert_eq!(factor(1e6).map(|costs| costs.work.get()), Ok(1e6));
    let said = "The cost work_factor is 1000000.5, but has to be more than 0 and at most 1000000: give 1 for work as in CPython.";
    assert_eq!(factor(1_000_000.5).map_err(|bad| bad.to_string()), Err(said.to_owned()));
}

#[test]
fn presets_are_found_by_their_ids() {
    let ids = Preset::ALL.map(Preset::id);
    assert_eq!(ids, ["cpython", "cpython-no-gil", "browser", "native"]);
    assert_eq!(ids.map(Preset::with_id), Preset::ALL.map(Some));
    assert_eq!(Preset::with_id("pypy"), None);
    let as_json = Preset::ALL.map(|preset| serde_json::to_value(preset).expect("a preset is a name"));
    assert_eq!(as_json, ids.map(serde_json::Value::from));
}

fn computations() -> impl Strategy<Value = Computation> {
    prop_oneof![
        (0_u32..5_000, any::<u64>()).prop_map(|(elements, seed)| Computation::MergeSort { elements, seed }),
        (0_u64..50_000).prop_map(|below| Computation::SumOfSquares { below }),
        (0_u8..20).prop_map(|n| Computation::Fibonacci { n }),
        (0_u64..200_000).prop_map(|nanos| Computation::Spin(Nanos(nanos))),
    ]
}

fn costs() -> impl Strategy<Value = Costs> {
    let times = [MINUTE, HOUR, HOUR, HOUR, HOUR, MINUTE, HOUR, SECOND].map(|longest| (0..=longest).prop_map(Nanos));
    // A switch may take less than half of what a thread keeps.
    let interval = || (2 * MINUTE + 1..=HOUR).prop_map(|nanos| Interval::new(Nanos(nanos)).expect("it is not zero"));
    let factor = (f64::MIN_POSITIVE..=1e6).prop_map(|number| Factor::new(number).expect("it is positive"));
    (any::<std::num::NonZeroU16>(), prop::option::of(interval()), interval(), times, factor).prop_map(
        |(cores, gil, time_slice, times, work)| Costs {
            cores,
            gil,
            time_slice,
            context_switch: times[0],
            thread_start: times[1],
            thread_end: times[2],
            process_start: times[3],
            process_end: times[4],
            loop_turn: times[5],
            message: times[6],
            message_per_kib: times[7],
            work,
        },
    )
}

fn assert_near(predicted: f64, published: f64) {
    let ratio = predicted / published;
    assert!((0.9..=1.1).contains(&ratio), "{predicted} s against the published {published} s");
}
